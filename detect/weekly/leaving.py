"""Clusters that changed size against what was last announced, and clusters that were lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from detect.weekly import causes
from detect.weekly.causes import Verdict
from detect.weekly.events import Event, EventKind
from detect.weekly.matching import CORE_IDENTIFIERS
from detect.weekly.snapshot import held_by
from detect.weekly.tracks import Anchor, Track, TrackStatus
from detect.weekly.week import Week, difference_of


def resize(week: Week) -> None:
    """Compare the core of every shown track with what it was since it was last announced."""
    for at, track_id in sorted(week.track_of.items()):
        track = week.tracks[track_id]
        if not track.is_shown or track_id in week.settled:
            continue
        if week.state.is_held:
            # The picture from before the outage is the truer one.
            week.tracks[track_id] = replace(
                track, status=TrackStatus.ACTIVE, lost_at=None, seen_on=week.as_of
            )
            continue
        _fill_in(week, at, track_id)
        if not _has_changed(week, at, week.tracks[track_id]):
            week.keep_up(at, track_id)


def _has_changed(week: Week, at: int, track: Track) -> bool:
    """Tell that the track grew or shrank, if it did by enough, and anchor it here."""
    front = week.fronts[at]
    low, high = track.lowest, track.highest
    if front.core - low.core >= _limit(week, low.core):
        gained, _ = difference_of(low, front)
        verdict = causes.grew(gained, front, week.changes, week.rule)
        week.tell(EventKind.GREW, (track.id,), front, verdict, low)
    elif high.core - front.core >= _limit(week, high.core):
        _, lost = difference_of(high, front)
        verdict = causes.shrank(lost, track, week.changes, week.rule)
        week.tell(EventKind.SHRANK, (track.id,), front, verdict, high)
    else:
        return False
    week.settle(at, track.id)
    return True


def _limit(week: Week, core: int) -> float:
    return max(week.settings.size_change_members, week.settings.size_change_share * core)


def _fill_in(week: Week, at: int, track_id: str) -> None:
    """Late records that only complete what was announced become part of it.

    They were dated before the announcement; only the report of them came after.
    """
    track, front = week.tracks[track_id], week.fronts[at]
    told_on = track.told_on
    if told_on is None or (week.as_of - told_on).days > week.settings.late_days:
        return
    late = []
    for merchant in sorted(front.members.keys() - track.anchor.members):
        links = week.changes.new_on(merchant, front.identifiers, week.rule.window_weeks)
        if links and all(link.first_seen <= told_on for link in links):
            late.append(merchant)
    if not late or len(late) >= week.settings.late_share * track.anchor.core:
        return
    in_core = sum(front.members[merchant] >= CORE_IDENTIFIERS for merchant in late)
    week.tracks[track_id] = replace(
        track,
        anchor=_with(track.anchor, late, in_core),
        low=_with(track.low, late, in_core) if track.low else None,
        high=_with(track.high, late, in_core) if track.high else None,
    )


def _with(anchor: Anchor, late: Sequence[str], in_core: int) -> Anchor:
    return Anchor(anchor.core + in_core, anchor.members.union(late), anchor.identifiers)


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
        if _is_still_there(week, week.tracks[track_id]):
            continue
        verdict = causes.dissolved(track, week.changes, week.rule)
        if verdict.is_explained or is_over:
            _dissolve(week, track, verdict)


def _is_still_there(week: Week, track: Track) -> bool:
    """Whether so much of a lost track still shares identifiers that it only shrank; then that is told.

    What is left is too little for the clusterer and stays dormant, for as long as it is there: should it
    grow again, it is the same cluster.
    """
    held = _still_shared(week, track)
    least = max(
        week.settings.visibility.tracked_size, week.settings.remnant_share * len(track.members)
    )
    if len(held) < least:
        return False
    lost = tuple(sorted(track.members.keys() - held.keys()))
    high = max(len(track.members), track.highest.core)
    if high - len(held) < _limit(week, high):
        return True
    verdict = causes.shrank(lost, track, week.changes, week.rule)
    if not verdict.is_explained:
        return True
    week.events.append(
        Event(EventKind.SHRANK, week.as_of, (track.id,), lost=lost, causes=verdict.links)
    )
    identifiers = frozenset[str]().union(*held.values())
    members = {merchant: track.members[merchant] for merchant in held}
    week.tracks[track.id] = replace(track, members=members, identifiers=identifiers, core=len(held))
    week.anchor(track.id, Anchor(len(held), frozenset(held), identifiers))
    return True


def _still_shared(week: Week, track: Track) -> dict[str, frozenset[str]]:
    """Members with what they hold of the track's identifiers, of those that another member holds too.

    An identifier that too many hold by now says nothing any more.
    """
    owned = track.identifiers | track.anchor.identifiers
    still_open = track.members.keys() - week.current.closed_merchants
    held = {name: all_ & owned for name, all_ in held_by(week.current, still_open).items()}
    inside = Counter(identifier for some in held.values() for identifier in some)
    shared = [identifier for identifier, count in inside.items() if count > 1]
    most = week.settings.remnant_holders
    rare = frozenset(name for name in shared if week.holders(name) <= most)
    return {name: some & rare for name, some in held.items() if some & rare}


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
