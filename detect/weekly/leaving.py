"""Clusters that changed size against what was last announced, and clusters that were lost."""

from __future__ import annotations

from dataclasses import replace

from detect.weekly import causes
from detect.weekly.causes import Verdict
from detect.weekly.events import Event, EventKind
from detect.weekly.tracks import Track, TrackStatus
from detect.weekly.week import Week, difference_of


def resize(week: Week) -> None:
    """Compare the core of every shown track with the core last announced."""
    for at, track_id in sorted(week.track_of.items()):
        track, front = week.tracks[track_id], week.fronts[at]
        if not track.is_shown or track_id in week.settled:
            continue
        if week.state.is_held:
            # The picture from before the outage is the truer one.
            week.tracks[track_id] = replace(
                track, status=TrackStatus.ACTIVE, lost_at=None, seen_on=week.as_of
            )
            continue
        change = front.core - track.anchor.core
        limit = max(
            week.settings.size_change_members,
            week.settings.size_change_share * track.anchor.core,
        )
        if abs(change) < limit:
            week.keep_up(at, track_id)
            continue
        gained, lost = difference_of(track, front)
        if change > 0:
            kind, verdict = (
                EventKind.GREW,
                causes.grew(gained, front, week.changes, week.rule),
            )
        else:
            kind, verdict = (
                EventKind.SHRANK,
                causes.shrank(lost, track, week.changes, week.rule),
            )
        week.tell(kind, (track_id,), front, verdict)
        week.settle(at, track_id)


def lose(week: Week) -> None:
    """Wait for tracks without a front, dissolve those not coming back, forget the long gone."""
    present = set(week.track_of.values()) | week.settled
    for track_id, track in sorted(week.tracks.items()):
        if track_id in present or track.status is TrackStatus.MERGED:
            _forget_if_old(week, track_id, present)
            continue
        if track.status is TrackStatus.DEAD:
            _forget_if_old(week, track_id, present)
            continue
        lost_at = week.state.clock if track.lost_at is None else track.lost_at
        week.tracks[track_id] = replace(track, status=TrackStatus.DORMANT, lost_at=lost_at)
        if week.state.is_held:
            continue
        waited = week.state.clock - max(lost_at, week.state.hold_until)
        is_over = waited >= week.settings.dissolve_after_weeks
        if not track.is_shown:
            if is_over:
                del week.tracks[track_id]
            continue
        verdict = causes.dissolved(track, week.changes, week.rule)
        if verdict.is_explained or is_over:
            _dissolve(week, track, verdict)


def _dissolve(week: Week, track: Track, verdict: Verdict) -> None:
    week.events.append(
        Event(
            EventKind.DISSOLVED,
            week.as_of,
            (track.id,),
            lost=tuple(sorted(track.members)),
            causes=verdict.links,
        )
    )
    week.tracks[track.id] = replace(
        week.tracks[track.id], status=TrackStatus.DEAD, lost_at=week.state.clock
    )


def _forget_if_old(week: Week, track_id: str, present: set[str]) -> None:
    track = week.tracks[track_id]
    if track_id in present or track.lost_at is None:
        return
    if week.state.clock - track.lost_at > week.settings.forget_after_weeks:
        del week.tracks[track_id]
