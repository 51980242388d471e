"""The offline importer and the online upserts make the same graph."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from graph.errors import StoreLocked, StoreUnavailable
from graph.model.provenance import Record, payload_of
from graph.store.bulk_import import bulk_load, is_without_data
from graph.store.constraints import prepare
from graph.store.digest import graph_digest
from graph.store.naming import Namer
from graph.store.rows import EntityRow, RelationRow
from graph.store.session import Store
from graph.store.statement import Statement
from ingest.bulk_sink import BulkSink
from ingest.pipeline import load
from ingest.sink import Sink
from ingest.store_sink import StoreSink
from synth.settings import WorldSettings
from synth.world import generate

# What a text may hold that a file of separated values could trip over; cleaned texts hold less.
TORTURE = {
    "empty": "",
    "blanks": "  leading and trailing \t",
    "quotes": """He said "no", then 'yes' \\" and \\""",
    "importer quote": "\x1f,\x1fand one \x1f\x1f",
    "line ends": "one\ntwo\r\nthree\rfour\n",
    "delimiters": "a,b;c|d\te",
    "emoji": "🔋充电宝👨‍👩‍👧",
    "looks like": "null",
    "number": "007",
    "long": "长" * 2_000,
}
NUMBERS = {"price_fen": 2**53 + 1}

_LISTINGS = Statement(
    "listings", "MATCH (n:Listing) RETURN n.native_id AS id, properties(n) AS all ORDER BY id"
)
_ROLES = Statement(
    "roles",
    "MATCH ()-[r:REPRESENTED_BY]->() WITH r.role AS role ORDER BY role RETURN collect(role) AS role",
)
_META = Statement("meta", "MATCH (m:SuyuanMeta) RETURN count(m) AS count")


@pytest.fixture(scope="module")
def key() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SUYUAN_TOKEN_KEY", "of-these-tests")
        yield


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("world")
    generate(WorldSettings(300, 2, 7, "easy"), folder)
    return folder / "tables"


@pytest.mark.usefixtures("key")
def test_bulk_and_online_make_the_same_graph(
    clean_store: Store, tables: Path, tmp_path: Path
) -> None:
    prepare(clean_store)
    online = load([tables], StoreSink(clean_store))
    with bulk_load(tmp_path) as bulk:
        offline = load([tables], BulkSink(bulk))
    assert (offline.read, offline.loaded, offline.refused) == (
        online.read,
        online.loaded,
        online.refused,
    )
    assert offline.written == online.written
    with Store.open(tmp_path) as store:
        prepare(store)
        digest = graph_digest(store)
        assert digest == graph_digest(clean_store)
        again = load([tables], StoreSink(store))
        assert sum(count.unchanged for count in again.tables.values()) == again.loaded
        assert graph_digest(store) == digest


@pytest.fixture
def torture() -> list[tuple[str, list[Any]]]:
    return [
        (
            "Listing",
            [
                EntityRow(("jd", str(at)), properties, _record(f"Listing:jd/{at}", properties))
                for at, text in enumerate(TORTURE.values())
                for properties in [
                    {"platform": "jd", "native_id": str(at), "title": text, **NUMBERS}
                ]
            ],
        ),
        ("Merchant", [_entity("Merchant", "merchant_id", "m"), _renamed_merchant()]),
        ("Person", [_entity("Person", "person_token", "p")]),
        (
            "REPRESENTED_BY",
            [
                _represented("director", "2025-01-01"),
                _represented("manager", "2025-01-01"),
                _represented("manager", "2025-03-01", valid_to="2025-02-28"),
                _represented("director", "2025-01-01"),
                _represented("owner", "2025-01-01", merchant="missing"),
            ],
        ),
    ]


@pytest.mark.usefixtures("key")
def test_awkward_values_and_repeats_survive(
    clean_store: Store, torture: list[tuple[str, list[Any]]], tmp_path: Path
) -> None:
    prepare(clean_store)
    _write(StoreSink(clean_store), torture)
    with bulk_load(tmp_path) as bulk:
        _write(BulkSink(bulk), torture)
    with Store.open(tmp_path) as store:
        listings = {row["id"]: row["all"] for row in store.read(_LISTINGS)}
        assert {at: listings[at]["title"] for at in listings} == {
            str(at): text for at, text in enumerate(TORTURE.values())
        }
        assert {row["price_fen"] for row in listings.values()} == set(NUMBERS.values())
        assert store.columns(_ROLES)["role"] == ["director", "manager"]
        assert graph_digest(store) == graph_digest(clean_store)


def test_a_new_store_keeps_the_secret_of_its_pseudonyms(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SUYUAN_TOKEN_KEY", raising=False)
    phone = ("+8613800138000",)
    with bulk_load(tmp_path) as bulk:
        name = bulk.writer.namer.entity("Phone", phone)
        bulk.finish()
    with Store.open(tmp_path) as store:
        assert Namer.of(store).entity("Phone", phone) == name
        assert store.read(_META) == [{"count": 1}]
    assert not is_without_data(tmp_path)
    with pytest.raises(StoreUnavailable, match="has data"), bulk_load(tmp_path):
        pass


def test_a_load_that_fails_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="half way"):
        _fail_half_way(tmp_path)
    assert is_without_data(tmp_path)
    assert not (tmp_path / "neo4j" / "bulk").exists()


def test_two_loads_cannot_meet(tmp_path: Path) -> None:
    with bulk_load(tmp_path), pytest.raises(StoreLocked), bulk_load(tmp_path):
        pass


def _fail_half_way(folder: Path) -> None:
    with bulk_load(folder) as bulk:
        BulkSink(bulk).entities("Merchant", [_entity("Merchant", "merchant_id", "m")])
        raise RuntimeError("half way")


def _write(sink: Sink, groups: list[tuple[str, list[Any]]]) -> None:
    for name, rows in groups:
        if isinstance(rows[0], EntityRow):
            sink.entities(name, rows)
        else:
            missing = [row.start_key for row in rows if row.start_key == ("missing",)]
            assert len(sink.relations(name, rows).missing) == len(missing)
    sink.finish()


def _entity(type_name: str, key: str, value: str) -> EntityRow:
    properties = {key: value}
    return EntityRow((value,), properties, _record(f"{type_name}:{value}", properties))


def _renamed_merchant() -> EntityRow:
    properties = {"merchant_id": "m", "name": 'the "new"\nname \x1f'}
    return EntityRow(("m",), properties, _record("Merchant:m", properties, "2025-05-01", "310000"))


def _represented(
    role: str, day: str, merchant: str = "m", valid_to: str | None = None
) -> RelationRow:
    properties = {"role": role, **({"valid_to": valid_to} if valid_to else {})}
    asserts = f"Merchant:{merchant} REPRESENTED_BY Person:p"
    return RelationRow((merchant,), ("p",), properties, _record(asserts, properties, day))


def _record(
    asserts: str, properties: dict[str, Any], day: str = "2025-01-01", region: str = "330000"
) -> Record:
    payload = payload_of(properties)
    return Record("register", 'a "file".csv:1', f"{day}T00:00:00+08:00", region, asserts, payload)
