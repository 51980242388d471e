"""The best of two engines: what deep finds, joined where corroboration is surer, less mere touches.

Deep finds more where evidence is sparse, but cuts large groups in two and lets in whoever holds one
identifier that a group owns. Corroboration asks for two, and hardly ever joins strangers. So:

1. clusters of deep that lie mostly inside one cluster of corroboration are one with it; clusters of
   corroboration that deep does not touch are kept;
2. a member that shares a single identifier stays only in a group whose own evidence is so thin that
   such members are to be expected. Where the others share more, it is rather the stranger who took
   over a telephone, rents the next room or borrowed a courier account. A strong identifier (a payee
   account of few holders) counts as two.
3. How much evidence makes such a member doubtful depends on whether identifiers are lent to strangers at
   all, and that can be seen where groups are so dense that a true member hardly ever shares one
   identifier: whoever does there is a stranger. Where there are none, single identifiers are believed.
4. Clusters that have a member in common, by two identifiers that each of them owns, are one.

Corroboration first and deep on what it leaves is worse: it recovers 42 % instead of 92 % at the hard
level, because corroboration's fragments keep the links that deep would close its loops with.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from detect.network import corroboration, deep
from detect.network.clustering import (
    Clustering,
    Holdings,
    components,
    from_labels,
    holdings,
    numbered,
    ownership,
)
from detect.network.incidence import Incidence, IntArray
from detect.network.runs import packed, unpacked_high, unpacked_low


@dataclass(frozen=True, slots=True)
class CombinedSettings:
    """Knobs of `cluster`.

    `dense_from`: identifiers that the firm members of a group (those with two or more) share on
    average, from which a member with one is taken for a stranger. If each of six kinds is shared with
    one and the same probability, a group whose firm members share 2.6 should show one member with a
    single identifier for every two firm ones; one whose members share 3.0, for every five. Chosen on
    one world of arrays (seed 61) and made-up worlds of seed 96: 2.4 loses networks at the brutal level
    (67 instead of 73 %), 2.8 names 1.7 % strangers in a made-up world at the hard level, 3.0 2.5 %,
    2.6 none. `dense_from_unlent` takes its place where hardly anything is lent: at most `most_lent`
    members with a single identifier for every firm one in groups whose firm members share
    `dense_from_unlent` or more. By the same reckoning true members make .05 there at the lower end and
    next to none above, as most share far more; measured are .004 to .008 in arrays of any level without
    strangers, .026 to .071 in seven made-up worlds and arrays with them. `strong_cap` is
    corroboration's. `most_rounds`: passes after which the loss of one stranger no longer makes another
    member doubtful. `bridge_shared`: identifiers of each of two clusters that one member holds, at which
    they are one. `bridge_share`: the part of the holders of each that belongs to its owner; an
    office that two groups share halfway belongs to neither.
    """

    dense_from: float = 2.6
    dense_from_unlent: float = 3.5
    most_lent: float = 0.015
    strong_cap: int = corroboration.DEFAULT.strong_cap
    most_rounds: int = 4
    bridge_shared: int = 2
    bridge_share: float = 0.6
    cap: int = corroboration.DEFAULT.cap
    min_members: int = corroboration.DEFAULT.min_members


DEFAULT = CombinedSettings()
_UNSEEN = 5  # single members that dense groups are taken to have beyond those seen


def cluster(incidence: Incidence, settings: CombinedSettings = DEFAULT) -> Clustering:
    """Cluster by both engines and leave out those who only touch a dense group."""
    label = joined(deep.cluster(incidence), corroboration.cluster(incidence))
    label = without_touches(incidence, label, settings)
    label = bridged(incidence, label, settings)
    return from_labels(incidence, label, settings.min_members, settings.cap)


def joined(found: Clustering, sure: Clustering) -> IntArray:
    """Labels of `found`, with clusters that lie mostly inside one cluster of `sure` made one with it.

    The members of such a cluster of `sure`, and of one that `found` does not touch, come along where
    `found` has them nowhere.
    """
    if not sure.count:
        return found.label
    inside = (found.label >= 0) & (sure.label >= 0)
    overlap = sparse.coo_array(
        (np.ones(int(inside.sum())), (found.label[inside], sure.label[inside])),
        shape=(max(found.count, 1), sure.count),
    ).tocsr()
    overlap.sum_duplicates()
    within, home = overlap.tocoo().coords
    is_most = 2 * overlap.tocoo().data > found.sizes()[within] if found.count else within >= 0
    moves_to = np.full(max(found.count, 1), -1)
    moves_to[within[is_most]] = home[is_most]
    is_open = np.ones(sure.count, bool)
    is_open[sure.label[inside]] = False
    is_open[home[is_most]] = True
    target = np.where(found.label >= 0, moves_to[np.maximum(found.label, 0)], -1)
    comes_along = (found.label < 0) & (sure.label >= 0) & is_open[np.maximum(sure.label, 0)]
    target = np.where(comes_along, sure.label, target)
    return numbered(np.where(target >= 0, found.count + target, found.label))


def without_touches(
    incidence: Incidence, label: NDArray[np.integer], settings: CombinedSettings = DEFAULT
) -> IntArray:
    """Leave out members that share one identifier with a group whose others share many."""
    held = holdings(incidence)
    rare = _at_most(held, settings.cap)
    strong = _at_most(_held_strongly(incidence, held), settings.strong_cap)
    label = numbered(label)
    told = _told(rare, strong, label)
    dense_from = settings.dense_from
    if _seems_unlent(told, label, settings):
        dense_from = max(dense_from, settings.dense_from_unlent)
    for _ in range(settings.most_rounds):
        goes = told.is_single.copy()
        goes[goes] = told.is_dense(dense_from)[label[goes]]
        if not goes.any():
            break
        label = numbered(np.where(goes, -1, label))
        told = _told(rare, strong, label)
    return label


def bridged(
    incidence: Incidence, label: NDArray[np.integer], settings: CombinedSettings = DEFAULT
) -> IntArray:
    """Make clusters one that have a merchant in common: one that shares two owned identifiers with each.

    Corroboration ties two merchants by as much; deep, which asks what describes the whole in fewest words,
    leaves two dense groups apart however firmly a few members hold them together.
    """
    rare = _at_most(holdings(incidence), settings.cap)
    label = numbered(label)
    for _ in range(settings.most_rounds):
        one, other = _bridges(rare, label, settings)
        if not one.size:
            break
        home = components(one, other, int(label.max()) + 1)
        label = numbered(np.where(label >= 0, home[np.maximum(label, 0)], -1))
    return label


def _bridges(
    rare: Holdings, label: IntArray, settings: CombinedSettings
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs of clusters that own so many identifiers of one member each."""
    owned_by = ownership(rare, label, settings.cap)
    owner, home = owned_by[rare.identifier], label[rare.merchant]
    inside = np.bincount(rare.identifier[(owner >= 0) & (owner == home)], minlength=owned_by.size)
    is_firm = (owned_by >= 0) & (inside >= settings.bridge_share * rare.holders)
    is_owned = is_firm[rare.identifier] & (home >= 0)
    key, shared = np.unique(packed(rare.merchant[is_owned], owner[is_owned]), return_counts=True)
    key = key[shared >= settings.bridge_shared]
    merchant, cluster = unpacked_high(key), unpacked_low(key)
    # Sorted by merchant: neighbours chain all the clusters of one.
    is_next = merchant[1:] == merchant[:-1]
    return cluster[:-1][is_next], cluster[1:][is_next]


