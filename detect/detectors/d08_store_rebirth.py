"""D8: does a store that was shut down come back under another merchant's name?

A store closed by a penalty or by the platform, and within `window_d` days a store of a different
merchant that shares ≥ 2 kinds of strong identifier with the closed one (payee account, phone, ship-from
or return address, courier account, device). Severity 4.

A lawful relocation is closed by its owner and never enters; a change of name keeps the social credit
code and so the merchant; a declared parent or branch is said openly. Hubs and identifiers with more
than `max_holders` holders do not count.

Cannot see: a successor that starts with everything new. Sources: plan 三(二).
"""

from __future__ import annotations

from datetime import date

from detect.contract import Detector, Judgement, Parameter, Parameters, Row
from detect.detectors.evidence import gather
from detect.detectors.legal_basis import plan, platform_opinion
from graph.store.statement import Statement

PARAMETERS = (
    Parameter("window_d", 30, "days", 7, 180, "a store is set up in days, not in seasons"),
    Parameter("min_keys", 2, "kinds of identifier", 1, 6, "one may be a neighbour's or recycled"),
    Parameter("max_holders", 20, "merchants", 5, 100, "many holders say nothing about two"),
)
FORCED = frozenset({"penalty", "platform"})


def judge(row: Row, parameters: Parameters) -> list[Judgement]:
    """One judgement per closed and reopened store."""
    closed, opened, shared = row["closed"], row["opened"], row["shared"]
    if closed["close_reason"] not in FORCED or closed["merchant_id"] == opened["merchant_id"]:
        return []
    if closed["merchant_id"] in opened["ties"]:
        return []
    gap = date.fromisoformat(opened["opened_on"]) - date.fromisoformat(closed["closed_on"])
    kinds = sorted({key["kind"] for key in shared})
    if not 0 <= gap.days <= parameters["window_d"] or len(kinds) < parameters["min_keys"]:
        return []
    ends = [end[name] for end in (closed, opened) for name in ("merchant_id", "store_id")]
    seen = gather([*ends, *(key["id"] for key in shared)], shared, [closed, opened])
    return [
        Judgement(
            subject_ids=(closed["merchant_id"], opened["merchant_id"]),
            severity=4,
            value=float(len(kinds)),
            threshold=parameters["min_keys"],
            unit="kinds of identifier",
            values={
                "closed_store": closed["store_id"],
                "closed_by": closed["name"],
                "closed_on": closed["closed_on"],
                "status": closed["close_reason"],
                "opened_store": opened["store_id"],
                "opened_by": opened["name"],
                "opened_on": opened["opened_on"],
                "days": gap.days,
                "keys": len(kinds),
                "links": "、".join(kind.lower() for kind in kinds),
            },
            input_ids=seen.input_ids,
            input_records=seen.input_records,
            regions=seen.regions,
            checks=("closed_by_owner", "same_merchant", "ownership", "hub_register"),
        )
    ]


DETECTOR = Detector(
    id="D8",
    name="store_rebirth",
    version=1,
    is_violation=False,
    legal_basis=(plan("三(二)"), platform_opinion("(六)")),
    parameters=PARAMETERS,
    statement=Statement.load(__file__, "d08_store_rebirth.cypher"),
    judge=judge,
)
