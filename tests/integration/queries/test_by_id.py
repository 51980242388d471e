"""Lists along the index of ids, and far things as columns: what is shown is what the longer ways show."""

from __future__ import annotations

from dataclasses import replace

import pytest

from graph.store.connection import Connection
from graph.store.session import Store
from queries import listing, listing_by_id, related_columns
from queries.conditions import EVERYTHING, Compare
from queries.judging import related_pages
from queries.listing import Listing
from queries.pages import PageRequest
from queries.reading import Reading
from queries.related import FarEnd, RelatedList
from queries.thing_columns import Wanted
from tests.integration.queries.asking import TODAY, ask
from tests.integration.queries.test_listing import FAR, crowd
from tests.integration.queries.world import HERE, THERE, World


@pytest.fixture
def world(clean_store: Store) -> World:
    return World(clean_store)


def test_a_page_is_full_however_many_things_were_judged_away(
    server: Connection, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing_by_id, "_ROWS", 2)
    monkeypatch.setattr(listing_by_id, "_MOST_ROWS", 2)
    for n in range(20):
        # What is stored is the other region's, later word.
        world.thing("Merchant", (f"A{n:02d}",), role="dealer")
        world.thing(
            "Merchant", (f"A{n:02d}",), region=THERE, at=f"{TODAY}T08:00:00+08:00", role="seller"
        )
    sellers = [world.thing("Merchant", (name,), role="seller") for name in ("B1", "B2")]
    world.settle()

    async def compare(reading: Reading) -> None:
        asked = Listing.of("Merchant", Compare("role", "eq", "seller"), (), TODAY)
        for names in (None, ["name"]):
            page = await listing.page(reading, asked, 1, None, names)
            assert [view.id for view in page.items] == sellers[:1]
            assert page.has_next
            assert not page.truncated
            rest = await listing.page(reading, asked, 1, page.cursors[0], names)
            assert [view.id for view in rest.items] == sellers[1:]
            assert not rest.has_next

    ask(server, compare, HERE)


def test_what_is_seen_whole_takes_one_statement(server: Connection, world: World) -> None:
    seen = [world.thing("Merchant", (f"M{n}",), name="甲") for n in range(4)]
    world.thing("Merchant", ("N",), name="甲")
    world.thing("Merchant", ("N",), region=THERE, name="乙")
    world.settle()

    async def compare(reading: Reading) -> None:
        asked = Listing.of("Merchant", EVERYTHING, (), TODAY)
        page = await listing.page(reading, asked, 3, None)
        assert ([view.id for view in page.items], reading.statements) == (seen[:3], 1)
        whole = await listing.page(reading, asked, 5, None)
        assert [view.properties["name"] for view in whole.items] == ["甲"] * 5
        # The thing that others spoke of is read by its visible records.
        assert reading.statements == 3

    ask(server, compare, HERE)


@pytest.mark.parametrize("seed", [3, 8])
def test_columns_of_far_things_are_the_pages_of_each(
    server: Connection, world: World, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = crowd(world, seed)
    monkeypatch.setattr(related_columns, "_AT_ONCE", 5)

    async def compare(reading: Reading) -> int:
        seen_in_part = 0
        for step, names in FAR.items():
            wanted = Wanted.of(step.far, names)
            for first in (50, 2, 0):
                plain = RelatedList.of(step, EVERYTHING, TODAY, PageRequest(first))
                asked = replace(plain, wanted=wanted)
                pages = await related_pages(reading, ids, asked)
                # A thing may be asked about twice, and one that is not there has a page of nothing.
                order = [*ids, ids[0], "Merchant:nobody"]
                found = await related_columns.related_columns(reading, order, asked)
                assert len(found.pages) == len(order)
                for name, page in zip(order, found.pages, strict=True):
                    if name not in pages:
                        assert (list(page.rows), page.has_next, page.withheld) == ([], False, 0)
                        continue
                    whole = pages[name]
                    ends = [end for end in whole.items if isinstance(end, FarEnd)]
                    assert [list(row) for row in page.rows] == [
                        [end.apart, *end.row] for end in ends
                    ]
                    assert (page.has_next, page.truncated, page.withheld) == (
                        whole.has_next,
                        whole.truncated,
                        whole.withheld,
                    )
                    cursors = [page.cursor(at) for at in range(len(page.rows))]
                    assert cursors == list(whole.cursors)
                    assert page.rows or page.cursor(-1) is None
                assert found.sizes == [len(page.rows) for page in found.pages]
                assert len(found.things) == sum(found.sizes)
                seen_in_part += sum(found.sizes)
        return seen_in_part

    for regions in [(HERE,), (HERE, THERE)]:
        assert ask(server, compare, *regions, deadline_s=500) > 0
