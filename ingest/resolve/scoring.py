"""From a table of records to scored pairs, each score the sum of its explained parts."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingest.resolve import model
from ingest.resolve.blocking import MAX_BLOCK_RECORDS, Pairs, Rule, pairs
from ingest.resolve.model import Lesson, Levels, Weights
from ingest.resolve.table import MISSING, Codes, Column, Floats, Table

Judge = Callable[[Hashable, Hashable], int]

RANDOM_PAIRS = 400_000
_SEED = 20_320
_MIN_LESSON_PAIRS = 50


@dataclass(frozen=True, slots=True)
class Comparison:
    """How one column speaks for or against one identity.

    `levels` name the outcomes from the strongest agreement to disagreement; equal values are level 0,
    `judge` gives the level of two different ones (symmetric; -1: it cannot tell). `expected` is m
    before anything was learned, `chance` u. `by_frequency`: agreement on a rare value
    weighs more (term frequency).
    """

    name: str
    column: str
    levels: tuple[str, ...]
    judge: Judge
    expected: tuple[float, ...]
    chance: tuple[float, ...]
    by_frequency: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a score: the comparison, its level, its weight in bits, and the two values."""

    comparison: str
    level: str
    bits: float
    left: Hashable
    right: Hashable


@dataclass(frozen=True, slots=True)
class Plan:
    """What is compared, and which pairs are looked at.

    `lessons` are what m is learned from: columns that candidates agree on, and the comparisons that
    this agreement makes blind (they are not learned there).
    """

    comparisons: tuple[Comparison, ...]
    rules: tuple[Rule, ...]
    lessons: tuple[tuple[tuple[str, ...], frozenset[str]], ...]
    max_block_records: int = MAX_BLOCK_RECORDS


@dataclass(frozen=True, slots=True)
class Scored:
    """Candidate pairs with evidence in bits (prior included) and the probability of one identity."""

    table: Table
    plan: Plan
    pairs: Pairs
    levels: Levels
    part_bits: Floats
    weights: Weights
    bits: Floats
    probability: Floats

    def parts(self, at: int) -> tuple[Part, ...]:
        """Why pair number `at` has its score, strongest part first; silent comparisons left out."""
        left, right = self.pairs.left[at], self.pairs.right[at]
        found = []
        for i, comparison in enumerate(self.plan.comparisons):
            level = int(self.levels[at, i])
            if level < 0:
                continue
            column = self.table[comparison.column]
            values = (column.values[column.codes[left]], column.values[column.codes[right]])
            bits = round(float(self.part_bits[at, i]), 2)
            found.append(Part(comparison.name, comparison.levels[level], bits, *values))
        return tuple(sorted(found, key=lambda part: (-abs(part.bits), part.comparison)))


def score(table: Table, plan: Plan, known: Callable[[Pairs], Levels] | None = None) -> Scored:
    """Block, compare, learn and score. `known` says which pairs are settled by strong keys.

    Deterministic: the same table and plan give the same result to the last bit.
    """
    settled = known or (lambda found: np.zeros(len(found), dtype=np.int8))
    chance = [_shares(each.chance) for each in plan.comparisons]
    u = model.chances(compare(table, plan.comparisons, random_pairs(table.size)), chance)
    candidates = pairs(plan.rules, table.size, plan.max_block_records)
    levels = compare(table, plan.comparisons, candidates)
    is_known = settled(candidates)
    lessons = list(_lessons(table, plan, candidates, levels, is_known))
    all_pairs = max(table.size * (table.size - 1) / 2, 1.0)
    expected = [_shares(each.expected) for each in plan.comparisons]
    learned = model.learn(lessons, u, expected, 0.0)
    part_bits = _part_bits(table, plan.comparisons, candidates, levels, learned)
    evidence = part_bits.sum(axis=1)
    prior = model.share_of_matches(evidence, is_known, all_pairs, table.size)
    weights = Weights(learned.m, learned.u, prior)
    bits = evidence + np.log2(prior / (1 - prior))
    return Scored(
        table, plan, candidates, levels, part_bits, weights, bits, model.probability(bits)
    )


