"""D24: is a recalled product still on sale?

A listing of a product that a recall names, on sale more than `grace_d` days after the recall began. If
the recall gives production dates, the date shown on the page must lie among them; goods produced
outside its dates, or after the recall began where it gives none, are another batch and silent. Where
the recall is limited (dates or batches) and the page shows no date, the match is a question: severity
3, else 5.

Repaired units (title says so) are what a recall ends in, and silent.

Cannot see: batch numbers on pages. Sources: plan 二(三); platform opinion (十).
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any

from detect.contract import Detector, Judgement, Parameter, Parameters, Row
from detect.detectors.evidence import gather
from detect.detectors.legal_basis import plan, platform_opinion
from graph.store.statement import Statement

PARAMETERS = (
    Parameter("grace_d", 7, "days", 0, 60, "a platform needs days to take listings down"),
)
_DATE = re.compile(r"(20\d{2})[-/.年](\d{1,2})(?:[-/.月](\d{1,2}))?")
_REPAIRED = re.compile(r"已修复|已整改|维修后|召回后|已更换|升级版电芯")


def production_window(text: str | None) -> tuple[str, str] | None:
    """First and last production day in a recall's wording, None where it names no date.

    A month without a day means the whole month; several dates mean the span from first to last.
    """
    days: list[tuple[date, date]] = []
    for year, month, day in _DATE.findall(unicodedata.normalize("NFKC", text or "")):
        if not 1 <= int(month) <= 12:
            continue
        last = calendar.monthrange(int(year), int(month))[1]
        if day and not 1 <= int(day) <= last:
            continue
        start = date(int(year), int(month), int(day) if day else 1)
        days.append((start, start if day else start.replace(day=last)))
    if not days:
        return None
    return min(d[0] for d in days).isoformat(), max(d[1] for d in days).isoformat()


def match(listing: Mapping[str, Any], recall: Mapping[str, Any]) -> int:
    """Severity of a listing under a recall: 5 matched, 3 in question, 0 another batch or repaired."""
    if _REPAIRED.search(unicodedata.normalize("NFKC", listing["title"] or "")):
        return 0
    window, produced_on = production_window(recall["production_dates"]), listing["produced_on"]
    if produced_on is None:
        return 3 if window or recall["batches"] else 5
    if window:
        return 5 if window[0] <= produced_on <= window[1] else 0
    if produced_on > recall["starts_on"]:
        return 0
    return 3 if recall["batches"] else 5


def judge(row: Row, parameters: Parameters) -> list[Judgement]:
    """One judgement per recall and merchant."""
    recall, merchant = row["recall"], row["merchant"]
    days = (date.fromisoformat(row["as_of"]) - date.fromisoformat(recall["starts_on"])).days
    if days <= parameters["grace_d"]:
        return []
    listings = [(g, severity) for g in row["listings"] if (severity := match(g, recall))]
    if not listings:
        return []
    parts = [g for g, _ in listings]
    seen = gather([recall["id"], merchant["id"], *(g["id"] for g in parts)], parts, [recall])
    return [
        Judgement(
            subject_ids=(merchant["id"],),
            severity=max(severity for _, severity in listings),
            value=float(days),
            threshold=parameters["grace_d"],
            unit="days",
            values={
                "merchant": merchant["name"],
                "recall": recall["recall_id"],
                "starts_on": recall["starts_on"],
                "days": days,
                "listings": len(parts),
                "sure": sum(severity == 5 for _, severity in listings),
            },
            input_ids=seen.input_ids,
            input_records=seen.input_records,
            regions=seen.regions,
            checks=("production_window", "later_batch", "repaired", "grace_period"),
        )
    ]


DETECTOR = Detector(
    id="D24",
    name="recalled_batch",
    version=1,
    is_violation=True,
    legal_basis=(plan("二(三)"), platform_opinion("(十)")),
    parameters=PARAMETERS,
    statement=Statement.load(__file__, "d24_recalled_batch.cypher"),
    judge=judge,
)
