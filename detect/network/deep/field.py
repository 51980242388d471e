"""The working columns of the deep engine: who holds which rare identifier, and how far each counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from detect.network.clustering import believed_kind, holdings
from detect.network.incidence import Incidence, IntArray
from detect.network.runs import Positions

FloatArray = NDArray[np.float64]


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
