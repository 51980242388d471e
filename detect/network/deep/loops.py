"""Loop evidence: which shared identifiers are closed by others into a short loop.

Innocent sharing is locally tree-like; a network is not. A loop of two, three or four merchants whose
identifiers all differ is evidence for every link on it, and chance makes no more of them in a larger
world (loop study, §2, steps 1 and 2). Where the loops are does not depend on what is believed of the
identifiers, so they are looked for once and weighed as often as belief changes.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detect.network.deep.field import Field, FloatArray
from detect.network.incidence import IntArray
from detect.network.runs import Positions, joined, pairs_within, runs, sorted_order

PATHS_PER_BLOCK = 4_000_000  # bounds memory while paths are sorted: about 60 bytes per path
LONGEST_RUN = 64  # paths between two merchants looked at per path: more say nothing new
CHANCE_SIZE = 20.0  # a network of this many merchants is what a closing loop is compared with
DIGITS = 12  # of a probability that do not depend on the order in which evidence is added up


@dataclass(frozen=True, slots=True)
class Links:
    """Every pair of merchants that share a rare identifier, once per identifier; left < right."""

    left: Positions
    right: Positions
    identifier: Positions


def links_of(field: Field) -> Links:
    """All links, sorted by (left, right, identifier)."""
    order, _ = sorted_order(field.identifier, field.identifiers)
    merchant = field.merchant[order].astype(np.int64)
    first, second = pairs_within(field.holders.astype(np.int64))
    what = field.identifier[order[first]].astype(np.int64)
    left, right = merchant[first], merchant[second]
    order, _ = sorted_order(left * field.merchants + right, field.merchants**2)
    return Links(left[order], right[order], what[order])


@dataclass(frozen=True, slots=True)
class _Triangles:
    """Links `first` and `second` of a path, and a link `closing` it; identifiers all differ."""

    first: IntArray
    second: IntArray
    closing: IntArray


@dataclass(frozen=True, slots=True)
class _Paths:
    """Two-step paths x - first link - middle - second link - y with x < y, sorted by (x, y).

    `begin`, `length`: the runs of paths with the same ends.
    """

    middle: IntArray
    first: IntArray
    second: IntArray
    begin: Positions
    length: Positions


@dataclass(frozen=True, slots=True)
class Loops:
    """Where the loops of three and four merchants are, block by block, and the links they join."""

    links: Links
    triangles: tuple[_Triangles, ...]
    paths: tuple[_Paths, ...]

    def probability(self, field: Field, belief: FloatArray, enough: float) -> FloatArray:
        """Probability that each link joins two of one network, from the loops that close it.

        `belief` is the reliability per identifier, 0..1 exclusive. Odds are belief/(1-belief) x (sum
        over loops of the product of the other identifiers' beliefs) x n / 20. Loops of four merchants
        are only looked for where shorter ones leave a link at or below `enough`.
        """
        q = belief[self.links.identifier]
        chance = q / (1.0 - q) * field.population / CHANCE_SIZE
        evidence = _two_loops(field, self.links, q)
        for part in self.triangles:
            weight = q[part.first] * q[part.second]
            evidence += np.bincount(part.closing, weight, q.size)
        is_open = chance * evidence <= enough / (1.0 - enough)
        for paths in self.paths:
            for loops in _four_loops(self.links, paths, q, is_open):
                evidence += loops
        odds = chance * evidence
        return np.asarray(np.round(odds / (1.0 + odds), DIGITS), np.float64)


def loops_of(field: Field, links: Links) -> Loops:
    """Find the loops; memory for a short while grows with `PATHS_PER_BLOCK`, not with all paths."""
    walk = _walk(field, links)
    made = [_block(walk, links, low, high) for low, high in walk.blocks]
    return Loops(links, tuple(t for t, _ in made), tuple(p for _, p in made))


def _two_loops(field: Field, links: Links, q: FloatArray) -> FloatArray:
    """The other identifiers shared by the same two merchants."""
    start, length = runs(links.left * field.merchants + links.right)
    total = np.add.reduceat(q, start) if start.size else q
    return np.asarray(np.repeat(total, length) - q, np.float64)


@dataclass(frozen=True, slots=True)
class _Walk:
    """Links as steps in both directions, sorted by (start, end), less those no loop can use.

    Merchants are numbered without gaps. `begin` says where the steps of each start begin, `onward` for
    each step where those of its end begin that lead above its start. `pair` is left x n + right of
    each link that can be used, and `alive` its number. `blocks` are ranges of steps that keep equal
    starts together.
    """

    merchants: int
    start: Positions
    end: Positions
    link: Positions
    begin: Positions
    onward: Positions
    pair: Positions
    alive: Positions
    blocks: list[tuple[int, int]]


def _walk(field: Field, links: Links) -> _Walk:
    in_core = _in_core(field)
    number = np.cumsum(in_core) - 1
    n = int(in_core.sum())
    alive = np.flatnonzero(in_core[links.left] & in_core[links.right])
    left, right = number[links.left[alive]], number[links.right[alive]]
    order, key = sorted_order(np.concatenate((left * n + right, right * n + left)), max(n, 1) ** 2)
    start, end = np.divmod(key, max(n, 1))
    begin = np.searchsorted(start, np.arange(n + 1))
    # The step back is the other direction of the same link.
    at = np.empty(order.size, np.int64)
    at[order] = np.arange(order.size)
    back = at[np.where(order < alive.size, order + alive.size, order - alive.size)]
    first, length = runs(key)
    onward = np.repeat(first + length, length)[back]
    paths = np.concatenate(([0], np.cumsum(begin[end + 1] - onward)))[begin]
    cut = np.unique(paths[:-1] // PATHS_PER_BLOCK, return_index=True)[1]
    bounds = [*begin[cut].tolist(), key.size]
    blocks = list(itertools.pairwise(bounds))
    link = np.tile(alive, 2)[order]
    return _Walk(n, start, end, link, begin, onward, left * n + right, alive, blocks)


def _in_core(field: Field) -> NDArray[np.bool_]:
    """Merchants that may lie on a loop.

    A loop needs two different identifiers at every merchant on it, so whoever has fewer, once
    the others are gone, is left out again and again.
    """
    merchant, identifier = field.merchant, field.identifier
    while True:
        before = merchant.size
        keep = np.bincount(identifier, minlength=field.identifiers)[identifier] >= 2
        merchant, identifier = merchant[keep], identifier[keep]
        held = np.bincount(merchant, minlength=field.merchants)
        keep = held[merchant] >= 2
        merchant, identifier = merchant[keep], identifier[keep]
        if merchant.size == before:
            return np.asarray(held >= 2)


def _block(walk: _Walk, links: Links, low: int, high: int) -> tuple[_Triangles, _Paths]:
    """Triangles and paths of the steps low..high, less paths that nothing closes."""
    onward = walk.onward[low:high]
    one, two = joined(walk.begin[walk.end[low:high] + 1] - onward, onward)
    one += low
    what = links.identifier[walk.link]
    keep = np.flatnonzero(what[one] != what[two])
    one, two = one[keep], two[keep]
    lowest = walk.start[low] if high > low else 0
    highest = walk.start[high - 1] + 1 if high > low else 0
    order, ends = sorted_order(
        (walk.start[one] - lowest) * walk.merchants + walk.end[two],
        int(highest - lowest) * walk.merchants,
    )
    begin, length = runs(ends)
    ends = ends[begin] + lowest * walk.merchants
    closing = np.searchsorted(walk.pair, ends)
    closed_by = np.searchsorted(walk.pair, ends, side="right") - closing
    first, second = walk.link[one], walk.link[two]
    path, at = joined(np.repeat(closed_by, length), np.repeat(closing, length))
    triangles = _triangles(links, first[order[path]], second[order[path]], walk.alive[at])
    is_met = length >= 2
    kept = order[np.repeat(is_met, length)]
    length = length[is_met]
    paths = _Paths(
        walk.end[one[kept]].astype(np.int32),
        first[kept].astype(np.int32),
        second[kept].astype(np.int32),
        np.cumsum(length) - length,
        length,
    )
    return triangles, paths


def _triangles(links: Links, first: Positions, second: Positions, closing: Positions) -> _Triangles:
    what = links.identifier
    differs = (what[closing] != what[first]) & (what[closing] != what[second])
    return _Triangles(
        first[differs].astype(np.int32),
        second[differs].astype(np.int32),
        closing[differs].astype(np.int32),
    )


def _four_loops(
    links: Links, paths: _Paths, q: FloatArray, is_open: NDArray[np.bool_]
) -> Iterator[FloatArray]:
    """Two paths with the same ends and different middles speak for their four links.

    Each loop is met twice, from either pair of opposite corners, hence the half.
    """
    strength = q[paths.first] * q[paths.second]
    order = _strongest_first(paths, strength)
    wanted = np.flatnonzero(is_open[paths.first] | is_open[paths.second])
    run = np.repeat(np.arange(paths.length.size), paths.length)[wanted]
    others = np.minimum(paths.length, LONGEST_RUN)[run]
    begin = paths.begin[run]
    block = np.cumsum(others) // PATHS_PER_BLOCK
    for part in np.split(np.arange(wanted.size), np.flatnonzero(np.diff(block)) + 1):
        at, there = joined(others[part], begin[part])
        yield _closed_by(links, paths, (wanted[part][at], order[there]), (q, strength))


def _strongest_first(paths: _Paths, strength: FloatArray) -> Positions:
    """Order of the paths that puts the strongest first in runs too long to be looked at in full."""
    order = np.arange(paths.first.size)
    is_long = paths.length > LONGEST_RUN
    run, at = joined(paths.length[is_long], paths.begin[is_long])
    order[at] = at[np.lexsort((-strength[at], run))]
    return order


def _closed_by(
    links: Links,
    paths: _Paths,
    pairs: tuple[Positions, Positions],
    weights: tuple[FloatArray, FloatArray],
) -> FloatArray:
    """Evidence for the links of the paths `here` from those of `there`, pair by pair."""
    (here, there), (q, strength) = pairs, weights
    a, b = links.identifier[paths.first], links.identifier[paths.second]
    differs = (
        (paths.middle[here] != paths.middle[there])
        & (a[here] != a[there])
        & (b[here] != b[there])
        & (a[here] != b[there])
        & (b[here] != a[there])
    )
    here, there = here[differs], there[differs]
    half = strength[there] / 2.0
    first, second = paths.first[here], paths.second[here]
    evidence = np.bincount(first, q[second] * half, q.size)
    return np.asarray(evidence + np.bincount(second, q[first] * half, q.size), np.float64)
