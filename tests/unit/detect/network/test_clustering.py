from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from detect.network.clustering import Clustering, from_labels, holdings, numbered, ownership
from tests.unit.detect.network.shapes import Link, hold, incidence, link_lists, shuffled


def test_clusters_are_numbered_by_their_smallest_merchant() -> None:
    assert numbered(np.array([7, -1, 3, 7, 3, 9])).tolist() == [0, -1, 1, 0, 1, 2]
    assert numbered(np.array([9, 3, 3, 9, 7, 3]), min_members=2).tolist() == [0, 1, 1, 0, -1, 1]


@given(st.lists(st.integers(-1, 6), max_size=30), st.permutations(range(7)), st.integers(1, 3))
def test_numbers_do_not_depend_on_the_numbers_given(
    raw: list[int], other: list[int], least: int
) -> None:
    labels = np.array(raw, np.int64)
    renamed = np.array([other[at] if at >= 0 else -1 for at in raw], np.int64)
    found = numbered(labels, least)
    np.testing.assert_array_equal(found, numbered(renamed, least))
    seen = found[found >= 0]
    first = [seen.tolist().index(at) for at in range(int(seen.max(initial=-1)) + 1)]
    assert first == sorted(first)


def test_half_the_holders_own_and_an_even_split_owns_nothing() -> None:
    made = incidence(*hold("abcd", "phone-1"), *hold("abcde", "phone-2"))
    label = np.array([0, 0, 1, 1, -1], np.int32)  # a b | c d | e
    assert ownership(holdings(made), label, 20).tolist() == [-1, -1]
    label = np.array([0, 0, 0, -1, -1], np.int32)
    assert ownership(holdings(made), label, 20).tolist() == [0, 0]
    assert ownership(holdings(made), label, 4).tolist() == [0, -1]  # phone-2 has five holders
    label = np.array([0, 0, -1, -1, -1], np.int32)
    assert ownership(holdings(made), label, 20).tolist() == [0, -1]


def test_members_and_what_they_own() -> None:
    made = incidence(*hold("ac", "phone-1"), *hold("bd", "phone-2"))
    found = from_labels(made, np.array([5, 2, 5, 2]), min_members=2, cap=20)
    assert found.count == 2
    assert found.members(0).tolist() == [0, 2]
    assert found.owned_identifiers(1).tolist() == [1]
    assert [part.tolist() for part in found.all_members()] == [[0, 2], [1, 3]]
    assert [part.tolist() for part in found.all_owned_identifiers()] == [[0], [1]]
    assert found.members(-1).size == found.members(9).size == found.owned_identifiers(-1).size == 0


@given(link_lists(), st.integers(0, 99))
def test_holdings_count_each_merchant_once(links: list[Link], seed: int) -> None:
    made = incidence(*links)
    held = holdings(shuffled(made, seed))
    pairs = {(link.merchant, link.identifier) for link in links}
    seen = [
        (made.merchants[m], made.identifiers[i])
        for m, i in zip(held.merchant.tolist(), held.identifier.tolist(), strict=True)
    ]
    assert seen == sorted(pairs)
    assert held.holders.tolist() == [
        len({m for m, i in pairs if i == name}) for name in made.identifiers
    ]


@given(st.lists(st.integers(-1, 5), max_size=20))
def test_groups_in_one_pass_equal_groups_one_by_one(raw: list[int]) -> None:
    label = numbered(np.array(raw, np.int64))
    found = Clustering(label, label)
    each = [found.members(at).tolist() for at in range(found.count)]
    assert [part.tolist() for part in found.all_members()] == each
    assert found.sizes().tolist() == [len(part) for part in each]
