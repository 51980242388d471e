"""D4: does the money of merchants without a declared tie end in one account?

The strongest single link there is: an account has one owner. Fires when ≥ 2 groups of holders remain
after joining parents, branches and franchises. Accounts of platforms (escrow), payment companies and
livestream agencies settle for many and never enter; nor do accounts in the hub register, nor one with
more than `max_holders` holders, which nobody opens for a network.

Cannot see: accounts that differ but belong to one person, or a token that two banks would give.
Sources: published case of 2021 (the payee of one report shop is the company behind another).
"""

from __future__ import annotations

from detect.contract import Detector, Judgement, Parameter, Parameters, Row
from detect.detectors.evidence import gather
from detect.detectors.holders import independent_groups, members, names, rarity
from detect.detectors.legal_basis import plan, platform_opinion
from graph.store.statement import Statement

PARAMETERS = (
    Parameter("min_subjects", 2, "merchants", 2, 20, "an account has one owner"),
    Parameter("max_holders", 50, "merchants", 10, 500, "beyond it somebody settles for others"),
)
#: Classes of accounts that receive money for others by profession.
SETTLING = frozenset({"escrow", "payment_company", "mcn"})


def judge(row: Row, parameters: Parameters) -> list[Judgement]:
    """One judgement per account, of all merchants paid into it."""
    if row["payee_class"] in SETTLING:
        return []
    groups = independent_groups(row["holders"])
    holders = members(groups)
    n = len(groups)
    if n < parameters["min_subjects"] or len(holders) > parameters["max_holders"]:
        return []
    seen = gather([row["identifier_id"], *(h["id"] for h in holders)], holders)
    return [
        Judgement(
            subject_ids=tuple(h["id"] for h in holders),
            severity=5,
            value=float(n),
            threshold=parameters["min_subjects"],
            unit="merchants",
            values={
                "account": row["identifier_id"],
                "subjects": n,
                "names": names(holders),
                "rarity": round(rarity(len(holders), int(row["subjects"])), 3),
            },
            input_ids=seen.input_ids,
            input_records=seen.input_records,
            regions=seen.regions,
            checks=("account_class", "hub_register", "ownership", "holder_limit"),
        )
    ]


DETECTOR = Detector(
    id="D4",
    name="shared_payee",
    version=1,
    is_violation=False,
    legal_basis=(plan("三(六)"), platform_opinion("(十一)")),
    parameters=PARAMETERS,
    statement=Statement.load(__file__, "d04_shared_payee.cypher"),
    judge=judge,
)
