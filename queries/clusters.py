"""Clusters of merchants that act together, as far as a reader may see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from detect.network.labels import GroupLabel, Violation, assess, base_rate_of
from detect.network.published import LEAST_VIOLATION_SEVERITY
from graph.errors import ValueRefused
from queries.cluster_view import ClusterView, cluster_view, tied_identifiers
from queries.lookup import visible_ids
from queries.pages import Cut, Page, PageRequest, page_of
from queries.reading import Reading, Row
from queries.statements import load

CURSOR = (int, int, str)
MAX_CLUSTERS = 5_000
"""Clusters read for one list, which is ordered by what its reader sees of each."""


@dataclass(frozen=True, slots=True)
class ClusterFilter:
    """Which clusters; None means all. `region` is the province code of a shown member's record."""

    label: str | None = None
    region: str | None = None


async def clusters(
    reading: Reading, wanted: ClusterFilter, request: PageRequest
) -> Page[ClusterView]:
    """Clusters, highest score first, in three statements; ValueRefused for an unknown label."""
    if wanted.label is not None and wanted.label not in set(GroupLabel):
        raise ValueRefused("cluster.label")
    rows = await reading.rows(load("clusters"), ids=None, limit=MAX_CLUSTERS + 1)
    views = await _views(reading, rows[:MAX_CLUSTERS])
    chosen = [
        view
        for view in views
        if wanted.label in {None, view.label} and wanted.region in {None, *view.regions}
    ]
    withheld = reading.withheld(min(len(rows), MAX_CLUSTERS) - len(views))
    cut = Cut(reading.as_of, withheld, len(rows) > MAX_CLUSTERS)
    return page_of(sorted(chosen, key=lambda c: c.key), request, lambda c: c.key, cut)


async def by_ids(reading: Reading, ids: Sequence[str]) -> dict[str, ClusterView]:
    """Clusters by id, in three statements; absent and not visible ones are left out alike."""
    wanted = sorted(set(ids))
    rows = await reading.rows(load("clusters"), ids=wanted, limit=len(wanted))
    return {view.id: view for view in await _views(reading, rows)}


async def ids_of_merchants(reading: Reading, ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Ids of the clusters some merchants are stored in, in one statement.

    Only candidates: a reader sees a merchant in a cluster when `by_ids` still shows it there.
    """
    rows = await reading.rows(load("clusters_of"), ids=sorted(set(ids)))
    return {row["merchant"]: tuple(sorted(row["clusters"])) for row in rows}


async def _views(reading: Reading, rows: Sequence[Row]) -> list[ClusterView]:
    regions = reading.reader.visible
    named = {identifier for row in rows for identifier in tied_identifiers(row, regions)}
    seen = await visible_ids(reading, named)
    views = [view for row in rows if (view := cluster_view(row, seen, regions))]
    return await _labelled(reading, views)


async def _labelled(reading: Reading, views: Sequence[ClusterView]) -> list[ClusterView]:
    """The same clusters with label and score, from findings and relations the reader may see."""
    if not views:
        return []
    members = sorted({member.merchant for view in views for member in view.members})
    (row,) = await reading.rows(
        load("cluster_evidence"),
        members=members,
        severity=LEAST_VIOLATION_SEVERITY,
        as_of=reading.as_of,
    )
    violations = [Violation(*values) for values in row["violations"]]
    by_member: dict[str, list[Violation]] = {}
    for violation in violations:
        by_member.setdefault(violation.member, []).append(violation)
    declared: dict[str, list[tuple[str, str]]] = {}
    for a, b in row["declared"]:
        declared.setdefault(a, []).append((a, b))
    base_rate = base_rate_of(row["violating"], row["merchants"])
    labelled = []
    for view in views:
        inside = [member.merchant for member in view.members]
        verdict = assess(
            inside,
            [violation for merchant in inside for violation in by_member.get(merchant, ())],
            [pair for merchant in inside for pair in declared.get(merchant, ())],
            base_rate,
            view.mean_strength,
        )
        labelled.append(
            replace(
                view,
                label=verdict.label.value,
                score=verdict.score,
                violations=tuple(sorted(verdict.detectors.items())),
                violating=verdict.violating,
                base_rate=verdict.base_rate,
                chance=verdict.chance,
                declared_share=verdict.declared_share,
            )
        )
    return labelled
