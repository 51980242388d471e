"""Options that every command has, and how a command ends."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import click

from graph.store.connection import StoreOptions
from graph.store.constraints import prepare, prepare_analysis
from graph.store.embedded import ServerSettings
from graph.store.jars import DownloadProgress
from graph.store.session import Store
from suyuan.terminal import Terminal, default_language

EXIT_OK = 0
EXIT_USAGE = 2
EXIT_REFUSED = 3
EXIT_STORE = 4

DEFAULT_STORE = ".suyuan/store"

F = TypeVar("F", bound=Callable[..., Any])
Schema = Callable[[Store], None]


class IsoDate(click.ParamType[date]):
    """A date as YYYY-MM-DD."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Parse, or end with exit code 2."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a date like 2025-09-01", param, ctx)


def store_option(command: F) -> F:
    """`--store DIR|URI`: a folder for the embedded server, or a bolt/neo4j address."""
    return click.option(
        "--store",
        "store_target",
        default=lambda: os.environ.get("NEO4J_URI", DEFAULT_STORE),
        show_default=f"$NEO4J_URI or {DEFAULT_STORE}",
        help="A folder for the embedded server, or the bolt/neo4j address of a server.",
    )(command)


def terminal_options(command: F) -> F:
    """`--json` and `--lang`, handed to the command as one `terminal`."""

    @click.option("--json", "as_json", is_flag=True, help="Print one JSON object for machines.")
    @click.option(
        "--lang",
        type=click.Choice(["zh", "en"]),
        default=default_language,
        help="Language of texts.",
    )
    @functools.wraps(command)
    def wrapped(*args: Any, as_json: bool, lang: str, **kwargs: Any) -> Any:
        return command(*args, terminal=Terminal(as_json, lang), **kwargs)

    return wrapped  # type: ignore[return-value]


@contextmanager
def open_store(
    target: str,
    terminal: Terminal,
    schema: Schema | None = prepare,
    *,
    is_waiting: bool = True,
    is_lasting: bool = False,
) -> Iterator[Store]:
    """Open the store, telling the person what is waited for; `schema` makes keys and indexes.

    Unless `is_waiting`, reading may begin meanwhile, by statements that need none of them. A server that
    is started for it is made for hours of answering where `is_lasting`, else for one job.
    """
    server = ServerSettings(is_lasting=is_lasting)
    options = StoreOptions(server=server, progress=download_progress(terminal))
    place: str | Path = target if "://" in target else Path(target)
    if not isinstance(place, str):
        terminal.note("store.starting", folder=target)
    with Store.open(place, options) as store:
        if schema and is_waiting:
            schema(store)
        elif schema:
            store.prepare_meanwhile(schema)
        yield store


@contextmanager
def open_for_analysis(target: str, terminal: Terminal) -> Iterator[Store]:
    """Open the store for detecting: its keys are made, if they are missing, while detectors read."""
    with open_store(target, terminal, prepare_analysis, is_waiting=False) as store:
        yield store


def download_progress(terminal: Terminal) -> Callable[[DownloadProgress], None]:
    """Tells the person, a tenth at a time, how far the first download has come."""
    shown = -1

    def show(progress: DownloadProgress) -> None:
        nonlocal shown
        tenth = 10 * progress.bytes_done // max(progress.bytes_total, 1)
        if tenth > shown:  # eleven lines at most, also in a log file
            shown = tenth
            terminal.note(
                "store.download",
                jars_done=progress.jars_done,
                jars_total=progress.jars_total,
                done_mib=progress.bytes_done >> 20,
                total_mib=progress.bytes_total >> 20,
            )

    return show
