"""Everything a reader needs to judge one cluster, read in a handful of statements.

What is said of it in words is made in `queries.cluster_sentences`; here are only facts, and of those only
what the reader may see.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from queries.cluster_view import ClusterView
from queries.clusters import by_ids
from queries.lookup import nodes
from queries.provenance import RecordView, oldest_first, records
from queries.reading import Reading
from queries.statements import load
from queries.views import NodeView

MAX_FINDINGS = 500
MAX_LABS = 5
MAX_DECLARED = 100
MAX_RECORDS = 5_000
_SHOWN_RECORDS = 10


@dataclass(frozen=True, slots=True)
class DetectorSaid:
    """What one detector says of the members; `findings` is how many times, `severity` the gravest."""

    detector: str
    findings: int
    is_violation: bool
    severity: int
    members: tuple[str, ...]
    legal_basis: tuple[str, ...]
    records: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LabSaid:
    """One lab that `members` of the cluster have `reports` from; `detectors` with a finding on it."""

    lab: str
    reports: int
    members: int
    records: tuple[str, ...]
    detectors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClusterPage:
    """One cluster with what is said of its members, and the visible things and records it names.

    `declared`: records of declared parents, franchises and authorisations of its members.
    `withheld`: members left out, None where the reader is not told.
    """

    view: ClusterView
    withheld: int | None
    findings: tuple[DetectorSaid, ...]
    labs: tuple[LabSaid, ...]
    declared: tuple[str, ...]
    things: Mapping[str, NodeView]
    records: Mapping[str, RecordView]

    def visible(self, ids: Iterable[str]) -> tuple[RecordView, ...]:
        """Those of some records that the reader may see, oldest first."""
        return oldest_first(self.records[each] for each in set(ids) if each in self.records)


async def cluster_page(reading: Reading, identifier: str) -> ClusterPage | None:
    """The page of one cluster; None when it is absent or the reader does not see enough of it."""
    view = (await by_ids(reading, [identifier])).get(identifier)
    return await page_of_view(reading, view) if view else None


async def page_of_view(reading: Reading, view: ClusterView) -> ClusterPage:
    """The page of a cluster that was read already, in five statements."""
    members = [member.merchant for member in view.members]
    stored = await reading.rows(
        load("cluster_findings"), members=members, limit=MAX_FINDINGS, shown=_SHOWN_RECORDS
    )
    found = await reading.rows(
        load("cluster_labs"),
        members=members,
        as_of=reading.as_of,
        limit=MAX_LABS,
        shown=_SHOWN_RECORDS,
    )
    related = await reading.rows(
        load("cluster_declared"), members=members, as_of=reading.as_of, limit=MAX_DECLARED
    )
    declared = tuple(row["record"] for row in related)
    labs = tuple(
        LabSaid(
            row["lab"],
            row["reports"],
            row["members"],
            tuple(row["records"]),
            tuple(row["detectors"]),
        )
        for row in found
    )
    things = await nodes(reading, [*members, *_named(view), *(lab.lab for lab in labs)])
    findings = by_detector(stored, members)
    wanted = dict.fromkeys(
        [
            *declared,
            *(record for said in findings for record in said.records),
            *(record for lab in labs for record in lab.records),
            *(record for m in view.members for tie in m.ties for record in tie.records),
            *(record for m in view.members for role in m.roles for record in role.records),
            *(record for m in members if m in things for record in things[m].records),
        ]
    )
    return ClusterPage(
        view,
        reading.withheld(view.withheld),
        findings,
        labs,
        declared,
        things,
        await records(reading, list(wanted)[:MAX_RECORDS]),
    )


def by_detector(
    rows: Sequence[Mapping[str, Any]], members: Sequence[str]
) -> tuple[DetectorSaid, ...]:
    """Findings put together by detector: violations first, then the gravest, then by id."""
    inside = frozenset(members)
    grouped: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        grouped.setdefault(row["detector"], []).append(row)
    said = [
        DetectorSaid(
            detector,
            len(each),
            any(row["is_violation"] for row in each),
            max(row["severity"] for row in each),
            tuple(sorted({s for row in each for s in row["subjects"]} & inside)),
            tuple(sorted({basis for row in each for basis in row["legal_basis"]})),
            tuple(dict.fromkeys(record for row in each for record in row["records"])),
        )
        for detector, each in grouped.items()
    ]
    return tuple(sorted(said, key=lambda s: (not s.is_violation, -s.severity, s.detector)))


def _named(view: ClusterView) -> list[str]:
    """Identifiers and members that the page names beside the members shown."""
    hangs = view.fragility
    return [
        *view.identifiers,
        *(loss.identifier for loss in (hangs.losses if hangs else ())),
        *(hangs.smallest if hangs else ()),
    ]
