"""Clusters that were not shown before: rebirths, parts of others, and births."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from detect.weekly import causes
from detect.weekly.causes import Verdict
from detect.weekly.events import EventKind
from detect.weekly.matching import assign
from detect.weekly.tracks import Track, TrackStatus
from detect.weekly.week import Week


def newcomers(week: Week) -> list[int]:
    """Fronts that were not shown before: unmatched ones and pending tracks grown visible."""
    found = []
    for at, front in enumerate(week.fronts):
        track_id = week.track_of.get(at)
        is_new = track_id is None or not week.before[track_id].is_shown
        if is_new and track_id and not front.is_visible:
            week.keep_up(at, track_id)
        elif is_new:
            found.append(at)
    return found


def appear(week: Week, newcomers: list[int]) -> None:
    """Settle every newcomer: a part of a shown cluster, a rebirth, or a birth."""
    origins = {at: _origin(week, at) for at in newcomers}
    waiting = []
    for at in newcomers:
        front, origin = week.fronts[at], origins[at]
        if origin and week.state.is_held:
            continue  # a piece that an outage broke off, or that cannot be told from one yet
        if not front.is_visible:
            week.open_track(at, TrackStatus.PENDING, (origin,) if origin else ())
        elif week.track_of.get(at) not in week.settled and not (
            origin and _split_off(week, at, origin)
        ):
            waiting.append(at)
    reborn = _reborn(week, waiting)
    for at in waiting:
        if at not in reborn:
            verdict = causes.born(week.fronts[at], week.changes, week.rule)
            track = _shown_track(week, at, ())
            week.tell(EventKind.BORN, (track.id,), week.fronts[at], verdict)


def _origin(week: Week, at: int) -> str | None:
    """The shown track that most of the front was part of last week, if any."""
    track_id = week.track_of.get(at)
    if track_id:
        known = [p for p in week.before[track_id].parents if _is_present(week, p)]
        return known[0] if known else None
    shares = [
        (-overlap.front_members, other)
        for other, overlap in week.pairs[at].items()
        if week.before[other].is_shown and _is_present(week, other)
    ]
    share, origin = min(shares, default=(0.0, ""))
    return origin if -share >= week.settings.match.absorbed_share else None


def _is_present(week: Week, track_id: str) -> bool:
    track = week.before.get(track_id)
    return track is not None and track.status is TrackStatus.ACTIVE


def _split_off(week: Week, at: int, origin: str) -> bool:
    """Settle the front as a part of `origin`; False when a pending one has no cause for it."""
    verdict = causes.split(week.before[origin], week.fronts[at], week.changes, week.rule)
    if at in week.track_of and not verdict.is_explained:
        return False
    track = _shown_track(week, at, (origin,))
    week.tell(EventKind.SPLIT, (origin, track.id), week.fronts[at], verdict)
    week.settle_own(origin)
    return True


def _reborn(week: Week, waiting: Iterable[int]) -> set[int]:
    rule = week.settings.match
    dead = {
        at: {
            track_id: overlap
            for track_id, overlap in week.pairs[at].items()
            if week.is_gone(track_id) and overlap.is_rebirth(rule)
        }
        for at in waiting
    }
    matched = assign(dead, week.before, rule)
    for at, track_id in sorted(matched.items()):
        if at in week.track_of:
            del week.tracks[week.track_of[at]]
        week.track_of[at] = track_id
        front = week.fronts[at]
        verdict = Verdict(True, causes.born(front, week.changes, week.rule).links)
        week.tell(EventKind.REBORN, (track_id,), front, verdict)
        week.settle(at, track_id)
    return set(matched)


def _shown_track(week: Week, at: int, parents: tuple[str, ...]) -> Track:
    """The front's track, shown from now on and anchored to the front."""
    track_id = week.track_of.get(at)
    if track_id is None:
        track = week.open_track(at, TrackStatus.ACTIVE, parents)
        week.settled.add(track.id)
        return track
    week.tracks[track_id] = replace(
        week.tracks[track_id], parents=parents or week.tracks[track_id].parents
    )
    week.settle(at, track_id)
    return week.tracks[track_id]