def _shares(given: tuple[float, ...]) -> Floats:
    values = np.array(given, dtype=np.float64)
    return np.asarray(values / values.sum(), dtype=np.float64)


def random_pairs(size: int, count: int = RANDOM_PAIRS) -> Pairs:
    """Pairs of different records drawn with a fixed seed; all of them where there are fewer."""
    if size * (size - 1) // 2 <= count:
        a, b = np.triu_indices(size, 1)
        return Pairs(a.astype(np.int64), b.astype(np.int64))
    drawn = np.random.default_rng(_SEED).integers(0, size, (2, count))
    low, high = drawn.min(axis=0), drawn.max(axis=0)
    return Pairs(low[low < high], high[low < high])


def compare(table: Table, comparisons: Sequence[Comparison], found: Pairs) -> Levels:
    """The level of each pair under each comparison; each pair of distinct values is judged once."""
    levels = np.full((len(found), len(comparisons)), MISSING, dtype=np.int8)
    for i, comparison in enumerate(comparisons):
        column = table[comparison.column]
        a, b = column.codes[found.left], column.codes[found.right]
        present = (a != MISSING) & (b != MISSING)
        levels[present & (a == b), i] = 0
        judged = np.flatnonzero(present & (a != b))
        low, high = np.minimum(a, b)[judged], np.maximum(a, b)[judged]
        unique, inverse = np.unique(low * len(column.values) + high, return_inverse=True)
        count = len(column.values)
        outcomes = np.fromiter(
            (
                comparison.judge(column.values[key // count], column.values[key % count])
                for key in unique.tolist()
            ),
            dtype=np.int8,
            count=len(unique),
        )
        levels[judged, i] = outcomes[inverse.ravel()]
    return levels


def _lessons(table: Table, plan: Plan, found: Pairs, levels: Levels, known: Levels) -> list[Lesson]:
    """One lesson per entry of the plan that enough candidates fit."""
    at = {each.column: i for i, each in enumerate(plan.comparisons)}
    lessons = []
    for columns, blind in plan.lessons:
        inside = np.ones(len(found), dtype=np.bool_)
        for name in columns:
            # Several telephones agree where one is shared, which only their comparison can tell.
            is_plural = table[name].is_plural
            inside &= levels[:, at[name]] == 0 if is_plural else _equal(table[name], found)
        uses = np.array([each.name not in blind for each in plan.comparisons])
        if inside.sum() >= _MIN_LESSON_PAIRS and uses.any():
            lessons.append(Lesson(levels[inside], uses, known[inside]))
    return lessons


def _equal(column: Column, found: Pairs) -> NDArray[np.bool_]:
    codes = column.codes[found.left]
    equal: NDArray[np.bool_] = (codes != MISSING) & (codes == column.codes[found.right])
    return equal


def _part_bits(
    table: Table,
    comparisons: Sequence[Comparison],
    found: Pairs,
    levels: Levels,
    weights: Weights,
) -> Floats:
    """Evidence of every part; agreement on a value weighs by the value's own frequency."""
    bits = np.zeros(levels.shape)
    for i, (comparison, worth) in enumerate(zip(comparisons, weights.bits(), strict=True)):
        bits[:, i] = model.spread(levels[:, i], worth)
        if not comparison.by_frequency:
            continue
        agreed = np.flatnonzero(levels[:, i] == 0)
        column = table[comparison.column]
        said = int((column.codes != MISSING).sum())
        shares = model.chance_of_value(column.counts(), said, _shares(comparison.chance)[0])
        left: Codes = column.codes[found.left[agreed]]
        right: Codes = column.codes[found.right[agreed]]
        chance = np.maximum(shares[left], shares[right])
        bits[agreed, i] = np.log2(weights.m[i][0] / chance)
    return bits
