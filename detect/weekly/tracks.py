"""What is remembered from week to week: the tracks, the clock, and the recent changes.

Everything here is a frozen value that turns into plain JSON types and back without loss.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from detect.weekly.changes import ChangedLink, LinkChange, WeekChange

STATE_VERSION = 1


class TrackStatus(StrEnum):
    """Where a track stands.

    ACTIVE is shown; PENDING is followed but too small to show; DORMANT was not found lately and is
    waited for; MERGED lives on inside another track; DEAD was announced as dissolved and may be
    reborn.
    """

    ACTIVE = "active"
    PENDING = "pending"
    DORMANT = "dormant"
    MERGED = "merged"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Anchor:
    """The cluster as it was at some time: what growth and shrinkage are counted against."""

    core: int
    members: frozenset[str]
    identifiers: frozenset[str]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        return {
            "core": self.core,
            "members": sorted(self.members),
            "identifiers": sorted(self.identifiers),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Anchor:
        """The inverse of `to_dict`."""
        return cls(data["core"], frozenset(data["members"]), frozenset(data["identifiers"]))


@dataclass(frozen=True, slots=True)
class Track:
    """One cluster through time.

    `members` maps merchant to its weight (owned identifiers held, clipped to 0.25..4); `core`
    counts members holding at least two owned identifiers. `anchor` is the cluster as it was last announced,
    on `told_on`; `low` and `high` are its smallest and largest since, where they differ: what drifts up by
    a few and then loses many has shrunk, though by little against the anchor. `lost_at` is the clock of the
    first week without a match. `merged_into` is set while MERGED; `is_merge_announced` says whether anybody
    was told, so that a silent joining comes apart silently. `is_shown` is true once the track was active.
    """

    id: str
    status: TrackStatus
    members: Mapping[str, float]
    identifiers: frozenset[str]
    core: int
    anchor: Anchor
    born_on: date
    seen_on: date
    parents: tuple[str, ...] = ()
    lost_at: int | None = None
    merged_into: str | None = None
    is_merge_announced: bool = False
    is_shown: bool = False
    told_on: date | None = None
    low: Anchor | None = None
    high: Anchor | None = None

    @property
    def lowest(self) -> Anchor:
        """The cluster at its smallest since it was last announced."""
        return self.low or self.anchor

    @property
    def highest(self) -> Anchor:
        """The cluster at its largest since it was last announced."""
        return self.high or self.anchor

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        return {
            "id": self.id,
            "status": self.status.value,
            "members": dict(sorted(self.members.items())),
            "identifiers": sorted(self.identifiers),
            "core": self.core,
            "anchor": self.anchor.to_dict(),
            "born_on": self.born_on.isoformat(),
            "seen_on": self.seen_on.isoformat(),
            "parents": list(self.parents),
            "lost_at": self.lost_at,
            "merged_into": self.merged_into,
            "is_merge_announced": self.is_merge_announced,
            "is_shown": self.is_shown,
            "told_on": self.told_on.isoformat() if self.told_on else None,
            "low": self.low.to_dict() if self.low else None,
            "high": self.high.to_dict() if self.high else None,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Track:
        """The inverse of `to_dict`; older states do not know when a track was told, nor its extremes."""
        told_on, low, high = (data.get(name) for name in ("told_on", "low", "high"))
        return cls(
            id=data["id"],
            status=TrackStatus(data["status"]),
            members=dict(data["members"]),
            identifiers=frozenset(data["identifiers"]),
            core=data["core"],
            anchor=Anchor.from_dict(data["anchor"]),
            born_on=date.fromisoformat(data["born_on"]),
            seen_on=date.fromisoformat(data["seen_on"]),
            parents=tuple(data["parents"]),
            lost_at=data["lost_at"],
            merged_into=data["merged_into"],
            is_merge_announced=data["is_merge_announced"],
            is_shown=data["is_shown"],
            told_on=date.fromisoformat(told_on) if told_on else None,
            low=Anchor.from_dict(low) if low else None,
            high=Anchor.from_dict(high) if high else None,
        )


@dataclass(frozen=True, slots=True)
class FeedAlarm:
    """One kind of link fell suddenly: more likely a failed feed than a changed world.

    `links_before` and `links_now` are counts of links; `since_clock` the changed week it began.
    """

    kind: str
    links_before: int
    links_now: int
    since_clock: int


@dataclass(frozen=True, slots=True)
class TrackerState:
    """Everything the next week needs to know. `TrackerState()` is the state before any week.

    `clock` counts changed weeks. `hold_until` is the last clock at which changes of size, splits,
    merges and dissolutions are held back. `alerted` maps a pair of track ids (smaller first) to the
    day of its last newly-linked alert.
    """

    digest: str | None = None
    as_of: date | None = None
    clock: int = 0
    next_number: int = 1
    tracks: Mapping[str, Track] = field(default_factory=dict)
    history: tuple[WeekChange, ...] = ()
    alarms: tuple[FeedAlarm, ...] = ()
    hold_until: int = -1
    alerted: Mapping[tuple[str, str], date] = field(default_factory=dict)

    @property
    def is_held(self) -> bool:
        """Whether a feed alarm holds back this week's losses."""
        return self.clock <= self.hold_until

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types; equal states give equal dictionaries."""
        return {
            "version": STATE_VERSION,
            "digest": self.digest,
            "as_of": self.as_of.isoformat() if self.as_of else None,
            "clock": self.clock,
            "next_number": self.next_number,
            "tracks": [self.tracks[track_id].to_dict() for track_id in sorted(self.tracks)],
            "history": [
                {
                    "clock": week.clock,
                    "as_of": week.as_of.isoformat(),
                    "links": [link_to_list(link) for link in week.links],
                }
                for week in self.history
            ],
            "alarms": [
                [alarm.kind, alarm.links_before, alarm.links_now, alarm.since_clock]
                for alarm in self.alarms
            ],
            "hold_until": self.hold_until,
            "alerted": [[a, b, day.isoformat()] for (a, b), day in sorted(self.alerted.items())],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> TrackerState:
        """The inverse of `to_dict`. Raises ValueError for a state of another version."""
        if data["version"] != STATE_VERSION:
            raise ValueError(f"tracker state version {data['version']}, expected {STATE_VERSION}")
        tracks = [Track.from_dict(entry) for entry in data["tracks"]]
        return cls(
            digest=data["digest"],
            as_of=date.fromisoformat(data["as_of"]) if data["as_of"] else None,
            clock=data["clock"],
            next_number=data["next_number"],
            tracks={track.id: track for track in tracks},
            history=tuple(
                WeekChange(
                    week["clock"],
                    date.fromisoformat(week["as_of"]),
                    tuple(link_from_list(link) for link in week["links"]),
                )
                for week in data["history"]
            ),
            alarms=tuple(FeedAlarm(*alarm) for alarm in data["alarms"]),
            hold_until=data["hold_until"],
            alerted={(a, b): date.fromisoformat(day) for a, b, day in data["alerted"]},
        )


def link_to_list(link: ChangedLink) -> list[str]:
    """A changed link as six strings, a seventh where a judgement moved it (there are many)."""
    said = [
        link.merchant,
        link.identifier,
        link.kind,
        link.first_seen.isoformat(),
        link.noticed.isoformat(),
        link.change.value,
    ]
    return [*said, link.judgement] if link.judgement else said


def link_from_list(data: list[str]) -> ChangedLink:
    """The inverse of `link_to_list`."""
    merchant, identifier, kind, first_seen, noticed, change, *judgement = data
    return ChangedLink(
        merchant,
        identifier,
        kind,
        date.fromisoformat(first_seen),
        date.fromisoformat(noticed),
        LinkChange(change),
        *judgement,
    )
