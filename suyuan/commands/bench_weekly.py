"""`suyuan bench weekly`: what the weekly run tells over planted weeks, beside what was planted."""

from __future__ import annotations

from collections.abc import Mapping

import click

from benchmarks import planted_weeks
from benchmarks.planted_world import LEVELS
from detect.network.engines import DEFAULT_ENGINE, ENGINES
from suyuan.commands.bench_networks import merchants_option, seeds_option
from suyuan.figures import show_figures
from suyuan.options import terminal_options
from suyuan.terminal import Terminal
from synth.figures import Figure, at_most

GOALS_AT = "medium"
"""The level for which goals were set; elsewhere the clusterer is the limit."""

#: Figures with goals: name, figure of `benchmarks.planted_weeks`, goal; at least, or (below) at most.
_AT_LEAST = (
    ("events.all.recall", "recall_all", 0.92),
    ("events.all.recall_visible", "recall_visible", 0.98),
    ("events.all.precision", "precision", 0.95),
    ("events.merged.precision", "merged_precision", 0.98),
    ("events.same_week", "same_week", 0.99),
    ("identity.kept_quiet", "one_id_quiet", 0.99),
    ("identity.kept_changed", "one_id_changed", 0.95),
    ("newly_linked.recall", "alert_recall", 0.90),
    ("newly_linked.precision", "alert_precision", 0.97),
)
_AT_MOST = (
    ("events.no_change", "events_in_still_weeks", 0, "events"),
    ("events.churn_wrong_per_1000", "spurious_churn", 1, "of 1,000 clusters"),
    ("events.outage_wrong_per_1000", "spurious_outage", 1, "of 1,000 clusters"),
    ("events.track_cpu_s_per_week", "track_cpu_s_per_week", 2, "s"),
)
_EXPLAINED = ("explanation_bridging_verified", "explanation_cut_verified")


@click.command("weekly")
@merchants_option
@seeds_option
@click.option("--level", type=click.Choice(list(LEVELS)), default=GOALS_AT, show_default=True)
@click.option("--weeks", type=click.IntRange(2, 52), default=26, show_default=True)
@click.option(
    "--engine", type=click.Choice(sorted(ENGINES)), default=DEFAULT_ENGINE, show_default=True
)
@terminal_options
def weekly(
    merchants: int,
    seeds: tuple[int, ...],
    level: str,
    weeks: int,
    engine: str,
    terminal: Terminal,
) -> None:
    """Events and newly linked pairs over planted weeks."""
    report = planted_weeks.run(level, merchants, seeds, weeks, engine=ENGINES[engine])
    about = {"merchants": merchants, "seeds": list(seeds), "weeks": weeks, "level": level}
    show_figures(terminal, figures(report, level), {**about, "engine": engine})


def figures(report: Mapping[str, float], level: str) -> list[Figure]:
    """Those with goals by the names under which goals were set, and all others as they are called."""
    told: list[Figure] = []
    for name, key, least in _AT_LEAST:
        if key in report:
            goal = (f">= {least:g}", report[key] >= least) if level == GOALS_AT else ()
            told.append(Figure(name, report[key], "share", *goal))
    for name, key, most, unit in _AT_MOST:
        found = at_most(name, report[key], most, unit)
        told.append(found if level == GOALS_AT else Figure(name, report[key], unit))
    verified = min(report[key] for key in _EXPLAINED)
    merges = f"of {report['merges_explained']:.0f} joinings, both of bridges and of cuts"
    told.append(Figure("explanations.verified", verified, "share", note=merges))
    named = {key for _, key, *_ in (*_AT_LEAST, *_AT_MOST)} | set(_EXPLAINED)
    rest = ((key, value) for key, value in report.items() if key not in named)
    return [*told, *(Figure(f"weekly.{level}.{key}", float(value), "") for key, value in rest)]
