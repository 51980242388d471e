"""D22: can the certificate, licence or CMA number on a page exist at all?

Each number that no register knows is checked against its value kind (`graph.model.values`): digits
and their count, year of a compulsory certificate, issuing authority of a CMA number, industry code of
a production licence. Then against what cannot be: a certificate older than the day its product class
entered the catalogue, or from the future.

Three outcomes. Malformed (severity 3). Manual review (severity 1 or 2), never called forged: a number
that becomes right when look-alike characters are read the other way (O/0, I/1: text recognition), and
forms that exist beside the usual one (letter suffix of an OEM certificate, self-declaration, voluntary
certificates with a letter prefix). And nothing at all, when the form is right; whether the number is
genuine only its register can tell, because none of them has a check digit.

Sources: number rules of CCC (16 digits YYYY BB PPPP SSSSSS), CMA (12 digits), licences
(XK00-000-00000); power banks and lithium cells entered the catalogue on 2023-08-01.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from detect.contract import Detector, Judgement, Parameter, Parameters, Row
from detect.detectors.evidence import gather
from detect.detectors.holders import names
from detect.detectors.legal_basis import plan
from graph.errors import ValueRefused
from graph.model.values import ccc, cma, licence
from graph.store.statement import Statement

PARAMETERS = (
    Parameter("min_severity", 1, "severity", 1, 3, "3 leaves manual reviews out of the list"),
)
CLEAN = {"ccc": ccc.clean, "licence": licence.clean, "cma": cma.clean}
#: First year in which a compulsory certificate of the class can have been issued.
CATALOGUE_YEAR = {"power_bank": 2023, "lithium_cell": 2023, "lithium_battery": 2023}
#: Forms that exist beside the usual one: they are looked at by a person.
PLAUSIBLE = {
    "ccc": re.compile(r"\d{16}[A-Z]{1,2}\d?|[A-Z]{2,5}\d{8,18}|\d{16}\(?(?:自我声明|OEM|ODM)\)?"),
    "licence": re.compile(
        r"(?:[(（][一-鿿][)）])?[A-Z]{2}\d{2}-?\d{3}-?\d{5}[A-Z]?|[一-鿿]?XK\d{10}"
    ),
    "cma": re.compile(r"\d{12}[A-Z]{1,2}|[一-鿿(（]{1,4}\d{2,4}[)）量认]{0,4}字?[A-Z]?\d{4,6}号?"),
}
_PREFIX = re.compile(r"^[^0-9:]{0,15}:")
_TO_DIGITS = str.maketrans("OQILBSZ", "0011852")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is wrong with a number: `outcome` malformed or manual_review, `reason` a stable code."""

    outcome: str
    severity: int
    reason: str


def examine(field: str, raw: str, product_class: str | None, as_of: str) -> Verdict | None:
    """The verdict on one number as shown; None when its form is right.

    `field` is `ccc`, `licence` or `cma`; years are compared with `as_of` and the catalogue.
    """
    text = re.sub(r"[\s\u200b]", "", unicodedata.normalize("NFKC", raw).upper())
    text = _PREFIX.sub("", text)
    if not text:
        return Verdict("manual_review", 1, "empty")
    reason = _refusal(field, text)
    if reason is None:
        return _impossible(field, text, product_class, as_of)
    if _refusal(field, _as_recognised(field, text)) is None:
        return Verdict("manual_review", 1, "look_alike_characters")
    if PLAUSIBLE[field].fullmatch(text):
        return Verdict("manual_review", 2, "unusual_form")
    return Verdict("malformed", 3, reason)


def _refusal(field: str, text: str) -> str | None:
    try:
        CLEAN[field](text)
    except ValueRefused as refused:
        return refused.reason
    return None


def _as_recognised(field: str, text: str) -> str:
    """The number with letters that stand for digits read as digits (a licence keeps its XK)."""
    head, at, tail = text.partition("XK") if field == "licence" else ("", "", text)
    return head + at + tail.translate(_TO_DIGITS)


def _impossible(field: str, text: str, product_class: str | None, as_of: str) -> Verdict | None:
    digits = re.sub(r"\D", "", text)
    if field == "ccc" and len(digits) == 16:
        year = int(digits[:4])
        if year > int(as_of[:4]):
            return Verdict("malformed", 3, "ccc.year_ahead")
        if year < CATALOGUE_YEAR.get(product_class or "", 0):
            return Verdict("malformed", 3, "ccc.year_before_catalogue")
    if field == "cma" and len(digits) == 12 and int(digits[:2]) > int(as_of[2:4]):
        return Verdict("malformed", 3, "cma.year_ahead")
    return None


def judge(row: Row, parameters: Parameters) -> list[Judgement]:
    """One judgement per merchant that shows the number."""
    uses: dict[str, list[tuple[Mapping[str, Any], Verdict]]] = {}
    for use in row["uses"]:
        verdict = examine(row["field"], row["raw"], use["product_class"], row["as_of"])
        if verdict is not None and verdict.severity >= parameters["min_severity"]:
            uses.setdefault(use["merchant_id"], []).append((use, verdict))
    found = []
    for merchant_id, shown in sorted(uses.items()):
        listings = [use for use, _ in shown]
        verdict = max((v for _, v in shown), key=lambda v: v.severity)
        seen = gather([merchant_id, *(use["listing_id"] for use in listings)], listings)
        found.append(
            Judgement(
                subject_ids=(merchant_id,),
                severity=verdict.severity,
                value=float(verdict.severity),
                threshold=parameters["min_severity"],
                unit="severity",
                values={
                    "merchant": names([{"id": merchant_id, "name": listings[0]["name"]}]),
                    "field": row["field"],
                    "number": row["raw"],
                    "outcome": verdict.outcome,
                    "reason": verdict.reason,
                    "listings": len(listings),
                },
                input_ids=seen.input_ids,
                input_records=seen.input_records,
                regions=seen.regions,
                checks=("registers", "look_alike_characters", "other_forms"),
            )
        )
    return found


DETECTOR = Detector(
    id="D22",
    name="malformed_number",
    version=1,
    is_violation=False,
    legal_basis=(plan("三(一)"),),
    parameters=PARAMETERS,
    statement=Statement.load(__file__, "d22_malformed_number.cypher"),
    judge=judge,
)
