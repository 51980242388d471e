"""`suyuan bench networks|null`: the engines beside reference methods, on planted worlds."""

from __future__ import annotations

from collections.abc import Sequence

import click
import numpy as np

from benchmarks import networks as comparison
from benchmarks import planted
from benchmarks.networks import Run
from benchmarks.planted_world import LEVELS
from benchmarks.references import REFERENCES, SLOW_REFERENCES
from detect.network.engines import DEFAULT_ENGINE, ENGINES
from suyuan.figures import show_figures
from suyuan.options import terminal_options
from suyuan.terminal import Terminal
from synth.figures import Figure, at_most

#: Goals for planted networks recovered at 100,000 merchants (Jaccard >= 0.8), by level.
RECOVERED_GOALS = {"easy": 0.99, "medium": 0.99, "hard": 0.92, "brutal": 0.70, "hard_single": 0.60}
OUTSIDERS_GOAL = 0.01
#: Goals at a million merchants: processor seconds and MiB.
ARRAY_GOAL_S, DEEP_ARRAY_GOAL_S, UPDATE_GOAL_S = 2.0, 20.0, 0.5
RSS_GOAL_MIB, DEEP_RSS_GOAL_MIB = 512, 1024
FROM_MERCHANTS = 1_000_000
SLOW_UP_TO = 20_000

seeds_option = click.option(
    "--seed", "seeds", type=int, multiple=True, default=(51,), show_default=True
)
_level = click.option("--level", "levels", type=click.Choice(list(LEVELS)), multiple=True)
merchants_option = click.option(
    "--merchants", type=click.IntRange(min=1000), default=20_000, show_default=True
)


@click.command("networks")
@merchants_option
@seeds_option
@_level
@click.option(
    "--engine", "engines", type=click.Choice(sorted(ENGINES)), multiple=True, help="Default: all."
)
@click.option(
    "--reference",
    "references",
    type=click.Choice(sorted(REFERENCES)),
    multiple=True,
    help=f"Default: all; those in pure Python only up to {SLOW_UP_TO:,} merchants unless named.",
)
@terminal_options
def networks(
    merchants: int,
    seeds: tuple[int, ...],
    levels: tuple[str, ...],
    engines: tuple[str, ...],
    references: tuple[str, ...],
    terminal: Terminal,
) -> None:
    """Planted networks recovered, processor seconds and memory: engines beside known methods.

    Every method runs in a process of its own on the same world. What is named without an engine is
    the default engine's; times and memory of the fast and the deep engine are their worst.
    """
    own = engines or tuple(name for name in ENGINES if name != "louvain")
    others = references or tuple(
        name for name in REFERENCES if merchants <= SLOW_UP_TO or name not in SLOW_REFERENCES
    )
    figures: list[Figure] = []
    everything: list[Run] = []
    for level in levels or ("medium", "hard", "hard_single"):
        runs = [
            run
            for seed in seeds
            for run in comparison.compare(level, merchants, seed, (*own, *others))
        ]
        everything += runs
        figures += _of_level(level, runs)
    figures += [*_null(merchants, seeds, own), *_resources(merchants, everything)]
    if "corroboration" in own:
        figures.append(_update(merchants, seeds[0]))
    show_figures(terminal, figures, {"merchants": merchants, "seeds": list(seeds)})


def _of_level(level: str, runs: Sequence[Run]) -> list[Figure]:
    figures: list[Figure] = []
    cpu_s: dict[str, float] = {}
    for method in dict.fromkeys(run.method for run in runs):
        mine = [run for run in runs if run.method == method]
        recovered = [run.score.recovered for run in mine]
        outsiders = float(np.mean([run.score.outsiders for run in mine]))
        cpu_s[method] = float(np.mean([run.cpu_s for run in mine]))
        spread = f"{min(recovered):.3f} to {max(recovered):.3f} over {len(mine)} worlds"
        value = float(np.mean(recovered))
        if method == DEFAULT_ENGINE:
            goal = RECOVERED_GOALS.get(level)
            is_met = None if goal is None else value >= goal
            text = None if goal is None else f">= {goal:g}"
            figures += [
                Figure(f"networks.{level}.recovered", value, "share", text, is_met, spread),
                at_most(f"networks.{level}.outsiders", outsiders, OUTSIDERS_GOAL),
            ]
        name = f"networks.{level}.{method}"
        figures += [
            Figure(f"{name}.recovered", value, "share", note=spread),
            Figure(f"{name}.outsiders", outsiders, "share"),
            Figure(f"{name}.cpu_s", cpu_s[method], "s"),
            Figure(f"{name}.peak_rss_mib", max(run.peak_rss_mib for run in mine), "MiB"),
        ]
    if "python_louvain" in cpu_s:
        figures += [
            Figure(
                f"networks.{level}.{method}.cpu_ratio_python_louvain",
                cpu_s["python_louvain"] / max(used, 1e-9),
                "times less CPU",
            )
            for method, used in cpu_s.items()
            if method in ENGINES
        ]
    return figures


