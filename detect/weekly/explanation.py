"""What joined two clusters: the changed links that, undone, set them apart again.

The clusterer is not monotone: a hub cap or an ownership share can make a *removed* link join two
clusters. So no graph cut is trusted here. Every answer is checked by clustering a small region again
with the links undone, and an answer that does not separate is called not explained.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from detect.network.clustering import Clustering, holdings
from detect.network.incidence import Incidence, LinkKind, build
from detect.weekly.changes import ChangedLink, LinkChange, WeekChange, net_changes
from detect.weekly.snapshot import Snapshot
from detect.weekly.tracks import Track

Recluster = Callable[[Incidence], Clustering]

EXPLAINED = "explained"
NOT_EXPLAINED = "not_explained"


@dataclass(frozen=True, slots=True)
class ExplanationLimits:
    """Bounds of one explanation.

    `max_holders`: identifiers with more holders are left out of the region. `max_changes`: changed
    links looked at, bridging ones first. `max_calls`: counterfactual runs (about 4 ms each) before
    the cut is given up. `weeks`: change sets tried in turn, in changed weeks.
    """

    max_holders: int = 50
    max_changes: int = 400
    max_calls: int = 200
    weeks: tuple[int, ...] = (1, 4)


@dataclass(frozen=True, slots=True)
class LinkSet:
    """Changed links, and whether undoing them was seen to set the two sides apart."""

    links: tuple[ChangedLink, ...]
    verified: bool


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why tracks `a` and `b` are together.

    `bridging` (M0): new links of one side's merchants, or of one in touch with both, to what the
    other holds. `cut` (M1): an
    irreducible set of changes; each is needed, though a smaller set may exist. `weeks` is how far
    back the changes reach; `calls` counts the counterfactual runs.
    """

    a: str
    b: str
    bridging: LinkSet
    cut: LinkSet
    weeks: int
    calls: int

    @property
    def label(self) -> str:
        """`explained` when a shown set really separates, else `not_explained`."""
        return EXPLAINED if self.bridging.verified or self.cut.verified else NOT_EXPLAINED


class BudgetSpent(Exception):
    """More counterfactual runs were needed than allowed."""


def explain(
    sides: tuple[Track, Track],
    current: Snapshot,
    history: Sequence[WeekChange],
    recluster: Recluster,
    limits: ExplanationLimits | None = None,
) -> Explanation:
    """Explain why two tracks, as they were before, are in one cluster of `current`.

    `history` holds the remembered weeks, oldest first, this one last. Shorter memories are tried
    first, so last week's links are shown before earlier contributions.
    """
    bounds = limits or ExplanationLimits()
    result = None
    for weeks in bounds.weeks:
        result = _explain_within(sides, current, history[-weeks:], recluster, bounds)
        if result.label == EXPLAINED:
            break
    if result is None:
        raise ValueError("limits.weeks is empty")
    return result


def quick_explain(changes: Sequence[int], is_enough: Callable[[Sequence[int]], bool]) -> list[int]:
    """An irreducible part of `changes` that is enough; earlier ones are kept by preference.

    Junker, "QuickXplain: Preferred explanations and relaxations for over-constrained problems",
    AAAI 2004; followed by one pass that drops what a non-monotone oracle left in. Expects
    `is_enough(changes)`; returns [] when nothing at all is enough already.
    """
    if is_enough([]):
        return []
    kept = _needed([], False, list(changes), is_enough)
    for change in list(reversed(kept)):
        rest = [other for other in kept if other != change]
        if rest and is_enough(rest):
            kept = rest
    return kept


def _needed(
    base: list[int],
    is_base_new: bool,
    changes: list[int],
    is_enough: Callable[[Sequence[int]], bool],
) -> list[int]:
    if is_base_new and is_enough(base):
        return []
    if len(changes) == 1:
        return changes
    half = len(changes) // 2
    first, second = changes[:half], changes[half:]
    from_second = _needed(base + first, True, second, is_enough)
    from_first = _needed(base + from_second, bool(from_second), first, is_enough)
    return from_first + from_second


