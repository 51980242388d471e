"""The weekly run: what is wrong, who belongs together, what is new since last time. Told once.

`detect_now` finds and publishes without remembering; `run_weekly` also compares with the last run,
flags what is new, and remembers. Clusters, flags and memory are written in one transaction: readers
see the old picture or the new one, and a run that was cut off leaves nothing half done.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from detect.detectors import DETECTORS
from detect.labs import DETECTOR_ID as LAB_DETECTOR
from detect.labs import assess_labs
from detect.network import engines
from detect.network.clustering import Clustering
from detect.network.incidence import Incidence
from detect.network.published import Found, PublishedCluster, describe
from detect.network.reading import read_closed_merchants, read_incidence
from detect.publication import cluster_steps, publish_findings
from detect.run import AT_ONCE, begin_detectors, run_detectors
from detect.weekly.archive import pack, unpack
from detect.weekly.explanation import Recluster
from detect.weekly.flags import Flag, cluster_id
from detect.weekly.snapshot import Snapshot, take
from detect.weekly.telling import tell
from detect.weekly.tracker import advance, follow
from detect.weekly.tracks import TrackerState, TrackStatus
from graph.errors import SuyuanError
from graph.model.findings import Finding
from graph.store.judgements import read_fold
from graph.store.naming import Namer
from graph.store.projection import read_hubs
from graph.store.session import Step, Store
from graph.store.statement import Statement

_RUN_BEFORE = Statement.load(__file__, "run_before.cypher")
_RUN_AT = Statement.load(__file__, "run_at.cypher")
_PUBLISH_RUN = Statement.load(__file__, "publish_run.cypher")
_PUBLISH_FLAGS = Statement.load(__file__, "publish_flags.cypher")
_FLAGS_AT = Statement.load(__file__, "flags_at.cypher")

Progress = Callable[[str], None]

#: Detectors that are running; calling it waits for what they find.
Judging = Callable[[None], list[Finding]]

#: Detectors that read published clusters, so they run after publication.
AFTER_CLUSTERS = frozenset({"D18"})


class RunInThePast(SuyuanError):
    """A run for a date before the newest run would rewrite what was already told."""

    code = "detect.run_in_the_past"


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a run found and told. `is_repeat`: the same data of the same date was already done."""

    as_of: date
    engine: str
    counts: dict[str, Any]
    flags: list[dict[str, Any]] = field(default_factory=list)
    is_repeat: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        return {
            "as_of": self.as_of.isoformat(),
            "engine": self.engine,
            "is_repeat": self.is_repeat,
            "counts": self.counts,
            "flags": self.flags,
        }


@dataclass(frozen=True, slots=True)
class _Picture:
    hubs: frozenset[str]
    snapshot: Snapshot
    judging: Judging


