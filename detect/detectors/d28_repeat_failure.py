"""D28: does one producer's product keep failing in the same item, in different cities?

Failures of the last `window_d` days per producer, product class and failed item. The same product
checked in the same city within `duplicate_d` days is one sampling counted twice. Fires (severity 4)
from two cities on.

An honest brand may be counterfeited: where none of the sellers sampled is the producer, its branch, or
authorised by it, the goods may not be its own. That is said with severity 2, as a question to the
producer, and who shows its certificates is D20's matter.

Cannot see: item names that two laboratories write differently. Sources: Zhejiang opinion item 14 (merge
cases of several places), plan 三(五).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from detect.contract import Detector, Judgement, Parameter, Parameters, Row
from detect.detectors.evidence import gather
from detect.detectors.legal_basis import plan, spot_check_opinion
from detect.detectors.likeness import fold
from graph.store.statement import Statement

PARAMETERS = (
    Parameter("window_d", 365, "days", 90, 1095, "failures of a year are one story"),
    Parameter("min_cities", 2, "cities", 2, 10, "what one city sees is that city's case"),
    Parameter("duplicate_d", 7, "days", 0, 60, "two offices may sample in the same campaign"),
)

Check = Mapping[str, Any]


def items_of(text: str | None) -> dict[str, str]:
    """Failed items, folded spelling → as written."""
    parts = re.split(r"[；;、，,\n]", text or "")
    return {fold(part): part.strip() for part in parts if fold(part)}


def without_duplicates(checks: Sequence[Check], duplicate_d: float) -> list[Check]:
    """The checks less those of one product in one city within `duplicate_d` days of a kept one."""
    kept: list[Check] = []
    for check in sorted(checks, key=lambda c: (c["checked_on"], c["id"])):
        day = date.fromisoformat(check["checked_on"])
        if not any(
            other["product_id"] == check["product_id"]
            and _city(other) == _city(check)
            and (day - date.fromisoformat(other["checked_on"])).days <= duplicate_d
            for other in kept
        ):
            kept.append(check)
    return kept


def _city(check: Check) -> str:
    return str(check["division"] or "")[:4]


def judge(row: Row, parameters: Parameters) -> list[Judgement]:
    """One judgement per producer, class and failed item."""
    by_item: dict[str, list[Check]] = {}
    written: dict[str, str] = {}
    for check in row["checks"]:
        for item, text in items_of(check["items"]).items():
            by_item.setdefault(item, []).append(check)
            written.setdefault(item, text)
    found = []
    for item, checks in sorted(by_item.items()):
        kept = without_duplicates(checks, parameters["duplicate_d"])
        cities = {_city(check) for check in kept} - {""}
        if len(cities) >= parameters["min_cities"]:
            found.append(_judgement(row, written[item], kept, parameters))
    return found


def _judgement(row: Row, item: str, checks: Sequence[Check], parameters: Parameters) -> Judgement:
    producer = row["producer"]
    cities = {_city(check) for check in checks} - {""}
    own = sum(bool(check["is_own"]) for check in checks)
    is_known = any(check["seller_ids"] for check in checks)
    is_in_question = is_known and own == 0
    seen = gather([producer["id"], *(check["id"] for check in checks)], checks)
    return Judgement(
        subject_ids=(producer["id"],),
        severity=2 if is_in_question else 4,
        value=float(len(cities)),
        threshold=parameters["min_cities"],
        unit="cities",
        values={
            "producer": producer["name"],
            "product_class": row["product_class"] or "—",
            "item": item,
            "checks": len(checks),
            "cities": len(cities),
            "own": own,
            "first_date": checks[0]["checked_on"],
            "last_date": checks[-1]["checked_on"],
        },
        input_ids=seen.input_ids,
        input_records=seen.input_records,
        regions=seen.regions,
        checks=("duplicate_sampling", "counterfeit_of_the_brand"),
    )


DETECTOR = Detector(
    id="D28",
    name="repeat_failure",
    version=1,
    is_violation=False,
    legal_basis=(spot_check_opinion("第十四项"), plan("三(五)")),
    parameters=PARAMETERS,
    statement=Statement.load(__file__, "d28_repeat_failure.cypher"),
    judge=judge,
)
