"""Lists, counts and aggregates: what a statement is sure of and what is judged agree, for every reader."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from graph.store.connection import Connection
from graph.store.session import Store
from queries import aggregate, listing
from queries.conditions import (
    EVERYTHING,
    AllOf,
    AnyOf,
    Beyond,
    Compare,
    Condition,
    InRegions,
    Linked,
    Not,
    Related,
    Step,
    ValidOn,
)
from queries.export.things import things
from queries.judging import judge, related_pages
from queries.listing import Listing
from queries.lookup import nodes
from queries.ordering import By, Ordering
from queries.pages import PageRequest
from queries.reading import Reading
from queries.related import CURSOR, End, FarEnd, RelatedList
from queries.thing_columns import ThingColumns, Wanted
from queries.views import NodeView
from tests.integration.queries.asking import TODAY, ask
from tests.integration.queries.world import HERE, LATER, NATION, THERE, World

OPERATES = Step("OPERATES", is_out=True)
OPERATED_BY = Step("OPERATES", is_out=False)
USES_PHONE = Step("USES_PHONE", is_out=True)
PARENT_OF = Step("PARENT_OF", is_out=True)
ROLES = ["seller", "dealer", None]
NAMES = ["甲电子", "乙电子", "丙", "联系13812345678", "\U00020000店", "\uff21店", None]


@pytest.fixture
def world(clean_store: Store) -> World:
    return World(clean_store)


def crowd(world: World, seed: int) -> list[str]:
    """Merchants, stores and phones of two regions and of both, with relations of each kind."""
    rng = random.Random(seed)

    def said(**values: Any) -> dict[str, Any]:
        return {name: value for name, value in values.items() if value is not None}

    def regions() -> list[str]:
        return rng.choice([[HERE], [HERE], [THERE], [NATION], [HERE, THERE], [THERE, HERE]])

    merchants = [f"M{n:02d}" for n in range(14)]
    shops = [f"s{n:02d}" for n in range(12)]
    for name in merchants:
        for n, region in enumerate(regions()):
            world.thing(
                "Merchant",
                (name,),
                region=region,
                at=f"2025-0{9 if n else rng.choice([7, 8, 9])}-0{rng.randint(1, 9)}T08:00:00+08:00",
                **said(
                    name=rng.choice(NAMES),
                    role=rng.choice(ROLES),
                    registered_on=rng.choice(["2020-01-01", "2021-06-01", None]),
                ),
            )
    for name in shops:
        for region in regions():
            world.thing(
                "Store",
                (rng.choice(["taobao", "jd"]), name),
                region=region,
                **said(name=rng.choice(NAMES), opened_on=rng.choice(["2024-01-01", None])),
            )
    ids = [f"Merchant:{name}" for name in merchants]
    stores = [key for key in world._keys if key.startswith("Store:")]
    phones = [world.thing("Phone", (f"+861380013800{n}",)) for n in range(3)]
    for _ in range(40):
        start = rng.choice(ids)
        for region in regions():
            kind = rng.choice(["OPERATES", "OPERATES", "USES_PHONE", "PARENT_OF"])
            far = {"OPERATES": stores, "USES_PHONE": phones, "PARENT_OF": ids}[kind]
            more = {"role": rng.choice(["contact", "sender"])} if kind == "USES_PHONE" else {}
            if kind == "PARENT_OF" and rng.random() < 0.7:
                more |= {
                    "basis": rng.choice(["stake", "联系13812345678"]),
                    "valid_from": "2025-01-01",
                }
            at = "2025-09-10T08:00:00+08:00"
            if rng.random() < 0.2:
                more |= {"valid_to": "2025-10-01"}
                at = LATER
            world.link(kind, start, rng.choice(far), region=region, at=at, **more)
    world.settle()
    return ids


def any_condition(rng: random.Random, type_name: str, depth: int = 0) -> Condition:
    """A condition on a merchant or a store."""
    known: dict[str, list[Condition]] = {
        "Merchant": [
            Compare("role", "eq", rng.choice(["seller", "dealer"])),
            Compare("role", "in", ("seller",)),
            Compare("role", "isNull", rng.random() < 0.5),
            Compare("name", "contains", rng.choice(["电子", "1381", "联系", "店"])),
            Compare("name", "startsWith", rng.choice(["甲", "联系138", "联系1381"])),
            Compare("registered_on", "gte", "2021-01-01"),
            Compare("registered_on", "lt", "2021-01-01"),
            Compare("first_seen", "lte", "2025-08-31"),
            Compare("id", "in", ("Merchant:M01", "Merchant:M02", "Merchant:M09")),
            Compare("merchant_id", "startsWith", "M0"),
            InRegions((rng.choice([HERE, THERE, NATION]),)),
        ],
        "Store": [
            Compare("platform", "eq", "taobao"),
            Compare("opened_on", "isNull", value=True),
            Compare("name", "contains", "电子"),
            InRegions((HERE,)),
        ],
    }
    compares = known[type_name]
    choices: list[Any] = [lambda: rng.choice(compares)] * 3
    if depth < 3:
        quantifier = rng.choice(["some", "none", "all", "single"])
        moves = {"Merchant": [OPERATES, PARENT_OF], "Store": [OPERATED_BY]}[type_name]
        step = rng.choice(moves)
        choices += [
            lambda: Related(step, quantifier, any_condition(rng, step.far, depth + 1)),
            lambda: Related(step, quantifier, EVERYTHING),
            lambda: Linked(step, quantifier, any_edge_condition(rng, step, depth + 1)),
            lambda: Not(any_condition(rng, type_name, depth + 1)),
            lambda: AllOf((any_condition(rng, type_name, depth + 1), rng.choice(compares))),
            lambda: AnyOf((any_condition(rng, type_name, depth + 1), rng.choice(compares))),
        ]
    made: Condition = rng.choice(choices)()
    return made


def any_edge_condition(rng: random.Random, step: Step, depth: int) -> Condition:
    """A condition on the relations of a step."""
    if depth < 3 and rng.random() < 0.6:
        one, other = (any_edge_condition(rng, step, depth + 1) for _ in range(2))
        joined: list[Condition] = [Not(one), AllOf((one, other)), AnyOf((one, other))]
        return rng.choice(joined)
    choices: list[Condition] = [
        Compare("valid_from", "lte", "2025-06-01"),
        Compare("valid_to", "isNull", value=False),
        Compare("first_seen", "gt", "2025-09-10"),
        InRegions((HERE,)),
        ValidOn(rng.choice(["2024-12-31", "2025-09-30"])),
        Beyond(any_condition(rng, step.far, 3)),
    ]
    if step == PARENT_OF:
        choices += [
            Compare("basis", "eq", "stake"),
            Compare("basis", "contains", rng.choice(["1381", "联系"])),
            Compare("basis", "isNull", value=True),
        ]
    return rng.choice(choices)


COLUMNS = ["id", "first_seen", "regions", "name", "role", "registered_on"]
ORDERS = [
    (),
    (By("name"),),
    (By("role", is_descending=True), By("name")),
    (By("registered_on"), By("first_seen", is_descending=True)),
    (By("id", is_descending=True),),
]


async def pages(
    reading: Reading, asked: Listing, first: int, names: Sequence[str] | None = None
) -> list[NodeView]:
    """Every page of a list, one after the other; with `names` only of these properties."""
    found: list[NodeView] = []
    cursor = None
    while True:
        page = await listing.page(reading, asked, first, cursor, names)
        assert not page.truncated
        assert len(page.items) <= first
        found += page.items
        if not page.has_next:
            return found
        cursor = page.cursors[-1]


async def expected(reading: Reading, asked: Listing, ids: Sequence[str]) -> list[NodeView]:
    """The same, by looking at every thing the reader may see."""
    views = [v for v in (await nodes(reading, ids)).values() if v.first_seen <= asked.as_of]
    judged = await judge(reading, asked.condition, views, asked.as_of)
    return asked.ordering.sorted(judged.kept)


async def exported(reading: Reading, asked: Listing) -> list[str]:
    """What an export of the same finds, in its order, read three at a time."""
    pieces = things(replace(asked, ordering=Ordering.of(asked.type_name, ())), lambda: reading, 3)
    return [view.id async for piece in pieces for view in piece.nodes]


@pytest.mark.parametrize("seed", [0, 5])
def test_statements_and_judgement_agree(server: Connection, world: World, seed: int) -> None:
    ids = crowd(world, seed)
    rng = random.Random(seed)
    conditions = [any_condition(rng, "Merchant") for _ in range(8)]

    async def compare(reading: Reading) -> None:
        for n, condition in enumerate(conditions):
            day = rng.choice(["2025-09-05", "2025-09-30", TODAY])
            asked = Listing.of("Merchant", condition, ORDERS[n % len(ORDERS)], day)
            wanted = await expected(reading, asked, ids)
            assert await pages(reading, asked, rng.choice([2, 50])) == wanted, condition
            names = rng.sample(COLUMNS, 3)
            rows = Wanted.of("Merchant", names)
            in_columns = await pages(reading, asked, rng.choice([2, 50]), names)
            assert list(map(rows.row, in_columns)) == list(map(rows.row, wanted)), condition
            assert await listing.total(reading, asked) == listing.Total(len(wanted), True)
            assert await exported(reading, asked) == sorted(view.id for view in wanted), condition
            whole = await aggregate.aggregate(reading, asked, ["role", "regions"])
            assert whole.count == len(wanted)
            assert {group.key: group.count for group in whole.groups} == Counter(
                (view.properties.get("role"), region) for view in wanted for region in view.regions
            )
            days = [view.properties.get("registered_on") for view in wanted]
            known = sorted(day for day in days if day)
            measure = whole.measures["registered_on"]
            assert (measure.count, measure.least) == (len(known), known[0] if known else None)

    for regions in [(HERE,), (HERE, THERE)]:
        ask(server, compare, *regions, deadline_s=500)


def test_what_is_asked_of_relations_is_judged_alike(server: Connection, world: World) -> None:
    ids = crowd(world, 3)
    rng = random.Random(3)
    asked_of = [
        Linked(step, quantifier, any_edge_condition(rng, step, 1))
        for quantifier in ("some", "none", "all", "single")
        for step in (PARENT_OF, OPERATES)
    ]

    async def compare(reading: Reading) -> set[int]:
        counts = set()
        for condition in asked_of:
            asked = Listing.of("Merchant", condition, (), TODAY)
            wanted = await expected(reading, asked, ids)
            assert await pages(reading, asked, 4) == wanted, condition
            assert await exported(reading, asked) == [view.id for view in wanted], condition
            counts.add(len(wanted))
        return counts

    for regions in [(HERE,), (HERE, THERE)]:
        assert len(ask(server, compare, *regions, deadline_s=500)) > 2


def test_groups_that_are_shown_of_many_are_counted_exactly(
    server: Connection, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = crowd(world, 4)
    monkeypatch.setattr(aggregate, "MAX_GROUPS", 2)

    async def compare(reading: Reading) -> None:
        asked = Listing.of("Merchant", EVERYTHING, (), TODAY)
        views = await expected(reading, asked, ids)
        wanted = Counter(
            (view.properties.get("role"), region) for view in views for region in view.regions
        )
        found = await aggregate.aggregate(reading, asked, ["role", "regions"])
        assert found.truncated
        assert {group.key: group.count for group in found.groups} == dict(
            sorted(
                wanted.items(), key=lambda one: (-one[1], [(v is None, v or "") for v in one[0]])
            )[:2]
        )

    for regions in [(HERE,), (HERE, THERE), (THERE,)]:
        ask(server, compare, *regions, deadline_s=500)


def test_numbers_that_name_something_can_be_grouped_by(server: Connection, world: World) -> None:
    for lab, number in [("L/1", "r1"), ("L/1", "r2"), ("L 2", "r1")]:
        world.thing("TestReport", (lab, number))
    world.thing("TestReport", ("L/1", "r2"), region=THERE, sample_name="其他")
    world.settle()

    async def compare(reading: Reading) -> None:
        asked = Listing.of("TestReport", EVERYTHING, (), TODAY)
        found = await aggregate.aggregate(reading, asked, ["lab_id"])
        assert [(group.key, group.count) for group in found.groups] == [
            (("L/1",), 2),
            (("L 2",), 1),
        ]
        assert not found.truncated

    ask(server, compare)
    assert "report_no" in aggregate.groupable("TestReport")
    assert "merchant_id" not in aggregate.groupable("Merchant")
    assert "number" not in aggregate.groupable("Phone")


@pytest.mark.parametrize("seed", [1, 6])
def test_columns_of_a_list_hold_what_its_things_show(
    server: Connection, world: World, seed: int
) -> None:
    ids = crowd(world, seed)

    async def compare(reading: Reading) -> None:
        for order in ORDERS:
            asked = Listing.of("Merchant", Compare("id", "gte", "Merchant:M01"), order, TODAY)
            wanted = await expected(reading, asked, ids)
            for first in (3, 50):
                page = await listing.page(reading, asked, first, None, COLUMNS)
                assert isinstance(page.items, ThingColumns)
                assert [view.id for view in page.items] == [view.id for view in wanted[:first]]
                found = await pages(reading, asked, first, COLUMNS)
                assert found == [_lessened(view) for view in wanted]

    for regions in [(HERE,), (HERE, THERE)]:
        ask(server, compare, *regions, deadline_s=500)


def _lessened(view: NodeView) -> NodeView:
    """A view with no more than COLUMNS in it."""
    said = {name: value for name, value in view.properties.items() if name in COLUMNS}
    return replace(view, properties=said, records=())


@pytest.mark.parametrize("seed", [2, 7])
def test_rows_of_far_things_are_those_of_whole_relations(
    server: Connection, world: World, seed: int
) -> None:
    ids = crowd(world, seed)

    async def compare(reading: Reading) -> None:
        for step, names in FAR.items():
            for condition in (EVERYTHING, Compare("id", "gte", f"{step.far}:M")):
                for request in (PageRequest(50), PageRequest(1)):
                    asked = RelatedList.of(step, condition, TODAY, request)
                    await _same_pages(reading, ids, asked, Wanted.of(step.far, names))

    for regions in [(HERE,), (HERE, THERE)]:
        ask(server, compare, *regions, deadline_s=500)


FAR = {
    OPERATES: ["name", "regions", "opened_on"],
    USES_PHONE: ["first_seen", "number"],
    PARENT_OF: ["role"],
}


async def _same_pages(
    reading: Reading, ids: Sequence[str], asked: RelatedList, wanted: Wanted
) -> None:
    """Every page of each, whole and as rows; page after page of those that have more."""
    whole = await related_pages(reading, ids, asked)
    rows = await related_pages(reading, ids, replace(asked, wanted=wanted))
    uncounted = replace(asked, wanted=wanted, is_withheld_counted=False)
    assert whole.keys() == rows.keys() == (await related_pages(reading, ids, uncounted)).keys()
    for name, page in whole.items():
        other = rows[name]
        far = [wanted.row(end.node) for end in page.items if isinstance(end, End)]
        found = [end.row for end in other.items if isinstance(end, FarEnd)]
        assert list(ThingColumns(wanted, found)) == list(ThingColumns(wanted, far))
        assert (len(far), list(other.cursors)) == (len(page.items), list(page.cursors))
        assert replace(other, items=(), cursors=()) == replace(page, items=(), cursors=())
        if page.has_next:
            after = PageRequest.of(asked.page.first, page.cursors[-1], CURSOR)
            await _same_pages(reading, [name], replace(asked, page=after), wanted)