def detect_now(
    store: Store,
    as_of: date,
    engine: str = engines.DEFAULT_ENGINE,
    progress: Progress = lambda _: None,
) -> RunResult:
    """Run detectors and networks as of a date and publish them; remembers and flags nothing."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        picture = _look(pool, store, as_of, engine, progress)
        state, before = _memory(store, as_of)
        after, _ = advance(state, before, picture.snapshot)
        findings = _judged(store, as_of, picture, progress)
    clusters = _describe(store, picture, after, findings, progress)
    store.write_together(cluster_steps(clusters, as_of))
    findings += _find_after(store, as_of, picture, findings, progress)
    return RunResult(as_of, engine, _counts(picture, clusters, findings, ()))


def run_weekly(
    store: Store,
    as_of: date,
    engine: str = engines.DEFAULT_ENGINE,
    progress: Progress = lambda _: None,
) -> RunResult:
    """Find, compare with the last run before `as_of`, publish, flag once, remember.

    The same data of the same date is recognised and tells nothing again. Raises RunInThePast when a
    later run has been published.
    """
    run_id = f"WeeklyRun:{as_of.isoformat()}"
    known = store.read(_RUN_AT, id=run_id)[0]
    if known["newest"] is not None and known["newest"] > as_of.isoformat():
        raise RunInThePast(as_of=as_of.isoformat(), newest=known["newest"])
    with ThreadPoolExecutor(AT_ONCE) as pool:
        picture = _look(pool, store, as_of, engine, progress)
        if known["digest"] == picture.snapshot.digest:
            pool.shutdown(cancel_futures=True)
            return RunResult(
                as_of, engine, json.loads(known["counts"]), _flags_at(store, as_of), is_repeat=True
            )
        before_state, before = _memory(store, as_of)
        week = follow(before_state, before, picture.snapshot)
        findings = _judged(store, as_of, picture, progress)
    clusters = _describe(store, picture, week.state, findings, progress)
    flags = tell(store, before_state, week, picture.snapshot, _engine_of(engine, picture.hubs))
    counts = _counts(picture, clusters, findings, flags)
    progress("publish")
    store.write_together(
        [
            *cluster_steps(clusters, as_of),
            Step(_PUBLISH_FLAGS, {"rows": [_flag_row(flag) for flag in flags]}),
            Step(
                _PUBLISH_RUN,
                {
                    "id": run_id,
                    "properties": {
                        "as_of": as_of.isoformat(),
                        "digest": picture.snapshot.digest,
                        "engine": engine,
                        "state": json.dumps(week.state.to_dict(), ensure_ascii=False),
                        "snapshot": pack(picture.snapshot),
                        "counts": json.dumps(counts, ensure_ascii=False),
                    },
                },
            ),
        ]
    )
    findings += _find_after(store, as_of, picture, findings, progress)
    return RunResult(
        as_of, engine, _counts(picture, clusters, findings, flags), _flags_at(store, as_of)
    )


def _look(pool: Executor, store: Store, as_of: date, engine: str, progress: Progress) -> _Picture:
    """Read and cluster; the detectors, which need only the hubs, run on meanwhile."""
    progress("read")
    hubs = read_hubs(store, Namer.of(store), as_of.isoformat())
    fold = read_fold(store, as_of.isoformat())
    incidence = read_incidence(store, as_of, pool, fold.representative)
    judging = begin_detectors(pool, store, as_of, hubs, _wanted(after_clusters=False))
    progress("cluster")
    # The picture keeps the hubs' links: a hub registered this week is no loss of a thousand records.
    clustering = engines.find(incidence, engine, hubs)
    closed = read_closed_merchants(store, as_of, fold)
    return _Picture(hubs, take(as_of, incidence, clustering, closed, fold), judging)


def _engine_of(engine: str, hubs: frozenset[str]) -> Recluster:
    def recluster(incidence: Incidence) -> Clustering:
        return engines.find(incidence, engine, hubs)

    return recluster


def _memory(store: Store, as_of: date) -> tuple[TrackerState, Snapshot | None]:
    rows = store.read(_RUN_BEFORE, as_of=as_of.isoformat())
    if not rows:
        return TrackerState(), None
    return TrackerState.from_dict(json.loads(rows[0]["state"])), unpack(rows[0]["snapshot"])


def _wanted(*, after_clusters: bool) -> list[str]:
    return [d.id for d in DETECTORS if (d.id in AFTER_CLUSTERS) == after_clusters]


def _judged(store: Store, as_of: date, picture: _Picture, progress: Progress) -> list[Finding]:
    progress("detect")
    findings = picture.judging(None)
    publish_findings(store, findings, as_of, _wanted(after_clusters=False))
    return findings


def _find_after(
    store: Store, as_of: date, picture: _Picture, findings: list[Finding], progress: Progress
) -> list[Finding]:
    """What needs the published clusters, and the labs that all of it together points at."""
    progress("detect")
    wanted = _wanted(after_clusters=True)
    found = run_detectors(store, as_of, picture.hubs, only=wanted)
    publish_findings(store, found, as_of, wanted)
    labs = assess_labs([*findings, *found])
    publish_findings(store, labs, as_of, [LAB_DETECTOR])
    return [*found, *labs]


def _describe(
    store: Store,
    picture: _Picture,
    state: TrackerState,
    findings: Sequence[Finding],
    progress: Progress,
) -> list[PublishedCluster]:
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
        Found(snapshot.incidence.without_hubs(picture.hubs), snapshot.clustering, snapshot.fold),
        names,
        findings,
    )


def _flag_row(flag: Flag) -> dict[str, Any]:
    return {"id": flag.id, "properties": flag.properties(), "clusters": list(flag.cluster_ids)}


def _flags_at(store: Store, as_of: date) -> list[dict[str, Any]]:
    rows = store.read(_FLAGS_AT, as_of=as_of.isoformat())
    return [{**row, "values": json.loads(row["values"])} for row in rows]


def _counts(
    picture: _Picture,
    clusters: Sequence[PublishedCluster],
    findings: Sequence[Finding],
    flags: Sequence[Flag],
) -> dict[str, Any]:
    incidence = picture.snapshot.incidence
    return {
        "merchants": len(incidence.merchants),
        "identifiers": len(incidence.identifiers),
        "links": int(incidence.merchant.size),
        "hubs": len(picture.hubs),
        "joined": len(picture.snapshot.fold.representative),
        "clusters": len(clusters),
        "labels": dict(sorted(Counter(c.assessment.label.value for c in clusters).items())),
        "findings": dict(sorted(Counter(f.detector for f in findings).items())),
        "flags": dict(sorted(Counter(flag.kind for flag in flags).items())),
    }
