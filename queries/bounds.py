"""Which bounds an answer was held to: said with the answer, not only in the documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from queries.pages import Page

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Bound:
    """At most `most` of something; `is_reached` says whether there was more, by what is visible."""

    name: str
    most: int
    is_reached: bool


@dataclass(frozen=True, slots=True)
class BoundedPage(Page[T], Generic[T]):
    """A page of a list, and the bounds it was held to."""

    bounds: tuple[Bound, ...] = ()


def bounded(page: Page[T], bounds: Sequence[Bound]) -> BoundedPage[T]:
    """The page with its bounds."""
    return BoundedPage(
        page.items,
        page.cursors,
        page.has_next,
        page.truncated,
        page.withheld,
        page.as_of,
        tuple(bounds),
    )
