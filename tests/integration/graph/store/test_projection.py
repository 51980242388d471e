"""Links are read in blocks of merchants; how many a block holds changes nothing."""

from __future__ import annotations

import pytest

from graph.store.projection import read_links
from graph.store.session import Store
from tests.integration.queries.world import LATER, World

MERCHANTS = [f"M{n}" for n in range(7)]


@pytest.fixture
def crowd(clean_store: Store) -> Store:
    """Seven merchants, one of them alone, two of one telephone and device each, one link that ended."""
    world = World(clean_store)
    ids = {name: world.thing("Merchant", (name,), name=name) for name in MERCHANTS}
    for at, name in enumerate(MERCHANTS[:-1]):
        phone = world.thing("Phone", (f"1380013800{at // 2}",))
        world.link("USES_PHONE", ids[name], phone, role="contact")
        device = world.thing("Device", (f"DEV0000{at // 3}",))
        world.link("USES_DEVICE", ids[name], device)
    gone = world.thing("Device", ("DEV-GONE",))
    world.link("USES_DEVICE", ids["M0"], gone)
    world.link("USES_DEVICE", ids["M0"], gone, at=LATER, valid_to="2025-10-01")
    world.settle()
    return clean_store


def links(store: Store, as_of: str, block_merchants: int) -> set[tuple[str, str, str, str]]:
    found = [
        (columns.relation.name, *link)
        for columns in read_links(store, as_of, block_merchants=block_merchants)
        for link in zip(columns.merchant, columns.identifier, columns.first_seen, strict=True)
    ]
    assert len(found) == len(set(found)), "a link was read twice"
    return set(found)


@pytest.mark.parametrize("block_merchants", [1, 2, 3, 7])
def test_blocks_of_any_size_give_the_same_links(crowd: Store, block_merchants: int) -> None:
    whole = links(crowd, "2025-11-01", 1_000)
    assert len(whole) == 12
    assert {merchant for _, merchant, _, _ in whole} == {f"Merchant:M{n}" for n in range(6)}
    assert links(crowd, "2025-11-01", block_merchants) == whole
    assert len(links(crowd, "2025-09-15", block_merchants)) == 13  # what ended was not known to yet


def test_a_store_without_merchants_has_no_links(clean_store: Store) -> None:
    World(clean_store)
    assert links(clean_store, "2025-11-01", 2) == set()
