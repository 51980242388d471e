"""D23: is something sold at a price at which the real thing cannot be made?

Against at least `min_peers` listings of the same product class on sale that day, with p the price:

    p ≤ 0.3 · median     or     z = (ln p − median of ln) / (1.4826 · MAD of ln) ≤ −3,

and on sale for at least `min_days` days. Severity 2: a price is a reason to look, never more.

What the title declares is no low price: decoy articles (deposit, postage, accessory), coupons, used
and refurbished goods, single pieces or samples, clearance. Where MAD is 0 only the ratio counts.

Cannot see: what was really paid, whether anything was sold, and quality classes within a product
class. Sources: plan 三(二); platform opinion (九)(十); Zhejiang opinion item 11.
"""

from __future__ import annotations

import re
import unicodedata

from detect.contract import Detector, Judgement, Parameter, Parameters, Row
from detect.detectors.evidence import gather
from detect.detectors.legal_basis import plan, platform_opinion, spot_check_opinion
from graph.store.statement import Statement

PARAMETERS = (
    Parameter("min_peers", 20, "listings", 5, 1000, "a median of fewer is not a market"),
    Parameter("max_ratio", 0.3, "share of the median", 0.05, 0.8, "below the cost of materials"),
    Parameter("max_z", -3, "standard deviations", -10, -1.5, "one in a thousand if normal"),
    Parameter("min_days", 7, "days", 0, 60, "flash sales last less"),
)
#: What a title says to explain a low price, by kind of explanation.
EXPLAINED = {
    "decoy_sku": re.compile(r"定金|订金|补差|差价|运费|邮费|配件|贴膜|保护套|收纳|链接勿拍"),
    "coupon": re.compile(r"券后|领券|优惠券|满减|立减"),
    "second_hand": re.compile(r"二手|翻新|闲置|拆机|官翻"),
    "unit_size": re.compile(r"单个|单只|单片|散装|小样|样品|试用|/[个只片粒]"),
    "clearance": re.compile(r"清仓|尾货|临期|甩卖|处理品|断码"),
}


def explanation_of(title: str | None) -> str | None:
    """The kind of explanation that a title gives for a low price."""
    text = unicodedata.normalize("NFKC", title or "")
    return next((kind for kind, words in EXPLAINED.items() if words.search(text)), None)


def judge(row: Row, parameters: Parameters) -> list[Judgement]:
    """One judgement per merchant and product class."""
    if row["peers"] < parameters["min_peers"]:
        return []
    limit_fen = parameters["max_ratio"] * row["median_fen"]
    low = [
        g
        for g in row["listings"]
        if explanation_of(g["title"]) is None
        and (g["price_fen"] <= limit_fen or (g["z"] is not None and g["z"] <= parameters["max_z"]))
    ]
    if not low:
        return []
    lowest = min(low, key=lambda g: (g["price_fen"], g["id"]))
    ratio = lowest["price_fen"] / row["median_fen"]
    seen = gather([row["merchant_id"], *(g["id"] for g in low)], low)
    return [
        Judgement(
            subject_ids=(row["merchant_id"],),
            severity=2,
            value=round(ratio, 4),
            threshold=parameters["max_ratio"],
            unit="share of the median",
            values={
                "merchant": row["name"],
                "product_class": row["product_class"],
                "listings": len(low),
                "price_yuan": round(lowest["price_fen"] / 100, 2),
                "median_yuan": round(row["median_fen"] / 100, 2),
                "percent": round(100 * ratio, 1),
                "z": "—" if lowest["z"] is None else f"{lowest['z']:.1f}",
                "peers": row["peers"],
            },
            input_ids=seen.input_ids,
            input_records=seen.input_records,
            regions=seen.regions,
            checks=tuple(EXPLAINED),
        )
    ]


DETECTOR = Detector(
    id="D23",
    name="abnormal_price",
    version=1,
    is_violation=False,
    legal_basis=(
        plan("三(二)"),
        platform_opinion("(九)"),
        platform_opinion("(十)"),
        spot_check_opinion("第十一项"),
    ),
    parameters=PARAMETERS,
    statement=Statement.load(__file__, "d23_abnormal_price.cypher"),
    judge=judge,
)
