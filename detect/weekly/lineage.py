"""What became of which cluster: the steps by which a cluster of the past leads to those of today.

Pure. Worked out from the memory of two weeks, so that silent changes (no changed record explains them,
nobody was told) are in it too: a case that follows its cluster must not lose it in one of these.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from detect.weekly.events import Event, EventKind
from detect.weekly.flags import cluster_id
from detect.weekly.tracks import Track, TrackerState, TrackStatus


class StepKind(StrEnum):
    """MERGED: went into the other. SPLIT: the other came out of it. The rest are of one cluster."""

    MERGED = "merged"
    SPLIT = "split"
    DISSOLVED = "dissolved"
    REBORN = "reborn"


@dataclass(frozen=True, slots=True, order=True)
class LineageStep:
    """From cluster `start` to `end` (node ids; the same for DISSOLVED and REBORN)."""

    as_of: date
    kind: StepKind
    start: str
    end: str
    is_announced: bool

    def to_row(self) -> dict[str, Any]:
        """As it is written."""
        return {
            "start": self.start,
            "end": self.end,
            "kind": self.kind.value,
            "as_of": self.as_of.isoformat(),
            "announced": self.is_announced,
        }


def lineage(
    before: TrackerState, after: TrackerState, events: Iterable[Event]
) -> list[LineageStep]:
    """The steps of the week between two states, sorted; none when nothing changed."""
    if after.as_of is None or after is before:
        return []
    told = {(event.kind, track) for event in events if event.is_announced for track in event.tracks}
    day = after.as_of
    steps = set()
    for track in after.tracks.values():
        for kind, start, end in _steps(before.tracks.get(track.id), track):
            subject = end if kind is StepKind.SPLIT else start
            is_announced = (EventKind(kind.value), subject) in told
            steps.add(LineageStep(day, kind, cluster_id(start), cluster_id(end), is_announced))
    return sorted(steps)


def _steps(was: Track | None, now: Track) -> list[tuple[StepKind, str, str]]:
    found = []
    host = was.merged_into if was and was.status is TrackStatus.MERGED else None
    if now.status is TrackStatus.MERGED and now.merged_into and now.merged_into != host:
        found.append((StepKind.MERGED, now.id, now.merged_into))
    if host and now.status in (TrackStatus.ACTIVE, TrackStatus.PENDING):
        found.append((StepKind.SPLIT, host, now.id))
    elif now.is_shown and not (was and was.is_shown):
        found += [(StepKind.SPLIT, parent, now.id) for parent in now.parents]
    was_dead = was is not None and was.status is TrackStatus.DEAD
    if now.status is TrackStatus.DEAD and not was_dead:
        found.append((StepKind.DISSOLVED, now.id, now.id))
    if was_dead and now.status is TrackStatus.ACTIVE:
        found.append((StepKind.REBORN, now.id, now.id))
    return found
