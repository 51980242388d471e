from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.planted_world import LEVELS, world
from detect.network.corroboration import DEFAULT, GENEROUS, cluster
from tests.unit.detect.network.shapes import (
    ADDRESS,
    DEVICE,
    LICENCE_PHONE,
    PAYEE,
    Link,
    groups,
    hold,
    incidence,
    link_lists,
    owned,
    shuffled,
)

TRIO = [*hold("abc", "phone-1"), *hold("abc", "device-1", DEVICE)]


def test_two_different_identifiers_tie() -> None:
    world_of_three = incidence(*TRIO)
    found = cluster(world_of_three)
    assert owned(found, world_of_three) == {frozenset("abc"): frozenset({"phone-1", "device-1"})}


def test_one_shared_identifier_ties_nobody() -> None:
    assert cluster(incidence(*hold("abcdef", "phone-1"))).count == 0


def test_one_identifier_seen_by_two_kinds_is_still_one() -> None:
    links = [*hold("abc", "phone-1"), *hold("abc", "phone-1", LICENCE_PHONE)]
    assert cluster(incidence(*links)).count == 0


def test_a_chain_of_single_identifiers_is_no_network() -> None:
    links = [Link(m, f"phone-{i}") for i, pair in enumerate(("ab", "bc", "cd", "de")) for m in pair]
    assert cluster(incidence(*links)).count == 0


@pytest.mark.parametrize(("holders", "clusters"), [(5, 1), (6, 0)])
def test_one_strong_identifier_ties_by_itself_while_it_is_rare(holders: int, clusters: int) -> None:
    assert cluster(incidence(*hold("abcdefgh"[:holders], "payee-1", PAYEE))).count == clusters


def test_a_strong_identifier_held_by_a_weak_kind_is_not_strong() -> None:
    links = [Link("a", "account", PAYEE), Link("b", "account"), Link("c", "account")]
    assert cluster(incidence(*links)).count == 0


@pytest.mark.parametrize(("holders", "clusters"), [(20, 1), (21, 0)])
def test_hubs_above_the_cap_tie_nobody(holders: int, clusters: int) -> None:
    everyone = [f"m{at:02d}" for at in range(holders)]
    links = [
        Link(m, hub, kind) for m in everyone for hub, kind in (("h1", DEVICE), ("h2", ADDRESS))
    ]
    assert cluster(incidence(*links)).count == clusters


def test_two_shared_hubs_do_not_join_two_networks() -> None:
    other = [*hold("xyz", "phone-2"), *hold("xyz", "device-2", DEVICE)]
    crowd = [Link(f"crowd-{at}", hub) for at in range(21) for hub in ("hub-1", "hub-2")]
    both = [*hold("ax", "hub-1"), *hold("ax", "hub-2", ADDRESS)]
    made = incidence(*TRIO, *other, *crowd, *both)
    assert groups(cluster(made), made) == {frozenset("abc"), frozenset("xyz")}


def test_one_owned_identifier_makes_nobody_a_member_unless_told_to_be_generous() -> None:
    made = incidence(*TRIO, Link("d", "phone-1"))
    assert groups(cluster(made), made) == {frozenset("abc")}
    assert groups(cluster(made, GENEROUS), made) == {frozenset("abcd")}


def test_a_merchant_torn_between_two_equal_networks_joins_neither() -> None:
    other = [*hold("xyz", "phone-2"), *hold("xyz", "device-2", DEVICE)]
    made = incidence(*TRIO, *other, Link("m", "phone-1"), Link("m", "phone-2"))
    assert groups(cluster(made, GENEROUS), made) == {frozenset("abc"), frozenset("xyz")}


def test_cores_that_share_enough_identifiers_are_one_network() -> None:
    other = [*hold("xyz", "phone-2"), *hold("xyz", "device-2", DEVICE)]
    bridges = [*hold("ax", "address-1", ADDRESS), *hold("by", "address-2", ADDRESS)]
    made = incidence(*TRIO, *other, *bridges)
    assert groups(cluster(made), made) == {frozenset("abcxyz")}
    made = incidence(*TRIO, *other, *bridges[:2])
    assert groups(cluster(made), made) == {frozenset("abc"), frozenset("xyz")}


def test_source_types_can_be_asked_for() -> None:
    made = incidence(*TRIO)
    assert cluster(made, replace(DEFAULT, same_source_worth=0.0)).count == 0
    made = incidence(*TRIO, *hold("abc", "address-1", ADDRESS))
    assert cluster(made, replace(DEFAULT, same_source_worth=0.0)).count == 1


def test_nothing_in_nothing_out() -> None:
    found = cluster(incidence())
    assert (found.count, found.label.size, found.owned_by.size) == (0, 0, 0)


def test_a_planted_network_is_recovered_whole() -> None:
    made = world(LEVELS["easy"], 2_000, seed=5)
    found = cluster(made.incidence)
    for network in range(int(made.network.max()) + 1):
        members = np.flatnonzero(made.network == network)
        labels = set(found.label[members].tolist())
        assert len(labels) == 1, network
        assert set(found.members(labels.pop()).tolist()) == set(members.tolist())


def test_a_world_without_networks_has_only_its_franchises() -> None:
    made = world(LEVELS["medium"], 5_000, seed=5, is_null=True)
    found = cluster(made.incidence)
    assert found.count > 0
    for members in found.all_members():
        assert (made.franchise[members] >= 0).mean() >= 0.5


@given(link_lists(), st.integers(0, 2**16))
def test_the_order_of_links_does_not_matter(links: list[Link], seed: int) -> None:
    made = incidence(*links)
    found, again = cluster(made), cluster(shuffled(made, seed))
    np.testing.assert_array_equal(found.label, again.label)
    np.testing.assert_array_equal(found.owned_by, again.owned_by)


@given(link_lists(), st.permutations(range(14)), st.permutations(range(16)))
def test_names_do_not_matter(
    links: list[Link], merchants: list[int], identifiers: list[int]
) -> None:
    def renamed(link: Link) -> Link:
        merchant = f"m{merchants[int(link.merchant[1:])]:02d}"
        return replace(
            link, merchant=merchant, identifier=f"i{identifiers[int(link.identifier[1:])]:02d}"
        )

    made, other = incidence(*links), incidence(*map(renamed, links))
    expected = {
        frozenset(f"m{merchants[int(name[1:])]:02d}" for name in group)
        for group in groups(cluster(made), made)
    }
    assert groups(cluster(other), other) == expected


@given(link_lists(), st.integers(1, 3))
def test_a_merchant_that_shares_nothing_changes_nothing(links: list[Link], count: int) -> None:
    made = incidence(*links)
    lonely = [Link(f"a-stranger-{at}", f"own-{at}") for at in range(count)]
    wider = incidence(*links, *lonely)
    assert owned(cluster(wider), wider) == owned(cluster(made), made)


@given(link_lists())
def test_every_member_holds_something_the_cluster_shares(links: list[Link]) -> None:
    made = incidence(*links)
    found = cluster(made)
    assert (found.sizes() >= 3).all()
    for members in found.all_members():
        held = [set(made.identifier[made.merchant == at].tolist()) for at in members]
        for own in held:
            others = set().union(*(other for other in held if other is not own))
            assert own & others
