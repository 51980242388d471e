"""The working picture of one week: the board on which the steps of `tracker` move the pieces."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from detect.network.clustering import holdings
from detect.weekly.causes import Verdict
from detect.weekly.changes import RecentChanges
from detect.weekly.events import Event, EventKind
from detect.weekly.matching import Front, Overlap, fronts
from detect.weekly.settings import TrackerSettings
from detect.weekly.snapshot import Snapshot
from detect.weekly.tracks import Anchor, Track, TrackerState, TrackStatus


class Week:
    """Tracks as they were (`before`) and as they become (`tracks`), fronts, and events so far.

    `track_of` maps a front's position to the track that has it; `settled` holds the tracks with an
    event this week; `pairs` the overlaps by front and track.
    """

    def __init__(
        self,
        state: TrackerState,
        current: Snapshot,
        settings: TrackerSettings,
        changes: RecentChanges,
    ) -> None:
        self.state = state
        self.current = current
        self.as_of = current.as_of
        self.settings = settings
        self.rule = settings.cause
        self.changes = changes
        self.fronts = fronts(current, settings)
        self.before = state.tracks
        self.tracks = dict(state.tracks)
        self.next_number = state.next_number
        self.events: list[Event] = []
        self.track_of: dict[int, str] = {}  # front position -> track that has it
        self.settled: set[str] = set()  # tracks with an event this week
        self.pairs: dict[int, dict[str, Overlap]] = {}
        self._holders: NDArray[np.int64] | None = None

    def host_of(self, track_id: str) -> str | None:
        """The track that a merged one ended up in, as of last week; None where that is forgotten."""
        seen: set[str] = set()
        host: str | None = track_id
        while host and host not in seen and host in self.before:
            if self.before[host].status is not TrackStatus.MERGED:
                return host
            seen.add(host)
            host = self.before[host].merged_into
        return None

    def is_gone(self, track_id: str) -> bool:
        """Whether the track was dissolved, by itself or within the one it was merged into."""
        host = self.host_of(track_id)
        return host is not None and self.before[host].status is TrackStatus.DEAD

    def holders(self, identifier: str) -> int:
        """How many merchants hold it this week."""
        if self._holders is None:  # most weeks nobody asks
            self._holders = holdings(self.current.incidence).holders
        names = self.current.incidence.identifiers
        return int(self._holders[bisect_left(names, identifier)])

    def finish(self) -> tuple[TrackerState, list[Event]]:
        """The state and the events of the week."""
        order = list(EventKind)
        events = sorted(self.events, key=lambda event: (order.index(event.kind), event.tracks))
        tracks = {track_id: self.tracks[track_id] for track_id in sorted(self.tracks)}
        return replace(self.state, tracks=tracks, next_number=self.next_number), events

    def open_track(self, at: int, status: TrackStatus, parents: tuple[str, ...]) -> Track:
        """A new track for the front, anchored to it."""
        front = self.fronts[at]
        track = Track(
            id=f"C-{self.next_number:06d}",
            status=status,
            members=front.members,
            identifiers=front.identifiers,
            core=front.core,
            anchor=anchor_at(front),
            born_on=self.as_of,
            seen_on=self.as_of,
            parents=parents,
            is_shown=status is TrackStatus.ACTIVE,
            told_on=self.as_of if status is TrackStatus.ACTIVE else None,
        )
        self.next_number += 1
        self.tracks[track.id] = track
        self.track_of[at] = track.id
        return track

    def keep_up(self, at: int, track_id: str) -> None:
        """Take over the front's members; the anchor stays, and the extremes since are noted."""
        front, track = self.fronts[at], self.tracks[track_id]
        self.tracks[track_id] = replace(
            track,
            status=TrackStatus.ACTIVE if track.is_shown else TrackStatus.PENDING,
            members=front.members,
            identifiers=front.identifiers,
            core=front.core,
            seen_on=self.as_of,
            lost_at=None,
            merged_into=None,
            is_merge_announced=False,
            low=anchor_at(front) if front.core < track.lowest.core else track.low,
            high=anchor_at(front) if front.core > track.highest.core else track.high,
        )

    def settle(self, at: int, track_id: str) -> None:
        """Take over the front's members, show the track, and anchor it here."""
        self.tracks[track_id] = replace(self.tracks[track_id], is_shown=True)
        self.keep_up(at, track_id)
        self.anchor(track_id, anchor_at(self.fronts[at]))
        self.settled.add(track_id)

    def anchor(self, track_id: str, anchor: Anchor) -> None:
        """From now on the track is compared with this."""
        self.tracks[track_id] = replace(
            self.tracks[track_id], anchor=anchor, told_on=self.as_of, low=None, high=None
        )

    def settle_own(self, track_id: str) -> None:
        """Anchor a track that keeps its own front, wherever that is."""
        for at, owner in self.track_of.items():
            if owner == track_id:
                self.settle(at, track_id)
                return

    def tell(
        self,
        kind: EventKind,
        tracks: tuple[str, ...],
        front: Front,
        verdict: Verdict,
        since: Anchor | None = None,
    ) -> None:
        """Record the event, or log it as regrouped when its cause is not on record.

        Who came and went is counted `since` then; without it since the first track's anchor.
        """
        if since is None and tracks[0] in self.before:
            since = self.before[tracks[0]].anchor
        gained, lost = difference_of(since, front)
        if kind is EventKind.SPLIT:
            gained, lost = (), tuple(sorted(front.members))
        self.events.append(
            Event(
                kind if verdict.is_explained else EventKind.REGROUPED,
                self.as_of,
                tracks,
                gained=gained,
                lost=lost,
                causes=verdict.links,
                would_be=None if verdict.is_explained else kind,
                oldest_record=front.oldest_record,
                is_oversize=front.is_oversize,
            )
        )


def anchor_at(front: Front) -> Anchor:
    """The front as a track's new anchor."""
    return Anchor(front.core, frozenset(front.members), front.identifiers)


def difference_of(since: Anchor | None, front: Front) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Merchants gained and lost since then (all gained when there is no then)."""
    now = frozenset(front.members)
    past = since.members if since else frozenset[str]()
    return tuple(sorted(now - past)), tuple(sorted(past - now))
