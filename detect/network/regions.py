"""The surroundings of a cluster in which an engine can be run again as if it were in the whole market.

A region holds the members, every merchant and cluster that shares a rare identifier with them, and all
holders of what these hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detect.network.clustering import Clustering, holdings
from detect.network.incidence import Incidence, IntArray


@dataclass(frozen=True, slots=True)
class Region:
    """A cluster and what surrounds it; links as columns of local numbers.

    `size`: members of the cluster, of which `members`, local merchants, hold anything rare; `shared`:
    local identifiers that two or more of them hold, most held first. `merchant_at` and
    `identifier_at` give the numbers in the whole incidence, `rows` those of the links.
    """

    cluster: int
    size: int
    whole: Incidence
    merchant_at: NDArray[np.int64]
    identifier_at: NDArray[np.int64]
    merchant: IntArray
    identifier: IntArray
    rows: NDArray[np.int64]
    members: NDArray[np.int64]
    shared: tuple[int, ...]

    def identifier_id(self, local: int) -> str:
        """Node id of a local identifier."""
        return self.whole.identifiers[int(self.identifier_at[local])]

    def merchant_id(self, local: int) -> str:
        """Node id of a local merchant."""
        return self.whole.merchants[int(self.merchant_at[local])]


class _Index:
    """Links by merchant and by identifier, less those that only one merchant or too many hold."""

    def __init__(self, incidence: Incidence, clustering: Clustering, max_holders: int) -> None:
        self.incidence, self.label = incidence, clustering.label
        holders = holdings(incidence).holders
        is_rare = (holders >= 2) & (holders <= max_holders)
        self.links = np.flatnonzero(is_rare[incidence.identifier])
        self.merchant = incidence.merchant[self.links]
        self.identifier = incidence.identifier[self.links]
        self._by = [
            (order, np.searchsorted(column[order], np.arange(count + 1)))
            for column, count in (
                (self.merchant, len(incidence.merchants)),
                (self.identifier, len(incidence.identifiers)),
            )
            for order in (np.argsort(column, kind="stable"),)
        ]
        self.members = clustering.all_members()

    def held_by(self, merchants: NDArray[np.int64]) -> NDArray[np.int64]:
        """Identifiers that some merchants hold."""
        return np.unique(self.identifier[self._links_of(0, merchants)]).astype(np.int64)

    def links_to(self, identifiers: NDArray[np.int64]) -> NDArray[np.int64]:
        """Positions in `links` of the links to some identifiers, ascending."""
        return np.sort(self._links_of(1, identifiers))

    def _links_of(self, side: int, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        order, start = self._by[side]
        parts = [order[start[n] : start[n + 1]] for n in numbers.tolist()]
        return np.concatenate(parts) if parts else np.empty(0, np.int64)


def regions_of(
    incidence: Incidence,
    clustering: Clustering,
    clusters: Sequence[int],
    max_holders: int,
) -> list[Region]:
    """The regions of some clusters; identifiers with more holders than `max_holders` are left out."""
    index = _Index(incidence, clustering, max_holders)
    return [_region(index, cluster) for cluster in clusters]


def _region(index: _Index, cluster: int) -> Region:
    members = index.members[cluster].astype(np.int64)
    touched = index.links_to(index.held_by(members))
    around = np.unique(index.merchant[touched])
    beside = [index.members[at] for at in np.unique(index.label[around]).tolist() if at >= 0]
    near = np.unique(np.concatenate([members, around.astype(np.int64), *beside]))
    links = index.links_to(index.held_by(near.astype(np.int64)))
    merchant_at, merchant = np.unique(index.merchant[links], return_inverse=True)
    identifier_at, identifier = np.unique(index.identifier[links], return_inverse=True)
    is_member = np.isin(merchant_at, members)
    pairs = np.unique(np.stack([identifier, merchant])[:, is_member[merchant]], axis=1)
    inside = np.bincount(pairs[0], minlength=identifier_at.size)
    shared = np.flatnonzero(inside >= 2)
    ordered = shared[np.lexsort((shared, -inside[shared]))]
    return Region(
        cluster,
        members.size,
        index.incidence,
        merchant_at.astype(np.int64),
        identifier_at.astype(np.int64),
        merchant.astype(np.int32),
        identifier.astype(np.int32),
        index.links[links],
        np.flatnonzero(is_member),
        tuple(ordered.tolist()),
    )
