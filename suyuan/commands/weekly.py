"""`suyuan weekly`: what is new since the last run, told once."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import click

from detect.network.engines import CHOICES, DEFAULT_ENGINE
from detect.weekly.digest_text import judgement_text, relation_title
from detect.weekly.replay import replay
from detect.weekly.run import RunResult, run_weekly
from graph.model.texts import text
from suyuan.commands.deliver import deliver_told, raise_failures
from suyuan.commands.detect import show_counts
from suyuan.delivery.settings import read_settings
from suyuan.options import IsoDate, open_for_analysis, open_store, store_option, terminal_options
from suyuan.terminal import Terminal


@click.command("weekly", short_help="The weekly run: flag newly linked clusters, once.")
@click.option(
    "--as-of", type=IsoDate(), default=date.today, help="Date of the run (default today)."
)
@click.option("--engine", type=click.Choice(CHOICES), default=DEFAULT_ENGINE)
@click.option(
    "--deliver",
    "channels",
    type=click.Path(path_type=Path),
    help="Then deliver the digests as this YAML file says; never twice.",
)
@click.option(
    "--replay",
    "is_replay",
    is_flag=True,
    help="Print what the run of a past date would have told; writes nothing.",
)
@store_option
@terminal_options
def command(
    as_of: date,
    engine: str,
    channels: Path | None,
    is_replay: bool,
    store_target: str,
    terminal: Terminal,
) -> None:
    """Find, compare with the last run, publish, and flag what is new. Running it twice flags once."""
    if is_replay and channels:
        raise click.UsageError("--replay writes nothing, so there is nothing to deliver.")
    if is_replay:
        with open_store(store_target, terminal, None) as store:
            told = replay(store, as_of, engine, terminal.step)
        show_flags(terminal, told)
        terminal.result(told.to_dict())
        return
    known = read_settings(channels) if channels else None
    report = None
    with open_for_analysis(store_target, terminal) as store:
        result = run_weekly(store, as_of, engine, terminal.step)
        show_counts(terminal, result.to_dict())
        show_flags(terminal, result)
        if known is not None:
            report = deliver_told(store, known, as_of, terminal)
    delivered = {"delivery": report.to_dict()} if report else {}
    terminal.result({**result.to_dict(), **delivered})
    if report:
        raise_failures(report)


def show_flags(terminal: Terminal, result: RunResult) -> None:
    """Tell a person what is new, whose judgement moved a link, and which feed seems to have failed."""
    if result.is_repeat:
        terminal.say("weekly.repeat")
    for relation in result.incomplete:
        terminal.say("weekly.incomplete", feed=relation_title(relation, terminal.language))
    terminal.say("weekly.summary", count=len(result.flags))
    for flag in result.flags:
        terminal.say(
            "weekly.flag",
            kind=text(f"flag.kind.{flag['kind']}", terminal.language),
            clusters=" + ".join(flag["cluster_ids"]),
            members=len(flag["member_ids"]),
            links=len(flag["values"]["links"]),
        )
        _show_judgements(terminal, flag["values"])
    if result.regions:
        terminal.say("weekly.digests", count=len(result.regions))


def _show_judgements(terminal: Terminal, values: dict[str, Any]) -> None:
    for said in values.get("judgements", ()):
        terminal.line("    " + judgement_text(said, terminal.language))
