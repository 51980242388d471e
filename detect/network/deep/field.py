"""The working columns of the deep engine: who holds which rare identifier, and how far each counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from detect.network.clustering import believed_kind, holdings
from detect.network.incidence import Incidence, IntArray

FloatArray = NDArray[np.float64]
Positions = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Field:
    """Holdings of identifiers with 2..cap holders; identifiers are renumbered without gaps.

    `merchant` and `identifier` have one entry per holding, sorted by merchant then identifier;
    `holders` and `kind` one per identifier. `merchants` counts all merchants, single ones included:
    it is the n of every chance argument.
    """

    merchants: int
    merchant: IntArray
    identifier: IntArray
    holders: Positions
    kind: IntArray

    @property
    def identifiers(self) -> int:
        """How many rare identifiers there are."""
        return int(self.holders.size)

    def holds(self, values: FloatArray | None = None) -> sparse.csr_array:
        """Merchant x identifier, 1 or the given value per identifier."""
        data = np.ones(self.merchant.size) if values is None else values[self.identifier]
        indptr = np.searchsorted(self.merchant, np.arange(self.merchants + 1))
        return sparse.csr_array(
            (data, self.identifier, indptr), shape=(self.merchants, self.identifiers)
        )

    def shares(self, label: IntArray) -> sparse.csr_array:
        """Cluster x identifier: how many members hold it (float64, sorted, no zeros)."""
        inside = label[self.merchant] >= 0
        shape = (int(label.max(initial=-1)) + 1, self.identifiers)
        rows, columns = label[self.merchant[inside]], self.identifier[inside]
        made = sparse.csr_array((np.ones(rows.size), (rows, columns)), shape=shape)
        made.sum_duplicates()
        return made


def field_of(incidence: Incidence, cap: int) -> Field:
    """Prune an incidence to its rare identifiers."""
    held = holdings(incidence)
    rare = np.flatnonzero((held.holders >= 2) & (held.holders <= cap))
    number = np.full(held.holders.size, -1, np.int32)
    number[rare] = np.arange(rare.size, dtype=np.int32)
    keep = number[held.identifier] >= 0
    return Field(
        len(incidence.merchants),
        held.merchant[keep],
        number[held.identifier[keep]],
        held.holders[rare],
        believed_kind(incidence)[rare],
    )


def pairs_within(sizes: Positions) -> tuple[Positions, Positions]:
    """All unordered pairs of positions inside consecutive groups of the given sizes."""
    total = int(sizes.sum())
    ends = np.repeat(np.cumsum(sizes), sizes)
    partners = ends - np.arange(total) - 1
    first = np.repeat(np.arange(total), partners)
    return first, first + 1 + _count_up(partners)


def joined(counts_left: Positions, start_right: Positions) -> tuple[Positions, Positions]:
    """For each left row, `counts_left` consecutive right rows from `start_right`: both positions."""
    left = np.repeat(np.arange(counts_left.size), counts_left)
    return left, start_right[left] + _count_up(counts_left)


def _count_up(counts: Positions) -> Positions:
    """0,1,..,c-1 for every count c, one after the other."""
    starts = np.cumsum(counts) - counts
    return np.arange(int(counts.sum())) - np.repeat(starts, counts)


def runs(key: Positions) -> tuple[Positions, Positions]:
    """Start and length of every run of equal values in a sorted column."""
    if not key.size:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    start = np.concatenate(([0], np.flatnonzero(key[1:] != key[:-1]) + 1))
    return start, np.diff(np.append(start, key.size))
