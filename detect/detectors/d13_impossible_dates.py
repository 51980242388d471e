"""D13: do a report's own dates run backwards?

Received ≤ testing begins ≤ testing ends ≤ issued. A step back by more than `tolerance_d` days cannot
be a time zone or a night shift. Severity 5; 3 when the step looks like a slip of the pen: off by a
year (the old year typed in January), or right once day and month change places.

Express service is no impossibility: all on one day is in order. Minimum durations per standard are not
known here and not judged. Approval of the lab on the issue date is D12's question.

Sources: rules on laboratories (order 39), article 14.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from detect.contract import Detector, Judgement, Parameter, Parameters, Row
from detect.detectors.evidence import gather
from detect.detectors.legal_basis import lab_rules
from graph.store.statement import Statement

PARAMETERS = (
    Parameter(
        "tolerance_d", 1, "days", 0, 10, "time zones, night shifts, dates typed next morning"
    ),
)
STEPS = (
    ("received_on", "tested_from"),
    ("tested_from", "tested_to"),
    ("tested_to", "issued_on"),
    ("received_on", "issued_on"),
)
#: Steps of a real test follow each other within two months; a corrected slip must too.
_PLAUSIBLE_D = 61


def step_back(report: Mapping[str, Any], tolerance_d: float) -> tuple[str, str, int] | None:
    """The widest step back (earlier field, later field, days), None when dates are in order."""
    found = [
        (first, second, (date.fromisoformat(a) - date.fromisoformat(b)).days)
        for first, second in STEPS
        if (a := report[first]) is not None and (b := report[second]) is not None
    ]
    back = [step for step in found if step[2] > tolerance_d]
    return max(back, key=lambda step: step[2], default=None)


def is_slip(report: Mapping[str, Any], step: tuple[str, str, int]) -> bool:
    """Whether one typing slip explains the step: another year, or day and month changed round."""
    first, second = (date.fromisoformat(report[name]) for name in step[:2])
    if 0 <= 366 - step[2] <= _PLAUSIBLE_D:
        return True
    return any(
        day.day <= 12 and _in_order(day.replace(month=day.day, day=day.month), other, is_first)
        for day, other, is_first in ((first, second, True), (second, first, False))
    )


def _in_order(swapped: date, other: date, is_first: bool) -> bool:
    days = (other - swapped).days if is_first else (swapped - other).days
    return 0 <= days <= _PLAUSIBLE_D


def judge(row: Row, parameters: Parameters) -> list[Judgement]:
    """One judgement per lab, of the lab and the reports concerned."""
    lab = row["lab"]
    steps = [
        (report, step)
        for report in row["reports"]
        if (step := step_back(report, parameters["tolerance_d"])) is not None
    ]
    if not steps:
        return []
    solid = [pair for pair in steps if not is_slip(*pair)]
    report, (first, second, days) = max(solid or steps, key=lambda pair: pair[1][2])
    reports = [r for r, _ in steps]
    seen = gather([lab["id"], *(r["id"] for r in reports)], reports, [lab])
    return [
        Judgement(
            subject_ids=(lab["id"], *(r["id"] for r in reports)),
            severity=5 if solid else 3,
            value=float(days),
            threshold=parameters["tolerance_d"],
            unit="days",
            values={
                "lab": lab["name"] or lab["id"],
                "reports": len(reports),
                "slips": len(steps) - len(solid),
                "example": report["report_no"],
                "links": f"{first}、{second}",
                "first_date": report[first],
                "second_date": report[second],
                "days": days,
            },
            input_ids=seen.input_ids,
            input_records=seen.input_records,
            regions=seen.regions,
            checks=("time_zone", "slip_of_year", "day_and_month"),
        )
    ]


DETECTOR = Detector(
    id="D13",
    name="impossible_dates",
    version=1,
    is_violation=True,
    legal_basis=(lab_rules("第十四条"),),
    parameters=PARAMETERS,
    statement=Statement.load(__file__, "d13_impossible_dates.cypher"),
    judge=judge,
)
