"""D12: was the laboratory qualified for what its report says, on the day it was issued?

Only reports with the CMA mark promise a qualification; research and internal reports do not. For each
one, on its issue date: is there a valid CMA state, is none suspended, revoked or expired, and is the
standard in the approved scope at that date? Standards are compared without edition year: an approval
that names a newer (or older) edition of the same standard covers it.

A lab without any scope rows is unknown in scope, not out of it. Severity 4; 5 when the steps of the
2026 opinion on "serious circumstances" are reached: two reports for key products or ten in all.

Cannot see: single test items (a scope is approved by standard here), subcontracted tests, changes the
register learns late. Sources: plan 三(六); order 39 article 14; opinion on article 57 of the Product
Quality Law (2026-01), from which the steps 2 and 10.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from detect.contract import Detector, Judgement, Parameter, Parameters, Row
from detect.detectors.evidence import gather
from detect.detectors.legal_basis import lab_rules, plan
from detect.detectors.likeness import fold
from graph.store.statement import Statement

PARAMETERS = (
    Parameter("min_reports", 1, "reports", 1, 50, "one unqualified report is one too many"),
    Parameter("grave_key_reports", 2, "reports", 1, 50, "opinion on article 57: key products"),
    Parameter("grave_reports", 10, "reports", 2, 500, "opinion on article 57: in all"),
)

#: `GB 31241-2022` → `GB 31241`, `IEC 62133-2:2017` → `IEC 62133-2`.
_EDITION = re.compile(r"(?:[-—–]\s?(?:19|20)\d{2}|[:：]\s?(?:19|20)\d{2})\s*$")


def standard_number(standard: str) -> str:
    """A standard without its edition year, spelled one way."""
    return fold(_EDITION.sub("", standard.strip()))


def _covers(interval: Mapping[str, Any], day: str) -> bool:
    starts, ends = interval["starts_on"], interval["ends_on"]
    return (starts is None or starts <= day) and (ends is None or day < ends)


def fault(report: Mapping[str, Any], row: Row) -> str | None:
    """Why the lab was not qualified for the report, as a code; None when it was, or is unknown."""
    if not report["carries_cma_mark"]:
        return None
    day = report["issued_on"]
    states = row["qualifications"]
    now = [q["status"] for q in states if _covers(q, day)]
    for status in ("revoked", "suspended", "expired"):
        if status in now:
            return status
    if "valid" not in now:
        starts = [q["starts_on"] for q in states if q["status"] == "valid"]
        if not starts:
            return "no_qualification"
        return "before_approval" if day < min(starts) else "expired"
    if not row["scopes"] or not report["standard"]:
        return None
    wanted = standard_number(report["standard"])
    same = [s for s in row["scopes"] if standard_number(s["standard"]) == wanted]
    if any(_covers(scope, day) for scope in same):
        return None
    return "scope_not_yet_or_ended" if same else "out_of_scope"


def judge(row: Row, parameters: Parameters) -> list[Judgement]:
    """One judgement per lab, of the lab and its reports at fault."""
    lab = row["lab"]
    faults = [(report, code) for report in row["reports"] if (code := fault(report, row))]
    if len(faults) < parameters["min_reports"]:
        return []
    reports = [report for report, _ in faults]
    key = sum(bool(report["is_key"]) for report in reports)
    is_grave = key >= parameters["grave_key_reports"] or len(reports) >= parameters["grave_reports"]
    counted = Counter(code for _, code in faults)
    states = [s for r in reports for s in row["qualifications"] if _covers(s, r["issued_on"])]
    seen = gather([lab["id"], *(r["id"] for r in reports)], reports, states, [lab])
    return [
        Judgement(
            subject_ids=(lab["id"], *(r["id"] for r in reports)),
            severity=5 if is_grave else 4,
            value=float(len(reports)),
            threshold=parameters["min_reports"],
            unit="reports",
            values={
                "lab": lab["name"],
                "reports": len(reports),
                "key_reports": key,
                "faults": "、".join(f"{code}×{n}" for code, n in sorted(counted.items())),
                "example": reports[0]["report_no"],
                "example_date": reports[0]["issued_on"],
                "example_standard": reports[0]["standard"] or "—",
            },
            input_ids=seen.input_ids,
            input_records=seen.input_records,
            regions=seen.regions,
            checks=("cma_mark", "edition_of_standard", "scope_known"),
        )
    ]


DETECTOR = Detector(
    id="D12",
    name="lab_unqualified",
    version=1,
    is_violation=True,
    legal_basis=(plan("三(六)"), lab_rules("第十四条")),
    parameters=PARAMETERS,
    statement=Statement.load(__file__, "d12_lab_unqualified.cypher"),
    judge=judge,
)
