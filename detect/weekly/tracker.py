"""One week forward: which clusters are which, what happened to them, and what may be said of it.

The order matters. Fronts are matched to tracks; lost tracks inside another's front have merged;
unmatched fronts are rebirths, splits or births; then sizes are compared with what was last
announced; what is still lost is waited for and at last dissolved.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from detect.weekly.alarms import watch
from detect.weekly.appearing import appear, newcomers
from detect.weekly.changes import WeekChange, difference, recall
from detect.weekly.events import Event, EventKind
from detect.weekly.joining import absorbed, come_apart, join
from detect.weekly.judged import with_judgements
from detect.weekly.leaving import lose, resize
from detect.weekly.matching import assign, overlaps
from detect.weekly.newly_linked import NewlyLinked, newly_linked
from detect.weekly.settings import DEFAULT_SETTINGS, TrackerSettings
from detect.weekly.snapshot import Snapshot, SnapshotMismatchError
from detect.weekly.tracks import TrackerState, TrackStatus
from detect.weekly.week import Week


@dataclass(frozen=True, slots=True)
class WeekOutcome:
    """One followed week: the state to keep, what happened, and who became linked."""

    state: TrackerState
    events: tuple[Event, ...]
    alerts: tuple[NewlyLinked, ...]


def follow(
    state: TrackerState,
    previous: Snapshot | None,
    current: Snapshot,
    settings: TrackerSettings = DEFAULT_SETTINGS,
) -> WeekOutcome:
    """`advance`, then the newly-linked alerts: everything of one week in one call."""
    after, events = advance(state, previous, current, settings)
    after, alerts = newly_linked(state, after, current, events, settings)
    return WeekOutcome(after, tuple(events), tuple(alerts))


def advance(
    state: TrackerState,
    previous: Snapshot | None,
    current: Snapshot,
    settings: TrackerSettings = DEFAULT_SETTINGS,
) -> tuple[TrackerState, list[Event]]:
    """The state after this week, and its events in a fixed order.

    An unchanged snapshot gives back the very state and no events: no clock moves. The first week
    ever announces nothing; its clusters are BORN with `is_baseline`. Raises SnapshotMismatchError
    when `previous` is not the snapshot that `state` was made from.
    """
    if state.digest is None:
        return _baseline(state, current, settings)
    if current.digest == state.digest:
        return state, []
    if previous is None or previous.digest != state.digest:
        raise SnapshotMismatchError(expected=state.digest)
    alarms, hold_until = watch(state, previous, current, settings)
    clock = state.clock + 1
    memory = max(settings.cause.window_weeks, settings.cause.bridge_window_weeks)
    links = difference(previous, current, settings.history_holders)
    links = with_judgements(links, previous, current)
    history = (*state.history, WeekChange(clock, current.as_of, links))[-memory:]
    begun = replace(
        state,
        digest=current.digest,
        as_of=current.as_of,
        clock=clock,
        history=history,
        alarms=alarms,
        hold_until=hold_until,
    )
    week = Week(begun, current, settings, recall(history, current.closed_merchants))
    return _run(week)


def _baseline(
    state: TrackerState, current: Snapshot, settings: TrackerSettings
) -> tuple[TrackerState, list[Event]]:
    begun = replace(state, digest=current.digest, as_of=current.as_of)
    week = Week(begun, current, settings, recall((), current.closed_merchants))
    for at, front in enumerate(week.fronts):
        status = TrackStatus.ACTIVE if front.is_visible else TrackStatus.PENDING
        track = week.open_track(at, status, ())
        if front.is_visible:
            week.events.append(
                Event(
                    EventKind.BORN,
                    current.as_of,
                    (track.id,),
                    gained=tuple(sorted(front.members)),
                    oldest_record=front.oldest_record,
                    is_baseline=True,
                    is_oversize=front.is_oversize,
                )
            )
    return week.finish()


def _run(week: Week) -> tuple[TrackerState, list[Event]]:
    """Take every step of the week."""
    week.pairs = overlaps(week.before.values(), week.fronts, week.settings.match)
    living = {
        at: {
            track_id: overlap
            for track_id, overlap in by_track.items()
            if not week.is_gone(track_id)
        }
        for at, by_track in week.pairs.items()
    }
    week.track_of = assign(living, week.before, week.settings.match)
    lost = absorbed(week)
    come_apart(week)
    new = newcomers(week)
    join(week, lost)
    appear(week, new)
    resize(week)
    lose(week)
    return week.finish()
