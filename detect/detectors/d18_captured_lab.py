"""D18: does one network get its reports from a lab that hardly anybody else uses, and always pass?

For a cluster that uses `n` different reports (commissioned or shown by its members), `k` of them from
one lab, among `N` reports of the same product classes in the market, `K` of them from that lab:

    p = P(X ≥ k), X hypergeometric(N, K, n)          (log space, exact: see `hypergeometric`)
    lift = (k/n) / (K/N)

Fires when k ≥ 10, p < 1e-6, lift ≥ 5, all k reports conclude a pass, and the market's spot checks of
these classes fail in ≥ 15 % (of at least `min_spot_checks`): a lab that never fails where one lot in
six fails elsewhere.

The local lab of an industrial district is used by its neighbours too: where other merchants of the
cluster's provinces have at least `min_local_reports` reports, the lift over *their* use of the lab must
also reach 5. A cheap big lab has too large a share of the market for a lift of 5. Lawful groups
(label lawful_group) are left out.

Cannot see: a lab that serves several networks evenly (each lowers the other's lift), or reports that
nobody shows. Sources: plan 三(六), 三(九); online failure rates 16.9 % (2023) and 22.1 % (2021).
"""

from __future__ import annotations

from detect.contract import Detector, Judgement, Parameter, Parameters, Row
from detect.detectors.evidence import gather
from detect.detectors.hypergeometric import log10_tail
from detect.detectors.legal_basis import plan
from graph.store.statement import Statement

PARAMETERS = (
    Parameter("min_reports", 10, "reports", 5, 100, "fewer say little about a pass rate"),
    Parameter("min_lift", 5, "ratio", 2, 50, "five times what the market does"),
    Parameter(
        "max_log10_p", -6, "log10", -30, -2, "one in a million, for thousands of pairs tried"
    ),
    Parameter("min_fail_share", 0.15, "share", 0.05, 0.5, "online spot checks fail in 17 to 22 %"),
    Parameter("min_spot_checks", 20, "spot checks", 5, 500, "a failure rate needs a sample"),
    Parameter("min_local_reports", 20, "reports", 5, 500, "fewer do not tell a local lab"),
)


def market_lift(row: Row) -> float:
    """(k/n) / (K/N), 0 when a count is missing."""
    if not row["draws"] or not row["marked"]:
        return 0.0
    return float(row["hits"] / row["draws"] / (row["marked"] / row["population"]))


def local_lift(row: Row, min_reports: float) -> float | None:
    """The same over other merchants of the same provinces; None where too few reports tell."""
    local = row["local"]
    if local["reports"] < min_reports:
        return None
    # A lab that no neighbour uses is given half a report, so that the ratio stays finite.
    share = max(local["of_lab"], 0.5) / local["reports"]
    return float(row["hits"] / row["draws"] / share)


def judge(row: Row, parameters: Parameters) -> list[Judgement]:
    """One judgement per cluster and lab, of the lab."""
    checks = row["spot_checks"]
    if row["hits"] < parameters["min_reports"] or row["passes"] < row["hits"]:
        return []
    if checks["checked"] < parameters["min_spot_checks"]:
        return []
    fail_share = checks["failed"] / checks["checked"]
    lift, nearby = market_lift(row), local_lift(row, parameters["min_local_reports"])
    if fail_share < parameters["min_fail_share"] or lift < parameters["min_lift"]:
        return []
    if nearby is not None and nearby < parameters["min_lift"]:
        return []
    log10_p = log10_tail(row["hits"], row["draws"], row["marked"], row["population"])
    if log10_p >= parameters["max_log10_p"]:
        return []
    lab = row["lab"]
    seen = gather(
        [lab["id"], row["cluster_id"], *row["members"], *(r["id"] for r in row["reports"])],
        row["reports"],
        [lab],
    )
    return [
        Judgement(
            subject_ids=(lab["id"],),
            severity=4,
            value=round(lift, 3),
            threshold=parameters["min_lift"],
            unit="ratio",
            values={
                "lab": lab["name"],
                "cluster": row["cluster_id"],
                "hits": row["hits"],
                "draws": row["draws"],
                "marked": row["marked"],
                "population": row["population"],
                "lift": round(lift, 1),
                "log10_p": round(log10_p, 1),
                "fail_percent": round(100 * fail_share, 1),
                "local_reports": row["local"]["reports"],
                "local_of_lab": row["local"]["of_lab"],
            },
            input_ids=seen.input_ids,
            input_records=seen.input_records,
            regions=seen.regions,
            checks=("local_lab", "market_share", "lawful_group", "spot_check_rate"),
        )
    ]


DETECTOR = Detector(
    id="D18",
    name="captured_lab",
    version=1,
    is_violation=False,
    legal_basis=(plan("三(六)"), plan("三(九)")),
    parameters=PARAMETERS,
    statement=Statement.load(__file__, "d18_captured_lab.cypher"),
    judge=judge,
)
