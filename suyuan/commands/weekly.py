"""`suyuan weekly`: what is new since the last run, told once."""

from __future__ import annotations

from datetime import date

import click

from detect.network.engines import DEFAULT_ENGINE, ENGINES
from detect.weekly.run import RunResult, run_weekly
from graph.model.texts import text
from suyuan.commands.detect import show_counts
from suyuan.options import IsoDate, open_for_analysis, store_option, terminal_options
from suyuan.terminal import Terminal


@click.command("weekly", short_help="The weekly run: flag newly linked clusters, once.")
@click.option(
    "--as-of", type=IsoDate(), default=date.today, help="Date of the run (default today)."
)
@click.option("--engine", type=click.Choice(sorted(ENGINES)), default=DEFAULT_ENGINE)
@store_option
@terminal_options
def command(as_of: date, engine: str, store_target: str, terminal: Terminal) -> None:
    """Find, compare with the last run, publish, and flag what is new. Running it twice flags once."""
    with open_for_analysis(store_target, terminal) as store:
        result = run_weekly(store, as_of, engine, terminal.step)
    show_counts(terminal, result.to_dict())
    show_flags(terminal, result)
    terminal.result(result.to_dict())


def show_flags(terminal: Terminal, result: RunResult) -> None:
    """Tell a person what is new."""
    if result.is_repeat:
        terminal.say("weekly.repeat")
    terminal.say("weekly.summary", count=len(result.flags))
    for flag in result.flags:
        terminal.say(
            "weekly.flag",
            kind=text(f"flag.kind.{flag['kind']}", terminal.language),
            clusters=" + ".join(flag["cluster_ids"]),
            members=len(flag["member_ids"]),
            links=len(flag["values"]["links"]),
        )
