"""Publication: staged where no reader looks, then shown by one transaction.

Detectors of clusters are told which are about to be published, so the transaction only writes. It begins
with the lease, so of two runs only the one that still holds it publishes.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any

from detect.detectors import by_id
from detect.lab_communities import DETECTOR_ID as COMMUNITY_DETECTOR
from detect.lab_communities import find_lab_communities
from detect.labs import DETECTOR_ID as LAB_DETECTOR
from detect.labs import assess_labs
from detect.network.labels import GroupLabel
from detect.network.publication import cluster_steps, standing_clusters
from detect.network.published import PublishedCluster, studied_of
from detect.publication import finding_steps, stage_findings
from detect.run import judge_rows, rows_of
from detect.weekly.digest import ClusterFacts, MerchantSaid, ToldWeek, digests
from detect.weekly.flags import Flag, cluster_id
from detect.weekly.lease import AnalysisIsRunning, Lease
from detect.weekly.lineage import LineageStep
from detect.weekly.picture import Picture, wanted
from detect.weekly.remembered import StagedMemory, stage_memory
from detect.weekly.tracks import TrackerState, TrackStatus
from graph.model.findings import Finding
from graph.store.session import Run, Step, Store
from graph.store.statement import Statement

_PUBLISH_RUN = Statement.load(__file__, "publish_run.cypher")
_PUBLISH_FLAGS = Statement.load(__file__, "publish_flags.cypher")
_PUBLISH_LINEAGE = Statement.load(__file__, "publish_lineage.cypher")
_PUBLISH_DIGESTS = Statement.load(__file__, "publish_digests.cypher")
_STAGED_WHOLE = Statement.load(__file__, "staged_whole.cypher")
_TOLD_AT = Statement.load(__file__, "told_at.cypher")
_MERCHANTS_SAID = Statement.load(__file__, "merchants_said.cypher")

TIMEOUT_S = 900.0
"""For the publishing transaction, and for what is asked of all clusters at once before it."""

_BATCH = 2_000

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Memory:
    """What a weekly run tells and remembers besides clusters and findings."""

    run_id: str
    engine: str
    steps: Sequence[LineageStep]
    told: ToldWeek


@dataclass(frozen=True, slots=True)
class Publication:
    """Everything that becomes visible at once; `memory` only of a weekly run.

    `state`: the tracks after the run, of which the dormant ones are told as such.
    """

    picture: Picture
    clusters: Sequence[PublishedCluster]
    findings: Sequence[Finding]
    state: TrackerState
    memory: Memory | None = None

    @property
    def as_of(self) -> date:
        """The day of the run."""
        return self.picture.snapshot.as_of

    @property
    def dormant(self) -> list[str]:
        """Clusters that are not there and are waited for."""
        tracks = self.state.tracks.values()
        return [cluster_id(track.id) for track in tracks if track.status is TrackStatus.DORMANT]

    @property
    def networks(self) -> dict[str, str]:
        """The suspected networks by the merchants that are members."""
        return {
            member.merchant_id: cluster.id
            for cluster in self.clusters
            if cluster.assessment.label is GroupLabel.NETWORK
            for member in cluster.members
        }


@dataclass(frozen=True, slots=True)
class Published:
    """Counts of what was published, and the regions that got a digest."""

    counts: dict[str, Any]
    regions: tuple[str, ...] = ()


def publish(store: Store, lease: Lease, wish: Publication, progress: Progress) -> Published:
    """Stage, then show. Raises AnalysisIsRunning when another run has taken over meanwhile."""
    progress("stage")
    before = wanted(after_clusters=False)
    staged = stage_findings(store, wish.findings, wish.as_of, before)
    found = _found_after(store, wish)
    labs = assess_labs([*wish.findings, *found])
    labs += find_lab_communities(
        partial(store.read, timeout_s=TIMEOUT_S),
        wish.as_of.isoformat(),
        wish.picture.hubs,
        [*wish.findings, *found, *labs],
        wish.networks,
    )
    standing = standing_clusters(store)
    memory = StagedMemory()
    if wish.memory is not None:
        studied = studied_of(wish.clusters)
        memory = stage_memory(store, wish.memory.run_id, wish.picture.snapshot, studied)
    progress("publish")

    def whole(run: Run) -> Published:
        lease.renew(run)
        (there,) = run(_STAGED_WHOLE, memory=memory.name)
        if (there["findings"], there["parts"]) != (staged.staged, memory.parts):
            raise AnalysisIsRunning(owner="-")
        _do(run, staged.steps())
        _do(run, cluster_steps(wish.clusters, wish.as_of, standing, wish.dormant))
        _do(run, finding_steps(found, wish.as_of, wanted(after_clusters=True)))
        _do(run, finding_steps(labs, wish.as_of, [LAB_DETECTOR, COMMUNITY_DETECTOR]))
        counts = _counts(wish, [*wish.findings, *found, *labs])
        if wish.memory is None:
            return Published(counts)
        return Published(counts, _remember(run, wish.memory, memory.name, wish, counts))

    return store.write_as_one("publish", whole, timeout_s=TIMEOUT_S)


def told_week(
    store: Store,
    as_of: date,
    flags: Sequence[Flag],
    clusters: Sequence[PublishedCluster],
    incomplete: tuple[str, ...],
) -> ToldWeek:
    """What a week tells: its flags, with what digests say of clusters and merchants."""
    facts = {
        each.id: ClusterFacts(
            each.assessment.label.value, each.assessment.score, len(each.members), each.regions
        )
        for each in clusters
    }
    names = sorted({name for flag in flags for name in flag.member_ids})
    merchants = {
        row["id"]: MerchantSaid(
            row["name"] or "",
            tuple(row["regions"] or ()),
            tuple((at, record, body, region) for at, record, body, region in row["said"]),
        )
        for at in range(0, len(names), _BATCH)
        for row in store.read(_MERCHANTS_SAID, ids=names[at : at + _BATCH], as_of=as_of.isoformat())
    }
    return ToldWeek(as_of, 1, flags, facts, merchants, incomplete)


def _found_after(store: Store, wish: Publication) -> list[Finding]:
    """What detectors say of the clusters that are about to be published."""
    clusters = [
        {"id": cluster.id, "members": [member.merchant_id for member in cluster.members]}
        for cluster in wish.clusters
        if cluster.assessment.label is not GroupLabel.LAWFUL_GROUP
    ]
    found: list[Finding] = []
    for name in wanted(after_clusters=True):
        detector = by_id(name)
        rows = rows_of(store, detector, wish.as_of, wish.picture.hubs, clusters, TIMEOUT_S)
        found += judge_rows(detector, rows)
    return found


def _remember(
    run: Run, kept: Memory, name: str, wish: Publication, counts: dict[str, Any]
) -> tuple[str, ...]:
    """Write flags, lineage, digests and the run itself, whose memory was staged as `name`.

    Returns the regions that got a digest.
    """
    day = wish.as_of.isoformat()
    (told,) = run(_TOLD_AT, as_of=day)
    known = frozenset(told["flags"])
    fresh = [flag for flag in kept.told.flags if flag.id not in known]
    made = digests(replace(kept.told, edition=told["edition"] + 1, flags=fresh))
    _do(run, _steps(kept, made))
    run(
        _PUBLISH_RUN,
        id=kept.run_id,
        properties={
            "as_of": day,
            "digest": wish.picture.snapshot.digest,
            "engine": kept.engine,
            "state": json.dumps(wish.state.to_dict(), ensure_ascii=False),
            "memory": name,
            "counts": json.dumps(counts, ensure_ascii=False),
            "incomplete": list(kept.told.incomplete),
        },
    )
    return tuple(each["region"] for each in made)


def _steps(kept: Memory, made: Sequence[dict[str, Any]]) -> Iterator[Step]:
    yield Step(_PUBLISH_FLAGS, {"rows": [_flag_row(flag) for flag in kept.told.flags]})
    yield Step(_PUBLISH_LINEAGE, {"rows": [step.to_row() for step in kept.steps]})
    yield Step(_PUBLISH_DIGESTS, {"rows": [_digest_row(each) for each in made]})


def _digest_row(body: dict[str, Any]) -> dict[str, Any]:
    kept = {name: body[name] for name in ("as_of", "edition", "region")}
    kept["is_news"] = bool(body["entries"] or body["incomplete"])
    said = json.dumps(body, ensure_ascii=False, sort_keys=True, default=str)
    return {"id": body["id"], "properties": {**kept, "body": said}}


def _flag_row(flag: Flag) -> dict[str, Any]:
    return {"id": flag.id, "properties": flag.properties(), "clusters": list(flag.cluster_ids)}


def _do(run: Run, steps: Iterator[Step] | Sequence[Step]) -> None:
    for step in steps:
        run(step.statement, **step.params)


def _counts(wish: Publication, findings: Sequence[Finding]) -> dict[str, Any]:
    snapshot = wish.picture.snapshot
    flags = wish.memory.told.flags if wish.memory else ()
    return {
        "merchants": len(snapshot.incidence.merchants),
        "identifiers": len(snapshot.incidence.identifiers),
        "links": int(snapshot.incidence.merchant.size),
        "hubs": len(wish.picture.hubs),
        "joined": len(snapshot.fold.representative),
        "clusters": len(wish.clusters),
        "labels": dict(sorted(Counter(c.assessment.label.value for c in wish.clusters).items())),
        "findings": dict(sorted(Counter(f.detector for f in findings).items())),
        "flags": dict(sorted(Counter(flag.kind for flag in flags).items())),
    }
