"""D3: do the goods of merchants that say they are strangers come back to one place?

Senders hide behind aliases; returned goods must arrive. Holders tied by a parent, or authorised by one
brand (path ≤ 2), count once: a brand's return centre serves all its dealers. Fires when ≥ 3 groups
remain and their goods are alike (median overlap of product classes ≥ 0.5), as in D1, because
after-sales services take returns for anybody.

Cannot see: the sender's names on parcels (they never enter the graph), so the alias half of the
published rule is left to the courier. Sources: published case of Dongguan
(one after-sales consignee behind several senders).
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
    Parameter("min_subjects", 3, "merchants", 2, 20, "two may be kin or neighbours"),
    Parameter("max_holders", 50, "merchants", 10, 500, "beyond it the address is a service"),
    Parameter("min_likeness", 0.5, "share", 0, 1, "half of the narrower assortment"),
    Parameter("max_at_building", 12, "merchants", 3, 50, "a building may simply be full of firms"),
)


def judge(row: Row, parameters: Parameters) -> list[Judgement]:
    """One judgement per address, of all merchants whose goods return to it."""
    groups = independent_groups(row["holders"])
    n, holders = len(groups), members(groups)
    if n < parameters["min_subjects"] or len(holders) > parameters["max_holders"]:
        return []
    if row["level"] == "building" and n > parameters["max_at_building"]:
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
                "address": row["identifier_id"],
                "subjects": n,
                "names": names(holders),
                "likeness": round(likeness, 3),
                "rarity": round(rarity(len(holders), int(row["subjects"])), 3),
            },
            input_ids=seen.input_ids,
            input_records=seen.input_records,
            regions=seen.regions,
            checks=("hub_register", "ownership", "authorisation", "product_likeness"),
        )
    ]


DETECTOR = Detector(
    id="D3",
    name="shared_return_address",
    version=1,
    is_violation=False,
    legal_basis=(plan("三(四)"),),
    parameters=PARAMETERS,
    statement=Statement.load(__file__, "d03_shared_return_address.cypher"),
    judge=judge,
)
