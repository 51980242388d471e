"""Clusters that became linked this week, without waiting for them to merge.

Two clusters are newly linked when a merchant of one now holds at least two identifiers that the
other owned last week, one of them since this week; or when a merchant of neither does so with both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations

from detect.weekly.changes import ChangedLink, new_this_week
from detect.weekly.events import Event, EventKind
from detect.weekly.settings import DEFAULT_SETTINGS, TrackerSettings
from detect.weekly.snapshot import Snapshot, held_by
from detect.weekly.tracks import Track, TrackerState, TrackStatus, link_to_list

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class NewlyLinked:
    """Tracks `a` < `b` became linked; `links` are the new links that bridge them.

    `merged` says that the two also became one cluster this week.
    """

    a: str
    b: str
    links: tuple[ChangedLink, ...]
    as_of: date
    merged: bool

    def to_dict(self) -> dict[str, object]:
        """Plain JSON types."""
        return {
            "a": self.a,
            "b": self.b,
            "links": [link_to_list(link) for link in self.links],
            "as_of": self.as_of.isoformat(),
            "merged": self.merged,
        }


def newly_linked(
    before: TrackerState,
    after: TrackerState,
    current: Snapshot,
    events: Sequence[Event],
    settings: TrackerSettings = DEFAULT_SETTINGS,
) -> tuple[TrackerState, list[NewlyLinked]]:
    """Alerts of this week, sorted by pair, and the state that remembers them.

    `before` and `after` are the states around `tracker.advance`, `events` what it returned. A pair
    is alerted once in `alert_rest_days`; an unchanged week (or the first) alerts nothing.
    """
    if before.digest is None or after.digest == before.digest:
        return after, []
    new = new_this_week(after.history)
    found = {pair: set(links) for pair, links in _bridges(before, current, new, settings).items()}
    joined: set[Pair] = set()
    for event in events:
        if event.kind is EventKind.MERGED:
            for pair in _sides(event, before):
                joined.add(pair)
                found.setdefault(pair, set()).update(event.causes)
    alerts = [
        NewlyLinked(*pair, tuple(sorted(links)), current.as_of, pair in joined)
        for pair, links in sorted(found.items())
        if _is_due(after.alerted.get(pair), current.as_of, settings)
    ]
    alerted = {
        pair: day
        for pair, day in after.alerted.items()
        if not _is_due(day, current.as_of, settings)
    }
    alerted |= {(alert.a, alert.b): current.as_of for alert in alerts}
    return replace(after, alerted=dict(sorted(alerted.items()))), alerts


def _is_due(last: date | None, as_of: date, settings: TrackerSettings) -> bool:
    return last is None or (as_of - last).days >= settings.alert_rest_days


def _sides(event: Event, before: TrackerState) -> list[Pair]:
    """Pairs of merged sides that a cause ties together (with two sides, the one pair)."""
    pairs = list(combinations(sorted(event.tracks), 2))
    if len(event.tracks) == 2:
        return pairs
    return [(a, b) for a, b in pairs if _is_tied(before.tracks[a], before.tracks[b], event)]


def _is_tied(one: Track, other: Track, event: Event) -> bool:
    return any(
        (link.merchant in side.members and link.identifier in target.identifiers)
        for link in event.causes
        for side, target in ((one, other), (other, one))
    )


def _bridges(
    before: TrackerState,
    current: Snapshot,
    new: Mapping[str, list[ChangedLink]],
    settings: TrackerSettings,
) -> dict[Pair, set[ChangedLink]]:
    shown = [track for track in before.tracks.values() if track.status is TrackStatus.ACTIVE]
    home = {merchant: track.id for track in shown for merchant in track.members}
    owners: dict[str, list[str]] = {}
    for track in shown:
        for identifier in track.identifiers:
            owners.setdefault(identifier, []).append(track.id)
    concerned = {
        merchant: links
        for merchant, links in new.items()
        if any(set(owners.get(link.identifier, ())) - {home.get(merchant)} for link in links)
    }
    found: dict[Pair, set[ChangedLink]] = {}
    for merchant, identifiers in held_by(current, concerned).items():
        touched: dict[str, set[str]] = {}
        for identifier in identifiers:
            for owner in owners.get(identifier, ()):
                touched.setdefault(owner, set()).add(identifier)
        held = {
            track_id: owned
            for track_id, owned in touched.items()
            if len(owned) >= settings.alert_identifiers and track_id != home.get(merchant)
        }
        fresh = {
            track_id: {link for link in concerned[merchant] if link.identifier in owned}
            for track_id, owned in held.items()
        }
        for pair, links in _pairs(home.get(merchant), fresh):
            found.setdefault(pair, set()).update(links)
    return found


def _pairs(
    home: str | None, fresh: Mapping[str, set[ChangedLink]]
) -> Iterable[tuple[Pair, set[ChangedLink]]]:
    """The pairs one merchant links, with its new links to them."""
    if home is not None:
        for track_id, links in fresh.items():
            if links:
                yield (min(home, track_id), max(home, track_id)), links
        return
    for a, b in combinations(sorted(fresh), 2):
        if fresh[a] or fresh[b]:
            yield (a, b), fresh[a] | fresh[b]
