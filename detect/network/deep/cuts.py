"""Cutting clusters that are better told as two (loop study, §2, step 7b).

Where to cut is asked of the two slowest vectors of the shared holdings, and every cut along either is
judged by description length (see `length`). Thousands of clusters are asked at once: those of one size
are stacked, since a cluster is so small that a call costs more than its work.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import lapack

from detect.network.clustering import numbered
from detect.network.deep.field import Field, FloatArray
from detect.network.deep.length import (
    BELIEVED,
    BRIDGE_HOLDERS,
    SPARSE_BRIDGE_HOLDERS,
    SPARSE_DENSITY,
    merge_gain,
)
from detect.network.incidence import IntArray
from detect.network.runs import Positions, joined, runs, sorted_order

CUT_GAIN = 1.5  # a cut must make the description this much shorter (nats) to be worth making
CUT_FROM, CUT_UP_TO = 8, 600  # merchants; above, the eigenvectors cost more than they tell
LEAST_SIDE = 3
CELLS_PER_STACK = 1_000_000  # bounds memory: about 60 bytes per member and identifier


def split(
    field: Field, label: IntArray, belief: FloatArray, settled: set[bytes]
) -> tuple[IntArray, int]:
    """Cut clusters that are better told as two; return the labels and the number of cuts.

    `settled` remembers member sets found whole, so that later rounds do not try them again.
    """
    sizes = np.bincount(label[label >= 0])
    inside = np.flatnonzero(label >= 0)
    inside = inside[sorted_order(label[inside], sizes.size)[0]]
    end = np.cumsum(sizes)
    able = np.flatnonzero((sizes >= CUT_FROM) & (sizes <= CUT_UP_TO))
    of_able = [inside[end[at] - sizes[at] : end[at]] for at in able.tolist()]
    whole = [members for members in of_able if members.tobytes() not in settled]
    raw = label.astype(np.int64)
    next_label, waiting = int(label.max(initial=-1)) + 1, whole
    while waiting:
        halves: list[Positions] = []
        for members, side in zip(waiting, _cuts(field, belief, waiting), strict=True):
            if side is not None:
                raw[members[side]] = next_label
                next_label += 1
                halves += [members[side], members[~side]]
            elif waiting is whole:
                settled.add(members.tobytes())
        waiting = [members for members in halves if members.size >= CUT_FROM]
    return numbered(raw), next_label - int(label.max(initial=-1)) - 1


@dataclass(frozen=True, slots=True)
class _Held:
    """Believed identifiers that several members of a cluster hold, cluster by cluster.

    `row` is the place of the member in its cluster, `column` that of the identifier; `begin` says
    where the entries of each cluster begin, `width` how many identifiers it has.
    """

    row: Positions
    column: Positions
    begin: Positions
    width: Positions


def _held(field: Field, belief: FloatArray, clusters: list[Positions]) -> _Held:
    sizes = np.array([members.size for members in clusters])
    members = np.concatenate(clusters)
    cluster = np.repeat(np.arange(sizes.size), sizes)
    place = np.arange(members.size) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    who, at = joined(field.begin[members + 1] - field.begin[members], field.begin[members])
    identifier = field.identifier[at]
    believed = np.flatnonzero(belief[identifier] > BELIEVED)
    who, identifier = who[believed], identifier[believed]
    order, key = sorted_order(
        cluster[who] * field.identifiers + identifier, sizes.size * field.identifiers
    )
    start, length = runs(key)
    is_shared = length >= 2
    entry = np.flatnonzero(np.repeat(is_shared, length))
    start, length = start[is_shared], length[is_shared]
    of_cluster = key[start] // max(field.identifiers, 1)
    width = np.bincount(of_cluster, minlength=sizes.size)
    number = np.arange(start.size) - (np.cumsum(width) - width)[of_cluster]
    entries = np.bincount(of_cluster, length, sizes.size).astype(np.int64)
    return _Held(
        place[who[order[entry]]],
        np.repeat(number, length),
        np.concatenate(([0], np.cumsum(entries))),
        width,
    )


def _cuts(
    field: Field, belief: FloatArray, clusters: list[Positions]
) -> list[NDArray[np.bool_] | None]:
    """The side of the best cut of each cluster, None to keep it whole."""
    held = _held(field, belief, clusters)
    sides: list[NDArray[np.bool_] | None] = [None] * len(clusters)
    sizes = np.array([members.size for members in clusters])
    for stack in _stacks(sizes, held.width):
        size, width = int(sizes[stack[0]]), int(held.width[stack].max())
        table = np.zeros((stack.size, size, width), bool)
        which, at = joined(np.diff(held.begin)[stack], held.begin[stack])
        table[which, held.row[at], held.column[at]] = True
        for number, side in _best_cuts(table):
            sides[stack[number]] = side
    return sides


def _stacks(sizes: Positions, widths: Positions) -> Iterator[Positions]:
    """Clusters of one size and similar width, that have anything to be cut along."""
    order = np.lexsort((widths, sizes))
    order = order[widths[order] > 0]
    for same in np.split(order, np.flatnonzero(np.diff(sizes[order])) + 1):
        left = same
        while left.size:
            cells = np.arange(1, left.size + 1) * sizes[left[0]] * widths[left]
            count = max(1, int(np.searchsorted(cells, CELLS_PER_STACK)))
            yield left[:count]
            left = left[count:]


def _best_cuts(held: NDArray[np.bool_]) -> Iterator[tuple[int, NDArray[np.bool_]]]:
    """Number and side of those of the stacked clusters that are worth cutting."""
    clusters, members, _ = held.shape
    order = np.argsort(_slow_vectors(held), axis=2, kind="stable")
    sorted_by = np.stack([np.take_along_axis(held, order[:, at, :, None], 1) for at in (0, 1)], 1)
    gain = _sweep(sorted_by.reshape(2 * clusters, members, -1)).reshape(clusters, -1)
    at = np.argmin(gain, axis=1)  # on a tie the first vector, then the smaller side above
    for number in np.flatnonzero(gain[np.arange(clusters), at] < CUT_GAIN).tolist():
        vector, row = divmod(int(at[number]), members - 1)
        side = np.zeros(members, bool)
        side[order[number, vector, : row + 1]] = True
        yield number, side


def _slow_vectors(held: NDArray[np.bool_]) -> FloatArray:
    """Second and third eigenvectors of the normalised Laplacian of the shared holdings.

    Shape: clusters x 2 x members.
    """
    ones = held.astype(np.float64)
    others = np.maximum(ones.sum(axis=1, keepdims=True) - 1, 1.0)  # an empty column adds nothing
    tied = (ones / others) @ ones.transpose(0, 2, 1)
    members = held.shape[1]
    tied[:, np.arange(members), np.arange(members)] = 0.0
    degree = np.maximum(tied.sum(axis=2), 1e-9)
    scaled = tied / np.sqrt(degree[:, :, None] * degree[:, None, :])
    vectors = np.stack([_last_but_one(each) for each in scaled]) / np.sqrt(degree)[:, None, :]
    return _oriented(vectors)


def _last_but_one(matrix: FloatArray) -> FloatArray:
    """Eigenvectors of the second and third largest eigenvalue; `linalg.eigh` checks more than it works."""
    last = matrix.shape[0] - 1
    work, integers, _ = lapack.dsyevr_lwork(matrix.shape[0], lower=1)
    _, vectors, _, _, failed = lapack.dsyevr(
        matrix,
        compute_v=1,
        range="I",
        il=last - 1,
        iu=last,
        lower=1,
        lwork=int(work),
        liwork=int(integers),
    )
    if failed:
        raise np.linalg.LinAlgError(f"dsyevr: {failed}")
    return np.asarray(vectors.T[::-1], np.float64)


def _oriented(vectors: FloatArray) -> FloatArray:
    """Fix the sign and the last digits, so that equal input cuts equally on any machine."""
    vectors = np.round(vectors, 9)
    largest = np.argmax(np.abs(vectors), axis=2)[:, :, None]
    return np.where(np.take_along_axis(vectors, largest, 2) > 0, vectors, -vectors)


def _sweep(held: NDArray[np.bool_]) -> FloatArray:
    """Merge gain of every cut between rows t and t+1; infinite where a side is too weak to stand."""
    members = held.shape[1]
    running = np.cumsum(held, axis=1, dtype=np.int16)
    above, whole = running[:, :-1], running[:, -1:]
    below = whole - above
    inner = np.maximum(whole - 1, 0).sum(axis=(1, 2), dtype=np.float64)
    is_sparse = inner < SPARSE_DENSITY * members
    limit = np.where(is_sparse, SPARSE_BRIDGE_HOLDERS, BRIDGE_HOLDERS)[:, None, None]
    spans = (above > 0) & (below > 0)
    counts = ~spans | (whole <= limit)
    inner_above, inner_below = np.maximum(above - 1, 0), np.maximum(below - 1, 0)
    m1 = np.arange(1, members, dtype=np.float64)
    m2 = members - m1
    gain = merge_gain(
        (
            (inner_above * counts).sum(axis=2, dtype=np.float64),
            (inner_below * counts).sum(axis=2, dtype=np.float64),
        ),
        spans.sum(axis=2, dtype=np.float64),
        (m1, m2),
    )
    stands = (
        (m1 >= LEAST_SIDE)
        & (m2 >= LEAST_SIDE)
        & (inner_above.sum(axis=2) >= m1)
        & (inner_below.sum(axis=2) >= m2)
    )
    return np.where(stands, gain, np.inf)
