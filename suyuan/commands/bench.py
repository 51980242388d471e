"""`suyuan bench`: what the documents claim, measured here and now."""

from __future__ import annotations

from pathlib import Path

import click

from benchmarks import addresses
from suyuan.commands import (
    bench_audit,
    bench_fuzz,
    bench_graphql,
    bench_identity,
    bench_load,
    bench_made,
    bench_networks,
    bench_paths,
    bench_peer,
    bench_search,
    bench_weekly,
    bench_weekly_run,
)
from suyuan.figures import show_figures
from suyuan.options import terminal_options
from suyuan.terminal import Terminal
from synth.figures import Figure


@click.group("bench", short_help="Measure, beside reference methods, in one run.")
def command() -> None:
    """Speed is given as ratios of CPU time taken in one run; quality beside it."""


command.add_command(bench_audit.command)
command.add_command(bench_fuzz.command)
command.add_command(bench_graphql.command)
command.add_command(bench_identity.command)
command.add_command(bench_load.command)
command.add_command(bench_made.command)
command.add_command(bench_networks.networks)
command.add_command(bench_networks.null)
command.add_command(bench_weekly.weekly)
command.add_command(bench_paths.command)
command.add_command(bench_peer.command)
command.add_command(bench_search.command)
command.add_command(bench_weekly_run.command)


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
