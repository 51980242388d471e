"""Clusters that became one, and merged ones that came apart again."""

from __future__ import annotations

from dataclasses import replace

from detect.weekly import causes
from detect.weekly.causes import Verdict
from detect.weekly.events import EventKind
from detect.weekly.tracks import Track, TrackStatus
from detect.weekly.week import Week

_LIVE = (TrackStatus.ACTIVE, TrackStatus.PENDING, TrackStatus.DORMANT)


def absorbed(week: Week) -> dict[int, list[str]]:
    """Lost tracks by the front that holds most of them, where another track has that front."""
    found: dict[int, list[str]] = {}
    matched = set(week.track_of.values())
    best: dict[str, tuple[float, int]] = {}
    for at, by_track in week.pairs.items():
        for track_id, overlap in by_track.items():
            bid = (overlap.absorbed, -at)
            if at in week.track_of and bid > best.get(track_id, (0.0, 0)):
                best[track_id] = bid
    for track_id in sorted(set(best) - matched):
        share, at = best[track_id]
        is_live = week.before[track_id].status in _LIVE
        if is_live and share >= week.settings.match.absorbed_share:
            found.setdefault(-at, []).append(track_id)
    for at, others in found.items():
        _let_largest_live_on(week, at, others)
    return found


def _let_largest_live_on(week: Week, at: int, others: list[str]) -> None:
    """Of shown tracks that became one, the one with most merchants keeps its name; of equals the oldest.

    One that fell apart, of which much happens to be here, is none of them.
    """
    survivor = week.track_of[at]
    shown = [
        each
        for each in (survivor, *others)
        if week.before[each].is_shown
        and week.before[each].status is TrackStatus.ACTIVE
        and not _fell_apart(week, week.before[each])
    ]
    if survivor not in shown:
        return
    largest = min(shown, key=lambda each: (-len(week.before[each].members), each))
    if largest != survivor:
        others[others.index(largest)] = survivor
        week.track_of[at] = largest


def join(week: Week, absorbed: dict[int, list[str]]) -> None:
    """Settle merges: one event with all the sides that records tie, one log line for the rest."""
    if week.state.is_held:
        return
    for at, others in sorted(absorbed.items()):
        survivor = week.before[week.track_of[at]]
        shown = [track_id for track_id in others if week.before[track_id].is_shown]
        for track_id in set(others) - set(shown):
            del week.tracks[track_id]  # never shown: growth of the survivor, nothing more
        if not shown:
            continue
        sides = [survivor, *(week.before[track_id] for track_id in shown)]
        verdicts = {
            side.id: _bridged(week, side, sides) for side in sides if side.id != survivor.id
        }
        shown = [
            each
            for each in shown
            if verdicts[each].is_explained or not _fell_apart(week, week.before[each])
        ]
        verdicts = {each: verdicts[each] for each in shown}
        if not shown:
            continue
        for is_explained in (True, False):
            ids = [key for key, found in verdicts.items() if found.is_explained is is_explained]
            links = {link for key in ids for link in verdicts[key].links}
            if ids:
                verdict = Verdict(is_explained, tuple(sorted(links)))
                week.tell(EventKind.MERGED, (survivor.id, *ids), week.fronts[at], verdict)
        for track_id in shown:
            week.tracks[track_id] = replace(
                week.tracks[track_id],
                status=TrackStatus.MERGED,
                merged_into=survivor.id,
                is_merge_announced=verdicts[track_id].is_explained,
                lost_at=week.state.clock,
            )
        week.settle(at, survivor.id)


def come_apart(week: Week) -> None:
    """Fronts that match a merged track: it left the one it was merged into."""
    for at, track_id in sorted(week.track_of.items()):
        track, front = week.before[track_id], week.fronts[at]
        if track.status is not TrackStatus.MERGED:
            continue
        parent = week.host_of(track_id)
        if week.state.is_held:
            del week.track_of[at]
            week.settled.add(track_id)
            continue
        if parent:
            verdict = causes.split(week.before[parent], front, week.changes, week.rule)
            if track.is_merge_announced or verdict.is_explained:
                week.tell(EventKind.SPLIT, (parent, track_id), front, verdict)
                week.settle_own(parent)
        week.settle(at, track_id)


def _fell_apart(week: Week, track: Track) -> bool:
    """Whether it is dissolved by its own records, wherever its members turn up."""
    return causes.dissolved(track, week.changes, week.rule).is_explained


def _bridged(week: Week, side: Track, sides: list[Track]) -> Verdict:
    """Whether new records tie the side to any other side."""
    found = [
        causes.merged(side, other, week.changes, week.rule)
        for other in sides
        if other.id != side.id
    ]
    links = sorted({link for verdict in found for link in verdict.links})
    return Verdict(any(verdict.is_explained for verdict in found), tuple(links))
