"""The reason a cleaning function refuses a text with, None where it accepts it."""

from __future__ import annotations

from collections.abc import Callable

from graph.errors import ValueRefused


def reason(clean: Callable[[str], object], raw: str) -> str | None:
    """Reason of the refusal, or None."""
    try:
        clean(raw)
    except ValueRefused as refused:
        return refused.reason
    return None
