"""`suyuan bench graphql-peer`: the same questions to this service and to others like it."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from benchmarks import peer
from benchmarks.node import NodeUnavailable
from suyuan.figures import show_figures
from suyuan.options import terminal_options
from suyuan.terminal import Terminal


@click.command("graphql-peer")
@click.option("--repetitions", type=click.IntRange(min=15), default=30, show_default=True)
@terminal_options
def command(repetitions: int, terminal: Terminal) -> None:
    """10,000 stores; 500 merchants with five stores each; ten of them: beside npm @neo4j/graphql and plain
    strawberry over the same Neo4j, asked in turns."""
    with tempfile.TemporaryDirectory(prefix="suyuan-bench-") as folder:
        try:
            figures, times = peer.run(repetitions, Path(folder))
        except NodeUnavailable as missing:
            raise click.ClickException(str(missing)) from missing
    rounded = {
        question: {
            name: [round(each.wall_ms, 2) for each in taken] for name, taken in by_name.items()
        }
        for question, by_name in times.items()
    }
    show_figures(terminal, figures, {"repetitions": repetitions, "times_ms": rounded})
