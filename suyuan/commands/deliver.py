"""`suyuan deliver`: send out the digests of a week, each to each channel once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from graph.store.session import Store
from suyuan.delivery.outbox import DeliveryFailed, Report, deliver
from suyuan.delivery.settings import AnyChannel, read_settings
from suyuan.options import IsoDate, open_store, store_option, terminal_options
from suyuan.terminal import Terminal


@click.command("deliver", short_help="Deliver the weekly digests that are still to be sent.")
@click.argument("channels", type=click.Path(path_type=Path))
@click.option(
    "--as-of", type=IsoDate(), default=date.today, help="Date of the run (default today)."
)
@store_option
@terminal_options
def command(channels: Path, as_of: date, store_target: str, terminal: Terminal) -> None:
    """Deliver the digests of a date, and what an earlier call could not, as CHANNELS (YAML) says."""
    known = read_settings(channels)
    with open_store(store_target, terminal) as store:
        report = deliver_told(store, known, as_of, terminal)
    terminal.result(report.to_dict())
    raise_failures(report)


def deliver_told(
    store: Store, channels: tuple[AnyChannel, ...], as_of: date, terminal: Terminal
) -> Report:
    """Deliver, and say how it went."""
    terminal.step("deliver")
    report = deliver(store, channels, as_of)
    terminal.say("delivery.summary", sent=report.sent, before=report.before)
    for failure in report.failures:
        terminal.say(
            "delivery.failure",
            channel=failure.channel,
            digest=failure.digest,
            reason=failure.reason,
        )
    return report


def raise_failures(report: Report) -> None:
    """End with an error when something did not arrive. Raises DeliveryFailed."""
    if report.failures:
        raise DeliveryFailed(count=len(report.failures))
