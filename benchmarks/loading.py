"""How fast tables become a graph, beside the bare importer and the bare driver; and what a kill costs.

Everything is made up and lives in a folder of the benchmark's own. Yardsticks are taken in the same
run, so that a ratio holds on a busy machine too.
"""

from __future__ import annotations

import os
import random
import secrets
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import psutil

from benchmarks import loading_child, loading_shares
from benchmarks.figures import Figure
from graph.store.bulk_import import bulk_load
from graph.store.constraints import prepare
from graph.store.digest import graph_digest
from graph.store.naming import SECRET_VARIABLE
from graph.store.session import Store
from graph.store.statement import Statement
from graph.store.upsert import BATCH_ROWS
from ingest.bulk_sink import BulkSink, WriterSink
from ingest.pipeline import LoadOptions, load
from ingest.store_sink import StoreSink
from synth.settings import MIN_MERCHANTS, WorldSettings
from synth.world import generate

BULK_GOAL, INCREMENTAL_GOAL = 200_000, 20_000
"""Rows per second that were asked for: nodes and relations offline, rows of CSV online."""

KILLS = 2
_ROWS_OF_LOOKALIKES, _ROWS_PER_MERCHANT = 6_300, 25
"""Measured on worlds of 300 and 1,000 merchants."""
_KILLED_BATCH_ROWS = 500
"""Small batches: more moments at which a load of few rows can be cut off."""
_DELETED_AT_ONCE = 10_000

_COUNTS = Statement.load(__file__, "loading_counts.cypher")
_CLEAR = Statement.load(__file__, "loading_clear.cypher")
_PLAIN = Statement.load(__file__, "loading_plain.cypher")


@dataclass(frozen=True, slots=True)
class _Offline:
    """A load by the importer: `rows` of CSV, seconds in all and of the importer alone."""

    rows: int
    wall_s: float
    cpu_s: float
    importer_s: float
    importer_cpu_s: float


def run(rows: int, increment_rows: int, seed: int, folder: Path) -> list[Figure]:
    """Load a world of about `rows` rows below `folder`, which must be empty, then one of
    `increment_rows` more into the same store; and interrupt the load of a small one.
    """
    base, *weeks = _world(_settings(rows, 2, seed), folder / "world")
    increment = _world(_settings(increment_rows, 0, seed + 1), folder / "increment")[0]
    small = _world(WorldSettings(MIN_MERCHANTS, 0, seed, "medium"), folder / "small")[0]
    offline = _load_offline(base, folder / "store")
    figures = _share_figures(offline, _steps_of(base, folder / "steps"))
    with Store.open(folder / "store") as store:
        prepare(store)
        figures = [*_offline_figures(store, offline), *figures]
        figures += _online_figures(store, weeks[0], increment)
    return [*figures, _killed_figure(small, folder / "killed", seed)]


