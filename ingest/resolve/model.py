"""Fellegi-Sunter: how much each agreement speaks for one identity, learned without labels.

m is the probability of a level among pairs of one identity, u among all others. u is counted over
random pairs, where matches are too rare to matter; m by expectation-maximisation over blocked pairs,
leaving out the comparisons the block was made of (Fellegi and Sunter, JASA 64, 1969; Winkler 2000;
the sequence of steps is that of Splink's documentation). Pairs known to be the same or different (one
or two unified social credit codes) are held at that. Everything is deterministic.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingest.resolve.table import Floats

Levels = NDArray[np.int8]
"""One row per pair, one column per comparison: the level (0 is the strongest), -1 where one is silent."""

_ROUNDS = 60
_STILL = 1e-5
_PRIOR_PAIRS = 25.0
_PRIOR_RANDOM_PAIRS = 1000.0
_START = 0.05
_FLOOR = 1e-7
_MOST = 0.1


@dataclass(frozen=True, slots=True)
class Weights:
    """m and u per comparison and level, and the share of all pairs that are one identity."""

    m: tuple[Floats, ...]
    u: tuple[Floats, ...]
    prior: float

    def bits(self) -> list[Floats]:
        """log2(m/u) per comparison and level: evidence in bits, positive for one identity."""
        return [np.log2(m / u) for m, u in zip(self.m, self.u, strict=True)]


def count_levels(levels: Levels, widths: Sequence[int], weights: Floats) -> list[Floats]:
    """Weighted number of pairs at each level, per comparison; silent pairs count nowhere."""
    counted = []
    for i, width in enumerate(widths):
        said = levels[:, i] >= 0
        found = np.bincount(levels[said, i], weights=weights[said], minlength=width)
        counted.append(found.astype(np.float64))
    return counted


def chances(levels: Levels, expected_u: Sequence[Floats]) -> tuple[Floats, ...]:
    """u from random pairs; `expected_u` as pseudo-pairs decides where a small store cannot tell."""
    widths = [len(each) for each in expected_u]
    counted = count_levels(levels, widths, np.ones(len(levels)))
    added = [each + _PRIOR_RANDOM_PAIRS * u for each, u in zip(counted, expected_u, strict=True)]
    return tuple(np.maximum(each / each.sum(), _FLOOR) for each in added)


def chance_of_value(holders: Floats, records: int, expected: float) -> Floats:
    """Chance that another record holds a value that `holders` of `records` hold, one of them itself.

    `expected` is the chance of agreement before anything was seen; it decides in a small store.
    """
    seen = np.maximum(holders - 1.0, 1.0)
    return np.asarray(
        (seen + _PRIOR_RANDOM_PAIRS * expected) / (records + _PRIOR_RANDOM_PAIRS), dtype=np.float64
    )


@dataclass(frozen=True, slots=True)
class Lesson:
    """Pairs to learn m from. `uses` says which comparisons count in it (not those of the block);
    `known` is +1, -1 or 0 per pair: one identity, two, not known."""

    levels: Levels
    uses: NDArray[np.bool_]
    known: Levels


def learn(
    lessons: Sequence[Lesson], u: tuple[Floats, ...], expected_m: Sequence[Floats], prior: float
) -> Weights:
    """m from all lessons: expected counts of each level among matches, added up over the lessons.

    `expected_m` holds as many pseudo-pairs as keep a small store sensible, and comparisons that no
    lesson can see.
    """
    counted = [_PRIOR_PAIRS * m for m in expected_m]
    for lesson in lessons:
        for i, seen in enumerate(_matches(lesson, u, expected_m)):
            if lesson.uses[i]:
                counted[i] = counted[i] + seen
    m = tuple(np.maximum(each / each.sum(), _FLOOR) for each in counted)
    return Weights(m, u, prior)


def _matches(lesson: Lesson, u: Sequence[Floats], expected_m: Sequence[Floats]) -> list[Floats]:
    """Expected number of matching pairs at each level, per comparison, when EM stands still."""
    widths = [len(each) for each in u]
    both = np.column_stack([lesson.levels, lesson.known])
    patterns, inverse = np.unique(both, axis=0, return_inverse=True)
    counts = np.bincount(inverse.ravel(), minlength=len(patterns)).astype(np.float64)
    levels, known = patterns[:, :-1], patterns[:, -1]
    m = [each.copy() for each in expected_m]
    share = _START
    belief = np.zeros(len(patterns))
    for _ in range(_ROUNDS):
        log_odds: Floats = np.full(len(patterns), np.log2(share / (1 - share)))
        for i in np.flatnonzero(lesson.uses).tolist():
            log_odds = log_odds + spread(levels[:, i], np.log2(m[i] / u[i]))
        belief = np.where(known == 0, probability(log_odds), known > 0)
        seen = count_levels(levels, widths, counts * belief)
        before, m = (
            m,
            [
                np.maximum((each + e) / (each.sum() + e.sum()), _FLOOR)
                for each, e in zip(seen, expected_m, strict=True)
            ],
        )
        unknown = counts[known == 0]
        total = unknown.sum()
        if total:
            share = float(np.clip(unknown @ belief[known == 0] / total, 1e-6, 1 - 1e-6))
        if max(float(np.abs(a - b).max()) for a, b in zip(m, before, strict=True)) < _STILL:
            break
    return count_levels(levels, widths, counts * belief)


def spread(levels: Levels, values: Floats) -> Floats:
    """The value of each pair's level; silence says nothing, 0."""
    return np.where(levels >= 0, values[np.maximum(levels, 0)], 0.0)


def probability(bits: Floats) -> Floats:
    """Probability of log2 odds."""
    return np.asarray(1.0 / (1.0 + np.exp2(-np.clip(bits, -200, 200))), dtype=np.float64)


def share_of_matches(bits: Floats, known: Levels, all_pairs: float, records: int) -> float:
    """The share of all pairs that are one identity, from candidates' evidence without a prior.

    Repeats P = sum of posteriors / all pairs from one match per ten records until it stands still.
    """
    prior = min(max(records / 10.0, 1.0) / all_pairs, _MOST)
    for _ in range(_ROUNDS):
        belief = probability(bits + np.log2(prior / (1 - prior)))
        found = np.where(known == 0, belief, known > 0).sum()
        now = float(np.clip(found / all_pairs, 0.5 / all_pairs, 0.5))
        if abs(now - prior) <= _STILL * prior:
            break
        prior = now
    return prior
