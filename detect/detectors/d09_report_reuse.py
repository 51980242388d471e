"""D9: is one test report shown by merchants that have nothing to do with it?

A merchant may show a report when it is the client, the maker of the tested product, the holder of a
certificate shown with it for the same maker, authorised by one of these (path ≤ 2), or their parent,
branch or sibling; names are compared where the register has no link. A brand owner whose product
comes from a factory that stands in the report shows its own product's report (same-factory OEM).
Fires when ≥ 2 other merchants show it: one may be a missing authorisation, two are reuse.

Cannot see: authorisations that nobody reported (the first thing to ask for), and a single borrower.
Sources: published case of Changshu 2020 (a report whose true client is somebody else).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from detect.contract import Detector, Judgement, Parameter, Parameters, Row
from detect.detectors.evidence import gather
from detect.detectors.holders import names
from detect.detectors.legal_basis import plan, platform_opinion
from detect.detectors.likeness import is_among
from graph.store.statement import Statement

PARAMETERS = (
    Parameter("min_outsiders", 2, "merchants", 1, 20, "one may be an unreported authorisation"),
)


def is_outsider(use: Mapping[str, Any], row: Row) -> bool:
    """Whether the merchant of `use` has no known right to show the report."""
    report, insiders = row["report"], {i["id"] for i in row["insiders"]}
    if use["merchant_id"] in insiders or use["merchant_id"] in row["allowed"]:
        return False
    named = [
        report["client_name"],
        report["manufacturer_name"],
        *(i["name"] for i in row["insiders"]),
    ]
    if is_among(use["name"], named):
        return False
    return not (use["role"] == "brand_owner" and insiders.intersection(use["makers"]))


def judge(row: Row, parameters: Parameters) -> list[Judgement]:
    """One judgement per report, of all merchants that show it without a known right."""
    report = row["report"]
    uses = [use for use in row["uses"] if is_outsider(use, row)]
    outsiders = {
        use["merchant_id"]: {"id": use["merchant_id"], "name": use["name"]} for use in uses
    }
    n = len(outsiders)
    if n < parameters["min_outsiders"]:
        return []
    seen = gather([report["id"], *outsiders, *(use["listing_id"] for use in uses)], uses, [report])
    return [
        Judgement(
            subject_ids=tuple(outsiders),
            severity=4,
            value=float(n),
            threshold=parameters["min_outsiders"],
            unit="merchants",
            values={
                "report": report["id"],
                "report_no": report["report_no"],
                "client": report["client_name"] or "—",
                "manufacturer": report["manufacturer_name"] or "—",
                "outsiders": n,
                "names": names(outsiders.values()),
                "listings": len({use["listing_id"] for use in uses}),
            },
            input_ids=seen.input_ids,
            input_records=seen.input_records,
            regions=seen.regions,
            checks=("client", "manufacturer", "holder", "authorisation", "ownership", "oem"),
        )
    ]


DETECTOR = Detector(
    id="D9",
    name="report_reuse",
    version=1,
    is_violation=True,
    legal_basis=(plan("二(三)"), platform_opinion("(四)")),
    parameters=PARAMETERS,
    statement=Statement.load(__file__, "d09_report_reuse.cypher"),
    judge=judge,
)
