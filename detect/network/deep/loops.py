"""Loop evidence: which shared identifiers are closed by others into a short loop.

Innocent sharing is locally tree-like; a network is not. A loop of two, three or four merchants whose
identifiers all differ is evidence for every link on it, and chance makes no more of them in a larger
world (loop study, §2, steps 1 and 2).
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detect.network.deep.field import Field, FloatArray
from detect.network.runs import Positions, joined, pairs_within, runs

LEAST_PATH = 1e-4  # two-step paths weaker than this cannot lift a link over any threshold used
PATHS_PER_BLOCK = 4_000_000  # bounds memory: about 100 bytes per path
LONGEST_RUN = 64  # paths between two merchants looked at per path: more say nothing new
CHANCE_SIZE = 20.0  # a network of this many merchants is what a closing loop is compared with


@dataclass(frozen=True, slots=True)
class Links:
    """Every pair of merchants that share a rare identifier, once per identifier; left < right."""

    left: Positions
    right: Positions
    identifier: Positions


def links_of(field: Field) -> Links:
    """All links, sorted by (left, right, identifier)."""
    order = np.argsort(field.identifier, kind="stable")
    merchant, identifier = field.merchant[order].astype(np.int64), field.identifier[order]
    first, second = pairs_within(field.holders.astype(np.int64))
    left, right = merchant[first], merchant[second]
    what = identifier[first].astype(np.int64)
    order = np.lexsort((what, right, left))
    return Links(left[order], right[order], what[order])


def link_probability(field: Field, links: Links, belief: FloatArray, enough: float) -> FloatArray:
    """Probability that each link joins two of one network, from the loops that close it.

    `belief` is the reliability per identifier, 0..1 exclusive. Odds are belief/(1-belief) x (sum
    over loops of the product of the other identifiers' beliefs) x n / 20. Loops of four merchants
    are only looked for where shorter ones leave a link at or below `enough`.
    """
    q = belief[links.identifier]
    chance = q / (1.0 - q) * field.merchants / CHANCE_SIZE
    evidence = _two_loops(field, links, q)
    walk = _walk(field, links, q)
    # One block is kept for the second pass; more would not fit, and are made again.
    kept = [_paths(walk, *walk.blocks[0])] if len(walk.blocks) == 1 else None
    for paths in kept or (_paths(walk, *block) for block in walk.blocks):
        evidence += _three_loops(walk, paths)
    is_open = chance * evidence <= enough / (1.0 - enough)
    for paths in kept or (_paths(walk, *block) for block in walk.blocks):
        evidence = evidence + _four_loops(walk, paths, is_open)
    odds = chance * evidence
    return np.asarray(odds / (1.0 + odds), np.float64)


def _two_loops(field: Field, links: Links, q: FloatArray) -> FloatArray:
    """The other identifiers shared by the same two merchants."""
    start, length = runs(links.left * field.merchants + links.right)
    total = np.add.reduceat(q, start) if start.size else q
    return np.repeat(total, length) - q


@dataclass(frozen=True, slots=True)
class _Paths:
    """Two-step paths x - first link - middle - second link - y with x < y.

    Sorted by (x, y), the strongest first.
    """

    ends: Positions
    middle: Positions
    first: Positions
    second: Positions


@dataclass(frozen=True, slots=True)
class _Walk:
    """Links as steps in both directions, sorted by (start, end), less those no loop can use.

    `key` is start x n + end; `begin` says where the steps of each start begin; `blocks` are ranges of
    steps that keep equal starts together.
    """

    merchants: int
    key: Positions
    end: Positions
    begin: Positions
    link: Positions
    what: Positions
    q: FloatArray
    link_key: Positions
    link_what: Positions
    link_q: FloatArray
    blocks: list[tuple[int, int]]


def _walk(field: Field, links: Links, q: FloatArray) -> _Walk:
    n = field.merchants
    in_core = _in_core(field)
    alive = np.flatnonzero(in_core[links.left] & in_core[links.right])
    left, right = links.left[alive], links.right[alive]
    key = np.concatenate((left * n + right, right * n + left))
    link = np.tile(alive, 2)
    order = np.argsort(key, kind="stable")
    key, link = key[order], link[order]
    start, end = np.divmod(key, n)
    begin = np.searchsorted(start, np.arange(n + 1))
    paths = np.concatenate(([0], np.cumsum(np.diff(begin)[end])))[begin] // 2
    cut = np.unique(paths[:-1] // PATHS_PER_BLOCK, return_index=True)[1]
    bounds = [*begin[cut].tolist(), key.size]
    return _Walk(
        n,
        key,
        end,
        begin,
        link,
        links.identifier[link],
        q[link],
        links.left * n + links.right,
        links.identifier,
        q,
        list(itertools.pairwise(bounds)),
    )


def _in_core(field: Field) -> NDArray[np.bool_]:
    """Merchants that may lie on a loop.

    A loop needs two different identifiers at every merchant on it, so whoever has fewer, once
    the others are gone, is left out again and again.
    """
    in_core = np.ones(field.merchants, bool)
    alive = np.ones(field.merchant.size, bool)
    while True:
        holders = np.bincount(field.identifier[alive], minlength=field.identifiers)
        alive &= holders[field.identifier] >= 2
        in_core = np.bincount(field.merchant[alive], minlength=field.merchants) >= 2
        still = alive & in_core[field.merchant]
        if still.sum() == alive.sum():
            return in_core
        alive = still


def _paths(walk: _Walk, low: int, high: int) -> _Paths:
    """All two-step paths over different identifiers that begin with steps low..high."""
    step = np.arange(low, high)
    middle = walk.end[step]
    start = (walk.key[step] - middle) // walk.merchants
    back = middle * walk.merchants + start
    begin = np.searchsorted(walk.key, back, side="right")  # only ends above start
    until = walk.begin[middle + 1]
    one, two = joined(until - begin, begin)
    one += low
    keep = np.flatnonzero(
        (walk.what[one] != walk.what[two]) & (walk.q[one] * walk.q[two] >= LEAST_PATH)
    )
    one, two = one[keep], two[keep]
    ends = walk.key[one] - walk.end[one] + walk.end[two]
    order = np.lexsort((-walk.q[one] * walk.q[two], ends))
    one, two = one[order], two[order]
    return _Paths(ends[order], walk.end[one], walk.link[one], walk.link[two])


def _three_loops(walk: _Walk, paths: _Paths) -> FloatArray:
    """A path closed by a link between its ends speaks for that link."""
    start, length = runs(paths.ends)
    ends = paths.ends[start]
    begin = np.searchsorted(walk.link_key, ends, side="left")
    closed_by = np.searchsorted(walk.link_key, ends, side="right") - begin
    path, closing = joined(np.repeat(closed_by, length), np.repeat(begin, length))
    first, second = paths.first[path], paths.second[path]
    what, q = walk.link_what, walk.link_q
    differs = (what[closing] != what[first]) & (what[closing] != what[second])
    weight = q[first[differs]] * q[second[differs]]
    return np.asarray(np.bincount(closing[differs], weight, q.size), np.float64)


def _four_loops(walk: _Walk, paths: _Paths, is_open: NDArray[np.bool_]) -> FloatArray:
    """Two paths with the same ends and different middles speak for their four links.

    Each loop is met twice, from either pair of opposite corners, hence the half.
    """
    start, length = runs(paths.ends)
    wanted = np.flatnonzero(
        np.repeat(length >= 2, length) & (is_open[paths.first] | is_open[paths.second])
    )
    others = np.repeat(np.minimum(length, LONGEST_RUN), length)[wanted]
    begin = np.repeat(start, length)[wanted]
    evidence = np.zeros(walk.link_q.size)
    block = np.cumsum(others) // PATHS_PER_BLOCK
    for part in np.split(np.arange(wanted.size), np.flatnonzero(np.diff(block)) + 1):
        at, there = joined(others[part], begin[part])
        evidence += _closed_by(walk, paths, wanted[part][at], there)
    return evidence


def _closed_by(walk: _Walk, paths: _Paths, here: Positions, there: Positions) -> FloatArray:
    """Evidence for the links of the paths `here` from those of `there`, pair by pair."""
    a, b, q = walk.link_what[paths.first], walk.link_what[paths.second], walk.link_q
    differs = (
        (paths.middle[here] != paths.middle[there])
        & (a[here] != a[there])
        & (b[here] != b[there])
        & (a[here] != b[there])
        & (b[here] != a[there])
    )
    here, there = here[differs], there[differs]
    strength = q[paths.first[there]] * q[paths.second[there]] / 2.0
    first, second = paths.first[here], paths.second[here]
    evidence = np.bincount(first, q[second] * strength, q.size)
    return np.asarray(evidence + np.bincount(second, q[first] * strength, q.size), np.float64)
