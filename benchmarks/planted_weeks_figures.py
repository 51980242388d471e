"""What the weekly benchmark counts, and the shares it reports."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from benchmarks.planted_weeks_world import EVENT_WEEKS, OUTAGE_WEEK, STILL_WEEKS, Planted
from detect.weekly.events import EventKind


@dataclass(slots=True)
class Figures:
    """Counts over worlds; `report` turns them into shares.

    `events`, `visible`, `found`, `found_visible` by planted kind; `right`, `wrong` by announced
    kind; `wrong_in` and `visible_clusters` by kind of week ("still", "churn", "outage", "event").
    """

    events: Counter[str] = field(default_factory=Counter)
    visible: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    found_visible: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    set_aside: int = 0
    regrouped: int = 0
    same_week: int = 0
    announced_in: Counter[str] = field(default_factory=Counter)
    wrong_in: Counter[str] = field(default_factory=Counter)
    visible_clusters: Counter[str] = field(default_factory=Counter)
    one_id: Counter[str] = field(default_factory=Counter)
    followed: Counter[str] = field(default_factory=Counter)
    alerts: Counter[str] = field(default_factory=Counter)
    cpu_s: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    explained: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    weeks: int = 0

    def report(self) -> dict[str, float | int]:
        """Figures by name; shares 0..1, `spurious_*` per 1,000 visible clusters and week."""
        right, wrong = self.right.total(), self.wrong.total()
        out: dict[str, float | int] = {
            "recall_all": share(self.found.total(), self.events.total()),
            "recall_visible": share(self.found_visible.total(), self.visible.total()),
            "precision": share(right, right + wrong),
            "same_week": share(self.same_week, right),
            "events_in_still_weeks": self.announced_in["still"],
            "regrouped": self.regrouped,
            "set_aside": self.set_aside,
        }
        for week_kind in ("churn", "outage", "event"):
            out[f"spurious_{week_kind}"] = 1000 * share(
                self.wrong_in[week_kind], self.visible_clusters[week_kind]
            )
        for name in ("quiet", "changed"):
            out[f"one_id_{name}"] = share(self.one_id[name], self.followed[name])
            out[f"followed_{name}"] = self.followed[name]
        for kind in Planted:
            out[f"{kind}_recall"] = share(self.found[kind], self.events[kind])
            out[f"{kind}_recall_visible"] = share(self.found_visible[kind], self.visible[kind])
        for shown in EventKind:
            if self.right[shown] + self.wrong[shown]:
                out[f"{shown}_precision"] = share(
                    self.right[shown], self.right[shown] + self.wrong[shown]
                )
        out["alert_recall"] = share(self.alerts["found"], self.alerts["merges"])
        out["alert_precision"] = share(self.alerts["right"], self.alerts["all"])
        for week_kind in ("still", "churn", "outage"):
            out[f"alerts_{week_kind}"] = self.alerts[week_kind]
        told = self.explained
        out["merges_explained"] = told["merges"]
        for name in ("bridging_verified", "cut_verified", "equals_planted", "cpu_s"):
            out[f"explanation_{name}"] = share(told[name], told["merges"])
        out["explanation_precision"] = share(told["right"], told["links"])
        out["explanation_recall"] = share(told["right"], told["planted"])
        for step, seconds in self.cpu_s.items():
            out[f"{step}_cpu_s_per_week"] = seconds / max(self.weeks, 1)
        return out


def share(part: float, whole: float) -> float:
    """The part of the whole, 0 when there is no whole."""
    return part / whole if whole else 0.0


def week_kind(week: int) -> str:
    """What kind of week it is."""
    if week in STILL_WEEKS:
        return "still"
    if week in (OUTAGE_WEEK, OUTAGE_WEEK + 1):
        return "outage"
    return "event" if week in EVENT_WEEKS else "churn"
