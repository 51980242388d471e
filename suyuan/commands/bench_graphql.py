"""`suyuan bench graphql`: small queries alone and under attack, and what plans save."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from benchmarks import graphql
from suyuan.figures import show_figures
from suyuan.options import terminal_options
from suyuan.terminal import Terminal


@click.command("graphql")
@click.option("--seconds", type=click.FloatRange(min=2), default=20, show_default=True)
@click.option("--repetitions", type=click.IntRange(min=3), default=15, show_default=True)
@terminal_options
def command(seconds: float, repetitions: int, terminal: Terminal) -> None:
    """Small queries at 100 a second, alone and while hostile probes run; compiled plans beside
    graphql-core and strawberry. `suyuan bench graphql-peer` asks npm @neo4j/graphql the same."""
    with tempfile.TemporaryDirectory(prefix="suyuan-bench-") as folder:
        figures = graphql.run(seconds, Path(folder), repetitions)
    show_figures(terminal, figures, {"seconds": seconds, "repetitions": repetitions})
