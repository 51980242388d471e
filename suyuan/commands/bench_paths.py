"""`suyuan bench paths`: how long a search for ways takes on a large graph with heavy hubs."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import click

from benchmarks import paths
from suyuan.figures import resource_figures, show_figures
from suyuan.options import terminal_options
from suyuan.terminal import Terminal


@click.command("paths")
@click.option("--edges", type=click.IntRange(min=10_000), default=200_000, show_default=True)
@click.option("--seed", type=int, default=7, show_default=True)
@terminal_options
def command(edges: int, seed: int, terminal: Terminal) -> None:
    """Ways of at most 6 hops on a made-up graph of about EDGES relations, with hubs and hidden parts.

    Beside them, in the same run, the store's bare shortestPath. Filling the store is not counted.
    """
    with tempfile.TemporaryDirectory(prefix="suyuan-bench-") as folder:
        figures = paths.run(edges, seed, Path(folder))
    memory = [replace(each, name=f"paths.{each.name}") for each in resource_figures()]
    show_figures(terminal, [*figures, *memory], {"edges": edges, "seed": seed})
