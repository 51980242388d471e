"""Writes what was found into the graph: staged where no reader looks, then shown in one transaction.

Findings of a large store do not fit into a transaction that a small server can hold, their change of
label does. Clusters are written in the transaction itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from typing import Any

from detect.network.published import PublishedCluster, PublishedMember
from graph.model.findings import Finding
from graph.model.ids import type_of
from graph.ontology import ontology
from graph.store.attach import about_statement, owned_statement
from graph.store.session import Step, Store
from graph.store.statement import Statement

_PUBLISH_FINDINGS = Statement.load(__file__, "publish_findings.cypher")
_CLOSE_FINDINGS = Statement.load(__file__, "close_findings.cypher")
_STAGE = Statement.load(__file__, "stage_findings.cypher")
_STAGED_LEFT = Statement.load(__file__, "staged_left.cypher")
_STANDING = Statement.load(__file__, "standing_findings.cypher")
_SWITCH_CHANGED = Statement.load(__file__, "switch_changed.cypher")
_SWITCH_NEW = Statement.load(__file__, "switch_new.cypher")
_CONFIRM = Statement.load(__file__, "confirm_findings.cypher")
_NETWORK = __file__.replace("publication.py", "network/publication.py")
_CLEAR_MEMBERS = Statement.load(_NETWORK, "clear_members.cypher")
_CLEAR_OWNED = Statement.load(_NETWORK, "clear_owned.cypher")
_CLUSTERS = Statement.load(_NETWORK, "publish_clusters.cypher")
_RETIRE = Statement.load(_NETWORK, "retire_clusters.cypher")
_MEMBERS = Statement.load(_NETWORK, "publish_members.cypher")
_BATCH = 5_000

OPEN = "open"
"""Status of a finding that the newest run made."""


@dataclass(frozen=True, slots=True)
class StagedFindings:
    """Findings that wait to be shown: what is new or changed in the store, the rest by its id."""

    as_of: date
    detectors: tuple[str, ...]
    confirmed: tuple[str, ...]

    def steps(self) -> list[Step]:
        """What shows them and closes those not found again, to be done in one transaction."""
        day = self.as_of.isoformat()
        return [
            Step(_SWITCH_CHANGED),
            Step(_SWITCH_NEW),
            *(Step(_CONFIRM, {"ids": ids, "as_of": day}) for ids in _parts(self.confirmed)),
            _close(self.as_of, self.detectors),
        ]


def stage_findings(
    store: Store, findings: Sequence[Finding], as_of: date, detectors: Iterable[str]
) -> StagedFindings:
    """Write findings of the detectors that ran where no reader looks; `steps` then shows them.

    What says the same as before is not written again. What an earlier run left staged is removed.
    """
    while store.write(_STAGED_LEFT, limit=_BATCH)[0]["removed"]:
        pass
    known = store.columns(_STANDING)
    standing = {
        name: content
        for name, content, status in zip(
            known["id"], known["content"], known["status"], strict=True
        )
        if status == OPEN
    }
    rows = [_finding_row(finding, as_of) for finding in findings]
    fresh = [row for row in rows if standing.get(row["id"]) != row["properties"]["content"]]
    store.write_batches(_STAGE, fresh)
    ids = {row["id"] for row in fresh} - set(known["id"])
    for statement, about in _about((f for f in findings if f.id in ids), "StagedFinding"):
        store.write_batches(statement, about)
    written = {row["id"] for row in fresh}
    confirmed = tuple(row["id"] for row in rows if row["id"] not in written)
    return StagedFindings(as_of, tuple(sorted(detectors)), confirmed)


def finding_steps(findings: Sequence[Finding], as_of: date, detectors: Iterable[str]) -> list[Step]:
    """The steps that write findings at once, without staging, and close those not found again."""
    rows = [_finding_row(finding, as_of) for finding in findings]
    return [
        Step(_PUBLISH_FINDINGS, {"rows": rows}),
        *(Step(statement, {"rows": about}) for statement, about in _about(findings, "Finding")),
        _close(as_of, detectors),
    ]


def _close(as_of: date, detectors: Iterable[str]) -> Step:
    return Step(_CLOSE_FINDINGS, {"detectors": sorted(detectors), "as_of": as_of.isoformat()})


def _about(findings: Iterable[Finding], label: str) -> list[tuple[Statement, list[dict[str, str]]]]:
    about: dict[str, list[dict[str, str]]] = {}
    for finding in findings:
        for subject in finding.subject_ids:
            about.setdefault(type_of(subject), []).append(
                {"finding": finding.id, "subject": subject}
            )
    return [
        (about_statement(name, label), rows)
        for name, rows in sorted(about.items())
        if name in ontology().entities
    ]


def _parts(ids: Sequence[str]) -> Iterator[list[str]]:
    for at in range(0, len(ids), _BATCH):
        yield list(ids[at : at + _BATCH])


def cluster_steps(clusters: Sequence[PublishedCluster], as_of: date) -> list[Step]:
    """The steps that replace the published clusters by these, to be written in one transaction."""
    owned: dict[str, list[dict[str, Any]]] = {}
    for cluster in clusters:
        for identifier, (inside, holders) in sorted(cluster.owned.items()):
            owned.setdefault(type_of(identifier), []).append(
                {
                    "identifier": identifier,
                    "cluster": cluster.id,
                    "holders_inside": inside,
                    "holders": holders,
                }
            )
    return [
        Step(_CLEAR_MEMBERS),
        Step(_CLEAR_OWNED),
        Step(
            _CLUSTERS,
            {"rows": [{"id": c.id, "properties": _cluster_properties(c, as_of)} for c in clusters]},
        ),
        Step(_RETIRE, {"ids": [c.id for c in clusters]}),
        Step(
            _MEMBERS,
            {
                "rows": [
                    {
                        "merchant": m.merchant_id,
                        "cluster": c.id,
                        "properties": _member_properties(m),
                    }
                    for c in clusters
                    for m in c.members
                ]
            },
        ),
        *(Step(owned_statement(name), {"rows": rows}) for name, rows in sorted(owned.items())),
    ]


def _finding_row(finding: Finding, as_of: date) -> dict[str, Any]:
    properties = _finding_properties(finding)
    said = json.dumps(properties, ensure_ascii=False, sort_keys=True)
    content = blake2b(said.encode(), digest_size=12).hexdigest()
    properties |= {"id": finding.id, "content": content, "as_of": as_of.isoformat()}
    return {"id": finding.id, "properties": properties, "first_found": as_of.isoformat()}


def _finding_properties(finding: Finding) -> dict[str, Any]:
    return {
        "detector": finding.detector,
        "version": finding.version,
        "severity": finding.severity,
        "is_violation": finding.is_violation,
        "subject_ids": list(finding.subject_ids),
        "value": float(finding.value),
        "threshold": float(finding.threshold),
        "unit": finding.unit,
        "values": json.dumps(dict(finding.values), ensure_ascii=False, default=str),
        "legal_basis": list(finding.legal_basis),
        "input_ids": list(finding.input_ids),
        "input_records": list(finding.input_records),
        "checks": list(finding.checks),
        "regions": list(finding.regions),
        "status": OPEN,
    }


def _cluster_properties(cluster: PublishedCluster, as_of: date) -> dict[str, Any]:
    assessment = cluster.assessment
    return {
        "as_of": as_of.isoformat(),
        "label": assessment.label.value,
        "score": assessment.score,
        "size": len(cluster.members),
        "status": "current",
        "regions": list(cluster.regions),
        "divisions": sorted({m.division for m in cluster.members if m.division}),
        "fragility": json.dumps(cluster.fragility.to_dict(), ensure_ascii=False),
        "values": json.dumps(
            {
                "violating": assessment.violating,
                "base_rate": assessment.base_rate,
                "chance": assessment.chance,
                "declared_share": assessment.declared_share,
                "detectors": dict(assessment.detectors),
                "mean_internal": cluster.mean_internal,
                "internal_identifiers": cluster.internal_identifiers,
                "source_types": list(cluster.source_types),
            },
            ensure_ascii=False,
        ),
    }


def _member_properties(member: PublishedMember) -> dict[str, Any]:
    return {
        "role": member.role.value,
        "roles": json.dumps([reason.to_dict() for reason in member.roles], ensure_ascii=False),
        "strength": member.strength,
        "ties": json.dumps([tie.to_dict() for tie in member.ties], ensure_ascii=False),
    }
