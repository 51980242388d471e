"""`suyuan bench load`: how fast tables become a graph, and whether a kill leaves a trace."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import click

from benchmarks import loading
from suyuan.figures import resource_figures, show_figures
from suyuan.options import terminal_options
from suyuan.terminal import Terminal


@click.command("load")
@click.option("--rows", type=click.IntRange(min=1), default=20_000, show_default=True)
@click.option(
    "--increment",
    "increment_rows",
    type=click.IntRange(min=1),
    default=50_000,
    show_default=True,
    help="Rows loaded through the server into the store that holds the others.",
)
@click.option("--seed", type=int, default=7, show_default=True)
@terminal_options
def command(rows: int, increment_rows: int, seed: int, terminal: Terminal) -> None:
    """Offline and incremental loads of a made-up world of about ROWS rows, at least some 14,000.

    Where the processor time goes is shown as shares, step by step, the importer among them.
    Beside them, in the same run, the bare importer and the bare driver; and loads that are killed
    half way, then loaded again. Making the world is not counted.
    """
    with tempfile.TemporaryDirectory(prefix="suyuan-bench-") as folder:
        figures = loading.run(rows, increment_rows, seed, Path(folder))
    memory = [replace(each, name=f"load.{each.name}") for each in resource_figures()]
    show_figures(
        terminal, [*figures, *memory], {"rows": rows, "increment": increment_rows, "seed": seed}
    )
