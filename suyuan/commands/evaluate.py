"""`suyuan evaluate`: a made-up world, week by week, against its known answer."""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from detect.network.engines import DEFAULT_ENGINE, ENGINES
from detect.weekly.run import run_weekly
from ingest.pipeline import LoadOptions
from suyuan.commands.load import load_into, loaded_store
from suyuan.figures import resource_figures, show_figures
from suyuan.options import terminal_options
from suyuan.terminal import Terminal
from suyuan.world import found_in, read_world
from synth.figures import Figure
from synth.scoring import score
from synth.truth import load as load_truth

EXIT_GOAL_MISSED = 1


@click.command("evaluate", short_help="Hold what is found in a made-up world against the truth.")
@click.argument("world", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--engine", type=click.Choice(sorted(ENGINES)), default=DEFAULT_ENGINE)
@click.option(
    "--once",
    is_flag=True,
    help="Load all weeks at once and run once, instead of week by week: for timing.",
)
@click.option("--strict", is_flag=True, help="End with 1 when a goal is missed.")
@click.option(
    "--store", "store_target", help="Keep the store here (a fresh folder or an empty server)."
)
@terminal_options
def command(
    world: Path,
    engine: str,
    once: bool,
    strict: bool,
    store_target: str | None,
    terminal: Terminal,
) -> None:
    """Load WORLD into a fresh store, run the weekly job for each week, compare with the truth."""
    settings, weeks = read_world(world)
    truth = load_truth(world / "truth" / "truth.json")
    if once:
        weeks = [(weeks[-1][0], tuple(path for _, tables in weeks for path in tables))]
    with fresh_store(store_target) as target:
        started = time.monotonic()
        with loaded_store(target, weeks[0][1], LoadOptions(), terminal) as (store, _):
            run_weekly(store, weeks[0][0], engine, terminal.step)
            for as_of, paths in weeks[1:]:
                if paths:
                    load_into(store, paths, LoadOptions(), terminal)
                run_weekly(store, as_of, engine, terminal.step)
            wall_s = time.monotonic() - started
            found = found_in(store)
    figures = [
        *score(found, truth),
        Figure("evaluate.wall_s", round(wall_s, 1), "s", note=f"loading and {len(weeks)} runs"),
        *resource_figures(),
    ]
    show_figures(terminal, figures, {"world": settings, "engine": engine, "once": once})
    if strict and any(figure.met is False for figure in figures):
        sys.exit(EXIT_GOAL_MISSED)


@contextmanager
def fresh_store(target: str | None) -> Iterator[str]:
    """The given target, or a temporary folder that is removed afterwards."""
    if target:
        yield target
        return
    folder = tempfile.mkdtemp(prefix="suyuan-evaluate-")
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
