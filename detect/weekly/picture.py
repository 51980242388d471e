"""What a run sees of the store on a day: the links, the clusters in them, and detectors under way."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import date

from detect.detectors import DETECTORS
from detect.network import engines
from detect.network.clustering import Clustering
from detect.network.fragility import Rule, Studied, rules_of
from detect.network.incidence import Incidence
from detect.network.published import Found, PublishedCluster, describe
from detect.network.reading import read_closed_merchants, read_incidence
from detect.run import begin_detectors
from detect.weekly.explanation import Recluster
from detect.weekly.flags import cluster_id
from detect.weekly.snapshot import Snapshot, take
from detect.weekly.tracks import TrackerState, TrackStatus
from graph.model.findings import Finding
from graph.store.judgements import read_fold
from graph.store.naming import Namer
from graph.store.projection import read_hubs
from graph.store.session import Store

Progress = Callable[[str], None]

#: Detectors that are running; calling it waits for what they find.
Judging = Callable[[None], list[Finding]]

#: Detectors that are told the clusters, so they run when these are known.
AFTER_CLUSTERS = frozenset({"D18"})


@dataclass(frozen=True, slots=True)
class Picture:
    """The hubs, the snapshot of links and clusters, the detectors under way, and the engine's rules."""

    hubs: frozenset[str]
    snapshot: Snapshot
    judging: Judging
    rules: Mapping[str, Rule]


def look(pool: Executor, store: Store, as_of: date, engine: str, progress: Progress) -> Picture:
    """Read and cluster; the detectors, which need only the hubs, run on meanwhile."""
    progress("read")
    hubs = read_hubs(store, Namer.of(store), as_of.isoformat())
    fold = read_fold(store, as_of.isoformat())
    incidence = read_incidence(store, as_of, pool, fold.representative)
    judging = begin_detectors(pool, store, as_of, hubs, wanted(after_clusters=False))
    progress("cluster")
    # The picture keeps the hubs' links: a hub registered this week is no loss of a thousand records.
    clustering = engines.find(incidence, engine, hubs)
    closed = read_closed_merchants(store, as_of, fold)
    snapshot = take(as_of, incidence, clustering, closed, fold)
    return Picture(hubs, snapshot, judging, rules_of(engine))


def wanted(*, after_clusters: bool) -> list[str]:
    """Ids of the detectors that run before, or after, the clusters are known."""
    return [d.id for d in DETECTORS if (d.id in AFTER_CLUSTERS) == after_clusters]


def engine_of(engine: str, hubs: frozenset[str]) -> Recluster:
    """The engine as a function that clusters anything again in the same way."""
    own = engines.near(engine)

    def recluster(incidence: Incidence) -> Clustering:
        return engines.find(incidence, own, hubs)

    return recluster


def described(
    store: Store,
    picture: Picture,
    state: TrackerState,
    findings: Sequence[Finding],
    studied: Studied,
    progress: Progress,
) -> list[PublishedCluster]:
    """The clusters of the picture as people read them, under the names of their tracks.

    `studied`: what the last run found that clusters hang on.
    """
    progress("describe")
    snapshot = picture.snapshot
    label_of = dict(
        zip(snapshot.incidence.merchants, snapshot.clustering.label.tolist(), strict=True)
    )
    names = {
        label_of[next(iter(track.members))]: cluster_id(track.id)
        for track in state.tracks.values()
        if track.seen_on == state.as_of  # an unchanged week keeps last week's state and date
        and track.status in (TrackStatus.ACTIVE, TrackStatus.PENDING)
    }
    return describe(
        store,
        snapshot.as_of.isoformat(),
        Found(
            snapshot.incidence.without_hubs(picture.hubs),
            snapshot.clustering,
            snapshot.fold,
            picture.rules,
            studied,
        ),
        names,
        findings,
    )
