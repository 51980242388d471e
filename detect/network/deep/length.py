"""Merging and splitting by description length.

A cluster of m merchants with E = sum(h - 1) shared holdings (h members per identifier) is described
as E events spread over its m^2/2 pairs. Two clusters are better told as one when one density
explains both and what lies between (loop study, §2, steps 4 and 7b).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, sparse

from detect.network.clustering import numbered
from detect.network.deep.field import Field, FloatArray
from detect.network.incidence import IntArray
from detect.network.runs import Positions, joined, pairs_within

BELIEVED = 0.1  # identifiers less reliable than this do not count in a description
SPARSE_DENSITY = 1.65  # shared holdings per merchant; below, slightly larger bridges stay inside
BRIDGE_HOLDERS, SPARSE_BRIDGE_HOLDERS = 4, 6
MERGE_PASSES = 10
CUT_GAIN = 1.5  # a cut must make the description this much shorter (nats) to be worth making
CUT_FROM, CUT_UP_TO = 8, 600  # merchants; above, the eigenvectors cost more than they tell
LEAST_SIDE = 3


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
    clusters = shares.shape[0]
    columns = shares.tocsc()
    columns.sort_indices()
    believed = np.repeat(belief > BELIEVED, np.diff(columns.indptr))
    held = np.where(believed, columns.data, 0.0)
    inner = np.bincount(columns.indices, np.maximum(held - 1, 0), clusters)
    size = np.bincount(label[label >= 0], minlength=clusters).astype(np.float64)
    first, second = pairs_within(np.diff(columns.indptr).astype(np.int64))
    keep = believed[first]
    first, second = first[keep], second[keep]
    key = columns.indices[first].astype(np.int64) * clusters + columns.indices[second]
    pair, at, between = np.unique(key, return_inverse=True, return_counts=True)
    left, right = pair // max(clusters, 1), pair % max(clusters, 1)
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


def split(
    field: Field, label: IntArray, belief: FloatArray, settled: set[bytes]
) -> tuple[IntArray, int]:
    """Cut clusters that are better told as two; return the labels and the number of cuts.

    `settled` remembers member sets found whole, so that later rounds do not try them again.
    """
    holds = field.holds()
    raw = label.astype(np.int64)
    next_label, cuts = int(label.max(initial=-1)) + 1, 0
    sizes = np.bincount(label[label >= 0])
    order = np.argsort(label, kind="stable")[int((label < 0).sum()) :]
    for members in np.split(order, np.cumsum(sizes)[:-1]) if sizes.size else []:
        if not CUT_FROM <= members.size <= CUT_UP_TO:
            continue
        name = members.tobytes()
        if name in settled:
            continue
        parts = list(_parts(_held_by(holds, belief, members), members))
        if len(parts) == 1:
            settled.add(name)
        for part in parts[1:]:
            raw[part] = next_label
            next_label += 1
            cuts += 1
    return numbered(raw), cuts


def _held_by(holds: sparse.csr_array, belief: FloatArray, members: Positions) -> NDArray[np.bool_]:
    """Members x believed identifiers, dense. Slicing a sparse matrix costs more than all of its use."""
    begin = holds.indptr[members].astype(np.int64)
    row, at = joined(holds.indptr[members + 1] - begin, begin)
    identifier = holds.indices[at]
    believed = np.flatnonzero(belief[identifier] > BELIEVED)
    used, column = np.unique(identifier[believed], return_inverse=True)
    held = np.zeros((members.size, used.size), bool)
    held[row[believed], column] = True
    return held


def _parts(held: NDArray[np.bool_], members: Positions) -> Iterator[Positions]:
    side = _best_cut(held) if members.size >= CUT_FROM else None
    if side is None:
        yield members
        return
    yield from _parts(held[side], members[side])
    yield from _parts(held[~side], members[~side])


def _best_cut(held: NDArray[np.bool_]) -> NDArray[np.bool_] | None:
    """The side of the best cut of one cluster (members x identifiers), None to keep it whole."""
    held = held[:, held.sum(axis=0) >= 2]
    if not held.shape[1]:
        return None
    best, side = CUT_GAIN, None
    for vector in _slow_vectors(held):
        order = np.argsort(vector, kind="stable")
        gain = _sweep(held[order])
        at = int(np.argmin(gain))
        if gain[at] < best:
            best = float(gain[at])
            side = np.zeros(held.shape[0], bool)
            side[order[: at + 1]] = True
    return side


def _slow_vectors(held: NDArray[np.bool_]) -> list[FloatArray]:
    """Second and third eigenvectors of the normalised Laplacian of the shared holdings."""
    ones = held.astype(np.float64)
    tied = (ones / (ones.sum(axis=0) - 1)) @ ones.T
    np.fill_diagonal(tied, 0.0)
    degree = np.maximum(tied.sum(axis=1), 1e-9)
    scaled = tied / np.sqrt(np.outer(degree, degree))
    # Ascending, so the largest of W are the smallest of L; only the two wanted ones are worked out.
    last = scaled.shape[0] - 1
    _, vectors = linalg.eigh(scaled, subset_by_index=(last - 2, last - 1))
    return [_oriented(vectors[:, at] / np.sqrt(degree)) for at in (1, 0)]


def _oriented(vector: FloatArray) -> FloatArray:
    """Fix the sign and the last digits, so that equal input cuts equally on any machine."""
    vector = np.round(vector, 9)
    return vector if vector[np.argmax(np.abs(vector))] > 0 else -vector


def _sweep(held: NDArray[np.bool_]) -> FloatArray:
    """Merge gain of every cut between rows t and t+1; infinite where a side is too weak to stand."""
    members = held.shape[0]
    above = np.cumsum(held, axis=0)[:-1].astype(np.float64)
    below = above[-1] + held[-1] - above
    whole = above[0] + below[0]
    is_sparse = np.maximum(whole - 1, 0).sum() < SPARSE_DENSITY * members
    limit = SPARSE_BRIDGE_HOLDERS if is_sparse else BRIDGE_HOLDERS
    spans = (above > 0) & (below > 0)
    counts = ~spans | (whole <= limit)
    inner_above, inner_below = np.maximum(above - 1, 0), np.maximum(below - 1, 0)
    m1 = np.arange(1, members, dtype=np.float64)
    m2 = members - m1
    gain = merge_gain(
        ((inner_above * counts).sum(axis=1), (inner_below * counts).sum(axis=1)),
        spans.sum(axis=1).astype(np.float64),
        (m1, m2),
    )
    stands = (
        (m1 >= LEAST_SIDE)
        & (m2 >= LEAST_SIDE)
        & (inner_above.sum(axis=1) >= m1)
        & (inner_below.sum(axis=1) >= m2)
    )
    return np.where(stands, gain, np.inf)
