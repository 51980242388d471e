"""The working picture of one week: the board on which the steps of `tracker` move the pieces."""

from __future__ import annotations

from dataclasses import replace

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
        )
        self.next_number += 1
        self.tracks[track.id] = track
        self.track_of[at] = track.id
        return track

    def keep_up(self, at: int, track_id: str) -> None:
        """Take over the front's members; the anchor stays."""
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
        )

    def settle(self, at: int, track_id: str) -> None:
        """Take over the front's members, show the track, and anchor it here."""
        self.tracks[track_id] = replace(self.tracks[track_id], is_shown=True)
        self.keep_up(at, track_id)
        self.tracks[track_id] = replace(self.tracks[track_id], anchor=anchor_at(self.fronts[at]))
        self.settled.add(track_id)

    def settle_own(self, track_id: str) -> None:
        """Anchor a track that keeps its own front, wherever that is."""
        for at, owner in self.track_of.items():
            if owner == track_id:
                self.settle(at, track_id)
                return

    def tell(
        self, kind: EventKind, tracks: tuple[str, ...], front: Front, verdict: Verdict
    ) -> None:
        """Record the event, or log it as regrouped when its cause is not on record."""
        subject = self.before.get(tracks[0])
        gained, lost = difference_of(subject, front)
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


def difference_of(track: Track | None, front: Front) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Merchants gained and lost since the track was last announced (all gained when it is new)."""
    now = frozenset(front.members)
    past = track.anchor.members if track else frozenset[str]()
    return tuple(sorted(now - past)), tuple(sorted(past - now))