class Counterfactual:
    """Two sides in their region of the graph, and the changes that can be undone there."""

    def __init__(
        self,
        sides: tuple[Track, Track],
        current: Snapshot,
        changes: Sequence[ChangedLink],
        recluster: Recluster,
        limits: ExplanationLimits,
    ) -> None:
        self.recluster = recluster
        self.calls = 0
        self.max_calls = limits.max_calls
        incidence = current.incidence
        members = [frozenset(side.members) | side.anchor.members for side in sides]
        inner = _inner(current, members[0] | members[1])
        rows = _region_rows(current, inner, limits.max_holders)
        names = {incidence.identifiers[at] for at in np.unique(incidence.identifier[rows]).tolist()}
        merchants = {incidence.merchants[at] for at in inner.tolist()} | members[0] | members[1]
        near = [
            link
            for link in changes
            if link.identifier in names
            or (link.change is LinkChange.REMOVED and link.merchant in merchants)
        ]
        bridges = set(_bridging(near, members, incidence, rows))
        # Bridging links first: they are the last to be dropped from an explanation.
        ordered = sorted(near, key=lambda link: (link not in bridges, link))
        self.changes = tuple(ordered[: limits.max_changes])
        self.bridging = tuple(at for at, link in enumerate(self.changes) if link in bridges)
        local, self.is_present, self.row_of = _local(incidence, rows, self.changes)
        self.local = replace(local, market=incidence.population)
        self.sides = tuple(_positions(self.local.merchants, side) for side in members)

    def apart(self, undone: Sequence[int]) -> bool:
        """Whether the sides' majority clusters differ when these changes are undone."""
        if self.calls >= self.max_calls:
            raise BudgetSpent
        self.calls += 1
        keep = self.is_present.copy()
        for at in undone:
            keep[self.row_of[at]] = self.changes[at].change is LinkChange.REMOVED
        clustering = self.recluster(self.local.kept(keep))
        one, other = (_majority(clustering.label[side]) for side in self.sides)
        return one < 0 or other < 0 or one != other


def _explain_within(
    sides: tuple[Track, Track],
    current: Snapshot,
    history: Sequence[WeekChange],
    recluster: Recluster,
    limits: ExplanationLimits,
) -> Explanation:
    changes = net_changes(history)
    world = Counterfactual(sides, current, changes, recluster, limits)
    bridging = tuple(world.changes[at] for at in world.bridging)
    bridging_verified = cut_verified = False
    cut: tuple[ChangedLink, ...] = ()
    try:
        everything = range(len(world.changes))
        # Where the region does not show them together now, nothing can be proved in it.
        is_joined = not world.apart([])
        bridging_verified = bool(is_joined and bridging and world.apart(world.bridging))
        if is_joined and (bridging_verified or world.apart(everything)):
            start = world.bridging if bridging_verified else everything
            found = quick_explain(start, world.apart)
            cut = tuple(world.changes[at] for at in found)
            cut_verified = bool(found) and world.apart(found)
    except BudgetSpent:
        cut_verified = False
    return Explanation(
        sides[0].id,
        sides[1].id,
        LinkSet(bridging, bridging_verified),
        LinkSet(cut, cut_verified),
        len(history),
        world.calls,
    )


def _inner(current: Snapshot, names: frozenset[str]) -> NDArray[np.int64]:
    """Merchants of both sides and of the clusters they are in now."""
    at = _positions(current.incidence.merchants, names)
    labels = np.unique(current.clustering.label[at])
    together = np.flatnonzero(np.isin(current.clustering.label, labels[labels >= 0]))
    return np.union1d(at, together)


def _region_rows(
    current: Snapshot, inner: NDArray[np.int64], max_holders: int
) -> NDArray[np.int64]:
    """Rows of the region: inner merchants, every cluster or merchant near them, and all other
    holders of their identifiers, so that caps and ownership shares stay what they are.
    """
    incidence, label = current.incidence, current.clustering.label
    pairs = holdings(incidence)
    is_rare = (pairs.holders >= 1) & (pairs.holders <= max_holders)
    is_inner = np.zeros(label.size, bool)
    is_inner[inner] = True
    is_near = is_inner.copy()
    touched = np.zeros(is_rare.size, bool)
    touched[pairs.identifier[is_inner[pairs.merchant]]] = True
    shared = np.bincount(
        pairs.merchant[(touched & is_rare)[pairs.identifier]], minlength=label.size
    )
    is_near |= shared >= 2
    labels = np.unique(label[is_near])
    is_near |= np.isin(label, labels[labels >= 0])
    touched[pairs.identifier[is_near[pairs.merchant]]] = True
    return np.flatnonzero((touched & is_rare)[incidence.identifier])


