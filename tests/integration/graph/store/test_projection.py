"""Links are read in blocks of the store's own order; how many a block holds changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import pytest

from graph.store.projection import read_links
from graph.store.session import Store
from tests.integration.queries.world import LATER, World

MERCHANTS = [f"M{n}" for n in range(7)]
EPOCH = date(1970, 1, 1)


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


def links(
    store: Store, as_of: str, block_rows: int = 1_000, fold: Mapping[str, str] | None = None
) -> set[tuple[str, str, str, str]]:
    read = read_links(store, as_of, fold=fold, block_rows=block_rows)
    assert list(read.merchants) == sorted(set(read.merchants))
    assert list(read.identifiers) == sorted(set(read.identifiers))
    return {
        (
            columns.relation.name,
            read.merchants[merchant],
            read.identifiers[identifier],
            (EPOCH + timedelta(days=day)).isoformat(),
        )
        for columns in read.columns
        for merchant, identifier, day in zip(
            columns.merchant.tolist(),
            columns.identifier.tolist(),
            columns.first_seen_day.tolist(),
            strict=True,
        )
    }


@pytest.mark.parametrize("block_rows", [1, 2, 3, 7])
def test_blocks_of_any_size_give_the_same_links(crowd: Store, block_rows: int) -> None:
    whole = links(crowd, "2025-11-01")
    assert len(whole) == 12
    assert {merchant for _, merchant, _, _ in whole} == {f"Merchant:M{n}" for n in range(6)}
    assert links(crowd, "2025-11-01", block_rows) == whole
    assert len(links(crowd, "2025-09-15", block_rows)) == 13  # what ended was not known to yet


def test_links_of_merchants_that_are_one_are_those_of_the_first(crowd: Store) -> None:
    whole = links(crowd, "2025-11-01")
    fold = {"Merchant:M2": "Merchant:M2", "Merchant:M3": "Merchant:M2"}
    assert links(crowd, "2025-11-01", fold=fold) == {
        (relation, fold.get(merchant, merchant), identifier, day)
        for relation, merchant, identifier, day in whole
    }


def test_what_the_ontology_lets_tie_nobody_is_no_link(clean_store: Store) -> None:
    """A payee account of a payment company, and an address that may not link."""
    world = World(clean_store)
    merchant = world.thing("Merchant", ("M0",), name="M0")
    own = world.thing("PayeeAccount", ("P1",), payee_class="person")
    company = world.thing("PayeeAccount", ("P2",), payee_class="payment_company")
    place = world.thing("Address", ("A1",), is_linkable=False)
    for account in (own, company):
        world.link("PAID_TO", merchant, account)
    world.link("SHIPS_FROM", merchant, place)
    world.settle()
    assert {each[:3] for each in links(clean_store, "2025-11-01")} == {("PAID_TO", merchant, own)}


def test_what_is_shown_on_listings_is_its_merchants(clean_store: Store) -> None:
    """Merchant, store, listing, certificate: known once the last of the three relations was."""
    world = World(clean_store)
    merchant = world.thing("Merchant", ("M0",), name="M0")
    store = world.thing("Store", ("taobao", "S1"), name="S1")
    certificate = world.thing("Certificate", ("2020010101000001",))
    world.link("OPERATES", merchant, store)
    for at in (1, 2):
        listing = world.thing("Listing", ("taobao", f"L{at}"))
        world.link("LISTS", store, listing)
        world.link("SHOWS_CERTIFICATE", listing, certificate, at=LATER)
    world.settle()
    assert links(clean_store, "2025-09-15") == set()
    assert links(clean_store, "2025-11-01") == {
        ("SHOWS_CERTIFICATE", merchant, certificate, LATER[:10])
    }


def test_a_store_without_merchants_has_no_links(clean_store: Store) -> None:
    World(clean_store)
    assert links(clean_store, "2025-11-01", 2) == set()
