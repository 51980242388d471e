"""Small worlds for the weekly tests: say who holds what, and read the week."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from detect.network.clustering import Clustering, from_labels
from detect.network.corroboration import cluster
from detect.network.incidence import Incidence, LinkKind, build
from detect.weekly.changes import EPOCH
from detect.weekly.events import Event, EventKind
from detect.weekly.newly_linked import NewlyLinked
from detect.weekly.settings import DEFAULT_SETTINGS, TrackerSettings
from detect.weekly.snapshot import Snapshot, take
from detect.weekly.tracker import follow
from detect.weekly.tracks import TrackerState, TrackStatus

FIRST = date(2026, 1, 5)
KINDS = {name: LinkKind(name, 0.6, name) for name in ("address", "bank", "device", "phone")}
OLD = FIRST - timedelta(days=365)


@dataclass
class Scene:
    """Links that can be added and cut, and merchants that close."""

    links: dict[tuple[str, str, str], date] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    week: int = 0

    def hold(
        self, merchants: Iterable[str], identifiers: Iterable[str], since: date | None = None
    ) -> None:
        """Every merchant holds every identifier; the kind is the name up to the first hyphen."""
        day = since or (FIRST + timedelta(weeks=self.week) if self.week else OLD)
        wanted = list(identifiers)
        for merchant in merchants:
            for identifier in wanted:
                self.links[merchant, identifier, identifier.split("-")[0]] = day

    def drop(self, merchants: Iterable[str], identifiers: Iterable[str] | None = None) -> None:
        """The merchants give up these identifiers, or all of theirs."""
        names, wanted = set(merchants), None if identifiers is None else set(identifiers)
        self.links = {
            key: day
            for key, day in self.links.items()
            if key[0] not in names or (wanted is not None and key[1] not in wanted)
        }

    def close(self, merchants: Iterable[str]) -> None:
        """The merchants close and leave the graph."""
        names = list(merchants)
        self.drop(names)
        self.closed.update(names)

    def ring(self, name: str, size: int) -> tuple[list[str], list[str]]:
        """`size` (at most 18) merchants that all hold the four identifiers of the ring."""
        members = [f"{name}{at:02d}" for at in range(size)]
        identifiers = [f"{kind}-{name}" for kind in KINDS]
        self.hold(members, identifiers)
        return members, identifiers

    def noise(self) -> None:
        """A change that concerns nobody."""
        self.hold([f"zz-bystander{self.week:03d}"], [f"phone-bystander{self.week:03d}"])

    def incidence(self, order: Sequence[int] | None = None) -> Incidence:
        """The links, fed in any order."""
        entries = list(self.links.items())
        if order is not None:
            entries = [entries[at] for at in order]
        columns: dict[LinkKind, tuple[list[str], list[str], list[int]]] = {}
        for (merchant, identifier, kind), day in entries:
            who, what, when = columns.setdefault(KINDS[kind], ([], [], []))
            who.append(merchant)
            what.append(identifier)
            when.append((day - EPOCH).days)
        return build(columns)

    def snapshot(self, groups: Mapping[str, int] | None = None) -> Snapshot:
        """This week as seen, then one week on. `groups` overrules the clusterer."""
        incidence = self.incidence()
        found = cluster(incidence) if groups is None else grouped(incidence, groups)
        seen = take(FIRST + timedelta(weeks=self.week), incidence, found, self.closed)
        self.week += 1
        return seen


def grouped(incidence: Incidence, groups: Mapping[str, int]) -> Clustering:
    """A clustering that says what the test wants."""
    raw = np.array([groups.get(name, -1) for name in incidence.merchants], np.int64)
    return from_labels(incidence, raw, min_members=1, cap=20)


def together(*groups: Iterable[str]) -> dict[str, int]:
    """What `Scene.snapshot` takes: each of these is a cluster, and there are no others."""
    return {name: at for at, group in enumerate(groups) for name in group}


@dataclass
class Story:
    """Weeks followed so far."""

    settings: TrackerSettings = DEFAULT_SETTINGS
    state: TrackerState = field(default_factory=TrackerState)
    last: Snapshot | None = None
    alerts: list[NewlyLinked] = field(default_factory=list)

    def tell(self, snapshot: Snapshot) -> list[Event]:
        """Follow one week; returns its events, unannounced ones too."""
        outcome = follow(self.state, self.last, snapshot, self.settings)
        self.state, self.last = outcome.state, snapshot
        self.alerts = list(outcome.alerts)
        return list(outcome.events)

    def id_of(self, merchant: str) -> str:
        """The active track the merchant is in."""
        found = [
            track.id
            for track in self.state.tracks.values()
            if track.status is TrackStatus.ACTIVE and merchant in track.members
        ]
        assert len(found) == 1, (merchant, found)
        return found[0]


def announced(events: Iterable[Event]) -> list[EventKind]:
    """The kinds that anybody is told of."""
    return [event.kind for event in events if event.is_announced]


def present(story: Story) -> Snapshot:
    """The snapshot told last."""
    assert story.last is not None
    return story.last