def _null(merchants: int, seeds: Sequence[int], engines: Sequence[str]) -> list[Figure]:
    """What the default engine flags where nothing is planted."""
    if DEFAULT_ENGINE not in engines:
        return []
    runs = [
        run
        for seed in seeds
        for run in comparison.compare("hard", merchants, seed, (DEFAULT_ENGINE,), is_null=True)
    ]
    flagged = float(np.mean([run.score.false + run.score.junk for run in runs]))
    return [at_most("networks.null.flagged", flagged, 0, "clusters", "hard, no network planted")]


def _resources(merchants: int, runs: Sequence[Run]) -> list[Figure]:
    """Worst time and memory of the fast and the deep engine; goals are for a million merchants."""
    figures = []
    for engine, time_name, rss_name, goals in (
        ("corroboration", "array_s", "peak_rss_mib", (ARRAY_GOAL_S, RSS_GOAL_MIB)),
        ("deep", "deep_array_s", "deep_peak_rss_mib", (DEEP_ARRAY_GOAL_S, DEEP_RSS_GOAL_MIB)),
    ):
        mine = [run for run in runs if run.method == engine]
        if not mine:
            continue
        base = f"{mine[0].base_rss_mib:.0f} before it starts: interpreter and world"
        figures += [
            _at_a_million(merchants, f"networks.{time_name}", max(r.cpu_s for r in mine), goals[0]),
            _at_a_million(
                merchants,
                f"networks.{rss_name}",
                max(run.peak_rss_mib for run in mine),
                goals[1],
                "MiB",
                base,
            ),
        ]
    slow = [run.cpu_s for run in runs if run.method == "python_louvain"]
    fast = [run.cpu_s for run in runs if run.method == "corroboration"]
    if slow and fast:
        ratio = float(np.mean(slow)) / max(float(np.mean(fast)), 1e-9)
        figures.append(
            Figure(
                "networks.cpu_ratio_python_louvain", ratio, "times less CPU", note="corroboration"
            )
        )
    return figures


def _update(merchants: int, seed: int) -> Figure:
    found = comparison.measure_update("medium", merchants, seed)
    same = "same answer" if found.is_same else "NOT the same answer"
    note = f"{same} as a full run of {found.full_s:.2g} s"
    return _at_a_million(
        merchants, "networks.update_1000_s", found.update_s, UPDATE_GOAL_S, "s", note
    )


def _at_a_million(
    merchants: int, name: str, value: float, goal: float, unit: str = "s", note: str = ""
) -> Figure:
    if merchants < FROM_MERCHANTS:
        return Figure(name, value, unit, note=note)
    return at_most(name, value, goal, unit, note)


@click.command("null")
@merchants_option
@seeds_option
@_level
@terminal_options
def null(
    merchants: int, seeds: tuple[int, ...], levels: tuple[str, ...], terminal: Terminal
) -> None:
    """Worlds with no network planted: what the engines see in nothing."""
    figures = []
    for level in levels or ("medium", "hard"):
        for engine in ("corroboration", "best"):
            found = planted.run(level, merchants, seeds, engine, is_null=True)
            wrong = found.mean.false + found.mean.junk
            figures.append(at_most(f"networks.null.{level}.{engine}.flagged", wrong, 0, "clusters"))
    show_figures(terminal, figures, {"merchants": merchants, "seeds": list(seeds)})
