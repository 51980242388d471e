"""D21: is something on sale under a dead certificate, or without one that it must have?

Two questions, one row each per merchant and certificate or product:

- status: on the date of judgement the certificate is suspended, revoked, cancelled or expired, and has
  been for more than `grace_d` days. Goods whose page says they were produced before the state began
  may be sold off and are left out; for a revocation too, because the page cannot tell its ground.
  Severity 5, 4 for a mere suspension.
- missing: the product is in the compulsory catalogue, the duty has begun more than `grace_d` days ago,
  and the page shows no certificate at all. Severity 4. A product whose date lies ahead is silent.

Cannot see: the catalogue's border cases (a listing put in the wrong class), pages that hide the
certificate in a picture, and whether the production date shown is true.
Sources: plan 三(一); Zhejiang opinion item 6; power banks and lithium cells: duty from 2024-08-01.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from detect.contract import Detector, Judgement, Parameter, Parameters, Row
from detect.detectors.evidence import gather
from detect.detectors.legal_basis import plan, spot_check_opinion
from graph.store.statement import Statement

PARAMETERS = (
    Parameter("grace_d", 7, "days", 0, 90, "a page needs days to change after a status does"),
)
#: Gravest first: when sources disagree on a day, the gravest state is named.
DEAD = ("revoked", "cancelled", "expired", "suspended")

Interval = Mapping[str, Any]


def dead_state(row: Row) -> tuple[str, str] | None:
    """(status, first day) of the certificate on the date of judgement, None while it is alive.

    Of states that overlap, the one that began last counts; a printed expiry counts from the day
    after it.
    """
    states: Sequence[Interval] = row["statuses"]
    latest = max((s["starts_on"] for s in states), default=None)
    current = [s["status"] for s in states if s["starts_on"] == latest]
    for status in DEAD:
        if status in current:
            return status, str(latest)
    expires_on = row["subject"]["expires_on"]
    if expires_on is not None and expires_on < row["as_of"]:
        return "expired", (date.fromisoformat(expires_on) + timedelta(days=1)).isoformat()
    return None


def _age_d(since: str, row: Row) -> int:
    return (date.fromisoformat(row["as_of"]) - date.fromisoformat(since)).days


def judge(row: Row, parameters: Parameters) -> list[Judgement]:
    """One judgement per merchant and certificate (or product that lacks one)."""
    if row["kind"] == "missing":
        since = row["subject"]["requires_from"]
        if since is not None and _age_d(since, row) <= parameters["grace_d"]:
            return []
        listings = row["listings"]
        return [_judgement(row, listings, ("missing", since or "—", 4), parameters)]
    state = dead_state(row)
    if state is None:
        return []
    status, since = state
    if _age_d(since, row) <= parameters["grace_d"]:
        return []
    listings = [g for g in row["listings"] if g["produced_on"] is None or g["produced_on"] >= since]
    if not listings:
        return []
    severity = 4 if status == "suspended" else 5
    return [_judgement(row, listings, (status, since, severity), parameters)]


def _judgement(
    row: Row,
    listings: Sequence[Mapping[str, Any]],
    state: tuple[str, str, int],
    parameters: Parameters,
) -> Judgement:
    status, since, severity = state
    subject, merchant = row["subject"], row["merchant"]
    used = [s for s in row["statuses"] if s["status"] == status]
    days = _age_d(since, row) if since != "—" else 0
    seen = gather(
        [subject["id"], merchant["id"], *(g["id"] for g in listings)], listings, used, [subject]
    )
    return Judgement(
        subject_ids=(merchant["id"],),
        severity=severity,
        value=float(days),
        threshold=parameters["grace_d"],
        unit="days",
        values={
            "merchant": merchant["name"],
            "subject": subject["label"] or subject["id"],
            "status": status,
            "since": since,
            "days": days,
            "listings": len(listings),
            "as_of": row["as_of"],
        },
        input_ids=seen.input_ids,
        input_records=seen.input_records,
        regions=seen.regions,
        checks=("produced_before", "grace_period", "catalogue_date", "listing_active"),
    )


DETECTOR = Detector(
    id="D21",
    name="invalid_certificate",
    version=1,
    is_violation=True,
    legal_basis=(plan("三(一)"), spot_check_opinion("第六项")),
    parameters=PARAMETERS,
    statement=Statement.load(__file__, "d21_invalid_certificate.cypher"),
    judge=judge,
)
