"""Letting merchants in, moving and leaving them out (loop study, §2, step 7)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detect.network.clustering import components, numbered
from detect.network.deep.field import Field, FloatArray
from detect.network.deep.loops import CHANCE_SIZE, Links
from detect.network.incidence import IntArray
from detect.network.runs import Positions, grouped, joined, runs, sorted_order

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
    shares = field.shares(label)
    per_identifier = np.bincount(shares.identifier, minlength=field.identifiers)
    begin = np.cumsum(per_identifier) - per_identifier
    holding = np.flatnonzero(wanted[field.merchant] & (per_identifier > 0)[field.identifier])
    held_here = field.identifier[holding]
    at, entry = joined(per_identifier[held_here], begin[held_here])
    at = holding[at]
    merchant = field.merchant[at].astype(np.int64)
    identifier = field.identifier[at].astype(np.int64)
    cluster = shares.cluster[entry]
    held = shares.held[entry] - (label[merchant] == cluster)
    keep = np.flatnonzero(held >= 1)
    merchant, identifier, cluster, held = (
        column[keep] for column in (merchant, identifier, cluster, held)
    )
    is_owned = (held >= 2) & (2 * held >= field.holders[identifier])
    says = np.where(is_owned, np.maximum(odds[identifier], OWNED_ODDS), odds[identifier])
    clusters = max(shares.size.size, 1)
    order, key = sorted_order(merchant * clusters + cluster, field.merchants * clusters)
    start, length = runs(key)
    several = np.flatnonzero(np.repeat(length >= 2, length))
    among = order[several]
    order[several] = among[np.lexsort((identifier[among], -says[among], key[several]))]
    says, is_owned = says[order], is_owned[order]
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
    chance = np.log(field.population / size[touches.cluster])
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
    count = np.bincount(of_merchant, minlength=field.merchants)
    begin = np.cumsum(count) - count
    link = np.flatnonzero((count > 0)[links.left] & (count > 0)[links.right])
    at, one = joined(count[links.left[link]], begin[links.left[link]])
    link = link[at]
    key = of_merchant * size.size + cluster
    wanted = links.right[link] * size.size + cluster[one]
    other = np.minimum(np.searchsorted(key, wanted), max(key.size - 1, 0))
    if not key.size:
        return []
    middle = links.identifier[link]
    score = odds[best[one]] + odds[best[other]] + odds[middle]
    score = score + np.log(field.population / size[cluster[one]])
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
    touches = _touches(field, label, log_odds(belief), _between(field, label))
    size = np.bincount(label[label >= 0], minlength=1)
    step = np.log(field.population / CHANCE_SIZE)
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


def _between(field: Field, label: IntArray) -> NDArray[np.bool_]:
    """Members that share an identifier with another cluster: nobody else can move."""
    shares = field.shares(label)
    is_bridge = np.bincount(shares.identifier, minlength=field.identifiers) >= 2
    touches = np.zeros(field.merchants, bool)
    touches[field.merchant[is_bridge[field.identifier]]] = True
    return touches & (label >= 0)


def prune(field: Field, label: IntArray) -> tuple[IntArray, int]:
    """Leave out members tied in by a single identifier that only one other member holds."""
    merchant, _, at, count = _held_inside(field, label)
    held = count[at]
    shared = np.bincount(merchant[held >= 2], minlength=field.merchants)
    most = np.zeros(field.merchants, np.int64)
    np.maximum.at(most, merchant, held)
    loose = (label >= 0) & (shared <= 1) & (most <= 2)
    return numbered(np.where(loose, -1, label)), int(loose.sum())


def connected(field: Field, label: IntArray) -> IntArray:
    """Break clusters into parts that shared identifiers connect; single merchants fall out."""
    merchant, node, at, _ = _held_inside(field, label)
    members = np.flatnonzero(label >= 0)
    number = np.empty(field.merchants, np.int64)
    number[members] = np.arange(members.size)
    total = members.size + node.size
    component = components(number[merchant], members.size + at, total)
    parts = np.full(field.merchants, -1, np.int64)
    parts[members] = component[: members.size]
    return numbered(parts, 2)


def _held_inside(
    field: Field, label: IntArray
) -> tuple[Positions, Positions, Positions, Positions]:
    """Holdings of members: the merchant, all pairs of cluster and identifier, which it is, how often."""
    inside = np.flatnonzero(label[field.merchant] >= 0)
    merchant = field.merchant[inside].astype(np.int64)
    clusters = int(label.max(initial=0)) + 1
    key = label[merchant].astype(np.int64) * field.identifiers + field.identifier[inside]
    return merchant, *grouped(key, clusters * field.identifiers)
