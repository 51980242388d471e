from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detect.network.clustering import from_labels
from detect.network.corroboration import cluster
from detect.network.ties import Role, combined, evidence, pair_strength, rarity
from tests.unit.detect.network.shapes import (
    ADDRESS,
    DEVICE,
    LICENCE_PHONE,
    PHONE,
    Link,
    hold,
    incidence,
    link_lists,
)


def test_each_member_is_explained() -> None:
    made = incidence(
        *hold("abc", "phone-1"),
        *hold("abc", "address-1", ADDRESS),
        Link("d", "phone-1"),
        Link("z", "address-1", ADDRESS),
        *(Link(f"other-{at}", f"own-{at}") for at in range(95)),
    )
    label = np.full(len(made.merchants), -1)
    label[[made.merchants.index(name) for name in "abcd"]] = 0
    [found] = evidence(made, from_labels(made, label, 3, 20))
    by_name = {made.merchants[row.merchant]: row for row in found.members}
    assert {name: row.role for name, row in by_name.items()} == {
        "a": Role.CORE,
        "b": Role.CORE,
        "c": Role.CORE,
        "d": Role.OWNED,
    }
    phone, address = by_name["a"].ties
    assert (made.identifiers[phone.identifier], made.kinds[phone.kind]) == ("phone-1", PHONE)
    assert (phone.holders_inside, phone.holders_outside, phone.is_owned) == (4, 0, True)
    assert (address.holders_inside, address.holders_outside, address.is_owned) == (3, 1, True)
    assert phone.strength == pytest.approx(0.7 * math.log(100 / 4) / math.log(100))
    assert by_name["a"].strength == pytest.approx(1 - (1 - phone.strength) * (1 - address.strength))
    assert by_name["d"].strength == pytest.approx(phone.strength)
    assert found.mean_internal == pytest.approx(7 / 4)
    assert (found.internal_identifiers, found.source_types) == (2, ("courier", "platform"))


def test_repeats_of_one_source_type_do_not_add() -> None:
    others = [Link(f"other-{at}", f"own-{at}") for at in range(50)]
    one = incidence(*hold("ab", "phone-1"), *others)
    two = incidence(*hold("ab", "phone-1"), *hold("ab", "device-1", DEVICE), *others)
    far = incidence(*hold("ab", "phone-1"), *hold("ab", "address-1", ADDRESS), *others)
    assert pair_strength(one, 0, 1) == pytest.approx(pair_strength(two, 0, 1))
    assert pair_strength(far, 0, 1) > pair_strength(one, 0, 1)


def test_one_identifier_seen_by_two_hands_counts_once() -> None:
    others = [Link(f"other-{at}", f"own-{at}") for at in range(50)]
    once = incidence(*hold("ab", "phone-1"), *others)
    twice = incidence(*hold("ab", "phone-1"), *hold("ab", "phone-1", LICENCE_PHONE), *others)
    assert pair_strength(twice, 0, 1) == pytest.approx(pair_strength(once, 0, 1))


def test_sights_far_apart_in_time_fade_by_half_in_180_days() -> None:
    others = [Link(f"other-{at}", f"own-{at}") for at in range(50)]
    near = incidence(*hold("ab", "phone-1"), *others)
    apart = incidence(Link("a", "phone-1", day=20_000), Link("b", "phone-1", day=20_180), *others)
    assert pair_strength(apart, 0, 1) == pytest.approx(pair_strength(near, 0, 1) / 2)


def test_hubs_and_strangers_have_no_tie() -> None:
    made = incidence(*(Link(f"m{at:02d}", "hub") for at in range(21)))
    assert pair_strength(made, 0, 1) == 0.0
    assert pair_strength(made, 0, 0) == 0.0
    assert pair_strength(made, 0, 1, cap=50) == 0.0  # held by everyone: says nothing at all


def test_only_the_wanted_clusters_are_explained() -> None:
    made = incidence(
        *hold("abc", "phone-1"),
        *hold("abc", "device-1", DEVICE),
        *hold("xyz", "phone-2"),
        *hold("xyz", "device-2", DEVICE),
    )
    found = cluster(made)
    assert [row.cluster for row in evidence(made, found)] == [0, 1]
    assert [row.cluster for row in evidence(made, found, clusters=[1, 7, -1])] == [1]


def test_rarity_runs_from_one_to_nothing() -> None:
    assert rarity(np.array([1, 10, 100]), 100).tolist() == pytest.approx([1.0, 0.5, 0.0])
    assert rarity(np.array([1]), 1).tolist() == [0.0]


pieces = st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 1)), max_size=8)


@given(pieces, pieces)
def test_more_evidence_never_weakens(
    some: list[tuple[str, float]], more: list[tuple[str, float]]
) -> None:
    assert 0.0 <= combined(some) <= combined(some + more) <= 1.0
    assert combined(some + some) == combined(some)


@given(link_lists())
def test_evidence_agrees_with_the_links(links: list[Link]) -> None:
    made = incidence(*links)
    found = cluster(made)
    for report in evidence(made, found):
        members = set(found.members(report.cluster).tolist())
        assert {row.merchant for row in report.members} == members
        for row in report.members:
            assert 0.0 <= row.strength <= 1.0
            for tie in row.ties:
                holders = set(made.merchant[made.identifier == tie.identifier].tolist())
                assert row.merchant in holders
                assert tie.holders_inside == len(holders & members) >= 2
                assert tie.holders_outside == len(holders - members)
                assert tie.is_owned == (found.owned_by[tie.identifier] == report.cluster)
                assert 0.0 <= tie.strength <= row.strength + 1e-12
