"""Loads that are killed, and loads that meet: the graph is that of one quiet load after the other."""

from __future__ import annotations

import csv
import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import loading_child
from benchmarks.loading import clear
from graph.store.bulk_import import bulk_load, is_without_data
from graph.store.connection import Connection
from graph.store.constraints import prepare
from graph.store.digest import graph_digest
from graph.store.session import Store
from ingest.bulk_sink import BulkSink
from ingest.pipeline import load
from ingest.store_sink import StoreSink
from synth.settings import WorldSettings
from synth.world import generate

BATCH_ROWS = 200
IMPORTER_ENDS_WITHIN_S = 20
TABLES = ("merchant", "phone", "store", "address", "operates", "uses_phone", "registered_at")


@pytest.fixture(scope="module", autouse=True)
def _key() -> Iterator[None]:
    """Loaders in other processes inherit it, so that all of them make the same pseudonyms."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SUYUAN_TOKEN_KEY", "of-these-tests")
        yield


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some tables of a small world, whose things several rows speak about."""
    world, folder = tmp_path_factory.mktemp("world"), tmp_path_factory.mktemp("tables")
    generate(WorldSettings(300, 0, 7, "easy"), world)
    for name in TABLES:
        shutil.copy(world / "tables" / "week_00" / f"{name}.csv", folder)
    return folder


@pytest.fixture(scope="module")
def later_tables(tables: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same statements as another source made them later, in the opposite order."""
    folder = tmp_path_factory.mktemp("later")
    for path in sorted(tables.glob("*.csv")):
        heads, *rows = _rows(path)
        at, source = heads.index("retrieved_at"), heads.index("source")
        for row in rows:
            row[at], row[source] = "2025-10-06T04:00:00+08:00", "platform.jd"
        _write(folder / path.name, [heads, *reversed(rows)])
    return folder


@pytest.mark.parametrize("part", [0.1, 0.5, 0.95])
def test_a_killed_load_that_is_repeated_leaves_no_trace(
    clean_store: Store, server: Connection, tables: Path, part: float
) -> None:
    prepare(clean_store)
    facts = sum(load([tables], StoreSink(clean_store)).written.values())
    undisturbed = graph_digest(clean_store)
    clear(clean_store)
    loader = loading_child.start(server, [tables], BATCH_ROWS)
    loading_child.kill_after(loader, int(part * facts))
    assert loader.returncode == -signal.SIGKILL
    assert graph_digest(clean_store) != undisturbed
    load([tables], StoreSink(clean_store))
    assert graph_digest(clean_store) == undisturbed


def test_a_load_whose_database_is_killed_leaves_no_trace(tmp_path: Path, tables: Path) -> None:
    with Store.open(tmp_path) as store:
        assert store.server is not None
        prepare(store)
        facts = sum(load([tables], StoreSink(store)).written.values())
        undisturbed = graph_digest(store)
        clear(store)
        database = store.server.pid
        loader = loading_child.start(store.connection, [tables], BATCH_ROWS)
        with loader:
            assert loading_child.wait_for(loader, facts // 2) < facts
            os.kill(database, signal.SIGKILL)
            loader.communicate()  # it may fail, or go on once the database is there again
        load([tables], StoreSink(store))
        assert store.server.pid != database
        assert graph_digest(store) == undisturbed


def test_an_offline_load_that_is_killed_begins_anew(
    clean_store: Store, tables: Path, tmp_path: Path
) -> None:
    prepare(clean_store)
    facts = sum(load([tables], StoreSink(clean_store)).written.values())
    loader = loading_child.start_offline(tmp_path, [tables], BATCH_ROWS)
    loading_child.kill_after(loader, facts // 2)
    assert is_without_data(tmp_path)
    loader = loading_child.start_offline(tmp_path, [tables], BATCH_ROWS)
    importer = loading_child.kill_during_import(loader)
    assert loader.returncode == -signal.SIGKILL
    importer.wait(IMPORTER_ENDS_WITHIN_S)  # raises TimeoutExpired when it outlived the loader
    assert is_without_data(tmp_path)
    with bulk_load(tmp_path) as bulk:
        load([tables], BulkSink(bulk))
    with Store.open(tmp_path) as store:
        prepare(store)
        assert graph_digest(store) == graph_digest(clean_store)


def test_two_loaders_at_once_make_the_graph_of_one_after_the_other(
    clean_store: Store, server: Connection, tables: Path, later_tables: Path
) -> None:
    prepare(clean_store)
    for folder in (tables, later_tables):
        load([folder], StoreSink(clean_store))
    one_by_one = graph_digest(clean_store)
    clear(clean_store)
    loaders = [
        loading_child.start(server, [folder], BATCH_ROWS) for folder in (tables, later_tables)
    ]
    for loader in loaders:
        with loader:
            loader.communicate()
    assert [loader.returncode for loader in loaders] == [0, 0]
    assert graph_digest(clean_store) == one_by_one


def _rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def _write(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
