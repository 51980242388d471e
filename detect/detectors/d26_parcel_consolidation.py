"""D26: do strangers post under one account, or parcels start elsewhere than the page says?

- account: a monthly courier account of ≥ 5 independent merchants whose goods are alike (median overlap of
  product classes ≥ 0.5). Courier outlets and third-party logistics post for anybody: the hub
  register, `max_holders` and unlike goods keep them silent.
- origin: of ≥ 20 parcels in 90 days, ≥ 30 % are first scanned in a province that is neither the one
  claimed nor one of the merchant's known ship-from places (so several warehouses are no reproach).

Cannot see: cash parcels, or one sender with many accounts. Sources: plan 三(四).
"""

from __future__ import annotations

from detect.contract import Detector, Judgement, Parameter, Parameters, Row
from detect.detectors.evidence import gather
from detect.detectors.holders import independent_groups, median_likeness, members, names
from detect.detectors.legal_basis import plan
from graph.store.statement import Statement

PARAMETERS = (
    Parameter("min_subjects", 5, "merchants", 2, 50, "neighbours share an account by threes"),
    Parameter("max_holders", 50, "merchants", 10, 500, "beyond it an outlet posts for the street"),
    Parameter("min_likeness", 0.5, "share", 0, 1, "half of the narrower assortment"),
    Parameter("min_parcels", 20, "parcels", 5, 1000, "fewer are a matter of chance"),
    Parameter("min_share", 0.3, "share", 0.05, 1, "returns and forwarding explain less"),
)


def judge(row: Row, parameters: Parameters) -> list[Judgement]:
    """One judgement per account, or per merchant for the origin of its parcels."""
    if row["kind"] == "origin":
        return _judge_origin(row, parameters)
    groups = independent_groups(row["holders"])
    n, holders = len(groups), members(groups)
    if n < parameters["min_subjects"] or len(holders) > parameters["max_holders"]:
        return []
    likeness = median_likeness(groups)
    if likeness < parameters["min_likeness"]:
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
                "kind": "account",
                "identifier": row["identifier_id"],
                "names": names(holders),
                "count": n,
                "percent": round(100 * likeness, 1),
            },
            input_ids=seen.input_ids,
            input_records=seen.input_records,
            regions=seen.regions,
            checks=("hub_register", "ownership", "product_likeness", "holder_limit"),
        )
    ]


def _judge_origin(row: Row, parameters: Parameters) -> list[Judgement]:
    parcels, elsewhere = row["parcels"], row["elsewhere"]
    if parcels < parameters["min_parcels"] or elsewhere < parameters["min_share"] * parcels:
        return []
    seen = gather([row["identifier_id"]], row["holders"])
    return [
        Judgement(
            subject_ids=(row["identifier_id"],),
            severity=3,
            value=round(elsewhere / parcels, 4),
            threshold=parameters["min_share"],
            unit="share",
            values={
                "kind": "origin",
                "identifier": row["identifier_id"],
                "names": names(row["holders"]),
                "count": parcels,
                "percent": round(100 * elsewhere / parcels, 1),
            },
            input_ids=seen.input_ids,
            input_records=seen.input_records,
            regions=seen.regions,
            checks=("known_warehouses", "parcel_count"),
        )
    ]


DETECTOR = Detector(
    id="D26",
    name="parcel_consolidation",
    version=1,
    is_violation=False,
    legal_basis=(plan("三(四)"),),
    parameters=PARAMETERS,
    statement=Statement.load(__file__, "d26_parcel_consolidation.cypher"),
    judge=judge,
)
