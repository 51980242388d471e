from __future__ import annotations

from collections import Counter
from itertools import combinations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from detect.network.runs import distinct, packed, shared_pairs, unpacked_high, unpacked_low

INDEXES = st.integers(0, 2**31 - 1)


@given(st.sets(st.tuples(st.integers(0, 8), st.integers(0, 8))))
def test_shared_pairs_count_what_two_holders_have_in_common(held: set[tuple[int, int]]) -> None:
    expected = Counter(
        (left, right)
        for (left, of_left), (right, of_right) in combinations(sorted(held), 2)
        if of_left == of_right
    )
    rows = list(held)
    found = shared_pairs(
        np.array([m for m, _ in rows], np.int32), np.array([i for _, i in rows], np.int32)
    )
    columns = (found.left.tolist(), found.right.tolist(), found.shared.tolist())
    assert [((a, b), n) for a, b, n in zip(*columns, strict=True)] == sorted(expected.items())


@given(st.lists(st.tuples(INDEXES, INDEXES)))
def test_packing_keeps_both_indexes_and_their_order(rows: list[tuple[int, int]]) -> None:
    high, low = np.array(rows, np.int32).reshape(-1, 2).T
    key = packed(high, low)
    assert unpacked_high(key).tolist() == high.tolist()
    assert unpacked_low(key).tolist() == low.tolist()
    key.sort()
    unpacked = zip(unpacked_high(key).tolist(), unpacked_low(key).tolist(), strict=True)
    assert list(unpacked) == sorted(rows)


@given(st.lists(st.integers(-5, 5)))
def test_distinct_values_come_once_and_in_order(values: list[int]) -> None:
    assert distinct(np.array(values, np.int64)).tolist() == sorted(set(values))
