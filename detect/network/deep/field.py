"""The working columns of the deep engine: who holds which rare identifier, and how far each counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detect.network.clustering import believed_kind, holdings
from detect.network.incidence import Incidence, IntArray
from detect.network.runs import Positions, packed, runs, unpacked_high, unpacked_low

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Field:
    """Holdings of identifiers with 2..cap holders; identifiers are renumbered without gaps.

    `merchant` and `identifier` have one entry per holding, sorted by merchant then identifier, and
    `begin` says where those of each merchant begin; `holders` and `kind` have one per identifier.
    `merchants` counts those of the incidence, single ones included, and `population` all there are: it is
    the n of every chance argument.
    """

    merchants: int
    population: int
    merchant: IntArray
    identifier: IntArray
    begin: Positions
    holders: Positions
    kind: IntArray

    @property
    def identifiers(self) -> int:
        """How many rare identifiers there are."""
        return int(self.holders.size)

    def shares(self, label: IntArray) -> Shares:
        """Which clusters hold which identifier by how many members."""
        inside = np.flatnonzero(label[self.merchant] >= 0)
        key = packed(self.identifier[inside], label[self.merchant[inside]])
        key.sort()
        start, held = runs(key)
        key = key[start]
        size = np.bincount(label[label >= 0]).astype(np.int64)
        return Shares(unpacked_high(key), unpacked_low(key), held.astype(np.float64), size)


@dataclass(frozen=True, slots=True)
class Shares:
    """Members of each cluster that hold each identifier, sorted by identifier, then cluster.

    `identifier`, `cluster`, `held` have one entry per pair that occurs; `size` one per cluster.
    """

    identifier: Positions
    cluster: Positions
    held: FloatArray
    size: Positions


def field_of(incidence: Incidence, cap: int) -> Field:
    """Prune an incidence to its rare identifiers."""
    held = holdings(incidence)
    rare = np.flatnonzero((held.holders >= 2) & (held.holders <= cap))
    number = np.full(held.holders.size, -1, np.int32)
    number[rare] = np.arange(rare.size, dtype=np.int32)
    keep = number[held.identifier] >= 0
    merchants = len(incidence.merchants)
    begin = np.zeros(merchants + 1, np.int64)
    np.cumsum(np.bincount(held.merchant[keep], minlength=merchants), out=begin[1:])
    return Field(
        merchants,
        incidence.population,
        held.merchant[keep],
        number[held.identifier[keep]],
        begin,
        held.holders[rare],
        believed_kind(incidence)[rare],
    )
