"""Fellegi-Sunter: what was planted is learned, nothing depends on order, every score is its parts."""

from __future__ import annotations

import numpy as np
import pytest

from ingest.resolve import model
from ingest.resolve.blocking import rule_on
from ingest.resolve.model import Lesson, chance_of_value, chances, learn
from ingest.resolve.scoring import Comparison, Plan, score
from ingest.resolve.table import Table, column, table

M, U = 0.9, 0.05


def planted(seed: int, pairs: int = 40_000, share: float = 0.2) -> Lesson:
    """Pairs of which a known share are matches, with five comparisons that agree at rates M and U."""
    source = np.random.default_rng(seed)
    is_match = source.random(pairs) < share
    agree = source.random((pairs, 5)) < np.where(is_match, M, U)[:, None]
    known = np.zeros(pairs, dtype=np.int8)
    return Lesson(np.where(agree, 0, 1).astype(np.int8), np.ones(5, dtype=np.bool_), known)


def test_em_finds_the_planted_agreement_without_labels() -> None:
    u = tuple(np.array([U, 1 - U]) for _ in range(5))
    expected = [np.array([0.7, 0.3]) for _ in range(5)]
    learned = learn([planted(1)], u, expected, 0.0)
    assert [m[0] for m in learned.m] == pytest.approx([M] * 5, abs=0.015)


def test_what_is_known_is_held_at_that() -> None:
    lesson = planted(1)
    u = tuple(np.array([U, 1 - U]) for _ in range(5))
    expected = [np.array([0.7, 0.3]) for _ in range(5)]
    all_apart = Lesson(lesson.levels, lesson.uses, np.full(len(lesson.levels), -1, dtype=np.int8))
    learned = learn([all_apart], u, expected, 0.0)
    assert [m[0] for m in learned.m] == pytest.approx([0.7] * 5), "no match to learn from"


def test_a_blind_comparison_keeps_what_was_expected() -> None:
    lesson = planted(1)
    uses = np.array([False, True, True, True, True])
    u = tuple(np.array([U, 1 - U]) for _ in range(5))
    expected = [np.array([0.6, 0.4]) for _ in range(5)]
    learned = learn([Lesson(lesson.levels, uses, lesson.known)], u, expected, 0.0)
    assert learned.m[0][0] == pytest.approx(0.6)


def test_chances_of_a_small_store_are_those_expected_and_of_a_large_one_those_seen() -> None:
    expected = [np.array([0.001, 0.999])]
    few = np.array([[0], [1]], dtype=np.int8)
    many = np.tile(few, (200_000, 1))
    assert chances(few, expected)[0][0] < 0.003
    assert chances(many, expected)[0][0] == pytest.approx(0.5, abs=0.01)
    rare, common = chance_of_value(np.array([2.0, 5000.0]), 50_000, 1e-4)
    assert rare < common / 1000


def people(order: list[int] | None = None) -> tuple[Table, Plan]:
    """Two hundred people of two records each, one field of which may differ."""
    source = np.random.default_rng(7)
    rows = []
    for number in range(200):
        name, town = f"n{number}", f"t{source.integers(20)}"
        rows.append((name, town, f"p{number}"))
        rows.append((name, town if number % 3 else "elsewhere", f"p{number}" if number % 4 else ""))
    rows = [rows[i] for i in order] if order else rows
    data = table(
        column(label, (row[at] for row in rows)) for at, label in enumerate(("n", "t", "p"))
    )
    comparisons = tuple(
        Comparison(each, each, ("same", "other"), lambda _a, _b: 1, (0.9, 0.1), (0.01, 0.99), True)
        for each in ("n", "t", "p")
    )
    rules = tuple(rule_on(each, [data[each]]) for each in ("n", "p", "t"))
    lessons = tuple(((each,), frozenset({each})) for each in ("n", "p"))
    return data, Plan(comparisons, rules, lessons)


def test_the_same_table_gives_the_same_bits_and_order_does_not_matter() -> None:
    once, again = score(*people()), score(*people())
    assert (once.bits == again.bits).all()
    backwards = score(*people(list(range(399, -1, -1))))
    assert np.sort(backwards.bits) == pytest.approx(np.sort(once.bits))


def test_every_score_is_the_sum_of_its_parts_and_the_prior() -> None:
    scored = score(*people())
    odds = np.log2(scored.weights.prior / (1 - scored.weights.prior))
    for at in range(0, len(scored.pairs), 97):
        parts = scored.parts(at)
        assert sum(part.bits for part in parts) + odds == pytest.approx(scored.bits[at], abs=0.05)
        assert all(part.level in {"same", "other"} for part in parts)
    true = {(i, i + 1) for i in range(0, 400, 2)}
    sure = np.flatnonzero(scored.probability >= 0.99)
    found = set(
        zip(scored.pairs.left[sure].tolist(), scored.pairs.right[sure].tolist(), strict=True)
    )
    assert found <= true
    assert len(found) >= 100, "all that share the third field as well, town or no town"


def test_nothing_breaks_where_there_is_nothing() -> None:
    assert model.share_of_matches(np.zeros(0), np.zeros(0, dtype=np.int8), 1.0, 2) > 0
    data = table([column("n", ["a", "b"])])
    comparison = Comparison("n", "n", ("same", "other"), lambda _a, _b: 1, (0.9, 0.1), (0.1, 0.9))
    scored = score(data, Plan((comparison,), (rule_on("n", [data["n"]]),), ()))
    assert len(scored.pairs) == 0


def test_columns_must_have_one_length() -> None:
    with pytest.raises(ValueError, match="different lengths"):
        table([column("a", ["x"]), column("b", ["x", "y"])])
