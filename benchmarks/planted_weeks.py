"""How well clusters are followed from week to week, on worlds whose every change is planted.

`run` makes worlds, lets the tracker follow them, and scores what it announced. Recall is given over
all planted events and over those whose rings the clustering showed, because a tracker cannot see
what the clusterer does not. Run it with `python -m benchmarks.planted_weeks medium 20000 11 12`.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.planted_weeks_figures import Figures, week_kind
from benchmarks.planted_weeks_life import Life
from benchmarks.planted_weeks_world import (
    Planted,
    PlantedEvent,
    World,
    day_of,
)
from benchmarks.planted_world import LEVELS
from detect.network.clustering import Clustering
from detect.network.corroboration import cluster
from detect.network.incidence import Incidence
from detect.weekly.events import Event, EventKind
from detect.weekly.explanation import explain
from detect.weekly.matching import fronts
from detect.weekly.newly_linked import NewlyLinked
from detect.weekly.settings import DEFAULT_SETTINGS, TrackerSettings
from detect.weekly.snapshot import Snapshot, take
from detect.weekly.tracker import follow
from detect.weekly.tracks import TrackerState, TrackStatus

GRACE_WEEKS = 4  # an event may be announced this long after it is knowable
SEEN_JACCARD = 0.5
SET_ASIDE_SHARE = 0.2
PLANTED_AS = {
    Planted.BORN: EventKind.BORN,
    Planted.GREW: EventKind.GREW,
    Planted.GREW_SLOW: EventKind.GREW,
    Planted.SHRANK: EventKind.SHRANK,
    Planted.MERGED: EventKind.MERGED,
    Planted.SPLIT: EventKind.SPLIT,
    Planted.DISSOLVED: EventKind.DISSOLVED,
    Planted.REBORN: EventKind.REBORN,
}


def run(
    level: str,
    merchants: int,
    seeds: Iterable[int],
    weeks: int = 26,
    *,
    settings: TrackerSettings = DEFAULT_SETTINGS,
    engine: Callable[[Incidence], Clustering] = cluster,
) -> dict[str, float | int]:
    """Follow one world per seed for `weeks` weeks and score it; see `Figures.report`."""
    figures = Figures()
    for seed in seeds:
        world = World(LEVELS[level], merchants, seed)
        life = Life(world)
        for week in range(1, weeks):
            life.step(week)
        Judge(world, figures, weeks).follow(settings, engine)
    return figures.report()


@dataclass(frozen=True, slots=True)
class Seen:
    """One week as followed: the states around it and what was said."""

    week: int
    before: TrackerState
    after: TrackerState
    events: Sequence[Event]
    alerts: Sequence[NewlyLinked]


class Judge:
    """Follows one world and compares what is announced with what was planted."""

    def __init__(self, world: World, figures: Figures, weeks: int) -> None:
        self.world = world
        self.figures = figures
        self.weeks = weeks
        self.truth = [world.groups(week) for week in range(weeks)]
        self.best: list[dict[int, tuple[float, int]]] = []  # per week: group -> jaccard, cluster
        self.labels: list[NDArray[np.int64]] = []
        self.ids: dict[int, list[str]] = {}
        self.anchored: dict[str, int] = {}
        self.pending = [event for event in world.events if event.week < weeks]
        self.matched: set[int] = set()
        self.wrong_log: list[tuple[int, Event, int]] = []

    def follow(self, settings: TrackerSettings, engine: Callable[[Incidence], Clustering]) -> None:
        """Take every week in turn, then count."""
        state, previous = TrackerState(), None
        seen = []
        for week in range(self.weeks):
            begun = time.process_time()
            incidence = self.world.incidence(week)
            made = time.process_time()
            clustering = engine(incidence)
            clustered = time.process_time()
            snapshot = take(day_of(week), incidence, clustering, self.world.closed(week))
            outcome = follow(state, previous, snapshot, settings)
            done = time.process_time()
            if week:
                self.figures.weeks += 1
                self.figures.cpu_s["world"] += made - begun
                self.figures.cpu_s["cluster"] += clustered - made
                self.figures.cpu_s["track"] += done - clustered
            seen.append(Seen(week, state, outcome.state, outcome.events, outcome.alerts))
            self._look(week, snapshot, outcome.state, settings)
            for event in outcome.events:
                if event.kind is EventKind.MERGED:
                    self._explain((state, outcome.state), event, snapshot, engine)
            state, previous = outcome.state, snapshot
        for one in seen[1:]:
            self._judge_week(one)
        self._judge_alerts(seen[1:])
        self._count_events()
        self._count_ids()

    # Truth --------------------------------------------------------------------------------------

    def _look(
        self, week: int, snapshot: Snapshot, state: TrackerState, settings: TrackerSettings
    ) -> None:
        """Which cluster shows each group best, and under which track id."""
        label = np.full(self.world.merchant_count, -1, np.int64)
        where = np.array([merchant_number(name) for name in snapshot.incidence.merchants])
        label[where] = snapshot.clustering.label
        self.labels.append(label)
        truth = self.truth[week]
        both = (label >= 0) & (truth >= 0)
        pairs, common = np.unique(np.stack([truth[both], label[both]]), axis=1, return_counts=True)
        group_size = dict(zip(*np.unique(truth, return_counts=True), strict=True))
        cluster_size = np.bincount(label[label >= 0])
        best: dict[int, tuple[float, int]] = {}
        for (group, number), shared in zip(pairs.T.tolist(), common.tolist(), strict=True):
            jaccard = shared / (group_size[group] + cluster_size[number] - shared)
            best[group] = max(best.get(group, (0.0, -1)), (jaccard, number))
        self.best.append(best)
        track_of = {
            merchant_number(name): track.id
            for track in state.tracks.values()
            if track.status is TrackStatus.ACTIVE
            for name in track.members
        }
        for group in self.world.rings:
            jaccard, number = best.get(group, (0.0, -1))
            if jaccard >= SEEN_JACCARD:
                inside = Counter(
                    track_of[at]
                    for at in np.flatnonzero(label == number).tolist()
                    if at in track_of
                )
                if inside:
                    self.ids.setdefault(group, []).append(inside.most_common(1)[0][0])
        visible = sum(front.is_visible for front in fronts(snapshot, settings))
        if week:
            self.figures.visible_clusters[week_kind(week)] += visible

    def _majority(self, names: Iterable[str], week: int) -> int:
        numbers = np.array([merchant_number(name) for name in names], np.int64)
        groups = self.truth[max(week, 0)][numbers]
        inside = Counter(groups[groups >= 0].tolist())
        if not inside:
            return -1
        group, count = inside.most_common(1)[0]
        return int(group) if 2 * count >= numbers.size else -1

    def _shown(self, group: int, week: int) -> bool:
        week = min(max(week, 0), self.weeks - 1)
        return bool(self.best[week].get(group, (0.0, -1))[0] >= SEEN_JACCARD)

    def _is_visible(self, event: PlantedEvent) -> bool:
        before, after = event.week - 1, event.known
        one, other = event.rings[0], event.rings[-1]
        if event.kind in (Planted.BORN, Planted.REBORN):
            return self._shown(one, after)
        if event.kind is Planted.DISSOLVED:
            return self._shown(one, before)
        if event.kind is Planted.SPLIT:
            return all(
                (self._shown(one, before), self._shown(one, after), self._shown(other, after))
            )
        if event.kind is Planted.MERGED:
            is_joined = self._are_joined(one, other, event)
            return self._shown(one, before) and self._shown(other, before) and is_joined
        return self._shown(one, before) and self._shown(one, after)

    def _are_joined(self, one: int, other: int, event: PlantedEvent) -> bool:
        truth = self.truth[event.week - 1]
        for week in range(event.week, min(event.known + GRACE_WEEKS, self.weeks - 1) + 1):
            share = []
            for group in (one, other):
                label = self.labels[week][truth == group]
                count = np.bincount(label[label >= 0], minlength=int(self.labels[week].max()) + 1)
                share.append(count / max(label.size, 1))
            if (np.minimum(share[0], share[1]) >= 0.4).any():
                return True
        return False

    def _explain(
        self,
        states: tuple[TrackerState, TrackerState],
        event: Event,
        snapshot: Snapshot,
        engine: Callable[[Incidence], Clustering],
    ) -> None:
        """Explain a true merge of two and compare with the links that were planted."""
        before, after = states
        one, other = (before.tracks[track_id] for track_id in event.tracks[:2])
        week = (snapshot.as_of - day_of(0)).days // 7
        sides = [self._side(side.members, week) for side in (one, other)]
        planted = self.world.bridging_links(
            (sides[0], sides[1]), week
        ) or self.world.bridging_links((sides[1], sides[0]), week)
        if not planted:
            return
        begun = time.process_time()
        found = explain((one, other), snapshot, after.history, engine)
        told = self.figures.explained
        told["cpu_s"] += time.process_time() - begun
        shown = {(link.merchant, link.identifier) for link in found.bridging.links}
        told["merges"] += 1
        told["bridging_verified"] += found.bridging.verified
        told["cut_verified"] += found.cut.verified
        told["equals_planted"] += shown == planted
        told["links"] += len(shown)
        told["planted"] += len(planted)
        told["right"] += len(shown & planted)

    def _side(self, names: Iterable[str], week: int) -> int:
        """The ring that most of the names were in before they were last seen to merge."""
        for back in range(1, GRACE_WEEKS + 2):
            group = self._majority(names, week - back)
            if group >= 0 and any(group in pair for pair in self.world.bridges):
                return group
        return -1

    # Judging ------------------------------------------------------------------------------------

    def _judge_week(self, seen: Seen) -> None:
        kind = week_kind(seen.week)
        for event in seen.events:
            if not event.is_announced:
                self.figures.regrouped += event.kind is EventKind.REGROUPED
                continue
            self.figures.announced_in[kind] += 1
            planted = self._find(event, seen)
            if planted is not None:
                self.matched.add(planted)
                self.figures.right[event.kind] += 1
                self.figures.same_week += seen.week <= max(
                    self.pending[planted].known, self.pending[planted].week
                )
            elif self._is_background(event, seen):
                self.figures.set_aside += 1
            else:
                self.figures.wrong[event.kind] += 1
                self.figures.wrong_in[kind] += 1
                self.wrong_log.append((seen.week, event, self._subject(event, seen)))
            for track_id in event.tracks:
                self.anchored[track_id] = seen.week

    def _find(self, event: Event, seen: Seen) -> int | None:
        for at, planted in enumerate(self.pending):
            is_due = planted.week <= seen.week <= planted.known + GRACE_WEEKS
            if not is_due or at in self.matched or PLANTED_AS[planted.kind] is not event.kind:
                continue
            if self._agrees(event, planted, seen):
                return at
        return None

    def _agrees(self, event: Event, planted: PlantedEvent, seen: Seen) -> bool:
        was = planted.week - 1
        if event.kind is EventKind.DISSOLVED:
            return self._majority(event.lost, was) == planted.rings[0]
        if event.kind is EventKind.MERGED:
            sides = {
                self._majority(seen.before.tracks[track_id].members, was)
                for track_id in event.tracks
            }
            return sides >= set(planted.rings)
        if event.kind is EventKind.SPLIT:
            halves = {
                self._majority(seen.after.tracks[track_id].members, seen.week)
                for track_id in event.tracks
            }
            return halves == set(planted.rings)
        return planted.rings[0] in {
            self._majority(seen.after.tracks[event.tracks[0]].members, week)
            for week in (seen.week, was)
        }

    def _subject(self, event: Event, seen: Seen) -> int:
        track = seen.after.tracks.get(event.tracks[0])
        names = (
            event.lost if event.kind is EventKind.DISSOLVED else (track.members if track else ())
        )
        return self._majority(names, seen.week - 1)

    def _is_background(self, event: Event, seen: Seen) -> bool:
        if event.kind not in (EventKind.GREW, EventKind.SHRANK, EventKind.DISSOLVED):
            return False
        group = self._subject(event, seen)
        since = self.anchored.get(event.tracks[0], 0)
        changed = sum(
            1 for week, other in self.world.churned if other == group and since < week <= seen.week
        )
        size = int((self.truth[since] == group).sum())
        return group >= 0 and changed >= SET_ASIDE_SHARE * max(size, 1)

    def _judge_alerts(self, seen: Sequence[Seen]) -> None:
        merges = [event for event in self.pending if event.kind is Planted.MERGED]
        found: set[int] = set()
        for one in seen:
            for alert in one.alerts:
                self.figures.alerts["all"] += 1
                self.figures.alerts[week_kind(one.week)] += 1
                for at, merge in enumerate(merges):
                    is_due = merge.week <= one.week <= merge.known + GRACE_WEEKS
                    sides = {
                        self._majority(one.before.tracks[side].members, merge.week - 1)
                        for side in (alert.a, alert.b)
                    }
                    if is_due and at not in found and sides == set(merge.rings):
                        found.add(at)
                        self.figures.alerts["right"] += 1
                        break
        self.figures.alerts["merges"] += len(merges)
        self.figures.alerts["found"] += len(found)

    def _count_events(self) -> None:
        for at, event in enumerate(self.pending):
            is_visible = self._is_visible(event)
            self.figures.events[event.kind] += 1
            self.figures.visible[event.kind] += is_visible
            self.figures.found[event.kind] += at in self.matched
            self.figures.found_visible[event.kind] += is_visible and at in self.matched

    def _count_ids(self) -> None:
        touched = {ring for event in self.pending for ring in event.rings}
        for ring, ids in self.ids.items():
            if len(ids) >= 20:
                name = "changed" if ring in touched else "quiet"
                self.figures.followed[name] += 1
                self.figures.one_id[name] += len(set(ids)) == 1


def merchant_number(name: str) -> int:
    """The number in a made-up merchant's name."""
    return int(name[1:])


if __name__ == "__main__":
    chosen, count, *given = sys.argv[1:]
    for key, value in run(chosen, int(count), [int(seed) for seed in given]).items():
        sys.stdout.write(f"{key:28} {value:.3f}\n")