def _bridging(
    changes: Sequence[ChangedLink],
    members: Sequence[frozenset[str]],
    incidence: Incidence,
    rows: NDArray[np.int64],
) -> list[ChangedLink]:
    """New links of one side's merchants, or of an outsider in touch with both, to the other side.

    An identifier is a side's by its old holders there. A new one, as when a whole side changes its
    phone, is the side's that has more holders: its own members did not bridge anything.
    """
    new = {(link.merchant, link.identifier) for link in changes if link.change is LinkChange.ADDED}
    held: list[dict[str, list[int]]] = [{}, {}]  # per side: identifier -> [old, all] holders
    touched: dict[str, set[str]] = {}  # identifiers of merchants of neither side
    for merchant_at, identifier_at in zip(
        incidence.merchant[rows].tolist(), incidence.identifier[rows].tolist(), strict=True
    ):
        merchant = incidence.merchants[merchant_at]
        identifier = incidence.identifiers[identifier_at]
        touched.setdefault(merchant, set()).add(identifier)
        for side in (0, 1):
            if merchant in members[side]:
                count = held[side].setdefault(identifier, [0, 0])
                count[0] += (merchant, identifier) not in new
                count[1] += 1

    def is_of(side: int, identifier: str) -> bool:
        mine = held[side].get(identifier, [0, 0])
        theirs = held[1 - side].get(identifier, [0, 0])
        return mine[0] > 0 or (theirs[0] == 0 and mine[1] >= max(theirs[1], 1))

    def is_bridge(link: ChangedLink) -> bool:
        home = [side for side in (0, 1) if link.merchant in members[side]]
        if len(home) == 1:
            return is_of(1 - home[0], link.identifier)
        holds = touched.get(link.merchant, set())
        return (
            not home
            and any(is_of(side, link.identifier) for side in (0, 1))
            and all(sum(is_of(side, name) for name in holds) >= 2 for side in (0, 1))
        )

    return [link for link in changes if link.change is LinkChange.ADDED and is_bridge(link)]


def _local(
    incidence: Incidence, rows: NDArray[np.int64], changes: Sequence[ChangedLink]
) -> tuple[Incidence, NDArray[np.bool_], list[int]]:
    """The region with removed links added back, which rows are there now, and each change's row."""
    kinds = {kind.name: kind for kind in incidence.kinds}
    columns: dict[LinkKind, tuple[list[str], list[str], list[int]]] = {}

    def put(name: str, merchant: str, identifier: str) -> None:
        kind = kinds.setdefault(name, LinkKind(name, 0.5, name))
        who, what, day = columns.setdefault(kind, ([], [], []))
        who.append(merchant)
        what.append(identifier)
        day.append(0)

    for at in rows.tolist():
        put(
            incidence.kinds[incidence.kind[at]].name,
            incidence.merchants[incidence.merchant[at]],
            incidence.identifiers[incidence.identifier[at]],
        )
    for link in changes:
        if link.change is LinkChange.REMOVED:
            put(link.kind, link.merchant, link.identifier)
    local = build(columns)
    row_of = {
        (local.merchants[m], local.identifiers[i], local.kinds[k].name): row
        for row, (m, i, k) in enumerate(
            zip(
                local.merchant.tolist(), local.identifier.tolist(), local.kind.tolist(), strict=True
            )
        )
    }
    is_present = np.ones(local.merchant.size, bool)
    for link in changes:
        if link.change is LinkChange.REMOVED:
            is_present[row_of[link.key]] = False
    return local, is_present, [row_of[link.key] for link in changes]


def _positions(names: Sequence[str], wanted: frozenset[str]) -> NDArray[np.int64]:
    return np.array([at for at, name in enumerate(names) if name in wanted], np.int64)


def _majority(label: NDArray[np.int32]) -> int:
    """The cluster most of a side is in, -1 when none of it is in any."""
    inside = label[label >= 0]
    return int(np.bincount(inside).argmax()) if inside.size else -1
