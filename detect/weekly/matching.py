"""Which cluster of this week is which track: by shared members and by shared owned identifiers.

Members alone lose a ring that renames all its stores; identifiers alone lose one that changes its
phones. A track and a cluster are as alike as the better of the two says, in each direction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from detect.network.clustering import holdings
from detect.weekly.changes import EPOCH
from detect.weekly.settings import MatchRule, TrackerSettings
from detect.weekly.snapshot import Snapshot
from detect.weekly.tracks import Track, TrackStatus

CORE_IDENTIFIERS = 2
"""Owned identifiers that a member of the core holds; its weight is at least as much."""

# A live track outbids a remembered one of equal likeness; ties go to the oldest id.
STATUS_FACTOR = {
    TrackStatus.ACTIVE: 1.0,
    TrackStatus.PENDING: 0.95,
    TrackStatus.DORMANT: 0.9,
    TrackStatus.MERGED: 0.6,
    TrackStatus.DEAD: 0.6,
}


@dataclass(frozen=True, slots=True)
class Front:
    """One cluster of this week that is large enough to follow.

    `label` is its number in the clustering; `members` maps merchant to weight; `core` counts those
    holding at least two owned identifiers; `oldest_record` is the earliest first-seen day of a
    member's link to an owned identifier.
    """

    label: int
    members: Mapping[str, float]
    identifiers: frozenset[str]
    core: int
    is_visible: bool
    is_oversize: bool
    oldest_record: date


@dataclass(frozen=True, slots=True)
class Overlap:
    """What a track and a front have in common, as shares 0..1 of each.

    Member shares are weighted. Identifier shares are 0 below the rule's minimum of shared ones.
    """

    track_members: float
    front_members: float
    track_identifiers: float
    front_identifiers: float

    @property
    def likeness(self) -> float:
        """Harmonic mean of the better share in each direction."""
        of_track = max(self.track_members, self.track_identifiers)
        of_front = max(self.front_members, self.front_identifiers)
        total = of_track + of_front
        return 2 * of_track * of_front / total if total else 0.0

    @property
    def absorbed(self) -> float:
        """How much of the track is inside the front."""
        return max(self.track_members, self.track_identifiers)

    def is_rebirth(self, rule: MatchRule) -> bool:
        """Whether a dead track may come back as this front."""
        by_identifiers = (
            min(self.track_identifiers, self.front_identifiers) >= rule.dead_identifier_share
            or self.track_identifiers >= rule.dead_identifier_share_of_track
        )
        by_members = min(self.track_members, self.front_members) >= rule.dead_member_share
        return by_identifiers or by_members


Overlaps = Mapping[int, Mapping[str, Overlap]]  # front position -> track id -> overlap


def fronts(snapshot: Snapshot, settings: TrackerSettings) -> tuple[Front, ...]:
    """The followed clusters of a snapshot, ordered by their first merchant's name."""
    incidence, clustering = snapshot.incidence, snapshot.clustering
    label, owned_by = clustering.label, clustering.owned_by
    if not clustering.count:
        return ()
    pairs = holdings(incidence)
    is_owned = (owned_by[pairs.identifier] >= 0) & (
        owned_by[pairs.identifier] == label[pairs.merchant]
    )
    held = np.bincount(pairs.merchant[is_owned], minlength=label.size)
    rule, match = settings.visibility, settings.match
    weight = np.clip(held, match.weight_floor, match.weight_ceiling).tolist()
    is_inside = label >= 0
    size = clustering.sizes()
    owned = np.bincount(owned_by[owned_by >= 0], minlength=clustering.count)
    core = np.bincount(
        label[is_inside & (held >= CORE_IDENTIFIERS)], minlength=clustering.count
    ).tolist()
    mean_owned = np.bincount(label[is_inside], held[is_inside], clustering.count) / size
    is_visible = (
        (size >= rule.visible_size)
        & (owned >= rule.visible_identifiers)
        & (mean_owned >= rule.visible_mean_owned)
    ).tolist()
    oldest = _oldest_owned_day(snapshot)
    members, identifiers = clustering.all_members(), clustering.all_owned_identifiers()
    is_tracked = (size >= rule.tracked_size) & (owned >= rule.tracked_identifiers)
    found = [
        Front(
            label=number,
            members={incidence.merchants[at]: weight[at] for at in members[number].tolist()},
            identifiers=frozenset(incidence.identifiers[at] for at in identifiers[number].tolist()),
            core=core[number],
            is_visible=is_visible[number],
            is_oversize=members[number].size > rule.oversize,
            oldest_record=EPOCH + timedelta(days=oldest[number]),
        )
        for number in np.flatnonzero(is_tracked).tolist()
    ]
    return tuple(sorted(found, key=lambda front: min(front.members)))


