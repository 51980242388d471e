"""A group is called a network by excess of violations, and cleared by declared relations."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detect.network.labels import (
    TIE_POINTS,
    TIES,
    VIOLATION_POINTS,
    GroupLabel,
    Violation,
    assess,
    base_rate_of,
    binomial_tail,
    largest_declared_share,
    score,
    score_parts,
)

TEN = [f"m{at}" for at in range(10)]


def violating(count: int) -> list[Violation]:
    return [Violation(f"m{at}", "D20", 5) for at in range(count)]


def test_many_violating_members_make_a_network() -> None:
    found = assess(TEN, violating(4), (), 0.02, 0.5)
    assert found.label is GroupLabel.NETWORK
    assert found.detectors == {"D20": 4}
    assert found.chance < 1e-4


def test_one_bad_seller_does_not() -> None:
    assert assess(TEN, violating(1), (), 0.0001, 0.5).label is GroupLabel.UNLABELLED


def test_many_findings_on_one_member_count_once() -> None:
    repeated = [Violation("m0", f"D{n}", 5) for n in (9, 10, 20, 21)]
    assert assess(TEN, repeated, (), 0.02, 0.5).violating == 1


def test_violations_of_outsiders_do_not_count() -> None:
    outside = [Violation(f"x{at}", "D20", 5) for at in range(9)]
    assert assess(TEN, outside, (), 0.02, 0.5).label is GroupLabel.UNLABELLED


def test_a_franchise_is_a_lawful_group_through_an_owner_outside() -> None:
    declared = [(member, "brand_owner") for member in TEN]
    assert assess(TEN, (), declared, 0.02, 0.5).label is GroupLabel.LAWFUL_GROUP
    assert assess(TEN, violating(2), declared, 0.001, 0.5).label is GroupLabel.LAWFUL_GROUP


def test_a_franchise_that_sells_fakes_everywhere_is_a_network() -> None:
    declared = [(member, "brand_owner") for member in TEN]
    assert assess(TEN, violating(4), declared, 0.02, 0.5).label is GroupLabel.NETWORK


def test_a_common_sin_accuses_nobody() -> None:
    assert assess(TEN, violating(4), (), 0.3, 0.5).label is GroupLabel.UNLABELLED


def test_two_declared_members_of_ten_explain_nothing() -> None:
    assert largest_declared_share(frozenset(TEN), [("m0", "m1")]) == pytest.approx(0.2)
    assert largest_declared_share(frozenset(TEN), []) == 0.0


@given(st.integers(1, 60), st.data(), st.floats(0.001, 0.5))
def test_the_tail_is_the_sum_of_its_terms(trials: int, data: st.DataObject, rate: float) -> None:
    successes = data.draw(st.integers(0, trials))
    exact = sum(
        math.comb(trials, k) * rate**k * (1 - rate) ** (trials - k)
        for k in range(successes, trials + 1)
    )
    assert binomial_tail(successes, trials, rate) == pytest.approx(exact, rel=1e-9, abs=1e-12)


@given(st.integers(0, 1000), st.integers(0, 1000))
def test_the_base_rate_is_a_rate(violating_merchants: int, others: int) -> None:
    assert 0 < base_rate_of(violating_merchants, violating_merchants + others) < 1


def test_the_parts_of_a_score_are_named_and_add_up() -> None:
    parts = score_parts(0.5, 0.5, {"D20": 2, "D21": 1})
    assert [(part.name, part.points, part.maximum) for part in parts] == [
        ("D20", 47, VIOLATION_POINTS),
        ("D21", 23, VIOLATION_POINTS),
        (TIES, 15, TIE_POINTS),
    ]
    assert [part.measured for part in parts] == [2, 1, 0.5]


def test_ties_alone_never_weigh_like_guilt() -> None:
    (only,) = score_parts(0.0, 1.0, {})
    assert (only.name, only.points) == (TIES, TIE_POINTS)


@given(
    st.floats(0, 1),
    st.floats(0, 1),
    st.dictionaries(st.sampled_from(["D1", "D9", "D20", "D21"]), st.integers(0, 9)),
)
def test_the_sum_of_the_parts_is_the_score_within_bounds(
    share: float, strength: float, detectors: dict[str, int]
) -> None:
    parts = score_parts(share, strength, detectors)
    has_findings = any(detectors.values())
    assert sum(part.points for part in parts) == score(share if has_findings else 0, strength)
    assert 0 <= score(share, strength) <= VIOLATION_POINTS + TIE_POINTS
    assert all(0 <= part.points <= part.maximum for part in parts)
    assert {part.name for part in parts} == {TIES, *(n for n, count in detectors.items() if count)}
