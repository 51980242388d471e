"""D2: is one telephone number used by merchants that have no declared tie?

Numbers that may not link (privacy, masked, 400/95 service numbers) never enter. Holders with a
declared parent, branch or franchise, or openly under one legal representative (a family's shops),
count once; fires when ≥ 3 independent groups remain, in whatever roles (contact, sender, return).

An accounting agency or registration agent leaves its own number as contact of clients in unlike
trades: from `agency_holders` groups on, contacts only and with a median product likeness below
`agency_likeness`, the number is read as an agency's and stays silent.

Cannot see: a recycled number whose earlier holder never updated its contact (three holders make it
unlikely), nor who in fact answers. Sources: plan 三(六), 三(九);
telephone facts of libphonenumber.
"""

from __future__ import annotations

from detect.contract import Detector, Judgement, Parameter, Parameters, Row
from detect.detectors.evidence import gather
from detect.detectors.holders import (
    independent_groups,
    median_likeness,
    members,
    names,
    rarity,
)
from detect.detectors.legal_basis import plan
from graph.store.statement import Statement

PARAMETERS = (
    Parameter("min_subjects", 3, "merchants", 2, 20, "two may be a recycled number or a couple"),
    Parameter("max_holders", 50, "merchants", 10, 500, "beyond it a number is a hub"),
    Parameter("agency_holders", 8, "merchants", 3, 50, "an agent has many clients"),
    Parameter("agency_likeness", 0.25, "share", 0, 1, "clients of an agent are in unlike trades"),
)
#: Classes of numbers that many lawfully share; the statement leaves them out already.
NEVER_LINKING = frozenset({"privacy", "service", "masked"})


def judge(row: Row, parameters: Parameters) -> list[Judgement]:
    """One judgement per number, of all merchants that use it."""
    if row["link_class"] in NEVER_LINKING:
        return []
    groups = independent_groups(row["holders"])
    n = len(groups)
    holders = members(groups)
    if n < parameters["min_subjects"] or len(holders) > parameters["max_holders"]:
        return []
    roles = sorted({role for h in holders for role in h["roles"]})
    likeness = median_likeness(groups)
    if (
        n >= parameters["agency_holders"]
        and roles == ["contact"]
        and likeness < parameters["agency_likeness"]
    ):
        return []
    seen = gather([row["identifier_id"], *(h["id"] for h in holders)], holders)
    return [
        Judgement(
            subject_ids=tuple(h["id"] for h in holders),
            severity=3,
            value=float(n),
            threshold=parameters["min_subjects"],
            unit="merchants",
            values={
                "phone": row["identifier_id"],
                "subjects": n,
                "names": names(holders),
                "roles": "、".join(roles),
                "likeness": round(likeness, 3),
                "rarity": round(rarity(len(holders), int(row["subjects"])), 3),
            },
            input_ids=seen.input_ids,
            input_records=seen.input_records,
            regions=seen.regions,
            checks=("number_class", "hub_register", "ownership", "legal_rep", "agency"),
        )
    ]


DETECTOR = Detector(
    id="D2",
    name="shared_phone",
    version=1,
    is_violation=False,
    legal_basis=(plan("三(六)"), plan("三(九)")),
    parameters=PARAMETERS,
    statement=Statement.load(__file__, "d02_shared_phone.cypher"),
    judge=judge,
)
