"""`suyuan detect`: findings and networks as of a date."""

from __future__ import annotations

from datetime import date
from typing import Any

import click

from detect.network.engines import CHOICES, DEFAULT_ENGINE
from detect.weekly.run import detect_now
from graph.model.texts import catalogue, text
from suyuan.options import IsoDate, open_for_analysis, store_option, terminal_options
from suyuan.terminal import Terminal


@click.command("detect", short_help="Run detectors and networks as of a date and publish them.")
@click.option(
    "--as-of", type=IsoDate(), default=date.today, help="Date to look at (default today)."
)
@click.option("--engine", type=click.Choice(CHOICES), default=DEFAULT_ENGINE)
@store_option
@terminal_options
def command(as_of: date, engine: str, store_target: str, terminal: Terminal) -> None:
    """Run every detector, find who belongs together, and publish both. Remembers and flags nothing."""
    with open_for_analysis(store_target, terminal) as store:
        result = detect_now(store, as_of, engine, terminal.step).to_dict()
    show_counts(terminal, result)
    terminal.result(result)


def show_counts(terminal: Terminal, result: dict[str, Any]) -> None:
    """Tell a person what a run found."""
    counts = result["counts"]
    labels = counts["labels"]
    terminal.say(
        "detect.summary",
        as_of=result["as_of"],
        merchants=counts["merchants"],
        links=counts["links"],
        clusters=counts["clusters"],
        networks=labels.get("network", 0),
        lawful=labels.get("lawful_group", 0),
        unlabelled=labels.get("unlabelled", 0),
        findings=sum(counts["findings"].values()),
    )
    for detector, count in counts["findings"].items():
        key = f"detector.{detector}.title"
        title = text(key, terminal.language) if key in catalogue() else ""
        terminal.say("detect.finding_count", detector=detector, title=title, count=count)
    terminal.say("notice.leads")