def _oldest_owned_day(snapshot: Snapshot) -> list[int]:
    """Per cluster number, the earliest day among its members' links to what it owns (0: none)."""
    incidence, clustering = snapshot.incidence, snapshot.clustering
    owner = clustering.owned_by[incidence.identifier]
    is_owned = (owner >= 0) & (owner == clustering.label[incidence.merchant])
    latest = np.iinfo(np.int32).max
    oldest = np.full(clustering.count, latest, np.int32)
    np.minimum.at(oldest, owner[is_owned], incidence.first_seen_day[is_owned])
    oldest[oldest == latest] = 0
    return [int(day) for day in oldest]


def overlaps(
    tracks: Iterable[Track], found: Sequence[Front], rule: MatchRule
) -> dict[int, dict[str, Overlap]]:
    """Every pair that shares a member, or enough identifiers, and how much."""
    by_id = {track.id: track for track in tracks}
    holding, owning = _indexes(by_id.values())
    member_weight = {track.id: sum(track.members.values()) for track in by_id.values()}
    result: dict[int, dict[str, Overlap]] = {}
    for at, front in enumerate(found):
        front_side: dict[str, float] = {}
        track_side: dict[str, float] = {}
        for merchant, weight in front.members.items():
            for track_id in holding.get(merchant, ()):
                front_side[track_id] = front_side.get(track_id, 0.0) + weight
                track_side[track_id] = (
                    track_side.get(track_id, 0.0) + by_id[track_id].members[merchant]
                )
        shared: dict[str, int] = {}
        for identifier in front.identifiers:
            for track_id in owning.get(identifier, ()):
                shared[track_id] = shared.get(track_id, 0) + 1
        counted = {
            track_id: number
            for track_id, number in shared.items()
            if number >= rule.min_shared_identifiers
        }
        front_weight = sum(front.members.values())
        result[at] = {
            track_id: Overlap(
                track_side.get(track_id, 0.0) / member_weight[track_id],
                front_side.get(track_id, 0.0) / front_weight,
                counted.get(track_id, 0) / max(len(by_id[track_id].identifiers), 1),
                counted.get(track_id, 0) / len(front.identifiers),
            )
            for track_id in sorted({*front_side, *counted})
        }
    return result


def assign(
    pairs: Overlaps,
    tracks: Mapping[str, Track],
    rule: MatchRule,
) -> dict[int, str]:
    """Greedy one-to-one match of fronts and tracks, front position to track id."""
    bids = []
    for at, by_track in pairs.items():
        for track_id, overlap in by_track.items():
            if overlap.likeness >= rule.min_likeness:
                factor = STATUS_FACTOR[tracks[track_id].status]
                bids.append((-overlap.likeness * factor, track_id, at))
    matched: dict[int, str] = {}
    taken: set[str] = set()
    for _, track_id, at in sorted(bids):
        if at not in matched and track_id not in taken:
            matched[at] = track_id
            taken.add(track_id)
    return matched


def _indexes(
    tracks: Iterable[Track],
) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    holding: dict[str, list[str]] = {}
    owning: dict[str, list[str]] = {}
    for track in tracks:
        for merchant in track.members:
            holding.setdefault(merchant, []).append(track.id)
        for identifier in track.identifiers:
            owning.setdefault(identifier, []).append(track.id)
    return holding, owning
