"""Writes what was found into the graph: findings in batches, clusters as steps of one transaction."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date
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
_NETWORK = __file__.replace("publication.py", "network/publication.py")
_CLEAR_MEMBERS = Statement.load(_NETWORK, "clear_members.cypher")
_CLEAR_OWNED = Statement.load(_NETWORK, "clear_owned.cypher")
_CLUSTERS = Statement.load(_NETWORK, "publish_clusters.cypher")
_RETIRE = Statement.load(_NETWORK, "retire_clusters.cypher")
_MEMBERS = Statement.load(_NETWORK, "publish_members.cypher")


def publish_findings(
    store: Store, findings: Sequence[Finding], as_of: date, detectors: Iterable[str]
) -> None:
    """Write findings of the detectors that ran, and close those that were not found again."""
    store.write_batches(
        _PUBLISH_FINDINGS,
        ({"id": f.id, "properties": _finding_properties(f, as_of)} for f in findings),
    )
    about: dict[str, list[dict[str, str]]] = {}
    for finding in findings:
        for subject in finding.subject_ids:
            about.setdefault(type_of(subject), []).append(
                {"finding": finding.id, "subject": subject}
            )
    for type_name, rows in sorted(about.items()):
        if type_name in ontology().entities:
            store.write_batches(about_statement(type_name), rows)
    store.write(_CLOSE_FINDINGS, detectors=sorted(detectors), as_of=as_of.isoformat())


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


def _finding_properties(finding: Finding, as_of: date) -> dict[str, Any]:
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
        "as_of": as_of.isoformat(),
        "status": "open",
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
        "strength": member.strength,
        "ties": json.dumps([tie.to_dict() for tie in member.ties], ensure_ascii=False),
    }
