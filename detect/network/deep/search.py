"""The deep engine: loops, fragments, merging by description length, learning, refining."""

from __future__ import annotations

from dataclasses import dataclass

import graspologic_native
import numpy as np
from scipy import sparse

from detect.network.clustering import Clustering, from_labels, numbered
from detect.network.deep.cuts import split
from detect.network.deep.field import Field, FloatArray, field_of
from detect.network.deep.length import MergeRule, merge
from detect.network.deep.loops import Links, Loops, links_of, loops_of
from detect.network.deep.refine import connected, grow, move, prune
from detect.network.deep.reliability import excess_loops, first_belief, learned_belief
from detect.network.incidence import Incidence, IntArray


@dataclass(frozen=True, slots=True)
class DeepSettings:
    """Knobs of the deep engine; defaults are those of the loop study ("strict").

    `cap`: most holders of an identifier. `link_probability`: links below are not clustered.
    `resolution`: Leiden CPM gamma; high, so that fragments are small and pure. `rounds`: most
    refining rounds. `min_members` and `min_excess`: merchants and independent loops a reported
    cluster has at least.
    """

    cap: int = 20
    link_probability: float = 0.9
    resolution: float = 0.15
    rounds: int = 8
    min_members: int = 5
    min_excess: float = 2.0


DEFAULT = DeepSettings()
_FIRST_TWO_BETWEEN, _LAST_TWO_BETWEEN, _FALLING_ROUNDS = 6.0, 1.5, 3
_LEARNED_LOW, _LEARNED_HIGH = 0.01, 0.6


def cluster(incidence: Incidence, settings: DeepSettings = DEFAULT) -> Clustering:
    """Cluster the merchants of an incidence by loop evidence and description length.

    Deterministic: the same links give the same answer in any order.
    """
    field = field_of(incidence, settings.cap)
    links = links_of(field)
    if not links.left.size:
        return from_labels(
            incidence, np.full(field.merchants, -1), settings.min_members, settings.cap
        )
    loops = loops_of(field, links)
    belief = first_belief(field)
    label = _fragments(field, loops, belief, settings)
    label = merge(field, label, belief, MergeRule(_FIRST_TWO_BETWEEN))
    belief = learned_belief(field, label)
    label = _fragments(field, loops, np.clip(belief, _LEARNED_LOW, _LEARNED_HIGH), settings)
    label = merge(field, label, belief, MergeRule(_FIRST_TWO_BETWEEN))
    belief = learned_belief(field, label)
    label = _refined(field, links, label, belief, settings)
    label = numbered(np.where(label >= 0, label, -1), settings.min_members)
    if label.max(initial=-1) >= 0:
        is_loop = excess_loops(field, label) >= settings.min_excess
        label = np.where((label >= 0) & is_loop[np.maximum(label, 0)], label, -1)
    return from_labels(incidence, label, settings.min_members, settings.cap)


def _fragments(field: Field, loops: Loops, belief: FloatArray, settings: DeepSettings) -> IntArray:
    """Leiden CPM on the links that loops make probable."""
    links = loops.links
    probability = loops.probability(field, belief, settings.link_probability)
    keep = np.flatnonzero(probability > settings.link_probability)
    left, right = links.left[keep], links.right[keep]
    used, at = np.unique(np.concatenate((left, right)), return_inverse=True)
    if not used.size:
        return np.full(field.merchants, -1, np.int32)
    one, other = at[: left.size], at[left.size :]
    graph = sparse.csr_array(
        (
            np.tile(probability[keep], 2),
            (np.concatenate((one, other)), np.concatenate((other, one))),
        ),
        shape=(used.size, used.size),
    )
    graph.sum_duplicates()
    _, found = graspologic_native.leiden_csr(
        graph.indptr.astype(np.int64),
        graph.indices.astype(np.int32),
        graph.data,
        used.size,
        resolution=settings.resolution,
        iterations=3,
        use_modularity=False,
        seed=1,
    )
    label = np.full(field.merchants, -1, np.int64)
    label[used[list(found)]] = list(found.values())
    return numbered(label, 2)


def _refined(
    field: Field, links: Links, label: IntArray, belief: FloatArray, settings: DeepSettings
) -> IntArray:
    settled: set[bytes] = set()
    for turn in range(1, settings.rounds + 1):
        label, added = grow(field, links, label, belief)
        cuts = 0
        if turn >= 2:
            label, cuts = split(field, label, belief, settled)
        falling = min(1.0, (turn - 1) / _FALLING_ROUNDS)
        needed = _FIRST_TWO_BETWEEN + (_LAST_TWO_BETWEEN - _FIRST_TWO_BETWEEN) * falling
        label = merge(field, label, belief, MergeRule(needed))
        for _ in range(2):
            label, _ = move(field, label, belief)
        label, pruned = prune(field, label)
        label = connected(field, label)
        belief = learned_belief(field, label)
        if turn >= 5 and added <= max(5, pruned + cuts):
            break
    return label
