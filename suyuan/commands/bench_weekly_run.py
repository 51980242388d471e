"""`suyuan bench weekly-run`: what a whole weekly run takes from the store, and how that grows."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from benchmarks import weekly_run
from suyuan.figures import show_figures
from suyuan.options import terminal_options
from suyuan.terminal import Terminal
from synth.settings import MIN_MERCHANTS


@click.command("weekly-run")
@click.option(
    "--merchants",
    "sizes",
    type=click.IntRange(min=MIN_MERCHANTS),
    multiple=True,
    default=(2_000, 20_000),
    show_default=True,
    help="Size of a made-up world; may be given several times.",
)
@click.option("--seed", type=int, default=7, show_default=True)
@click.option(
    "--store",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A store of a larger made-up world, which is changed: its weeks 1 and 2 are published.",
)
@terminal_options
def command(sizes: tuple[int, ...], seed: int, store: Path | None, terminal: Terminal) -> None:
    """The first two weekly runs of made-up worlds, each in a process of its own.

    Time, processor time, memory together with the embedded server's, and growth from the smallest world
    to the largest. Making the worlds is not counted.
    """
    with tempfile.TemporaryDirectory(prefix="suyuan-bench-") as folder:
        figures = weekly_run.run(sizes, seed, Path(folder), store)
    show_figures(terminal, figures, {"merchants": list(sizes), "seed": seed})
