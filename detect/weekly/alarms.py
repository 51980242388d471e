"""Feed alarms: a kind of link that falls suddenly is a failed feed until it stays away.

Without this an outage that loses a seventh of two kinds reads as dozens of dissolutions, and its
repair as dozens of births.
"""

from __future__ import annotations

from detect.weekly.changes import links_per_kind
from detect.weekly.settings import TrackerSettings
from detect.weekly.snapshot import Snapshot
from detect.weekly.tracks import FeedAlarm, TrackerState


def watch(
    state: TrackerState, previous: Snapshot, current: Snapshot, settings: TrackerSettings
) -> tuple[tuple[FeedAlarm, ...], int]:
    """Open alarms and the last held clock after this changed week (`state.clock` + 1).

    A new alarm holds its week and the next; an open one holds on until the feed is back or
    `alarm_max_weeks` have passed. Links of merchants that closed this week are not missed.
    """
    clock = state.clock + 1
    just_closed = current.closed_merchants - previous.closed_merchants
    # What merchants judged to be one held in common became one link; that is no feed that failed.
    fold = current.fold.representative
    before = links_per_kind(previous.incidence, just_closed, fold)
    now = links_per_kind(current.incidence)
    hold_until = state.hold_until
    opened = {alarm.kind: alarm for alarm in state.alarms}
    alarms = []
    for kind in sorted({*before, *opened}):
        count = now.get(kind, 0)
        alarm = opened.get(kind)
        if alarm is None:
            alarm = FeedAlarm(kind, before[kind], count, clock)
        has_expired = clock - alarm.since_clock >= settings.alarm_max_weeks
        if has_expired or not _is_missing(alarm.links_before, count, settings):
            continue
        alarms.append(FeedAlarm(kind, alarm.links_before, count, alarm.since_clock))
        hold_until = clock + 1
    return tuple(alarms), hold_until


def _is_missing(links_before: int, links_now: int, settings: TrackerSettings) -> bool:
    fallen = links_before - links_now
    return fallen >= settings.alarm_links and fallen > settings.alarm_share * links_before
