from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.model.provenance import NATIONAL
from graph.model.values import KINDS, address
from graph.ontology import ontology
from graph.ontology.schema import COMMON
from synth.settings import FIRST_DATE, WorldSettings
from synth.tables import TableWriter, columns_of
from synth.world import generate
from tests.unit.synth.conftest import MadeWorld

COMMON_KINDS = {p.name: p.kind for p in COMMON}


def digest(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def test_the_same_settings_make_the_same_bytes(tmp_path: Path, short_world: MadeWorld) -> None:
    generate(short_world.summary.settings, tmp_path)
    assert digest(tmp_path) == digest(short_world.folder)


def test_another_seed_makes_another_world(tmp_path: Path, short_world: MadeWorld) -> None:
    generate(WorldSettings(400, 6, 8, "medium"), tmp_path)
    assert digest(tmp_path) != digest(short_world.folder)


def test_an_older_world_leaves_nothing_behind(tmp_path: Path) -> None:
    generate(WorldSettings(300, 3, 1), tmp_path)
    generate(WorldSettings(300, 1, 1), tmp_path)
    assert sorted(path.name for path in (tmp_path / "tables").iterdir()) == ["week_00", "week_01"]


def kinds_of(table: str) -> dict[str, str]:
    """Value kind of every column of a table, by the ontology."""
    known = ontology()
    if entity := known.entity_of_table(table):
        return {p.name: p.kind for p in entity.properties} | COMMON_KINDS
    relation = known.relation_of_table(table)
    assert relation is not None, f"{table} is no canonical table"
    kinds = {p.name: p.kind for p in relation.properties}
    kinds |= {"valid_from": "date", "valid_to": "date"} | COMMON_KINDS
    for ends, name in zip(known.end_columns(relation), (relation.start, relation.end), strict=True):
        for column, key in ends.items():
            kinds[column] = known.entities[name].property(key).kind
    return kinds


def test_every_column_and_every_value_is_legal(short_world: MadeWorld) -> None:
    for path in sorted(short_world.folder.glob("tables/week_*/*.csv")):
        kinds = kinds_of(path.stem)
        with path.open(encoding="utf-8", newline="") as handle:
            reader = csv.DictReader(handle)
            assert set(reader.fieldnames or ()) == set(kinds)
            for row in reader:
                for column, value in row.items():
                    if value and (column, value) != ("owning_region", NATIONAL):
                        KINDS[kinds[column]].clean(value)


def test_required_columns_are_filled(short_world: MadeWorld) -> None:
    known = ontology()
    for path in sorted(short_world.folder.glob("tables/week_*/*.csv")):
        entity, relation = known.entity_of_table(path.stem), known.relation_of_table(path.stem)
        if relation:
            start, end = known.end_columns(relation)
            required = {*start, *end, *relation.key}
        else:
            assert entity is not None
            required = set(entity.key)
        required |= {"source", "retrieved_at", "owning_region"}
        with path.open(encoding="utf-8", newline="") as handle:
            for row in csv.DictReader(handle):
                assert all(row[column] for column in required), (path.name, row)


def test_no_node_has_two_meanings_and_every_merchant_end_exists(short_world: MadeWorld) -> None:
    ids = {row["merchant_id"] for row in short_world.rows("merchant")}
    for table in ("ships_from", "uses_phone", "operates", "paid_to", "held_by", "made_by"):
        assert {row["merchant_id"] for row in short_world.rows(table)} <= ids


@pytest.mark.parametrize(
    ("relation", "entity", "ends"),
    [
        ("lists", "listing", {"listing_platform": "platform", "listing_native_id": "native_id"}),
        ("shows_certificate", "certificate", {"certificate_no": "certificate_no"}),
        (
            "shows_report",
            "test_report",
            {"test_report_lab_id": "lab_id", "test_report_report_no": "report_no"},
        ),
        ("uses_device", "device", {"device_token": "device_token"}),
        ("ships_from", "address", {"address_id": "address_id"}),
    ],
)
def test_every_end_of_a_relation_is_told_no_later(
    long_world: MadeWorld, relation: str, entity: str, ends: dict[str, str]
) -> None:
    told: dict[tuple[str, ...], str] = {}
    for row in long_world.rows(entity):
        key = tuple(row[name] for name in ends.values())
        told[key] = min(told.get(key, "9"), row["retrieved_at"][:10])
    for row in long_world.rows(relation):
        key = tuple(row[name] for name in ends)
        assert told[key] <= row["retrieved_at"][:10]


def test_a_week_is_read_on_its_day(short_world: MadeWorld) -> None:
    for path in sorted(short_world.folder.glob("tables/week_*/merchant.csv")):
        week = int(path.parent.name.removeprefix("week_"))
        day = (FIRST_DATE + timedelta(weeks=week)).isoformat()
        with path.open(encoding="utf-8", newline="") as handle:
            assert all(row["retrieved_at"].startswith(day) for row in csv.DictReader(handle))


def test_nothing_happens_after_it_was_read(long_world: MadeWorld) -> None:
    for table in ("ships_from", "uses_phone", "registered_at", "paid_to"):
        for row in long_world.rows(table):
            seen = row["retrieved_at"][:10]
            assert row["valid_from"] <= seen
            assert row["valid_to"] <= seen


def test_an_end_is_read_after_its_beginning(long_world: MadeWorld) -> None:
    began: set[tuple[str, str]] = set()
    ended = 0
    for row in long_world.rows("uses_phone"):
        key = (row["merchant_id"], row["phone_number"])
        if row["valid_to"]:
            assert key in began
            ended += 1
        began.add(key)
    assert ended > 0


def test_a_quiet_week_has_a_folder_and_no_table(short_world: MadeWorld) -> None:
    folder = short_world.folder / "tables" / "week_05"
    assert folder.is_dir()
    assert not list(folder.iterdir())


def test_addresses_can_be_read_except_those_meant_not_to_be(short_world: MadeWorld) -> None:
    empty = next(t for t in short_world.truth.traps if t.trap == "empty_addresses")
    traps = {subject.removeprefix("Merchant:") for subject in empty.subjects}
    for row in short_world.rows("ships_from"):
        may_link = address.may_link(address.parse(row["address_id"]))
        assert may_link or row["merchant_id"] in traps


def test_reports_are_numbered_in_order_of_issue(short_world: MadeWorld) -> None:
    last: dict[str, tuple[int, date]] = {}
    for row in short_world.rows("test_report"):
        if row["amends_report_no"]:
            continue
        serial, issued = int(row["report_no"][-6:]), date.fromisoformat(row["issued_on"])
        before = last.get(row["lab_id"])
        assert before is None or (serial > before[0] and issued >= before[1] - timedelta(days=3))
        last[row["lab_id"]] = (serial, issued)


def test_a_wrong_column_is_refused(tmp_path: Path) -> None:
    writer = TableWriter(tmp_path, 0)
    with pytest.raises(KeyError, match="colour"):
        writer.put("merchant", 0, "register", "330000", merchant_id="M1", colour="red")


@given(st.text(st.characters(exclude_characters="\r", codec="utf-8"), min_size=1))
def test_any_text_survives_the_file(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.mktemp("text")
    writer = TableWriter(folder, 0)
    writer.put("merchant", 0, "register", "330000", merchant_id="M1", name=text)
    writer.close()
    with (folder / "week_00" / "merchant.csv").open(encoding="utf-8", newline="") as handle:
        assert next(iter(csv.DictReader(handle)))["name"] == text


def test_columns_cover_the_whole_ontology() -> None:
    known = ontology()
    assert len(columns_of(known)) == len(known.entities) + len(known.relations)


@pytest.mark.parametrize(
    "make",
    [
        lambda: WorldSettings(merchants=10),
        lambda: WorldSettings(weeks=-1),
        lambda: WorldSettings(level="impossible"),
    ],
    ids=["merchants", "weeks", "level"],
)
def test_impossible_settings_are_refused(make: Callable[[], WorldSettings]) -> None:
    with pytest.raises(ValueError, match=r"merchants|weeks|level"):
        make()
