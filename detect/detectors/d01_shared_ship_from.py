"""D1: do merchants that say they are strangers ship from the same place?

Holders of one ship-from address are first joined where a parent, branch or franchise tie is
declared; `n` independent groups remain. Fires when n ≥ 3 and the median overlap of their product
classes is ≥ 0.5; severity 4 from n = 5 on. The score is
`rarity(a) · (1 − e^(−(n−2)/3)) · likeness`, with `rarity(a) = ln(N/df)/ln N`.

An address that stops at the building may be a truncated one (a market hall, an office tower): it
counts one step less and only up to `max_at_building` groups.

Cleared by: the hub register; more holders than `max_holders` (an unregistered hub is for review, not
for accusation); unlike goods, which is how cloud warehouses and forwarders look. The published
formula lets n ≥ 5 fire alone; that would accuse every unregistered warehouse, so
likeness is asked for at any n.

Cannot see: one seller behind addresses that differ, or a warehouse for one trade only.
Sources: published cases of Nanjing (eight stores of one couple shipping from one district) and Shanghai
Baoshan 2025 (a family network of packers and stores); plan 三(三).
"""

from __future__ import annotations

import math

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
    Parameter("min_subjects", 3, "merchants", 2, 20, "two share a place by chance or kinship"),
    Parameter("max_holders", 50, "merchants", 10, 500, "beyond it an address is a hub"),
    Parameter("min_likeness", 0.5, "share", 0, 1, "half of the narrower assortment"),
    Parameter("grave_subjects", 5, "merchants", 3, 50, "five strangers in one room and one trade"),
    Parameter("max_at_building", 12, "merchants", 3, 50, "a building may simply be full of firms"),
)


def judge(row: Row, parameters: Parameters) -> list[Judgement]:
    """One judgement per address, of all merchants that ship from it."""
    groups = independent_groups(row["holders"])
    n = len(groups)
    is_building = row["level"] == "building"
    if n < parameters["min_subjects"] or len(row["holders"]) > parameters["max_holders"]:
        return []
    if is_building and n > parameters["max_at_building"]:
        return []
    likeness = median_likeness(groups)
    if likeness < parameters["min_likeness"]:
        return []
    holders = members(groups)
    rare = rarity(len(holders), int(row["subjects"]))
    severity = (4 if n >= parameters["grave_subjects"] else 3) - int(is_building)
    seen = gather([row["identifier_id"], *(h["id"] for h in holders)], holders)
    return [
        Judgement(
            subject_ids=tuple(h["id"] for h in holders),
            severity=severity,
            value=float(n),
            threshold=parameters["min_subjects"],
            unit="merchants",
            values={
                "address": row["identifier_id"],
                "subjects": n,
                "names": names(holders),
                "likeness": round(likeness, 3),
                "rarity": round(rare, 3),
                "score": round(rare * (1 - math.exp(-(n - 2) / 3)) * likeness, 3),
                "level": row["level"],
            },
            input_ids=seen.input_ids,
            input_records=seen.input_records,
            regions=seen.regions,
            checks=("hub_register", "ownership", "holder_limit", "product_likeness", "precision"),
        )
    ]


DETECTOR = Detector(
    id="D1",
    name="shared_ship_from",
    version=1,
    is_violation=False,
    legal_basis=(plan("三(三)"), plan("三(四)"), plan("三(九)")),
    parameters=PARAMETERS,
    statement=Statement.load(__file__, "d01_shared_ship_from.cypher"),
    judge=judge,
)
