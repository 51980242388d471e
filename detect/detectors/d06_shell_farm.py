"""D6: were many firms registered at one address in a short time by a handful of people?

Every window of `window_d` days that starts with a registration is looked at; the one with the most
firms is judged. It fires when, in that window,

    firms ≥ 20,   reps / firms ≤ 0.2   and   z = (firms − λ) / √max(λ, 1) ≥ 4.

Firms without a known legal representative do not count, and a parent with its branches counts once.
λ is what a Poisson address would show in one window: the larger of its own rate outside the window
(from its first registration to the date of judgement) and the mean number of firms at ordinary
addresses of the province, those below `min_firms` (all time, so too large rather than too small). A
place that has always registered firms at that pace is therefore silent.

The concentration of representatives is the test, not the count: cluster registration
(商务秘书, 集群登记) shows 97–139 firms with nearly as many representatives, shell farms 92–166 firms
with one or two (register of January–April 2019). Severity 3, or 4 from `grave_firms` on.

Cannot see: farms with hired front persons; addresses spelled so differently that they stay apart.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from detect.contract import Detector, Judgement, Parameter, Parameters, Row
from detect.detectors.evidence import gather
from detect.detectors.holders import Holder, independent_groups
from detect.detectors.legal_basis import plan
from graph.store.statement import Statement

PARAMETERS = (
    Parameter("window_d", 120, "days", 30, 365, "the span of the register it was calibrated on"),
    Parameter(
        "min_firms", 20, "firms", 5, 200, "50 addresses of the register reach it in 4 months"
    ),
    Parameter("max_reps_per_firm", 0.2, "reps per firm", 0.01, 1, "cluster registration is near 1"),
    Parameter("min_z", 4, "standard deviations", 2, 20, "a burst, not a busy year"),
    Parameter("grave_firms", 100, "firms", 20, 1000, "a register agent's scale"),
)


@dataclass(frozen=True, slots=True)
class Window:
    """The most crowded window of an address: its firms (independent), first day and other firms."""

    firms: Sequence[Holder]
    starts_on: date
    outside: int


def busiest_window(firms: Sequence[Holder], window_d: int) -> Window:
    """The window with the most firms, the earliest of equals; `firms` must not be empty."""
    ordered = sorted(firms, key=lambda f: (f["registered_on"], f["id"]))
    days = [date.fromisoformat(f["registered_on"]) for f in ordered]
    best, best_at, end = 0, 0, 0
    for at, day in enumerate(days):
        while end < len(days) and days[end] < day + timedelta(days=window_d):
            end += 1
        if end - at > best:
            best, best_at = end - at, at
    return Window(ordered[best_at : best_at + best], days[best_at], len(ordered) - best)


def expected_firms(window: Window, first: date, as_of: date, row: Row, window_d: int) -> float:
    """λ: firms that an ordinary course of things would bring to this address in one window."""
    other_days = max((as_of - first).days + 1 - window_d, 0)
    own = window.outside * window_d / other_days if other_days else 0.0
    return max(own, float(row["province_mean"]))


def judge(row: Row, parameters: Parameters) -> list[Judgement]:
    """One judgement per address, of the firms in its busiest window."""
    known = [firm for firm in row["firms"] if firm["reps"]]
    firms = [group[0] for group in independent_groups(known)]
    if not firms:
        return []
    window_d = int(parameters["window_d"])
    window = busiest_window(firms, window_d)
    count = len(window.firms)
    reps = {rep for firm in window.firms for rep in firm["reps"]}
    first = min(date.fromisoformat(f["registered_on"]) for f in firms)
    expected = expected_firms(window, first, date.fromisoformat(row["as_of"]), row, window_d)
    z = (count - expected) / math.sqrt(max(expected, 1.0))
    share = len(reps) / count
    if (
        count < parameters["min_firms"]
        or share > parameters["max_reps_per_firm"]
        or z < parameters["min_z"]
    ):
        return []
    seen = gather([row["identifier_id"], *(f["id"] for f in window.firms), *reps], window.firms)
    return [
        Judgement(
            subject_ids=(row["identifier_id"], *(f["id"] for f in window.firms)),
            severity=4 if count >= parameters["grave_firms"] else 3,
            value=round(share, 4),
            threshold=parameters["max_reps_per_firm"],
            unit="reps per firm",
            values={
                "address": row["identifier_id"],
                "firms": count,
                "reps": len(reps),
                "share": round(share, 3),
                "z": round(z, 1),
                "expected": round(expected, 2),
                "from_date": window.starts_on.isoformat(),
                "window_d": window_d,
            },
            input_ids=seen.input_ids,
            input_records=seen.input_records,
            regions=seen.regions,
            checks=("hub_register", "rep_concentration", "own_pace", "province_pace", "ownership"),
        )
    ]


DETECTOR = Detector(
    id="D6",
    name="shell_farm",
    version=1,
    is_violation=False,
    legal_basis=(plan("三(一)"),),
    parameters=PARAMETERS,
    statement=Statement.load(__file__, "d06_shell_farm.cypher"),
    judge=judge,
)
