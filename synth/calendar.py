"""Which week brings what: events, background change only, nothing at all, or a broken feed."""

from __future__ import annotations

from enum import StrEnum


class WeekKind(StrEnum):
    """What a week's tables bring."""

    EVENTS = "events"
    CHURN = "churn"
    QUIET = "quiet"
    OUTAGE = "outage"
    RESTORE = "restore"


_PERIOD = 26
_LONG = 13
_QUIET = frozenset({6, 13, 20})
_CHURN = frozenset({3, 10, 17, 23, 24, 25, 0})
_OUTAGE, _RESTORE = 21, 22


def calendar(weeks: int) -> tuple[WeekKind, ...]:
    """Kinds of weeks 1..`weeks` (26 weeks as in the tracking study, §2; shorter ones keep one of each
    kind that fits). The last week always has events, so that there is something to tell."""
    if weeks < _LONG:
        return _short(weeks)
    kinds = [_long(week % _PERIOD) for week in range(1, weeks + 1)]
    if kinds[-1] is WeekKind.RESTORE:
        kinds[-2] = WeekKind.CHURN
    kinds[-1] = WeekKind.EVENTS
    return tuple(kinds)


def _long(week: int) -> WeekKind:
    if week in _QUIET:
        return WeekKind.QUIET
    if week in _CHURN:
        return WeekKind.CHURN
    if week == _OUTAGE:
        return WeekKind.OUTAGE
    return WeekKind.RESTORE if week == _RESTORE else WeekKind.EVENTS


def _short(weeks: int) -> tuple[WeekKind, ...]:
    kinds = [WeekKind.EVENTS] * weeks
    if weeks >= 4:
        kinds[-2] = WeekKind.QUIET
    if weeks >= 5:
        kinds[2] = WeekKind.CHURN
    return tuple(kinds)
