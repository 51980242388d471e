"""Lists of things of one type: what is asked of them, in which order, in pages.

A statement judges the things of which its reader sees all that is said, and returns the others with their
visible records; those are judged here, by the same condition, and take their place in the order by what
is visible. See `condition_cypher` for why that is exact.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graph.errors import ValueRefused
from queries import listing_by_id
from queries.condition_cypher import Compiler, visible, whole
from queries.conditions import Condition, check, may_seek, never_holds
from queries.expand import checked_date
from queries.filled import filled, rows_of
from queries.judging import judge
from queries.lookup import nodes
from queries.ordering import By, Ordering, Place
from queries.pages import Cursors, Page
from queries.predicates import NEVER, either, every, negated
from queries.reading import Reading, Row
from queries.thing_columns import ThingColumns, Wanted
from queries.views import NodeView, node_view

MAX_LIST = 10_000
"""Things on one page of a list; the cost rule keeps such pages to a few plain fields."""
COUNT_BOUND = 100_000
"""Things counted at most; more are said to be at least that many."""
PARTLY_LIMIT = 2_000
"""Things of which the reader sees only some records; more are cut, and it is said."""
WITHHELD_BOUND = 10_000
_ROUNDS = 6
_AT_ONCE = 1_000
_ROWS = 500


@dataclass(frozen=True, slots=True)
class Listing:
    """Which things, in which order, as of when; make it with `of`."""

    type_name: str
    condition: Condition
    ordering: Ordering
    as_of: str

    @classmethod
    def of(cls, type_name: str, condition: Condition, by: Sequence[By], as_of: str) -> Listing:
        """Check it; ValueRefused and LimitExceeded as `conditions.check` and `Ordering.of`."""
        return cls(
            type_name,
            check(condition, type_name),
            Ordering.of(type_name, by),
            checked_date(as_of),
        )

    def cursors(self, views: Sequence[NodeView]) -> Cursors[NodeView]:
        """The cursors of things of the list."""
        ordering = self.ordering
        return Cursors(views, lambda view: ordering.cursor(ordering.place(view)))


@dataclass(frozen=True, slots=True)
class Total:
    """How many things match; `is_exact` unless there are at least that many."""

    count: int
    is_exact: bool


async def page(
    reading: Reading,
    listing: Listing,
    first: int,
    after: str | None,
    wanted: Collection[str] | None = None,
) -> Page[NodeView]:
    """The first things after a cursor. Usually one statement; more while things that had to be judged
    were judged away.

    With `wanted` the items need hold no more than these properties: they are a `ThingColumns` where the
    stored values decide what matches.

    Raises ValueRefused for a size outside 0..MAX_LIST and for a cursor of another list.
    """
    if not 0 <= first <= MAX_LIST:
        raise ValueRefused("page.first", most=MAX_LIST)
    start = None if after is None else await _start(reading, listing, after)
    if listing_by_id.serves(listing):
        return await listing_by_id.page(reading, listing, first, start, wanted)
    if wanted is not None and Compiler().doubtful(*_about(listing)) == NEVER:
        return await _in_columns(reading, listing, first, start, wanted)
    gathering = _Gathering(reading, listing, first, start)
    await gathering.run()
    items = gathering.in_order()
    chosen = tuple(items[:first])
    return Page(
        chosen,
        listing.cursors(chosen),
        len(items) > first or gathering.is_unfinished,
        gathering.is_cut,
        None,
        listing.as_of,
    )


async def _in_columns(
    reading: Reading, listing: Listing, first: int, start: Place | None, names: Collection[str]
) -> Page[NodeView]:
    ordering = listing.ordering
    # Cursors are made of what the list is ordered by.
    wanted = Wanted.of(listing.type_name, {*names, *(one.name for one in ordering.by)})
    limits = {"limit": first + 1, "partly_limit": PARTLY_LIMIT + 1}
    row = await _row(reading, listing, start, limits, wanted.cypher("n"))
    judged, is_cut = await judged_rows(reading, listing, row["partly"])
    others = [
        view for view in judged if start is None or ordering.is_after(ordering.place(view), start)
    ]
    things = ThingColumns(wanted, row["whole"]).with_others(others, ordering.rank)
    chosen = things[:first]
    return Page(
        chosen,
        listing.cursors(chosen),
        len(things) > first,
        is_cut,
        None,
        listing.as_of,
    )


def _about(listing: Listing) -> tuple[Condition, str, str]:
    return (listing.condition, "n", listing.type_name)


async def _row(
    reading: Reading,
    listing: Listing,
    after: Place | None,
    limits: Mapping[str, int],
    item: str | None = None,
) -> Row:
    """What the statement returns; of things wholly seen it returns `item`, or all that is stored."""
    if never_holds(listing.condition):
        # The server would find out as well, and then refuse the index that it is told to read.
        return {"whole": [], "partly": []}
    compiler, ordering, about = Compiler(), listing.ordering, _about(listing)
    doubt = compiler.doubtful(*about)
    is_seek = may_seek(listing.condition, listing.type_name)
    places = {
        "LABEL": listing.type_name,
        "HINT": ordering.hint("n", after, may_seek=is_seek),
        "AFTER": ordering.after_cypher("n", after, compiler.given),
        "POSSIBLE": compiler.candidate(*about),
        "ITEM": item or f"{{stored: properties(n), is_doubtful: coalesce({doubt}, false)}}",
        "PARTLY": compiler.possible(*about, is_whole=False),
        "ORDER": ordering.cypher("n"),
    }
    statement = filled("listing", places)
    given: dict[str, Any] = {**limits, **compiler.parameters}
    (row,) = await rows_of(reading, statement, as_of=listing.as_of, **given)
    return row


async def total(reading: Reading, listing: Listing) -> Total:
    """How many things match, in one statement and what judging takes."""
    compiler = Compiler()
    sure, doubtful = census(compiler, listing)
    places = {"LABEL": listing.type_name, "SURE": f"({sure})", "DOUBTFUL": doubtful}
    statement = filled("listing_count", places)
    (row,) = await rows_of(
        reading,
        statement,
        as_of=listing.as_of,
        bound=COUNT_BOUND,
        doubtful_limit=PARTLY_LIMIT + 1,
        **compiler.parameters,
    )
    kept, is_cut = await judged_rows(reading, listing, row["doubtful"])
    count = row["sure"] + len(kept)
    return Total(min(count, COUNT_BOUND), not is_cut and row["sure"] < COUNT_BOUND >= count)


async def withheld(reading: Reading, type_name: str) -> int | None:
    """How many things of a type the reader may not see, at most WITHHELD_BOUND, whatever was asked of
    them; None where that is not told."""
    if not reading.reader.is_told_withheld:
        return None
    statement = filled("listing_withheld", {"LABEL": type_name})
    (row,) = await reading.rows(statement, bound=WITHHELD_BOUND)
    return reading.withheld(row["withheld"])


def census(compiler: Compiler, listing: Listing) -> tuple[str, str]:
    """Cypher for all things at once: what surely matches, and what must be judged."""
    about = (listing.condition, "n", listing.type_name)
    doubt = compiler.doubtful(*about)
    partly = every(
        f"size(n.regions) > 1 AND {visible('n')} AND NOT {whole('n')}",
        compiler.possible(*about, is_whole=False),
    )
    unsure = every(
        f"{whole('n')} AND n.first_seen <= $as_of",
        compiler.possible(*about, is_whole=True),
        doubt,
    )
    return every(compiler.plain(*about), negated(doubt)), either(partly, unsure)


async def judged_rows(
    reading: Reading, listing: Listing, rows: Sequence[Row]
) -> tuple[list[NodeView], bool]:
    """Those of some doubtful rows that match, and whether a bound cut them."""
    views = [view_of(reading, listing, row) for row in rows[:PARTLY_LIMIT]]
    known = [view for view in views if view.first_seen <= listing.as_of]
    judged = await judge(reading, listing.condition, known, listing.as_of)
    return list(judged.kept), judged.is_cut or len(rows) > PARTLY_LIMIT


def view_of(reading: Reading, listing: Listing, row: Row) -> NodeView:
    """A thing as its reader sees it."""
    said = [(at, record, payload) for at, record, payload in row.get("said", ())]
    return node_view(listing.type_name, row["stored"], said, reading.reader.visible)


async def _views_of(reading: Reading, listing: Listing, rows: Sequence[Row]) -> list[NodeView]:
    """Views of many rows, with the event loop free for others now and then."""
    views: list[NodeView] = []
    for at in range(0, len(rows), _AT_ONCE):
        views += [view_of(reading, listing, row) for row in rows[at : at + _AT_ONCE]]
        await asyncio.sleep(0)
    return views


async def _start(reading: Reading, listing: Listing, cursor: str) -> Place:
    parsed = listing.ordering.parse(cursor)
    if parsed.is_complete:
        return parsed.place
    view = (await nodes(reading, [parsed.place.id])).get(parsed.place.id)
    if view is None or view.type != listing.type_name:
        raise ValueRefused("page.cursor")
    return listing.ordering.place(view)


class _Gathering:
    """Fills one page, with another statement for as long as judging leaves it short."""

    def __init__(self, reading: Reading, listing: Listing, first: int, start: Place | None) -> None:
        self._reading, self._listing = reading, listing
        self._first, self._start = first, start
        self._kept: list[NodeView] = []
        self._last: Place | None = None
        self.is_cut = False
        self.is_unfinished = False

    async def run(self) -> None:
        """Read rounds of rows until the page and one thing more are there, or no row is left."""
        limit, place = self._first + 1, self._start
        for number in range(_ROUNDS):
            partly_limit = PARTLY_LIMIT + 1 if number == 0 else 0
            limits = {"limit": limit, "partly_limit": partly_limit}
            row = await _row(self._reading, self._listing, place, limits)
            in_order = await self._keep(row)
            if len(in_order) < limit:
                return
            place = self._last = self._listing.ordering.place(in_order[-1])
            if self._wholly_kept > self._first:
                return
            limit = max(limit, _ROWS)
        self.is_cut = self.is_unfinished = True

    def in_order(self) -> list[NodeView]:
        """What was kept, in order, as far as nothing unread can stand before it."""
        ordering, start = self._listing.ordering, self._start
        last = self._last if self.is_unfinished else None
        return [
            view
            for view in (self._kept if self._is_sorted else ordering.sorted(self._kept))
            if (start is None or ordering.is_after(ordering.place(view), start))
            and (last is None or not ordering.is_after(ordering.place(view), last))
        ]

    _wholly_kept = 0
    _is_sorted = True

    async def _keep(self, row: Row) -> list[NodeView]:
        listing = self._listing
        in_order = await _views_of(self._reading, listing, row["whole"])
        doubtful = {
            view.id: view
            for view, item in zip(in_order, row["whole"], strict=True)
            if item["is_doubtful"]
        }
        partly = [view_of(self._reading, listing, item) for item in row["partly"][:PARTLY_LIMIT]]
        known = [view for view in partly if view.first_seen <= listing.as_of]
        judged = await judge(
            self._reading, listing.condition, [*doubtful.values(), *known], listing.as_of
        )
        passed = {view.id for view in judged.kept}
        fit = [view for view in in_order if view.id not in doubtful or view.id in passed]
        self._wholly_kept += len(fit)
        others = [view for view in known if view.id in passed]
        # Rounds follow each other in order; only what others spoke of too stands anywhere.
        self._is_sorted = self._is_sorted and not others
        self._kept += [*fit, *others]
        self.is_cut |= judged.is_cut or len(row["partly"]) > PARTLY_LIMIT
        return in_order
