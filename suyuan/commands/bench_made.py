"""`suyuan bench made`: engines on a made-up world, without a database."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from benchmarks import made_world_score
from detect.network.engines import DEFAULT_ENGINE, ENGINES
from suyuan.figures import resource_figures, show_figures
from suyuan.options import terminal_options
from suyuan.terminal import Terminal


@click.command("made")
@click.argument("world", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--engine",
    "engines",
    type=click.Choice(sorted(ENGINES)),
    multiple=True,
    default=("corroboration", DEFAULT_ENGINE),
    show_default=True,
)
@terminal_options
def command(world: Path, engines: tuple[str, ...], terminal: Terminal) -> None:
    """Networks recovered, outsiders named and lawful groups accused in WORLD (see `generate`).

    Reads the tables alone, and takes the violations from the truth, as if detectors were perfect.
    """
    figures = [
        replace(figure, name=figure.name.replace("networks.", f"networks.{engine}.", 1))
        for engine in dict.fromkeys(engines)
        for figure in made_world_score.run(world, engine)
    ]
    show_figures(terminal, [*figures, *resource_figures()], {"world": str(world)})
