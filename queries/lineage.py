"""Where a cluster of the past has gone: through merges, splits and rebirths to the clusters of today.

The hook for casework: a case names a cluster once, and asks here which clusters it is about now. Silent
changes (no changed record explains them, so nobody was told) are followed too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from queries import clusters as cluster_queries
from queries.expand import checked_date
from queries.reading import Reading
from queries.statements import load

MAX_CLUSTERS = 200
MAX_DEPTH = 50

#: Of one day: what came out of a cluster before what went into another.
_ORDER = ("reborn", "split", "merged", "dissolved")


@dataclass(frozen=True, slots=True)
class ClusterStep:
    """On `as_of` (ISO date) `start` went into `end` (merged), or `end` came out of `start` (split).

    `dissolved` and `reborn` have one cluster at both ends.
    """

    as_of: str
    kind: str
    start: str
    end: str
    is_announced: bool

    @property
    def key(self) -> tuple[str, int, str, str]:
        """In the order of time."""
        return self.as_of, _ORDER.index(self.kind), self.start, self.end


@dataclass(frozen=True, slots=True)
class Lineage:
    """What a cluster has become.

    `present` are the ids that carry it on now, `dormant` those that were not found lately and may come
    back, `ended` those that have dissolved; `steps` in the order of time. `withheld` counts steps to
    clusters, and present clusters, that the reader may not see; `truncated` says that a bound cut it.
    """

    id: str
    since: str
    present: tuple[str, ...]
    dormant: tuple[str, ...]
    ended: tuple[str, ...]
    steps: tuple[ClusterStep, ...]
    withheld: int | None
    truncated: bool


async def follow_cluster(reading: Reading, identifier: str, since: str = "") -> Lineage | None:
    """Follow a cluster from a day on (ISO date, '' for its whole life).

    None for a cluster that is absent or of which the reader may see nothing, alike. ValueRefused for a
    date that is none. One statement per generation, and up to three for those of today.
    """
    day = checked_date(since) if since else ""
    if not await reading.rows(load("cluster_seen"), id=identifier):
        return None
    steps, hidden, truncated = await _steps(reading, identifier, day)
    taken = taken_steps(identifier, steps)
    present, ended = fate(identifier, taken)
    seen = await cluster_queries.by_ids(reading, present)
    unseen = [name for name in present if name not in seen]
    rows = await reading.rows(load("cluster_dormant"), ids=unseen) if unseen else []
    dormant = tuple(sorted(row["id"] for row in rows))
    hidden += len(unseen) - len(dormant)
    return Lineage(
        identifier,
        day,
        tuple(name for name in present if name in seen),
        dormant,
        ended,
        taken,
        reading.withheld(hidden),
        truncated,
    )


def taken_steps(identifier: str, steps: Iterable[ClusterStep]) -> tuple[ClusterStep, ...]:
    """The steps that concern the cluster, in the order of time.

    Once a cluster has gone into another, what leaves that one later concerns it; what left before does not.
    """
    carried, ever = {identifier}, {identifier}
    taken = []
    for step in sorted(set(steps), key=lambda each: each.key):
        # A dissolved or merged cluster may still be reborn, or come out again.
        concerned = ever if step.kind in {"reborn", "split"} else carried
        if step.start not in concerned:
            continue
        taken.append(step)
        if step.kind in {"merged", "dissolved"}:
            carried.discard(step.start)
        if step.kind != "dissolved":
            carried.add(step.end)
            ever.add(step.end)
    return tuple(taken)


def fate(identifier: str, taken: Iterable[ClusterStep]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Which clusters carry it on after these steps, and which have dissolved."""
    carried, ended = {identifier}, set[str]()
    for step in taken:
        if step.kind in {"merged", "dissolved"}:
            carried.discard(step.start)
        if step.kind == "dissolved":
            ended.add(step.start)
        else:
            carried.add(step.end)
            ended.discard(step.end)
    return tuple(sorted(carried)), tuple(sorted(ended))


async def _steps(
    reading: Reading, identifier: str, since: str
) -> tuple[list[ClusterStep], int, bool]:
    """All steps after it, the number of those that lead out of sight, and whether a bound cut them."""
    known, fresh = {identifier}, [identifier]
    found: list[ClusterStep] = []
    hidden = 0
    for _ in range(MAX_DEPTH):
        rows = await reading.rows(load("cluster_steps"), ids=fresh, since=since)
        hidden += sum(not row["end"] for row in rows)
        found += [
            ClusterStep(row["as_of"], row["kind"], row["start"], row["end"], bool(row["announced"]))
            for row in rows
            if row["end"]
        ]
        fresh = sorted({row["end"] for row in rows if row["end"]} - known)
        known.update(fresh)
        if not fresh or len(known) > MAX_CLUSTERS:
            break
    return found, hidden, bool(fresh)
