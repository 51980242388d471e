"""What a cluster hangs on: which identifiers it would fall apart without, and which few are enough.

Nothing here trusts a graph cut. An engine weighs holders, caps and ownership, so taking a link away can
also join; every answer is therefore the engine's own, run again without the identifier. The runs are of a
small region around the cluster: its members, every merchant and cluster that shares a rare identifier
with them, and all holders of what these hold. Where the region alone does not give the cluster back,
nothing is claimed (`is_verified` is false).

Thousands of such runs would take minutes one by one, and most of that is overhead. So all clusters
are asked in lockstep: the regions of a round are laid side by side as disjoint parts of one incidence,
and the engine runs once. And a cluster whose region is as it was is not asked again (`Studied`).
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detect.network import corroboration
from detect.network.clustering import Clustering
from detect.network.engines import ENGINES, near
from detect.network.incidence import Incidence, IntArray
from detect.network.regions import Region, regions_of

Rule = Callable[[Incidence], Clustering]
"""An engine. It must give each connected part of an incidence what it would give it alone."""

_CHEAP = "corroboration"

_METHOD = 1  # to be raised when a study would find something else in the same region

_Asked = list[frozenset[int]]  # sets of local identifiers to take away
_Labels = list[IntArray]  # for each of them, the cluster number of every local merchant
_Study = Generator[_Asked, _Labels, "Fragility"]


@dataclass(frozen=True, slots=True)
class FragilityLimits:
    """Bounds of one study.

    `max_holders`: identifiers with more holders, which no engine reads, are left out of the region.
    `max_links`: links of a region; beyond it nothing is tried. `max_tried`: identifiers taken away
    one by one, most held first. `max_runs`: runs for the smallest explanation, after which it is not
    claimed to be one. `batch_links`: links laid side by side in one run. `dear`: an engine that learns
    from the whole takes ten times as long a link as corroboration, and gets this part of tries and runs.
    """

    max_holders: int = corroboration.DEFAULT.cap
    max_links: int = 5_000
    max_tried: int = 64
    max_runs: int = 160
    batch_links: int = 400_000
    dear: float = 0.25

    def of(self, rule: str) -> FragilityLimits:
        """The bounds for a rule."""
        if rule.startswith(_CHEAP):
            return self
        tried, runs = round(self.dear * self.max_tried), round(self.dear * self.max_runs)
        return replace(self, max_tried=tried, max_runs=runs)


@dataclass(frozen=True, slots=True)
class Loss:
    """What the cluster loses without one identifier.

    `dropped` are the members no longer with most of the others; `is_split` says that some of them
    still form a cluster of their own.
    """

    identifier_id: str
    dropped: tuple[str, ...]
    is_split: bool


@dataclass(frozen=True, slots=True)
class Fragility:
    """What a cluster hangs on, under the engine's own rule.

    `is_verified`: the rule named gives the same cluster back in its region, so that the rest was seen
    and not guessed. `tried` of `identifiers` shared ones were taken away one by one; `losses` are those
    that were missed. `smallest`: identifiers that alone hold all members together; empty where none
    was found within the bounds. `is_irreducible`: without any one of them they no longer do.
    `region`: a digest of all that the study read, "" where there was none; not told to people.
    """

    rule: str = ""
    is_verified: bool = False
    identifiers: int = 0
    tried: int = 0
    losses: tuple[Loss, ...] = ()
    smallest: tuple[str, ...] = ()
    is_irreducible: bool = False
    region: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        return {
            "rule": self.rule,
            "is_verified": self.is_verified,
            "identifiers": self.identifiers,
            "tried": self.tried,
            "losses": [
                {
                    "identifier_id": loss.identifier_id,
                    "dropped": list(loss.dropped),
                    "is_split": loss.is_split,
                }
                for loss in self.losses
            ],
            "smallest": list(self.smallest),
            "is_irreducible": self.is_irreducible,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], region: str) -> Fragility:
        """The inverse of `to_dict`, of a region."""
        losses = tuple(
            Loss(loss["identifier_id"], tuple(loss["dropped"]), loss["is_split"])
            for loss in data["losses"]
        )
        kept = {"losses": losses, "smallest": tuple(data["smallest"]), "region": region}
        return cls(**{**data, **kept})


Studied = Mapping[str, Fragility]
"""What studies found, by the digest of the region that was studied."""


def rules_of(engine: str) -> dict[str, Rule]:
    """The rules that may speak for an engine, in the order they are tried; KeyError for an unknown one.

    Corroboration comes first: it judges a region as it judges the market. Engines that learn from the
    whole market come last, for what only they find.
    """
    simpler: dict[str, Rule] = {
        _CHEAP: corroboration.cluster,
        f"{_CHEAP}, generous": _generous,
    }
    own = near(engine)
    return simpler | {own: ENGINES[own]}


def _generous(incidence: Incidence) -> Clustering:
    return corroboration.cluster(incidence, corroboration.GENEROUS)


def study(
    incidence: Incidence,
    clustering: Clustering,
    clusters: Sequence[int],
    rules: Mapping[str, Rule],
    limits: FragilityLimits | None = None,
    studied: Studied | None = None,
) -> dict[int, Fragility]:
    """What each of some clusters hangs on.

    `rules` are tried in order; the first that gives a cluster back in its region speaks for it (an
    engine that weighs the whole market may need a simpler one beside it). What `studied` has of a
    region that is the same to the last link is taken from there.
    """
    bounds = limits or FragilityLimits()
    around = regions_of(incidence, clustering, clusters, bounds.max_holders)
    asked = [region for region in around if region.rows.size <= bounds.max_links]
    digests = {region.cluster: _digest(region, rules, bounds) for region in asked}
    known = studied or {}
    found = {cluster: Fragility() for cluster in clusters}
    found |= {at: known[digest] for at, digest in digests.items() if digest in known}
    waiting = [region for region in asked if digests[region.cluster] not in known]
    for name, rule in rules.items():
        outcomes = _in_lockstep(waiting, name, rule, bounds.of(name))
        found |= {at: replace(outcome, region=digests[at]) for at, outcome in outcomes.items()}
        waiting = [region for region in waiting if not outcomes[region.cluster].is_verified]
    return found


def _digest(region: Region, rules: Mapping[str, Rule], limits: FragilityLimits) -> str:
    """Equal for regions of the same merchants, identifiers, links and members, asked in the same way."""
    whole = region.whole
    said = blake2b(digest_size=16)
    said.update(repr((_METHOD, tuple(rules), limits, _about(len(whole.merchants)))).encode())
    for names, numbers in (
        (whole.merchants, region.merchant_at),
        (whole.identifiers, region.identifier_at),
    ):
        said.update("\n".join([names[at] for at in numbers.tolist()]).encode())
    said.update(repr((whole.kinds, region.size)).encode())
    for column in (region.merchant, region.identifier, whole.kind[region.rows], region.members):
        said.update(np.ascontiguousarray(column).tobytes())
    return said.hexdigest()


def _about(merchants: int) -> int:
    """To two digits: arguments from chance ask for the logarithm, and a new shop must not undo a study."""
    unit: int = 10 ** max(len(str(merchants)) - 2, 0)
    return unit * round(merchants / unit)


def _in_lockstep(
    regions: Sequence[Region], name: str, rule: Rule, limits: FragilityLimits
) -> dict[int, Fragility]:
    """Run every study one step at a time, all steps of a round in as few runs as possible."""
    done: dict[int, Fragility] = {}
    running = [(region, _study_of(region, name, limits)) for region in regions]
    asked = [(region, each, next(each)) for region, each in running]
    while asked:
        jobs = [(region, removed) for region, _, sets in asked for removed in sets]
        answers = iter(_answers(jobs, rule, limits))
        still: list[tuple[Region, _Study, _Asked]] = []
        for region, each, sets in asked:
            try:
                still.append((region, each, each.send([next(answers) for _ in sets])))
            except StopIteration as finished:
                done[region.cluster] = finished.value
        asked = still
    return done


def _answers(
    jobs: Sequence[tuple[Region, frozenset[int]]], rule: Rule, limits: FragilityLimits
) -> _Labels:
    labels: _Labels = []
    batch: list[tuple[Region, frozenset[int]]] = []
    links = 0
    for region, removed in jobs:
        links += region.rows.size
        if batch and links > limits.batch_links:
            labels += _run(batch, rule)
            batch, links = [], region.rows.size
        batch.append((region, removed))
    return labels + (_run(batch, rule) if batch else [])


def _run(batch: Sequence[tuple[Region, frozenset[int]]], rule: Rule) -> _Labels:
    """One run of the engine over disjoint copies."""
    merchant, identifier, rows = [], [], []
    starts, identifiers = [0], 0
    for region, removed in batch:
        keep = np.ones(region.rows.size, bool)
        if removed:
            keep = ~np.isin(region.identifier, np.fromiter(removed, np.int32, len(removed)))
        merchant.append(region.merchant[keep] + np.int32(starts[-1]))
        identifier.append(region.identifier[keep] + np.int32(identifiers))
        rows.append(region.rows[keep])
        starts.append(starts[-1] + region.merchant_at.size)
        identifiers += region.identifier_at.size
    whole = batch[0][0].whole
    row = np.concatenate(rows)
    # Names are of no use to an engine; how many merchants there are besides is.
    side_by_side = Incidence(
        ("",) * starts[-1],
        ("",) * identifiers,
        whole.kinds,
        np.concatenate(merchant),
        np.concatenate(identifier),
        whole.kind[row],
        whole.first_seen_day[row],
        _about(len(whole.merchants)),
    )
    label = rule(side_by_side).label
    return [label[start:end] for start, end in pairwise(starts)]


def _study_of(region: Region, name: str, limits: FragilityLimits) -> _Study:
    """Ask what becomes of the members; the answers come from outside."""
    (whole,) = yield [frozenset()]
    if not _is_same(region, whole):
        return Fragility(rule=name, identifiers=len(region.shared))
    tried = region.shared[: limits.max_tried]
    without = yield [frozenset({at}) for at in tried]
    losses = []
    for at, labels in zip(tried, without, strict=True):
        dropped, is_split = _dropped(region, labels)
        if dropped.size:
            names = tuple(region.merchant_id(m) for m in dropped.tolist())
            losses.append(Loss(region.identifier_id(at), names, is_split))
    smallest, is_irreducible = yield from _smallest(region, limits.max_runs)
    return Fragility(
        name,
        True,
        len(region.shared),
        len(tried),
        tuple(losses),
        tuple(region.identifier_id(at) for at in smallest),
        is_irreducible,
    )


def _smallest(region: Region, max_runs: int) -> Generator[_Asked, _Labels, tuple[list[int], bool]]:
    """Shared identifiers that are enough; whether each of them was seen to be needed.

    Leaves out ever smaller runs of the least held ones as long as the rest holds all members (the
    deletion half of "QuickXplain", Junker, AAAI 2004), then takes each away once more: an engine is
    not monotone, so what was needed at first need not be needed in the end.
    """
    kept, left = list(region.shared), max_runs
    size = max(1, len(kept) // 2)
    while size:
        at = len(kept)
        while at > 0:
            if not left:
                return kept, False
            rest = kept[: max(0, at - size)] + kept[at:]
            left -= 1
            (labels,) = yield [_others(region, rest)]
            if not _dropped(region, labels)[0].size:
                kept = rest
            at -= size
        size = size // 2
    while kept and left >= len(kept):
        left -= len(kept)
        answers = yield [
            _others(region, [other for other in kept if other != each]) for each in kept
        ]
        spare = [
            each
            for each, labels in zip(kept, answers, strict=True)
            if not _dropped(region, labels)[0].size
        ]
        if not spare:
            return kept, True
        kept.remove(spare[-1])
    return kept, False


def _others(region: Region, kept: Sequence[int]) -> frozenset[int]:
    return frozenset(region.shared) - frozenset(kept)


def _dropped(region: Region, labels: IntArray) -> tuple[NDArray[np.int64], bool]:
    """Members outside the cluster that most of them are in, and whether some form another."""
    own = labels[region.members]
    inside = own[own >= 0]
    if not inside.size:
        return region.members, False
    sizes = np.bincount(inside)
    home = int(sizes.argmax())
    return region.members[own != home], bool((np.delete(sizes, home) >= 2).any())


def _is_same(region: Region, labels: IntArray) -> bool:
    """Whether the cluster comes back: all its members together, and nobody else with them."""
    if region.members.size != region.size or _dropped(region, labels)[0].size:
        return False
    return int((labels == labels[region.members[0]]).sum()) == region.size
