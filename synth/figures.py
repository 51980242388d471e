"""One measured figure and the goal it is held against."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure by name: `value` in `unit` (`share` is 0..1), the `goal` as text where there is one.

    `met` says whether the goal is reached and is None without a goal, or where nothing could be
    measured; `note` says what the number leaves out.
    """

    name: str
    value: float
    unit: str
    goal: str | None = None
    met: bool | None = None
    note: str = ""


def at_least(name: str, part: int, whole: int, goal: float) -> Figure:
    """A share that should reach `goal`; of nothing there is no share, and no goal met or missed."""
    if not whole:
        return Figure(name, 0.0, "share", f">= {goal:g}", None, "nothing to judge")
    value = part / whole
    return Figure(name, value, "share", f">= {goal:g}", value >= goal, f"{part} of {whole}")


def at_most(name: str, value: float, goal: float, unit: str = "share", note: str = "") -> Figure:
    """A share or count that should not exceed `goal`."""
    return Figure(name, value, unit, f"<= {goal:g}", value <= goal, note)
