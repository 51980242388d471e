"""`suyuan bench fuzz`: operations made by chance, none of which may end in a fault of the service."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from benchmarks import fuzz
from suyuan.figures import show_figures
from suyuan.options import terminal_options
from suyuan.terminal import Terminal

_SHOWN = 20


@click.command("fuzz")
@click.option("--operations", type=click.IntRange(min=10), default=1_000, show_default=True)
@click.option("--seed", type=int, default=7, show_default=True)
@terminal_options
def command(operations: int, seed: int, terminal: Terminal) -> None:
    """Ask OPERATIONS operations of a service over a small made-up world.

    Most are valid, some broken or hostile. Exit code 1 when one of them met a defect.
    """
    with tempfile.TemporaryDirectory(prefix="suyuan-bench-") as folder:
        report = fuzz.run(operations, seed, Path(folder))
    about = {"seed": seed, "outcomes": dict(report.outcomes), "defects": report.defects[:_SHOWN]}
    show_figures(terminal, report.figures(), about)
    if report.defects:
        raise click.exceptions.Exit(1)
