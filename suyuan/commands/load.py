"""`suyuan load`: tables and known sources into the store."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from graph.store.bulk_import import bulk_load, is_without_data
from graph.store.session import Store
from ingest.bulk_sink import BulkSink
from ingest.clean import Given
from ingest.pipeline import LoadOptions, load
from ingest.report import LoadReport
from ingest.store_sink import StoreSink
from suyuan.options import (
    download_progress,
    open_for_analysis,
    open_store,
    store_option,
    terminal_options,
)
from suyuan.terminal import Terminal


@click.command("load", short_help="Load canonical tables or known sources.")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--source",
    help="A known source, or a folder with a mapping.yaml of your own, instead of recognising the header.",
)
@click.option(
    "--region", help="Owning region of rows that do not say it: a province code or 000000."
)
@click.option("--retrieved-at", help="When rows that do not say it were read (ISO 8601).")
@click.option(
    "--refused",
    "refused_path",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("refused.csv"),
    show_default=True,
    help="Where refused rows go, each with file, line, field, rule and reason.",
)
@click.option(
    "--online",
    is_flag=True,
    help="Write through the server also where a new store could be made by the offline importer.",
)
@store_option
@terminal_options
def command(
    paths: tuple[Path, ...],
    source: str | None,
    region: str | None,
    retrieved_at: str | None,
    refused_path: Path,
    online: bool,
    store_target: str,
    terminal: Terminal,
) -> None:
    """Load files and folders. Bad rows are refused with a reason; the rest is loaded; twice is once."""
    given = Given(retrieved_at=retrieved_at, region=region)
    options = LoadOptions(refused_path=refused_path, source=source, given=given)
    started = time.monotonic()
    with loaded_store(store_target, paths, options, terminal, online=online) as (store, report):
        store.await_preparation()
    seconds = time.monotonic() - started
    for name, count in report.tables.items():
        terminal.say(
            "load.table", table=name, read=count.read, loaded=count.loaded, refused=count.refused
        )
    terminal.say(
        "load.summary",
        read=report.read,
        loaded=report.loaded,
        refused=report.refused,
        seconds=seconds,
    )
    if report.refused:
        terminal.say("load.refused_file", path=str(refused_path))
    terminal.result({**report.as_json(), "seconds": round(seconds, 3)})


@contextmanager
def loaded_store(
    target: str,
    paths: tuple[Path, ...],
    options: LoadOptions,
    terminal: Terminal,
    *,
    online: bool = False,
) -> Iterator[tuple[Store, LoadReport]]:
    """Load into the store at `target`; the store stays open in the block.

    A folder that has no data yet is filled by the offline importer, many times faster, unless
    `online`.
    """
    if not online and "://" not in target and is_without_data(target):
        with (
            bulk_load(target, progress=download_progress(terminal)) as bulk,
            terminal.progress("load.progress") as advance,
        ):
            report = load(paths, BulkSink(bulk), options, _only_writes(advance))
        with open_for_analysis(target, terminal) as store:
            yield store, report
    else:
        with open_store(target, terminal) as store:
            yield store, load_into(store, paths, options, terminal)


def load_into(
    store: Store, paths: tuple[Path, ...], options: LoadOptions, terminal: Terminal
) -> LoadReport:
    """Load with a progress bar."""
    with terminal.progress("load.progress") as advance:
        return load(paths, StoreSink(store), options, _only_writes(advance))


def _only_writes(advance: Callable[[int], None]) -> Callable[[str, str, int], None]:
    def progress(stage: str, _: str, rows: int) -> None:
        if stage == "write":
            advance(rows)

    return progress
