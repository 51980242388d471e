"""A field whose value is worked out by a method; typed, where `strawberry.field` answers `Any`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import strawberry
from strawberry.types.field import StrawberryField


def resolved(description: str) -> Callable[[Callable[..., Any]], StrawberryField]:
    """Mark a method as the resolver of a field; `description` is Chinese / English."""

    def mark(method: Callable[..., Any]) -> StrawberryField:
        return strawberry.field(method, description=description)

    return mark


def subscribed(description: str) -> Callable[[Callable[..., Any]], StrawberryField]:
    """Mark a method as the source of a subscription; `description` is Chinese / English."""

    def mark(method: Callable[..., Any]) -> StrawberryField:
        return strawberry.subscription(method, description=description)

    return mark
