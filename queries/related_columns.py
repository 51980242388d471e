"""What many things are related to, where only some properties of the far things are wanted: as columns.

The pages of hundreds of things with a few far things each are mostly objects that nobody looks at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from queries.judging import pages_of
from queries.pages import encode_cursor
from queries.reading import Reading
from queries.related import FarEnd, RelatedList, answered, found_in
from queries.thing_columns import ThingColumns, Wanted

_AT_ONCE = 1_000
"""Things asked about by one statement."""


@dataclass(frozen=True, slots=True)
class PageRow:
    """One page: rows of what tells a relation from others and of what is wanted of the far thing, its id
    first; else as `pages.Page`."""

    rows: Sequence[Sequence[Any]]
    has_next: bool = False
    truncated: bool = False
    withheld: int | None = None

    def cursor(self, at: int) -> str | None:
        """The cursor of one of the relations; None where there are none."""
        return encode_cursor((self.rows[at][1], str(self.rows[at][0]))) if self.rows else None


@dataclass(frozen=True, slots=True)
class RelatedColumns:
    """A page for each of some things, in their order."""

    wanted: Wanted
    pages: Sequence[PageRow]

    @property
    def sizes(self) -> list[int]:
        """How many far things each page has."""
        return [len(page.rows) for page in self.pages]

    @property
    def things(self) -> ThingColumns:
        """The far things of all pages end to end."""
        ends = chain.from_iterable(page.rows for page in self.pages)
        return ThingColumns(self.wanted, [row[1:] for row in ends])


async def related_columns(
    reading: Reading, ids: Sequence[str], asked: RelatedList
) -> RelatedColumns:
    """A page of relations for each of these things, as `judging.related_pages` gives them, and of nothing
    for one that is not visible. One statement for a thousand things; more where others spoke of what is
    asked about. Raises ValueError unless the list says what is `wanted`."""
    if asked.wanted is None:
        raise ValueError("columns of what?")
    pages: dict[str, PageRow] = {}
    different = sorted(set(ids))
    for start in range(0, len(different), _AT_ONCE):
        pages |= await _pages(reading, different[start : start + _AT_ONCE], asked)
    nothing = PageRow((), withheld=reading.withheld(0))
    return RelatedColumns(asked.wanted, [pages.get(identifier, nothing) for identifier in ids])


async def _pages(reading: Reading, ids: Sequence[str], asked: RelatedList) -> Mapping[str, PageRow]:
    rows, first = await answered(reading, ids, asked), asked.page.first
    doubtful = {row[0]: found_in(reading, row, asked) for row in rows if row[3]}
    judged = await pages_of(reading, doubtful, asked) if doubtful else {}
    pages = {
        identifier: PageRow(sure[:first], len(sure) > first, withheld=reading.withheld(withheld))
        for identifier, withheld, sure, unsure in rows
        if not unsure
    }
    return pages | {
        identifier: PageRow(
            [(end.apart, *end.row) for end in page.items if isinstance(end, FarEnd)],
            page.has_next,
            page.truncated,
            page.withheld,
        )
        for identifier, page in judged.items()
    }
