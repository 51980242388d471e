"""Merging by description length.

A cluster of m merchants with E = sum(h - 1) shared holdings (h members per identifier) is described
as E events spread over its m^2/2 pairs. Two clusters are better told as one when one density
explains both and what lies between (loop study, §2, steps 4 and 7b).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detect.network.clustering import numbered
from detect.network.deep.field import Field, FloatArray
from detect.network.incidence import IntArray
from detect.network.runs import Positions, grouped, pairs_within, runs

BELIEVED = 0.1  # identifiers less reliable than this do not count in a description
SPARSE_DENSITY = 1.65  # shared holdings per merchant; below, slightly larger bridges stay inside
BRIDGE_HOLDERS, SPARSE_BRIDGE_HOLDERS = 4, 6
MERGE_PASSES = 10


def _cost(events: FloatArray, pairs: FloatArray) -> FloatArray:
    """Log-likelihood of `events` spread evenly over `pairs`, 0 for no event."""
    return np.asarray(events * np.log(np.maximum(events, 1e-12) / pairs), np.float64)


def merge_gain(
    inner: tuple[FloatArray, FloatArray], between: FloatArray, sizes: tuple[FloatArray, FloatArray]
) -> FloatArray:
    """Nats saved by telling two sides as one; negative when they are better told apart.

    `inner`: shared holdings inside either side; `between`: number of identifiers held on both
    sides (one bridge is one event, whatever its holders); `sizes`: merchants on either side.
    """
    (e1, e2), (m1, m2) = inner, sizes
    whole = m1 + m2
    gain = _cost(e1 + e2 + between, whole**2 / 2)
    gain = gain - _cost(e1, m1**2 / 2) - _cost(e2, m2**2 / 2) - _cost(between, m1 * m2)
    gain -= m1 * np.log(m1 / whole) + m2 * np.log(m2 / whole)
    return np.asarray(gain + 0.5 * np.log(whole), np.float64)


@dataclass(frozen=True, slots=True)
class MergeRule:
    """Gain needed to merge two clusters: with exactly two identifiers between them, and with more."""

    two_between: float
    more_between: float = 3.0


def merge(field: Field, label: IntArray, belief: FloatArray, rule: MergeRule) -> IntArray:
    """Merge best pairs first until no pair with two identifiers between them gains enough."""
    for _ in range(MERGE_PASSES):
        left, right = _pairs_worth_merging(field, label, belief, rule)
        if not left.size:
            break
        target = np.arange(int(label.max()) + 1)
        is_taken = np.zeros(target.size, bool)
        for one, other in zip(left.tolist(), right.tolist(), strict=True):
            if not (is_taken[one] or is_taken[other]):
                is_taken[[one, other]] = True
                target[other] = one
        label = numbered(np.where(label >= 0, target[np.maximum(label, 0)], -1))
    return label


def _pairs_worth_merging(
    field: Field, label: IntArray, belief: FloatArray, rule: MergeRule
) -> tuple[Positions, Positions]:
    """Pairs of clusters that gain by merging, best first."""
    shares = field.shares(label)
    believed = np.flatnonzero((belief > BELIEVED)[shares.identifier])
    cluster, held = shares.cluster[believed], shares.held[believed]
    clusters = max(shares.size.size, 1)
    inner = np.bincount(cluster, np.maximum(held - 1, 0), clusters).astype(np.float64)
    size = np.asarray(shares.size, np.float64)
    first, second = pairs_within(runs(shares.identifier[believed])[1])
    pair, at, between = grouped(cluster[first] * clusters + cluster[second], clusters**2)
    left, right = np.divmod(pair, clusters)
    whole_inner = inner[left] + inner[right] + between
    is_sparse = whole_inner < SPARSE_DENSITY * (size[left] + size[right])
    limit = np.where(is_sparse, SPARSE_BRIDGE_HOLDERS, BRIDGE_HOLDERS)
    # A large bridge says that the sides touch, not that either side is dense: it counts as bridge only.
    is_large = held[first] + held[second] > limit[at]
    lost_left = np.bincount(at, np.where(is_large, held[first] - 1, 0), pair.size)
    lost_right = np.bincount(at, np.where(is_large, held[second] - 1, 0), pair.size)
    gain = merge_gain(
        (inner[left] - lost_left, inner[right] - lost_right),
        between.astype(np.float64),
        (size[left], size[right]),
    )
    needed = np.where(between == 2, rule.two_between, rule.more_between)
    good = np.flatnonzero((between >= 2) & (gain > needed))
    good = good[np.lexsort((right[good], left[good], -gain[good]))]
    return left[good], right[good]
