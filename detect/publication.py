"""Writes what was found into the graph: staged where no reader looks, then shown in one transaction.

Findings of a large store do not fit into a transaction that a small server can hold, their change of
label does. Clusters: `detect.network.publication`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from typing import Any, TypeVar

from graph.model.findings import Finding
from graph.model.ids import type_of
from graph.ontology import ontology
from graph.store.attach import about_statement
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
_BATCH = 5_000

T = TypeVar("T")

OPEN = "open"
"""Status of a finding that the newest run made."""


@dataclass(frozen=True, slots=True)
class StagedFindings:
    """Findings that wait to be shown: so many are new or changed in the store, the rest known by its id."""

    as_of: date
    detectors: tuple[str, ...]
    staged: int
    confirmed: tuple[str, ...]

    def steps(self) -> list[Step]:
        """What shows them and closes those not found again, to be done in one transaction."""
        day = self.as_of.isoformat()
        return [
            Step(_SWITCH_CHANGED),
            Step(_SWITCH_NEW),
            *(Step(_CONFIRM, {"ids": ids, "as_of": day}) for ids in parts(self.confirmed)),
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
    return StagedFindings(as_of, tuple(sorted(detectors)), len(fresh), confirmed)


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


def parts(rows: Sequence[T]) -> Iterator[list[T]]:
    """Rows in batches, so that no statement is handed all of them."""
    for at in range(0, len(rows), _BATCH):
        yield list(rows[at : at + _BATCH])


def content_of(properties: Mapping[str, Any]) -> str:
    """A digest of what is said, so that what says the same as before is not written again."""
    said = json.dumps(properties, ensure_ascii=False, sort_keys=True)
    return blake2b(said.encode(), digest_size=12).hexdigest()


def _finding_row(finding: Finding, as_of: date) -> dict[str, Any]:
    properties = _finding_properties(finding)
    content = content_of(properties)
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
