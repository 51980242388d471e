"""D11: does the report exist at its lab, and does its QR code lead to the lab's own site?

- number (severity 5): the lab's register says it has no such report, the copy carries the CMA mark, and
  the register has had `lag_d` days since issue to take it in. Internal reports without the mark need
  not be in any register.
- lab (severity 3): no lab is known for the report, though the copy carries the CMA mark.
- host: the code leads to a host that the lab has not filed and that is no public query service. Within
  three edits of a filed one, as a hurried reader sees it, it is a look-alike (severity 5), else
  another site (severity 3). Subdomains of a filed host are the lab's own; a lab that has filed none is
  unknown.

Cannot see: what the site answers. Sources: published cases of 2025
(reports that only a look-alike site confirms) and Chengdu (a number that the lab never issued).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from detect.contract import Detector, Judgement, Parameter, Parameters, Row
from detect.detectors.evidence import gather
from detect.detectors.holders import names
from detect.detectors.legal_basis import plan, platform_opinion
from graph.model.values.host import look_alike_distance
from graph.store.statement import Statement

PARAMETERS = (
    Parameter("lag_d", 30, "days", 0, 365, "registers take reports in monthly"),
    Parameter("look_alike_edits", 3, "edits", 1, 6, "a hurried reader misses three letters"),
)
#: Public services at which any lab's report may be queried.
PUBLIC_HOSTS = frozenset({"cx.cnca.cn"})
SEVERITY = {"look_alike_host": 5, "not_in_register": 5, "other_host": 3, "unknown_lab": 3}


def host_fault(host: str | None, filed: str | None, edits: float) -> str | None:
    """`look_alike_host`, `other_host`, or None when the host is the lab's own, public or unknown."""
    hosts = [h for h in re.split(r"[；;,，\s]+", (filed or "").lower()) if h]
    if not host or not hosts or host in PUBLIC_HOSTS:
        return None
    if any(host == own or host.endswith("." + own) for own in hosts):
        return None
    near = min(look_alike_distance(host, own) for own in hosts)
    return "look_alike_host" if near <= edits else "other_host"


def number_fault(row: Row, lag_d: float) -> str | None:
    """`unknown_lab`, `not_in_register`, or None when there is nothing to hold against the number."""
    report = row["report"]
    if not report["carries_cma_mark"]:
        return None
    if row["lab"] is None:
        return "unknown_lab"
    if report["is_registered"] is not False:
        return None
    if report["issued_on"] is not None:
        age = date.fromisoformat(row["as_of"]) - date.fromisoformat(report["issued_on"])
        if age.days <= lag_d:
            return None
    return "not_in_register"


def judge(row: Row, parameters: Parameters) -> list[Judgement]:
    """One judgement per report, of those who show it."""
    report, lab = row["report"], row["lab"]
    number = number_fault(row, parameters["lag_d"])
    faults: list[tuple[Mapping[str, Any], str]] = []
    for use in row["uses"]:
        host = host_fault(
            use["query_host"], lab["hosts"] if lab else None, parameters["look_alike_edits"]
        )
        faults += [(use, code) for code in (number, host) if code]
    if not faults:
        return []
    uses = [use for use, _ in faults]
    codes = sorted({code for _, code in faults})
    worst = max(codes, key=lambda code: SEVERITY[code])
    merchants = {u["merchant_id"]: {"id": u["merchant_id"], "name": u["name"]} for u in uses}
    known = [lab] if lab else []
    seen = gather(
        [report["id"], *merchants, *(u["listing_id"] for u in uses), *(k["id"] for k in known)],
        uses,
        [report],
        known,
    )
    hosts = sorted({u["query_host"] for u, code in faults if code.endswith("host")})
    return [
        Judgement(
            subject_ids=(*merchants, report["id"]),
            severity=SEVERITY[worst],
            value=float(SEVERITY[worst]),
            threshold=3.0,
            unit="severity",
            values={
                "report_no": report["report_no"],
                "lab": lab["name"] if lab else "—",
                "faults": "、".join(codes),
                "shown_hosts": "、".join(hosts) or "—",
                "filed_hosts": (lab["hosts"] if lab else None) or "—",
                "names": names(merchants.values()),
            },
            input_ids=seen.input_ids,
            input_records=seen.input_records,
            regions=seen.regions,
            checks=("registry_lag", "cma_mark", "filed_hosts", "public_hosts"),
        )
    ]


DETECTOR = Detector(
    id="D11",
    name="report_not_genuine",
    version=1,
    is_violation=True,
    legal_basis=(plan("三(六)"), platform_opinion("(八)")),
    parameters=PARAMETERS,
    statement=Statement.load(__file__, "d11_report_not_genuine.cypher"),
    judge=judge,
)
