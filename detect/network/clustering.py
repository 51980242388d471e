"""Which merchant belongs to which cluster, and which identifiers a cluster owns.

Every engine ends here, so that the same partition always gets the same numbers: clusters are
counted by their smallest merchant index, whatever order an engine found them in.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from detect.network.incidence import Incidence, IntArray
from detect.network.runs import packed, runs, unpacked_high, unpacked_low

NO_CLUSTER = -1


@dataclass(frozen=True, slots=True)
class Clustering:
    """A partition of some merchants; the rest stay single.

    Shapes: `label` has one entry per merchant, `owned_by` one per identifier of the incidence the
    clustering was found in; both hold a cluster number 0..count-1, or -1 for none. Clusters are
    numbered by their smallest merchant index.
    """

    label: IntArray
    owned_by: IntArray

    @property
    def count(self) -> int:
        """How many clusters there are."""
        return int(self.label.max(initial=NO_CLUSTER)) + 1

    def sizes(self) -> NDArray[np.int64]:
        """Members per cluster, indexed by cluster number."""
        return np.bincount(self.label[self.label >= 0], minlength=self.count)

    def members(self, cluster: int) -> IntArray:
        """Merchant indexes of one cluster, ascending; empty when there is no such cluster."""
        return np.flatnonzero(self.label == _existing(cluster)).astype(np.int32)

    def owned_identifiers(self, cluster: int) -> IntArray:
        """Identifier indexes one cluster owns, ascending; empty when there is no such cluster."""
        return np.flatnonzero(self.owned_by == _existing(cluster)).astype(np.int32)

    def all_members(self) -> list[IntArray]:
        """`members` of every cluster in one pass (use this instead of a loop over `members`)."""
        return _grouped(self.label, self.count)

    def all_owned_identifiers(self) -> list[IntArray]:
        """`owned_identifiers` of every cluster in one pass."""
        return _grouped(self.owned_by, self.count)


@dataclass(frozen=True, slots=True)
class Holdings:
    """Who holds what, each (merchant, identifier) once however many kinds say so.

    Sorted by merchant, then identifier; `holders` counts merchants per identifier.
    """

    merchant: IntArray
    identifier: IntArray
    holders: NDArray[np.int64]


def holdings(incidence: Incidence) -> Holdings:
    """Collapse the kinds: a phone seen on a licence and on a parcel is still one shared phone."""
    merchant, identifier = incidence.merchant, incidence.identifier
    same = merchant[1:] == merchant[:-1]
    is_back = (merchant[1:] < merchant[:-1]) | (same & (identifier[1:] < identifier[:-1]))
    if is_back.any():  # an incidence is sorted; one made by hand may not be
        order = np.lexsort((identifier, merchant))
        merchant, identifier = merchant[order], identifier[order]
        same = merchant[1:] == merchant[:-1]
    is_again = same & (identifier[1:] == identifier[:-1])
    if is_again.any():
        is_new = np.concatenate(([True], ~is_again))
        merchant, identifier = merchant[is_new], identifier[is_new]
    return Holdings(
        merchant, identifier, np.bincount(identifier, minlength=len(incidence.identifiers))
    )


def believed_kind(incidence: Incidence) -> IntArray:
    """One kind per identifier: the most believed (largest weight) that shows it, -1 without links."""
    kind_of = np.full(len(incidence.identifiers), -1, np.int32)
    by_belief = sorted(
        range(len(incidence.kinds)),
        key=lambda at: (incidence.kinds[at].weight, incidence.kinds[at].name),
    )
    for at in by_belief:  # the most believed kind writes last
        kind_of[incidence.identifier[incidence.kind == at]] = at
    return kind_of


def from_labels(
    incidence: Incidence, raw: NDArray[np.integer], min_members: int, cap: int
) -> Clustering:
    """Number a raw partition, drop clusters below `min_members`, and say what each owns.

    `raw` holds any integers per merchant, negative for none. Only identifiers with 2..`cap` holders
    can be owned; see `ownership` for the rule.
    """
    label = numbered(raw, min_members)
    held = holdings(incidence)
    return Clustering(label, ownership(held, label, cap))


def numbered(raw: NDArray[np.integer], min_members: int = 1) -> IntArray:
    """Renumber by smallest merchant index; groups below `min_members` become -1."""
    label = np.full(raw.size, NO_CLUSTER, np.int32)
    inside = np.flatnonzero(raw >= 0)
    if not inside.size:
        return label
    name = raw[inside]
    if name.max() > 2 * raw.size:  # too sparse to count by
        name = np.unique(name, return_inverse=True)[1]
    size = np.bincount(name)
    is_first = np.zeros(name.size, bool)
    first = np.empty(size.size, np.int64)
    first[name[::-1]] = np.arange(name.size)[::-1]  # of several, the last written stays
    is_first[first[size >= min_members]] = True
    by_first = name[is_first]
    number = np.full(size.size, NO_CLUSTER, np.int32)
    number[by_first] = np.arange(by_first.size, dtype=np.int32)
    label[inside] = number[name]
    return label


def ownership(held: Holdings, label: IntArray, cap: int) -> IntArray:
    """Cluster that owns each identifier, or -1.

    A cluster owns an identifier when at least two, and at least half, of its holders are members
    (design A of the community study). An identifier split evenly between two clusters is a bridge:
    nobody owns it, which also keeps the answer free of any tie-break by number.
    """
    owned_by = np.full(held.holders.size, NO_CLUSTER, np.int32)
    inside = np.flatnonzero(label[held.merchant] >= 0)
    inside = inside[held.holders[held.identifier[inside]] <= cap]
    if not inside.size:
        return owned_by
    key = packed(held.identifier[inside], label[held.merchant[inside]])
    key.sort()
    start, count = runs(key)
    identifier, cluster = unpacked_high(key[start]), unpacked_low(key[start])
    is_owned = (count >= 2) & (2 * count >= held.holders[identifier])
    identifier, cluster = identifier[is_owned], cluster[is_owned]
    owned_by[identifier] = cluster
    is_bridge = np.bincount(identifier, minlength=owned_by.size) > 1
    owned_by[is_bridge] = NO_CLUSTER
    return owned_by


def components(
    left: NDArray[np.integer], right: NDArray[np.integer], nodes: int
) -> NDArray[np.int32]:
    """The connected component of each of `nodes`, tied by pairs; a pair may come more than once."""
    ties = np.ones(left.size, bool)  # of flags a sum cannot overflow
    graph = sparse.coo_array((ties, (left, right)), shape=(nodes, nodes))
    _, component = sparse.csgraph.connected_components(graph, directed=False)
    return np.asarray(component, np.int32)


def _existing(cluster: int) -> int:
    return cluster if cluster >= 0 else -2  # -1 marks "none" in the arrays and is not a cluster


def _grouped(label: IntArray, count: int) -> list[IntArray]:
    inside = np.flatnonzero(label >= 0).astype(np.int32)
    order = np.argsort(label[inside], kind="stable")
    sizes = np.bincount(label[inside], minlength=count)
    return np.split(inside[order], np.cumsum(sizes)[:-1]) if count else []
