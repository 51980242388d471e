"""`suyuan bench`: what the documents claim, measured here and now."""

from __future__ import annotations

from pathlib import Path

import click

from benchmarks import addresses, planted, planted_weeks
from benchmarks.planted_world import LEVELS
from detect.network.engines import ENGINES
from suyuan.commands import (
    bench_audit,
    bench_fuzz,
    bench_graphql,
    bench_identity,
    bench_load,
    bench_paths,
    bench_peer,
    bench_search,
)
from suyuan.figures import resource_figures, show_figures
from suyuan.options import terminal_options
from suyuan.terminal import Terminal
from synth.figures import Figure

#: Goals for planted networks recovered at 100,000 merchants (Jaccard >= 0.8), by level.
RECOVERED_GOALS = {"easy": 0.99, "medium": 0.99, "hard": 0.92, "brutal": 0.70}

_seeds = click.option("--seed", "seeds", type=int, multiple=True, default=(51,), show_default=True)
_level = click.option("--level", "levels", type=click.Choice(list(LEVELS)), multiple=True)
_merchants = click.option(
    "--merchants", type=click.IntRange(min=1000), default=20_000, show_default=True
)


@click.group("bench", short_help="Measure, beside reference methods, in one run.")
def command() -> None:
    """Speed is given as ratios of CPU time taken in one run; quality beside it."""


@command.command("networks")
@_merchants
@_seeds
@_level
@click.option(
    "--engine", "chosen", type=click.Choice(sorted(ENGINES)), multiple=True, help="Default: all."
)
@terminal_options
def networks(
    merchants: int,
    seeds: tuple[int, ...],
    levels: tuple[str, ...],
    chosen: tuple[str, ...],
    terminal: Terminal,
) -> None:
    """Planted networks recovered by each engine; python-louvain is the yardstick."""
    figures: list[Figure] = []
    for level in levels or ("medium", "hard"):
        cpu_s: dict[str, float] = {}
        for engine in chosen or tuple(ENGINES):
            found = planted.run(level, merchants, seeds, engine)
            cpu_s[engine] = found.mean.cpu_s
            goal = RECOVERED_GOALS.get(level)
            name = f"networks.{level}.{engine}"
            recovered = found.mean.recovered
            figures += [
                Figure(
                    f"{name}.recovered",
                    recovered,
                    "share",
                    f">= {goal}" if goal else None,
                    recovered >= goal if goal else None,
                    f"{found.recovered_low:.3f} to {found.recovered_high:.3f} over {len(seeds)} seeds",
                ),
                Figure(f"{name}.outsiders", found.mean.outsiders, "share"),
                Figure(f"{name}.cpu_s", found.mean.cpu_s, "s"),
            ]
        if "louvain" in cpu_s:
            figures += [
                Figure(
                    f"networks.{level}.{engine}.cpu_ratio_python_louvain",
                    cpu_s["louvain"] / max(used, 1e-9),
                    "times less CPU",
                )
                for engine, used in cpu_s.items()
                if engine != "louvain"
            ]
    show_figures(
        terminal, [*figures, *resource_figures()], {"merchants": merchants, "seeds": list(seeds)}
    )


@command.command("null")
@_merchants
@_seeds
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
            figures.append(
                Figure(
                    f"networks.null.{level}.{engine}.flagged", wrong, "clusters", "<= 0", wrong <= 0
                )
            )
    show_figures(terminal, figures, {"merchants": merchants, "seeds": list(seeds)})


@command.command("weekly")
@_merchants
@_seeds
@click.option("--level", type=click.Choice(list(LEVELS)), default="medium", show_default=True)
@click.option("--weeks", type=click.IntRange(2, 52), default=26, show_default=True)
@terminal_options
def weekly(
    merchants: int, seeds: tuple[int, ...], level: str, weeks: int, terminal: Terminal
) -> None:
    """Events and newly linked pairs over planted weeks."""
    report = planted_weeks.run(level, merchants, seeds, weeks)
    figures = [Figure(f"weekly.{level}.{name}", float(value), "") for name, value in report.items()]
    show_figures(terminal, figures, {"merchants": merchants, "seeds": list(seeds), "weeks": weeks})


command.add_command(bench_audit.command)
command.add_command(bench_fuzz.command)
command.add_command(bench_graphql.command)
command.add_command(bench_identity.command)
command.add_command(bench_load.command)
command.add_command(bench_paths.command)
command.add_command(bench_peer.command)
command.add_command(bench_search.command)


@command.command("addresses")
@click.argument("labelled", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@terminal_options
def parse_addresses(labelled: Path, terminal: Terminal) -> None:
    """Address parsing against labelled segments (CoNLL: one character and tag a line)."""
    report = addresses.run(labelled)
    figures = [
        Figure(f"addresses.{name}", float(value), "share" if 0 <= float(value) <= 1 else "")
        for name, value in report.items()
        if isinstance(value, int | float)
    ]
    show_figures(terminal, figures, {"report": report})
