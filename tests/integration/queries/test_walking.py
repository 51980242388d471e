"""Expansion with filters, counts by kind, and ways with hubs and dates, on a real server."""

from __future__ import annotations

from itertools import pairwise

import pytest

from graph.errors import ValueRefused
from graph.store.connection import Connection
from graph.store.session import Store
from queries import expand as expanding
from queries.expand import Expansion, Noise, expand, summaries
from queries.pages import PageRequest
from queries.path_search import Route
from queries.paths import Allowed, Ways, paths, shortest_paths
from queries.reading import Reading
from tests.integration.queries.asking import TODAY, ask
from tests.integration.queries.world import HERE, LATER, NATION, THERE, World


@pytest.fixture
def world(clean_store: Store) -> World:
    return World(clean_store)


def others(server: Connection, node: str, noise: Noise, first: int = 20) -> list[str]:
    asked = Expansion.of(None, "ANY", TODAY, PageRequest.of(first, None, ()), noise)
    return [s.other.id for s in ask(server, lambda r: expand(r, [node], asked))[node].items]


def merchants_on(world: World, address: str, count: int, region: str = HERE) -> list[str]:
    made = []
    for n in range(count):
        merchant = world.thing("Merchant", (f"{address[-1]}{n}",), name="户", region=region)
        world.link("SHIPS_FROM", merchant, address, region=region)
        made.append(merchant)
    return made


def test_noise_is_left_out_of_an_expansion(server: Connection, world: World) -> None:
    merchant = world.thing("Merchant", ("M",), name="甲")
    quiet, busy, outlet = (world.thing("Address", (f"A{n:016x}",)) for n in range(3))
    phone = world.thing("Phone", ("+8613800138000",))
    for address in (quiet, busy, outlet):
        world.link("SHIPS_FROM", merchant, address)
    world.link("USES_PHONE", merchant, phone, role="contact")
    merchants_on(world, busy, 3)
    register(world, "Address", outlet)
    world.settle()
    assert set(others(server, merchant, Noise.of())) == {quiet, busy, outlet, phone}
    assert others(server, merchant, Noise.of(["SHIPS_FROM"])) == [phone]
    assert others(server, merchant, Noise.of((), ["Phone"])) == [phone]
    assert others(server, merchant, Noise.of(hub_limit=3)) == [quiet, phone]
    assert others(server, merchant, Noise.of(hub_limit=4)) == [quiet, busy, phone]


def register(world: World, type_name: str, node: str, expires_on: str = "2027-01-01") -> None:
    world.thing(
        "HubRegistration",
        (type_name, node.partition(":")[2]),
        reason="courier_outlet",
        expires_on=expires_on,
        region=NATION,
    )


def test_a_hub_is_one_by_what_the_reader_sees(server: Connection, world: World) -> None:
    merchant = world.thing("Merchant", ("M",), name="甲")
    address = world.thing("Address", ("A0000000000000001",))
    world.link("SHIPS_FROM", merchant, address)
    merchants_on(world, address, 4, region=THERE)
    register(world, "Address", world.thing("Address", ("A0000000000000002",)))
    world.settle()
    noise = Noise.of(hub_limit=2)
    assert others(server, merchant, noise) == [address]
    asked = Expansion.of(None, "ANY", TODAY, PageRequest(), noise)
    both = ask(server, lambda r: expand(r, [merchant], asked), HERE, THERE)[merchant]
    assert both.items == ()


def test_an_entry_in_the_register_ends(server: Connection, world: World) -> None:
    merchant = world.thing("Merchant", ("M",), name="甲")
    phone = world.thing("Phone", ("+8613800138000",))
    world.link("USES_PHONE", merchant, phone, role="contact")
    world.thing(
        "HubRegistration",
        ("Phone", "+8613800138000"),
        reason="agency",
        expires_on="2026-01-10",
        region=NATION,
    )
    world.settle()
    assert others(server, merchant, Noise.of(hub_limit=5)) == [phone]
    before = Expansion.of(None, "ANY", "2026-01-09", PageRequest(), Noise.of(hub_limit=5))
    assert ask(server, lambda r: expand(r, [merchant], before))[merchant].items == ()


def test_counts_by_kind_are_of_what_is_visible_then(server: Connection, world: World) -> None:
    address = world.thing("Address", ("A0000000000000001",))
    first, second, third = merchants_on(world, address, 3)
    world.link("OPERATES_AT", first, address)
    world.link("SHIPS_FROM", third, address, at=LATER, valid_to="2025-10-01")
    hidden = world.thing("Merchant", ("H",), name="别处", region=THERE)
    world.link("SHIPS_FROM", hidden, address, region=THERE)
    # Only others saw this one end: for the reader it goes on.
    world.link("SHIPS_FROM", second, address, at=LATER, valid_to="2025-10-01", region=THERE)
    world.settle()
    summary = ask(server, lambda r: summaries(r, [address], TODAY))[address]
    assert [(k.relation, k.direction, k.other_type, k.count) for k in summary.kinds] == [
        ("SHIPS_FROM", "IN", "Merchant", 2),
        ("OPERATES_AT", "IN", "Merchant", 1),
    ]
    assert (summary.withheld, summary.truncated) == (1, False)
    before = ask(server, lambda r: summaries(r, [address], "2025-09-15"))[address]
    assert before.kinds[0].count == 3


