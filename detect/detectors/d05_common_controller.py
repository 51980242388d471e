"""D5: does one person stand behind several merchants of one trade that show no tie?

A person token (legal representative, supervisor or contact) held by ≥ 3 independent merchants of one
product class, where each of them shares its city or a second identifier (account, phone, ship-from or
return address, courier account, device) with another one. A franchise owner's shops, tied by
PARENT_OF, count once.

Homonyms have different tokens; where a source makes tokens of names alone, namesakes live in different
cities and share nothing else, which is why the second sign is asked for.

Cannot see: front persons. Sources: plan 三(一).
"""

from __future__ import annotations

from collections.abc import Sequence

from detect.contract import Detector, Judgement, Parameter, Parameters, Row
from detect.detectors.evidence import gather
from detect.detectors.holders import Holder, city_of, independent_groups, members, names
from detect.detectors.legal_basis import plan
from graph.store.statement import Statement

PARAMETERS = (
    Parameter("min_subjects", 3, "merchants", 2, 20, "two firms of one owner are common"),
    Parameter("max_holders", 50, "merchants", 10, 500, "beyond it an agent signs for others"),
)


def corroborated(holders: Sequence[Holder]) -> list[Holder]:
    """The holders that share their city or a second identifier with another of them."""

    def has_second_sign(one: Holder) -> bool:
        return any(
            other["id"] != one["id"]
            and (
                (city_of(one) is not None and city_of(one) == city_of(other))
                or bool(set(one["others"]) & set(other["others"]))
            )
            for other in holders
        )

    return [holder for holder in holders if has_second_sign(holder)]


def judge(row: Row, parameters: Parameters) -> list[Judgement]:
    """One judgement per person and product class."""
    if len(row["holders"]) > parameters["max_holders"]:
        return []
    by_class: dict[str, list[Holder]] = {}
    for holder in row["holders"]:
        if holder["product_class"] is not None:
            by_class.setdefault(holder["product_class"], []).append(holder)
    found = []
    for product_class, alike in sorted(by_class.items()):
        groups = independent_groups(corroborated([g[0] for g in independent_groups(alike)]))
        if len(groups) < parameters["min_subjects"]:
            continue
        holders = members(groups)
        roles = sorted({role for h in holders for role in h["roles"]})
        seen = gather([row["identifier_id"], *(h["id"] for h in holders)], holders)
        found.append(
            Judgement(
                subject_ids=tuple(h["id"] for h in holders),
                severity=3,
                value=float(len(groups)),
                threshold=parameters["min_subjects"],
                unit="merchants",
                values={
                    "person": row["identifier_id"],
                    "subjects": len(groups),
                    "names": names(holders),
                    "product_class": product_class,
                    "roles": "、".join(roles),
                },
                input_ids=seen.input_ids,
                input_records=seen.input_records,
                regions=seen.regions,
                checks=("hub_register", "ownership", "second_sign"),
            )
        )
    return found


DETECTOR = Detector(
    id="D5",
    name="common_controller",
    version=1,
    is_violation=False,
    legal_basis=(plan("三(一)"),),
    parameters=PARAMETERS,
    statement=Statement.load(__file__, "d05_common_controller.cypher"),
    judge=judge,
)
