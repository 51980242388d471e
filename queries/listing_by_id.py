"""Lists in the order of ids, in one walk along their index.

Where a thing stands by its id everybody knows who sees it at all. So things of which others spoke too need
not be looked for in the whole type, as in other orders: they are met where they stand, and a page reads
no more than it shows. Only these are then read by their visible records, and judged.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from queries.condition_cypher import Compiler, whole
from queries.conditions import may_seek, never_holds
from queries.filled import filled, rows_of
from queries.judging import judge
from queries.lookup import nodes
from queries.ordering import Place
from queries.pages import Page
from queries.predicates import NEVER
from queries.reading import Reading
from queries.thing_columns import ThingColumns, Wanted
from queries.views import NodeView, node_view

if TYPE_CHECKING:
    from queries.listing import Listing

#: A thing of which one region speaks is seen wholly or not at all; sizes are quick to look at.
_SEEN = f"(size(n.regions) = 1 OR {whole('n')})"
_AT_ONCE = 1_000
_ROWS = 500
_MOST_ROWS = 10_000


def serves(listing: Listing) -> bool:
    """Whether a list is in the order of ids, and stored values decide what matches of what is wholly seen.

    Where an index leads to the few things that can match, a walk along the ids would be a detour.
    """
    condition, kind = listing.condition, listing.type_name
    return (
        listing.ordering.is_by_id
        and not may_seek(condition, kind)
        and Compiler().doubtful(condition, "n", kind) == NEVER
    )


async def page(
    reading: Reading,
    listing: Listing,
    first: int,
    start: Place | None,
    names: Collection[str] | None,
) -> Page[NodeView]:
    """The first things after a place, in one statement where no other region spoke of them; the items are
    `ThingColumns` of properties of those `names`, or whole."""
    wanted = None if names is None else Wanted.of(listing.type_name, names)
    kept: list[Any] = []
    place, limit = start, first + 1
    while not never_holds(listing.condition):
        rows = await _rows(reading, listing, place, limit, wanted)
        kept += await _judged(reading, listing, rows, wanted)
        if len(rows) < limit or len(kept) > first:
            break
        # Things were judged away. How many is nobody's business, so it is gone on until the page is full.
        place = Place((), _id_of(rows[-1]))
        limit = min(max(2 * limit, _ROWS), _MOST_ROWS)
    chosen = kept[:first]
    items = tuple(chosen) if wanted is None else ThingColumns(wanted, chosen)
    return Page(items, listing.cursors(items), len(kept) > first, False, None, listing.as_of)


async def _rows(
    reading: Reading, listing: Listing, after: Place | None, limit: int, wanted: Wanted | None
) -> list[Any]:
    """Rows of what is wholly seen, each with its id first or as a map, and ids of other things."""
    compiler, ordering = Compiler(), listing.ordering
    about = (listing.condition, "n", listing.type_name)
    plain = f"n.first_seen <= $as_of AND {compiler.plain(*about)}"
    places = {
        "LABEL": listing.type_name,
        "HINT": ordering.hint("n", after, may_seek=False),
        "AFTER": ordering.after_cypher("n", after, compiler.given),
        "SEEN": _SEEN,
        "POSSIBLE": f"CASE WHEN {_SEEN} THEN {plain} "
        f"ELSE {compiler.possible(*about, is_whole=False)} END",
        "ITEM": wanted.cypher("n") if wanted else "properties(n)",
        "ORDER": ordering.cypher("n"),
    }
    statement = filled("listing_by_id", places)
    given = compiler.parameters
    (row,) = await rows_of(reading, statement, as_of=listing.as_of, limit=limit, **given)
    found: list[Any] = row["found"]
    return found


async def _judged(
    reading: Reading, listing: Listing, rows: Sequence[Any], wanted: Wanted | None
) -> list[Any]:
    """What matches of some rows, in their order: rows of what is wanted, or views."""
    others = [row for row in rows if isinstance(row, str)]
    if wanted and not others:
        return list(rows)
    seen: dict[str, NodeView] = {}
    for at in range(0, len(others), _AT_ONCE):
        seen |= await nodes(reading, others[at : at + _AT_ONCE])
    known = [view for view in seen.values() if view.first_seen <= listing.as_of]
    judged = await judge(reading, listing.condition, known, listing.as_of)
    passed = {view.id: view for view in judged.kept}
    kept: list[Any] = []
    for at, row in enumerate(rows):
        if at and at % _AT_ONCE == 0:
            await asyncio.sleep(0)  # the event loop is free for others now and then
        if not isinstance(row, str):
            kept.append(row if wanted else _view(reading, listing, row))
        elif row in passed:
            kept.append(wanted.row(passed[row]) if wanted else passed[row])
    return kept


def _view(reading: Reading, listing: Listing, stored: Any) -> NodeView:
    return node_view(listing.type_name, stored, (), reading.reader.visible)


def _id_of(row: Any) -> str:
    if isinstance(row, str):
        return row
    return str(row["id"] if isinstance(row, dict) else row[0])
