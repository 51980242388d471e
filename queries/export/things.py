"""Every thing of one type that something holds of, page by page, with nothing cut."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence

from queries.condition_cypher import Compiler
from queries.conditions import never_holds
from queries.export.items import Piece
from queries.filled import filled, rows_of
from queries.judging import judge
from queries.listing import Listing
from queries.lookup import view_of
from queries.ordering import Place
from queries.reading import Reading, Row
from queries.statements import for_type

PAGE = 1_000


async def things(
    listing: Listing, fresh: Callable[[], Reading], page: int = PAGE
) -> AsyncIterator[Piece]:
    """The pieces, `page` things read by one statement.

    What is withheld is counted of the whole type, whatever was asked of it: a count of hidden things
    that match would tell what their values are.
    """
    reading = fresh()
    withheld = for_type("export/things_withheld", listing.type_name)
    (row,) = await reading.rows(withheld, as_of=listing.as_of)
    yield Piece(withheld=reading.withheld(row["withheld"]))
    if never_holds(listing.condition):
        return
    last: Place | None = None
    while True:
        reading = fresh()
        rows = await _rows(reading, listing, last, page)
        yield await _piece(reading, listing, rows)
        if len(rows) < page:
            return
        last = Place((), rows[-1]["stored"]["id"])


async def _rows(
    reading: Reading, listing: Listing, last: Place | None, limit: int
) -> Sequence[Row]:
    compiler, about = Compiler(), (listing.condition, "n", listing.type_name)
    places = {
        "LABEL": listing.type_name,
        # What is asked stands in a CASE, so that no other index would be read anyway.
        "HINT": listing.ordering.hint("n", last, may_seek=False),
        "AFTER": listing.ordering.after_cypher("n", last, compiler.given),
        "POSSIBLE": compiler.candidate(*about),
        "DOUBTFUL": compiler.doubtful(*about),
        "PARTLY": compiler.possible(*about, is_whole=False),
    }
    statement = filled("export/things", places)
    given = compiler.parameters
    return await rows_of(reading, statement, as_of=listing.as_of, limit=limit, **given)


async def _piece(reading: Reading, listing: Listing, rows: Sequence[Row]) -> Piece:
    """The things that match; the stored values do not decide of those that are doubtful."""
    seen = [(view_of(reading, row), row["is_doubtful"]) for row in rows]
    known = [(view, doubt) for view, doubt in seen if view.first_seen <= listing.as_of]
    unsure = [view for view, doubt in known if doubt]
    judged = await judge(reading, listing.condition, unsure, listing.as_of)
    passed = {view.id for view in judged.kept}
    kept = tuple(view for view, doubt in known if not doubt or view.id in passed)
    return Piece(kept, is_cut=judged.is_cut)