def _settings(rows: int, weeks: int, seed: int) -> WorldSettings:
    merchants = max(MIN_MERCHANTS, (rows - _ROWS_OF_LOOKALIKES) // _ROWS_PER_MERCHANT)
    return WorldSettings(merchants, weeks, seed, "medium")


def _world(settings: WorldSettings, folder: Path) -> list[Path]:
    """Folders of tables: the base, then each further week.

    Made in a process of its own: what that needs is no part of a load's memory.
    """
    process = get_context("spawn").Process(target=generate, args=(settings, folder))
    process.start()
    process.join()
    if process.exitcode:
        raise RuntimeError(f"the world could not be made (exit code {process.exitcode})")
    return sorted((folder / "tables").glob("week_*"))


def _load_offline(tables: Path, folder: Path) -> _Offline:
    started, used_s = time.monotonic(), _cpu_s()
    with bulk_load(folder) as bulk:
        report = load([tables], BulkSink(bulk))
    wall_s, cpu_s = time.monotonic() - started, _cpu_s() - used_s
    return _Offline(report.read, wall_s, cpu_s, bulk.importer_s, bulk.importer_cpu_s)


def _steps_of(tables: Path, folder: Path) -> dict[str, float]:
    """Processor seconds by step of the same load in one process, up to the importer's start."""
    with bulk_load(folder) as bulk, loading_shares.sampled() as seconds:
        load([tables], WriterSink(bulk.writer), LoadOptions(is_shared=False))
        bulk.writer.finish()
    return dict(seconds)


def _share_figures(offline: _Offline, steps: Mapping[str, float]) -> list[Figure]:
    used_s = {**steps, "importer": offline.importer_cpu_s}
    total_s = sum(used_s.values())
    return [
        Figure(f"load.share.{step}", seconds / total_s, "share", note=f"{seconds:.2f} CPU s")
        for step, seconds in sorted(used_s.items(), key=lambda item: -item[1])
    ]


def _offline_figures(store: Store, offline: _Offline) -> list[Figure]:
    counts = store.read(_COUNTS)[0]
    made = counts["nodes"] + counts["relations"]
    per_s = made / offline.wall_s
    return [
        Figure(
            "load.bulk_rows_per_s",
            round(per_s),
            "nodes and relations/s",
            f">= {BULK_GOAL}",
            per_s >= BULK_GOAL,
            f"{made} of them, records included, from {offline.rows} rows of CSV; "
            "opening the store and making its keys not counted",
        ),
        Figure("load.bulk_wall_s", round(offline.wall_s, 2), "s"),
        Figure(
            "load.bulk_cpu_s",
            round(offline.cpu_s, 2),
            "s",
            note=f"of all processes; {made / offline.cpu_s:.0f} nodes and relations per CPU s",
        ),
        Figure(
            "load.bulk_ratio_to_importer",
            offline.wall_s / offline.importer_s,
            "times its time",
            note=f"the importer alone: {offline.importer_s:.2f} s of the same load "
            f"({offline.importer_cpu_s:.2f} CPU s)",
        ),
    ]


def _online_figures(store: Store, week: Path, increment: Path) -> list[Figure]:
    """A week into a server just started, which plans every statement, then the increment."""
    started = time.monotonic()
    cold_rows = load([week], StoreSink(store)).read
    cold_s = time.monotonic() - started
    started, used_s = time.monotonic(), _cpu_s() + _server_cpu_s(store)
    rows = load([increment], StoreSink(store)).read
    warm_s, cpu_s = time.monotonic() - started, _cpu_s() + _server_cpu_s(store) - used_s
    plain = ({"number": at, "name": f"plain {at}"} for at in range(rows))
    started = time.monotonic()
    store.write_batches(_PLAIN, plain, BATCH_ROWS)
    plain_s = time.monotonic() - started
    per_s = rows / warm_s
    return [
        Figure(
            "load.incremental_rows_per_s",
            round(per_s),
            "rows/s",
            f">= {INCREMENTAL_GOAL}",
            per_s >= INCREMENTAL_GOAL,
            f"{rows} rows after {cold_rows} that planned the statements; {warm_s:.1f} s, "
            f"{rows / cpu_s:.0f} rows per CPU s of loader and server",
        ),
        Figure(
            "load.incremental_ratio_to_driver",
            warm_s / plain_s,
            "times its time",
            note=f"plain nodes, as many as rows, by UNWIND: {plain_s:.3f} s",
        ),
        Figure(
            "load.incremental_first_s",
            round(cold_s, 1),
            "s",
            note=f"{cold_rows} rows of one week into a server just started",
        ),
    ]


def _cpu_s() -> float:
    """Processor time of this process and of all its children that have ended."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def _server_cpu_s(store: Store) -> float:
    if store.server is None:
        return 0.0
    used = psutil.Process(store.server.pid).cpu_times()
    return used.user + used.system


def _killed_figure(tables: Path, folder: Path, seed: int) -> Figure:
    """Kill a load and its database `KILLS` times, each time load again, and compare the graphs."""
    moments = random.Random(seed)
    with _one_secret(), Store.open(folder) as store:
        prepare(store)
        facts = sum(load([tables], StoreSink(store)).written.values())
        undisturbed = graph_digest(store)
        equal, killed_at = 0, []
        for _ in range(KILLS):
            clear(store)
            at = moments.randrange(1, facts * 9 // 10)
            killed_at.append(_killed_load(store, tables, at))
            load([tables], StoreSink(store))
            equal += graph_digest(store) == undisturbed
    where = ", ".join(map(str, killed_at))
    return Figure(
        "load.digest_equal_after_kill",
        float(equal == KILLS),
        "1 is yes",
        "= 1",
        equal == KILLS,
        f"{equal} of {KILLS}; loader, then database killed after {where} of {facts} facts",
    )


def _killed_load(store: Store, tables: Path, facts: int) -> int:
    """Start a loader, kill it after so many facts, then kill the database, which starts again."""
    loader = loading_child.start(store.connection, [tables], _KILLED_BATCH_ROWS)
    killed_at = loading_child.kill_after(loader, facts)
    if store.server is not None:
        os.kill(store.server.pid, signal.SIGKILL)
    return killed_at


def clear(store: Store) -> None:
    """Delete every node; keys and indexes stay."""
    while store.write(_CLEAR, limit=_DELETED_AT_ONCE)[0]["deleted"]:
        pass


@contextmanager
def _one_secret() -> Iterator[None]:
    """One secret of pseudonyms for every load in the block, or equal graphs would have other ids."""
    given = os.environ.get(SECRET_VARIABLE)
    os.environ[SECRET_VARIABLE] = given or secrets.token_hex(32)
    try:
        yield
    finally:
        if given is None:
            del os.environ[SECRET_VARIABLE]
