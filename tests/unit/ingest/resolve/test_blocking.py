"""Blocking: nothing twice, nothing silently lost."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ingest.resolve.blocking import Pairs, pairs, rule_on
from ingest.resolve.table import column

keys = st.lists(st.one_of(st.none(), st.sampled_from("abc")), min_size=1, max_size=30)


def found(of: Pairs) -> list[tuple[int, int]]:
    return list(zip(of.left.tolist(), of.right.tolist(), strict=True))


def agreeing(cells: list[str | None]) -> set[tuple[int, int]]:
    return {
        (i, j) for i, j in combinations(range(len(cells)), 2) if cells[i] and cells[i] == cells[j]
    }


@given(keys)
def test_all_pairs_that_agree_and_no_others(cells: list[str | None]) -> None:
    rule = rule_on("key", [column("key", cells)])
    got = pairs([rule, rule], len(cells))
    assert found(got) == sorted(agreeing(cells))
    assert got.left_out == ()


@given(keys, keys, st.integers(2, 6))
def test_what_bounded_blocks_give_up_is_counted(
    cells: list[str | None], others: list[str | None], limit: int
) -> None:
    size = min(len(cells), len(others))
    first, second = column("key", cells[:size]), column("other", others[:size])
    got = pairs([rule_on("key", [first], [second.codes])], size, limit)
    missed = sum(each.pairs for each in got.left_out)
    assert set(found(got)) <= agreeing(cells[:size])
    assert len(got) + missed == len(agreeing(cells[:size]))
    counts = np.bincount([end for pair in found(got) for end in pair], minlength=size)
    assert counts.max(initial=0) < limit


def test_a_big_block_is_split_by_the_second_key() -> None:
    first = column("key", ["k"] * 6)
    second = column("city", ["x", "x", "x", "y", "y", None])
    got = pairs([rule_on("key", [first], [second.codes])], 6, max_records=3)
    assert found(got) == [(0, 1), (0, 2), (1, 2), (3, 4)]
    (left_out,) = got.left_out
    assert (left_out.rule, left_out.pairs) == ("key", 15 - 4)


def test_a_block_that_nothing_splits_is_left_out_and_said() -> None:
    got = pairs([rule_on("key", [column("key", ["k"] * 5 + ["m", "m"])])], 7, max_records=4)
    assert found(got) == [(5, 6)]
    (left_out,) = got.left_out
    assert (left_out.blocks, left_out.records, left_out.pairs) == (1, 5, 10)


def test_records_with_several_values_meet_at_each_and_lacking_columns_bar() -> None:
    phones = column("phone", [frozenset("ab"), frozenset("b"), frozenset("a"), None])
    assert found(pairs([rule_on("phone", [phones])], 4)) == [(0, 1), (0, 2)]
    city = column("city", ["x", None, "x", "x"])
    assert found(pairs([rule_on("both", [city, phones])], 4)) == [(0, 2)]


def test_a_number_that_too_many_hold_is_no_value() -> None:
    crowd = column("phone", [frozenset({"agency"})] * 5 + [frozenset({"own"})], max_holders=4)
    assert crowd.codes.tolist() == [-1] * 5 + [0]
