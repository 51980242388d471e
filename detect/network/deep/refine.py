"""Letting merchants in, moving and leaving them out (loop study, §2, step 7)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from detect.network.clustering import numbered
from detect.network.deep.field import Field, FloatArray
from detect.network.deep.loops import CHANCE_SIZE, Links
from detect.network.incidence import IntArray
from detect.network.runs import Positions, joined, runs

ENOUGH = 9.0  # nats: log-odds that outweigh the choice among a hundred thousand merchants
OWNED_ODDS = 2.0  # an identifier the cluster owns speaks at least so loudly
MOVE_MARGIN = 2.0
LEAST_CORE = 3


def log_odds(belief: FloatArray) -> FloatArray:
    """ln(r / (1 - r)) per identifier."""
    return np.asarray(np.log(belief / (1.0 - belief)), np.float64)


@dataclass(frozen=True, slots=True)
class _Touches:
    """Merchant x cluster pairs that share an identifier: count, odds, whether one is owned.

    Sorted by (merchant, cluster). `best` is the identifier with the largest odds.
    """

    merchant: Positions
    cluster: Positions
    count: Positions
    odds: FloatArray
    owned: Positions
    best: Positions


def _touches(
    field: Field, label: IntArray, odds: FloatArray, wanted: NDArray[np.bool_]
) -> _Touches:
    """The wanted merchants against every cluster; a member is not counted as its own neighbour."""
    columns = field.shares(label).tocsc()
    columns.sort_indices()
    per_identifier = np.diff(columns.indptr).astype(np.int64)
    holding = np.flatnonzero(wanted[field.merchant] & (per_identifier > 0)[field.identifier])
    held_here = field.identifier[holding]
    at, entry = joined(per_identifier[held_here], columns.indptr[held_here].astype(np.int64))
    at = holding[at]
    merchant = field.merchant[at].astype(np.int64)
    identifier = field.identifier[at].astype(np.int64)
    cluster, held = columns.indices[entry].astype(np.int64), columns.data[entry]
    held = held - (label[merchant] == cluster)
    keep = np.flatnonzero(held >= 1)
    merchant, identifier, cluster, held = (
        column[keep] for column in (merchant, identifier, cluster, held)
    )
    is_owned = (held >= 2) & (2 * held >= field.holders[identifier])
    says = np.where(is_owned, np.maximum(odds[identifier], OWNED_ODDS), odds[identifier])
    key = merchant * max(columns.shape[0], 1) + cluster
    order = np.lexsort((identifier, -says, key))
    key, says, is_owned = key[order], says[order], is_owned[order]
    start, length = runs(key)
    if not start.size:
        none = np.empty(0, np.int64)
        return _Touches(none, none, none, np.empty(0), none, none)
    return _Touches(
        merchant[order][start],
        cluster[order][start],
        length,
        np.add.reduceat(says, start),
        np.add.reduceat(is_owned.astype(np.int64), start),
        identifier[order][start],
    )


def _best_per_merchant(merchant: Positions, score: FloatArray, size: Positions) -> Positions:
    """Row with the largest score of each merchant, the larger cluster on a tie."""
    order = np.lexsort((-size, -score, merchant))
    return order[runs(merchant[order])[0]]


def grow(field: Field, links: Links, label: IntArray, belief: FloatArray) -> tuple[IntArray, int]:
    """Let single merchants, and linked pairs of them, into clusters they close a loop with.

    Clusters below three merchants are dissolved first: they are candidates, not cores.
    """
    label = numbered(label, LEAST_CORE)
    odds = log_odds(belief)
    touches = _touches(field, label, odds, label < 0)
    size = np.bincount(label[label >= 0], minlength=1)
    is_single = label[touches.merchant] < 0
    chance = np.log(field.merchants / size[touches.cluster])
    score = touches.odds + (touches.count - 1) * chance
    fits = np.flatnonzero(
        is_single & (((touches.count >= 2) & (score > ENOUGH)) | (touches.owned >= 1))
    )
    best = fits[
        _best_per_merchant(touches.merchant[fits], score[fits], size[touches.cluster[fits]])
    ]
    grown = label.copy()
    grown[touches.merchant[best]] = touches.cluster[best]
    single = np.flatnonzero(is_single)
    for one, other, cluster in _two_merchant_ears(field, links, (label, odds), touches, single):
        if grown[one] < 0 and grown[other] < 0:
            grown[[one, other]] = cluster
    return numbered(grown), int((grown >= 0).sum() - (label >= 0).sum())


def _two_merchant_ears(
    field: Field,
    links: Links,
    state: tuple[IntArray, FloatArray],
    touches: _Touches,
    single: Positions,
) -> list[tuple[int, int, int]]:
    """Paths cluster - a - one - b - other - c - same cluster, all identifiers different.

    Returns (one, other, cluster), the most convincing first.
    """
    label, odds = state
    size = np.bincount(label[label >= 0], minlength=1)
    of_merchant, cluster, best = (
        touches.merchant[single],
        touches.cluster[single],
        touches.best[single],
    )
    begin = np.searchsorted(of_merchant, np.arange(field.merchants + 1))
    link = np.flatnonzero((label[links.left] < 0) & (label[links.right] < 0))
    at, one = joined(np.diff(begin)[links.left[link]], begin[links.left[link]])
    link = link[at]
    key = of_merchant * size.size + cluster
    wanted = links.right[link] * size.size + cluster[one]
    other = np.minimum(np.searchsorted(key, wanted), max(key.size - 1, 0))
    if not key.size:
        return []
    middle = links.identifier[link]
    score = odds[best[one]] + odds[best[other]] + odds[middle]
    score = score + np.log(field.merchants / size[cluster[one]])
    good = np.flatnonzero(
        (key[other] == wanted)
        & (best[one] != best[other])
        & (best[one] != middle)
        & (best[other] != middle)
        & (score > ENOUGH)
    )
    good = good[np.lexsort((links.right[link[good]], links.left[link[good]], -score[good]))]
    columns = (links.left[link[good]], links.right[link[good]], cluster[one[good]])
    return list(zip(*(column.tolist() for column in columns), strict=True))


def move(field: Field, label: IntArray, belief: FloatArray) -> tuple[IntArray, int]:
    """Send each member to the cluster that speaks loudest for it, if by a clear margin."""
    touches = _touches(field, label, log_odds(belief), label >= 0)
    size = np.bincount(label[label >= 0], minlength=1)
    step = np.log(field.merchants / CHANCE_SIZE)
    score = touches.odds + (touches.count - 1) * step
    home = label[touches.merchant]
    at_home = np.full(field.merchants, -step)
    is_home = home == touches.cluster
    at_home[touches.merchant[is_home]] = score[is_home]
    away = np.flatnonzero((home >= 0) & ~is_home & (size[touches.cluster] >= LEAST_CORE))
    best = away[
        _best_per_merchant(touches.merchant[away], score[away], size[touches.cluster[away]])
    ]
    best = best[score[best] > at_home[touches.merchant[best]] + MOVE_MARGIN]
    moved = label.copy()
    moved[touches.merchant[best]] = touches.cluster[best]
    return numbered(moved), int(best.size)


def prune(field: Field, label: IntArray) -> tuple[IntArray, int]:
    """Leave out members tied in by a single identifier that only one other member holds."""
    inside = label[field.merchant] >= 0
    merchant, identifier = field.merchant[inside], field.identifier[inside]
    key = label[merchant].astype(np.int64) * max(field.identifiers, 1) + identifier
    _, at, count = np.unique(key, return_inverse=True, return_counts=True)
    held = count[at]
    shared = np.bincount(merchant[held >= 2], minlength=field.merchants)
    most = np.zeros(field.merchants, np.int64)
    np.maximum.at(most, merchant, held)
    loose = (label >= 0) & (shared <= 1) & (most <= 2)
    return numbered(np.where(loose, -1, label)), int(loose.sum())


def connected(field: Field, label: IntArray) -> IntArray:
    """Break clusters into parts that shared identifiers connect; single merchants fall out."""
    inside = label[field.merchant] >= 0
    merchant, identifier = field.merchant[inside], field.identifier[inside]
    key = label[merchant].astype(np.int64) * max(field.identifiers, 1) + identifier
    node, at = np.unique(key, return_inverse=True)
    total = field.merchants + node.size
    graph = sparse.coo_array(
        (np.ones(merchant.size, np.int8), (merchant, field.merchants + at)), shape=(total, total)
    )
    _, component = sparse.csgraph.connected_components(graph, directed=False)
    return numbered(np.where(label >= 0, component[: field.merchants], -1), 2)