@dataclass(frozen=True, slots=True)
class _Told:
    """What members share inside: who shares a single identifier, and per cluster its firm members.

    `firm` counts the members that share two or more, `total` what these share together.
    """

    is_single: NDArray[np.bool_]
    firm: NDArray[np.int64]
    total: NDArray[np.float64]

    def is_dense(self, dense_from: float) -> NDArray[np.bool_]:
        """Clusters whose firm members share so much on average."""
        return np.asarray(self.total >= dense_from * np.maximum(self.firm, 1))


def _told(rare: Holdings, strong: Holdings, label: IntArray) -> _Told:
    shared = _shared_inside(rare, label) + _shared_inside(strong, label)
    count = int(label.max(initial=-1)) + 1
    is_firm = (label >= 0) & (shared >= 2)
    return _Told(
        (label >= 0) & (shared < 2),
        np.bincount(label[is_firm], minlength=count),
        np.bincount(label[is_firm], shared[is_firm], minlength=count).astype(np.float64),
    )


def _seems_unlent(told: _Told, label: IntArray, settings: CombinedSettings) -> bool:
    """Whether dense groups show hardly anyone with a single identifier.

    A few are added to those seen: in a small world strangers meet more easily, and it takes some
    hundreds of firm members to show that nobody lends.
    """
    is_dense = told.is_dense(settings.dense_from_unlent)
    singles = int(is_dense[label[told.is_single]].sum())
    return singles + _UNSEEN <= settings.most_lent * int(told.firm[is_dense].sum())


def _held_strongly(incidence: Incidence, held: Holdings) -> Holdings:
    """Holdings by a strong kind; holders are counted over all kinds, as corroboration does."""
    is_strong = np.array([kind.is_strong for kind in incidence.kinds], bool)[incidence.kind]
    by_strong = holdings(incidence.kept(is_strong))
    return Holdings(by_strong.merchant, by_strong.identifier, held.holders)


def _at_most(held: Holdings, cap: int) -> Holdings:
    keep = held.holders[held.identifier] <= cap
    return Holdings(held.merchant[keep], held.identifier[keep], held.holders)


def _shared_inside(held: Holdings, label: IntArray) -> NDArray[np.int64]:
    """Identifiers of each merchant that another member of its cluster holds too."""
    inside = label[held.merchant] >= 0
    merchant = held.merchant[inside]
    key = label[merchant].astype(np.int64) * held.holders.size + held.identifier[inside]
    _, at, holders = np.unique(key, return_inverse=True, return_counts=True)
    return np.bincount(merchant[holders[at] >= 2], minlength=label.size)
