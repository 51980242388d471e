"""D10: does a copy of a report say something else than the report itself?

Every copy on a listing is compared with the registered report, field by field: client, sample, model,
issue date. A copy is in order when all its fields agree with *one* version of the report: the
register's entry or a version that amends it (更改报告: `amends_report_no`, or the same number with a
suffix such as -1, /A1, A1, 更改1). Where the register says nothing of a field, copies are compared
with each other, and those that differ from the most frequent value conflict.

Differences of spelling (width, case, spaces, punctuation, look-alike characters such as 0/O, one
misread character in a long name, a shortened name) are no conflict: they are how text recognition
errs. Different file hashes alone are no conflict either, and are reported as a number only.

Cannot see: a forged measurement under true headings, a client renamed between copies (asks a look at
the company register). Sources: published case of Changshu 2020;
rules on laboratories (order 39), article 14 (5).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from detect.contract import Detector, Judgement, Parameter, Parameters, Row
from detect.detectors.evidence import gather
from detect.detectors.holders import names
from detect.detectors.legal_basis import lab_rules, plan
from detect.detectors.likeness import fold, same_copy, same_model
from graph.store.statement import Statement

PARAMETERS = (
    Parameter("min_fields", 1, "fields", 1, 4, "one field that is another is another report"),
)

#: Field of a copy → field of the register.
FIELDS = {
    "client": "client_name",
    "sample": "sample_name",
    "model": "sample_model",
    "issued_on": "issued_on",
}
_SUFFIX = re.compile(r"[-/_(（]?(?:A|R|REV|更改?|改)?\d{0,2}号?[)）]?", re.IGNORECASE)

Copy = Mapping[str, Any]


def versions_of(row: Row) -> list[Mapping[str, Any]]:
    """The report and the versions that amend it or that it amends."""
    number = str(row["report"]["report_no"])
    own = next((v for v in row["versions"] if v["report_no"] == number), None)
    amended = own["amends_report_no"] if own else None
    return [
        v
        for v in row["versions"]
        if number in (v["report_no"], v["amends_report_no"])
        or v["report_no"] == amended
        or _is_suffixed(number, str(v["report_no"]))
    ]


def _is_suffixed(number: str, other: str) -> bool:
    shorter, longer = sorted((number, other), key=len)
    rest = longer[len(shorter) :] if longer.startswith(shorter) else None
    # A digit directly after a digit is the next number of the series, not an amendment.
    return rest is not None and not rest[:1].isdigit() and bool(_SUFFIX.fullmatch(rest))


def agrees(field: str, shown: str | None, registered: str | None) -> bool:
    """Whether the shown value can be a reading of the registered one; silence agrees."""
    if shown is None or registered is None:
        return True
    if field == "issued_on":
        return shown == registered
    return same_model(shown, registered) if field == "model" else same_copy(shown, registered)


def conflicts(copy: Copy, versions: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """The fields in which a copy differs from the version that is nearest to it."""
    each = [
        tuple(f for f, name in FIELDS.items() if not agrees(f, copy[f], version[name]))
        for version in versions
    ]
    return min(each, key=len, default=())


def _with_consensus(
    versions: list[Mapping[str, Any]], copies: Sequence[Copy]
) -> list[Mapping[str, Any]]:
    """Fill fields that no version registers with what most copies say, if at least two agree."""
    filled: dict[str, str] = {}
    for field, name in FIELDS.items():
        if any(version[name] is not None for version in versions):
            continue
        said = Counter(fold(c[field]) for c in copies if c[field] is not None)
        if said and said.most_common(1)[0][1] >= 2:
            top = said.most_common(1)[0][0]
            filled[name] = next(c[field] for c in copies if c[field] and fold(c[field]) == top)
    return [{**version, **filled} for version in versions]


def judge(row: Row, parameters: Parameters) -> list[Judgement]:
    """One judgement per report, of the merchants whose copies conflict with it."""
    report, versions = row["report"], _with_consensus(versions_of(row), row["copies"])
    found = [(copy, fields) for copy in row["copies"] if (fields := conflicts(copy, versions))]
    found = [(copy, fields) for copy, fields in found if len(fields) >= parameters["min_fields"]]
    if not found:
        return []
    copies = [copy for copy, _ in found]
    worst, fields = max(found, key=lambda pair: len(pair[1]))
    merchants = {c["merchant_id"]: {"id": c["merchant_id"], "name": c["name"]} for c in copies}
    seen = gather([report["id"], *merchants, *(c["listing_id"] for c in copies)], copies, [report])
    first = fields[0]
    return [
        Judgement(
            subject_ids=(*merchants, report["id"]),
            severity=5,
            value=float(len(fields)),
            threshold=parameters["min_fields"],
            unit="fields",
            values={
                "report": report["id"],
                "report_no": report["report_no"],
                "fields": "、".join(fields),
                "shown": str(worst[first]),
                "registered": str(versions[0][FIELDS[first]]),
                "copies": len(copies),
                "texts": len({c["text_sha256"] for c in row["copies"] if c["text_sha256"]}),
                "names": names(merchants.values()),
            },
            input_ids=seen.input_ids,
            input_records=seen.input_records,
            regions=seen.regions,
            checks=("amended_versions", "spelling", "look_alike_characters"),
        )
    ]


DETECTOR = Detector(
    id="D10",
    name="report_conflict",
    version=1,
    is_violation=True,
    legal_basis=(plan("二(三)"), plan("三(六)"), lab_rules("第十四条")),
    parameters=PARAMETERS,
    statement=Statement.load(__file__, "d10_report_conflict.cypher"),
    judge=judge,
)