def test_a_supernode_is_cut_and_says_so(
    server: Connection, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = world.thing("Address", ("A0000000000000001",))
    merchants_on(world, address, 6)
    world.settle()
    monkeypatch.setattr(expanding, "SCAN_LIMIT", 4)
    asked = Expansion.of(None, "ANY", TODAY, PageRequest())
    page = ask(server, lambda r: expand(r, [address], asked))[address]
    assert (len(page.items), page.truncated, page.withheld) == (4, True, None)
    assert [b.name for b in page.bounds if b.is_reached] == ["relations"]
    summary = ask(server, lambda r: summaries(r, [address], TODAY))[address]
    assert (summary.kinds[0].count, summary.truncated) == (4, True)


def ids(ways: Ways) -> list[list[str]]:
    return [[node.id for node in way.nodes] for way in ways.ways]


def test_ways_do_not_pass_hubs_and_name_them(server: Connection, world: World) -> None:
    a, b, c = (world.thing("Merchant", (name,), name=name) for name in "ABC")
    busy = world.thing("Address", ("A0000000000000001",))
    one, two = (world.thing("Phone", (f"+861380013800{n}",)) for n in range(2))
    for merchant in (a, b):
        world.link("SHIPS_FROM", merchant, busy)
    for merchant, phone in [(a, one), (c, one), (c, two), (b, two)]:
        world.link("USES_PHONE", merchant, phone, role="contact")
    merchants_on(world, busy, 3)
    world.settle()

    def asked(limit: int | None) -> Ways:
        allowed = Allowed.of(hub_limit=limit)
        return ask(server, lambda r: shortest_paths(r, a, b, 6, allowed))

    without = asked(4)
    assert ids(without) == [[a, one, c, two, b]]
    assert ([hub.id for hub in without.hubs], without.hub_count) == ([busy], 1)
    assert (without.withheld, without.truncated) == (0, False)
    assert ids(asked(5)) == ids(asked(None)) == [[a, busy, b]]
    # A hub may be an end of a way.
    to_hub = ask(server, lambda r: shortest_paths(r, a, busy, 6, Allowed.of(hub_limit=1)))
    assert ids(to_hub) == [[a, busy]]
    register(world, "Address", busy)
    world.settle()
    assert ids(asked(50)) == [[a, one, c, two, b]]


def test_k_ways_by_length_with_parallel_relations(server: Connection, world: World) -> None:
    a, b, c = (world.thing("Merchant", (name,), name=name) for name in "ABC")
    one, two, three = (world.thing("Phone", (f"+861380013800{n}",)) for n in range(3))
    for merchant, phone in [(a, one), (b, one), (a, two), (c, two), (c, three), (b, three)]:
        world.link("USES_PHONE", merchant, phone, role="contact")
    world.link("USES_PHONE", a, one, role="sender")
    world.settle()
    short, long = [a, one, b], [a, two, c, three, b]

    def asked(most: int, allowed: Allowed | None = None) -> Ways:
        route = Route(a, b, 6, most)
        return ask(server, lambda r: paths(r, route, allowed or Allowed.of()))

    both = asked(5)
    assert ids(both) == [short, long]
    assert not both.truncated
    first = both.ways[0]
    assert [r.properties["role"] for r in (*first.relations, *first.parallel)] == [
        "contact",
        "contact",
        "sender",
    ]
    assert ids(asked(1)) == [short]
    assert asked(1).truncated
    assert ids(asked(5, Allowed.of(without=[one]))) == [long]
    assert asked(5, Allowed.of(exclude_relations=["USES_PHONE"])).ways == ()
    with pytest.raises(ValueRefused):
        asked(51)


def test_ways_as_of_a_date(server: Connection, world: World) -> None:
    a, b = (world.thing("Merchant", (name,), name=name) for name in "AB")
    phone = world.thing("Phone", ("+8613800138000",))
    world.link("USES_PHONE", a, phone, role="contact")
    world.link("USES_PHONE", b, phone, role="contact", at=LATER)
    # Others saw the first one end; to the reader it goes on.
    world.link(
        "USES_PHONE", a, phone, role="contact", at=LATER, region=THERE, valid_to="2025-10-01"
    )
    world.settle()

    def asked(day: str | None, *regions: str) -> list[list[str]]:
        allowed = Allowed.of(as_of=day)
        return ids(ask(server, lambda r: shortest_paths(r, a, b, 6, allowed), *regions))

    assert asked("2025-09-15") == []
    assert asked(TODAY) == [[a, phone, b]]
    assert asked(TODAY, HERE, THERE) == []
    assert asked(None, HERE, THERE) == [[a, phone, b]]


def test_a_search_for_ways_takes_few_statements(server: Connection, world: World) -> None:
    chain = [world.thing("Merchant", (f"M{n}",), name="户") for n in range(4)]
    for n, pair in enumerate(pairwise(chain)):
        phone = world.thing("Phone", (f"+861380013800{n}",))
        for merchant in pair:
            world.link("USES_PHONE", merchant, phone, role="contact")
    world.settle()

    async def question(reading: Reading) -> tuple[int, int]:
        found = await shortest_paths(reading, chain[0], chain[-1], 6)
        return len(found.ways), reading.statements

    ways, statements = ask(server, question)
    assert (ways, statements <= 8) == (1, True)
