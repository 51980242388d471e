from __future__ import annotations

import csv
import json
import stat
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.errors import SourceError, ThresholdExceeded
from graph.store.rows import EntityRow, RelationRow
from ingest.clean import Given
from ingest.facts import Key
from ingest.inputs import find_inputs
from ingest.pipeline import LoadOptions, load
from ingest.sink import Collect, Written

SAID = "register,2025-09-01T00:00:00+08:00,310000"
COMMON = "source,retrieved_at,owning_region"


def write(folder: Path, name: str, columns: str, *rows: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"{columns},{COMMON}", *(f"{row},{SAID}" for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def world(tmp_path: Path) -> Path:
    folder = tmp_path / "tables"
    write(folder, "week_00/operates.csv", "merchant_id,store_platform,store_native_id", "m1,jd,1")
    write(folder, "week_00/merchant.csv", "merchant_id,name", "m1,甲", "m2,乙")
    write(folder, "week_00/store.csv", "platform,native_id", "jd,1", "jd,2")
    write(
        folder,
        "week_10/operates.csv",
        "merchant_id,store_platform,store_native_id",
        "m2,jd,2",
        "m9,jd,2",
        "m2,jd,9",
    )
    write(folder, "week_2/merchant.csv", "merchant_id,name", "m3,丙")
    (folder / "world.json").write_text("{}", encoding="utf-8")
    return folder


class Ordered(Collect):
    """Fails when a relation arrives before an entity."""

    def entities(self, type_name: str, rows: Sequence[EntityRow]) -> Written:
        assert not self.links, "an entity came after a relation"
        return Collect.entities(self, type_name, rows)


def test_entities_go_first_whatever_the_order_of_the_files(world: Path) -> None:
    sink = Ordered()
    report = load([world], sink)
    assert sorted(row.key for row in sink.nodes["Merchant"]) == [("m1",), ("m2",), ("m3",)]
    assert [row.start_key for row in sink.links["OPERATES"]] == [("m1",), ("m2",)]
    assert sink.is_finished
    assert report.skipped == ("world.json",)


def test_a_missing_end_refuses_the_row_and_names_its_column(world: Path, tmp_path: Path) -> None:
    refused = tmp_path / "refused.csv"
    report = load([world], Collect(), LoadOptions(refused))
    count = report.tables["operates"]
    assert (count.read, count.loaded, count.refused, count.facts) == (4, 2, 2, 2)
    assert [(r.line, r.fault.field, r.fault.reason_code) for r in report.examples] == [
        (3, "merchant_id", "endpoint.unknown"),
        (4, "store_platform, store_native_id", "endpoint.unknown"),
    ]
    with refused.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert json.loads(rows[0]["row"])["merchant_id"] == "m9"
    assert rows[0]["file"] == "week_10/operates.csv"


def test_weeks_are_read_in_their_order(world: Path) -> None:
    inputs, _ = find_inputs([world])
    weeks = [item.locator.partition("/")[0] for item in inputs]
    assert weeks == ["week_00"] * 3 + ["week_2", "week_10"]


def test_loading_twice_adds_nothing(world: Path) -> None:
    sink = Collect()
    first = load([world], sink)
    before = sink.as_json()
    second = load([world], sink)
    assert sink.as_json() == before
    assert first.unchanged == 0
    assert second.unchanged == sum(count.facts for count in second.tables.values()) == 7


def test_records_say_where_and_about_what_without_personal_data(tmp_path: Path) -> None:
    write(tmp_path, "t/merchant.csv", "merchant_id,name", "m1,甲")
    write(tmp_path, "t/phone.csv", "number", "13800138000")
    write(tmp_path, "t/uses_phone.csv", "merchant_id,phone_number,role", "m1,13800138000,contact")
    sink = Collect()
    load([tmp_path / "t"], sink)
    (link,) = sink.links["USES_PHONE"]
    assert link.record.locator == "uses_phone.csv:2"
    assert link.record.asserts.startswith("Merchant:m1 USES_PHONE Phone:")
    assert "13800138000" not in link.record.asserts + sink.nodes["Phone"][0].record.asserts
    assert json.loads(link.record.payload) == {"role": "contact"}


def test_two_relations_of_one_merchant_are_two_records(tmp_path: Path) -> None:
    write(tmp_path, "t/merchant.csv", "merchant_id,name", "m1,甲")
    write(tmp_path, "t/store.csv", "platform,native_id", "jd,1", "jd,2")
    columns = "merchant_id,store_platform,store_native_id"
    write(tmp_path, "t/operates.csv", columns, "m1,jd,1", "m1,jd,2")
    sink = Collect()
    load([tmp_path / "t"], sink)
    assert len({row.record.id for row in sink.links["OPERATES"]}) == 2


class Untouched(Collect):
    """Fails at the first write."""

    def entities(self, type_name: str, rows: Sequence[EntityRow]) -> Written:
        raise AssertionError(f"{len(rows)} rows of {type_name} were written")

    def relations(self, relation: str, rows: Sequence[RelationRow]) -> Written:
        raise AssertionError(f"{len(rows)} rows of {relation} were written")

    def exists(self, type_name: str, keys: Sequence[Key]) -> Sequence[bool]:
        raise AssertionError(type_name)


def test_a_mostly_wrong_file_stops_the_load_before_anything_is_written(tmp_path: Path) -> None:
    wrong = [f"m{at},甲,91310114MA1XX0017{at % 10}" for at in range(20)]
    path = write(tmp_path, "merchant.csv", "merchant_id,name,uscc", *wrong)
    refused = tmp_path / "refused.csv"
    with pytest.raises(ThresholdExceeded):
        load([path], Untouched(), LoadOptions(refused))
    assert refused.read_text(encoding="utf-8-sig").count("uscc.check_digit") > 6


def test_a_wrong_header_stops_the_load_before_anything_is_written(tmp_path: Path) -> None:
    write(tmp_path, "t/merchant.csv", "merchant_id,name", "m1,甲")
    write(tmp_path, "t/store.csv", "platform,native_id,colour", "jd,1,red")
    with pytest.raises(SourceError, match="colour"):
        load([tmp_path / "t"], Untouched())


def test_the_refused_file_is_for_its_owner_and_a_clean_load_leaves_none(tmp_path: Path) -> None:
    refused = tmp_path / "refused.csv"
    bad = write(tmp_path, "merchant.csv", "merchant_id,name", "m1,甲", ",乙", '=1+1",丙')
    report = load([bad], Collect(), LoadOptions(refused))
    assert report.refused_file == "refused.csv"
    assert stat.S_IMODE(refused.stat().st_mode) == 0o600
    write(tmp_path, "merchant.csv", "merchant_id,name", "m1,甲")
    report = load([bad], Collect(), LoadOptions(refused))
    assert report.refused_file is None
    assert not refused.exists()


def test_undecodable_rows_still_make_a_readable_refused_file(tmp_path: Path) -> None:
    path = write(tmp_path, "merchant.csv", "merchant_id,name", "m1,甲", "m2,乙")
    path.write_bytes(path.read_bytes() + f"m3,苏州,{SAID}\n".encode("gb18030"))
    refused = tmp_path / "refused.csv"
    report = load([path], Collect(), LoadOptions(refused))
    assert report.tables["merchant"].reasons == {"row.encoding": 1}
    assert "row.encoding" in refused.read_text(encoding="utf-8-sig")


def test_progress_counts_what_is_written(world: Path) -> None:
    seen: dict[str, int] = {}

    def note(stage: str, name: str, rows: int) -> None:
        if stage == "write":
            seen[name] = seen.get(name, 0) + rows

    load([world], Collect(), progress=note)
    assert seen == {"Merchant": 3, "OPERATES": 4, "Store": 2}


@pytest.mark.parametrize(
    ("name", "reason"),
    [("merchants.csv", "source.unrecognised_near"), ("q7.csv", "source.unrecognised")],
)
def test_a_file_nobody_knows_is_refused(tmp_path: Path, name: str, reason: str) -> None:
    path = write(tmp_path, name, "a,b", "1,2")
    with pytest.raises(SourceError) as caught:
        load([path], Untouched())
    assert caught.value.params["reason"] == reason


@pytest.mark.parametrize("what", ["absent", "empty folder", "unknown source", "bad given"])
def test_what_cannot_be_loaded_at_all_is_said(tmp_path: Path, what: str) -> None:
    path = write(tmp_path, "t/merchant.csv", "merchant_id,name", "m1,甲")
    (tmp_path / "void").mkdir()
    paths = {"absent": tmp_path / "absent", "empty folder": tmp_path / "void"}
    options = LoadOptions(
        source="company_registre" if what == "unknown source" else None,
        given=Given(region="330106") if what == "bad given" else Given(),
    )
    with pytest.raises(SourceError) as caught:
        load([paths.get(what, path)], Untouched(), options)
    expected = {
        "absent": "source.missing",
        "empty folder": "source.folder_empty",
        "unknown source": "source.unknown_source",
        "bad given": "source.given",
    }
    assert caught.value.params["reason"] == expected[what]


_IDS = st.sampled_from(["m1", "m2", "", " ", "4.40E+17", "a b", "m3"])
_NAMES = st.sampled_from(["甲", "", "乙", '"', "\0", "a,b", '"ok, quoted"'])


@settings(deadline=None)
@given(st.lists(st.tuples(_IDS, _NAMES, st.sampled_from(["", "91310114MA1XX0017M", "9131"]))))
def test_nothing_is_lost(tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]) -> None:
    folder = tmp_path_factory.mktemp("lost")
    path = write(folder, "merchant.csv", "merchant_id,name,uscc", *map(",".join, rows))
    sink = Collect()
    try:
        report = load([path], sink)
    except ThresholdExceeded:
        stopped = True
    else:
        stopped = False
    if stopped:
        assert not sink.nodes
        return
    assert report.loaded + report.refused == report.read == len(rows)
    written = sum(report.written.values())
    assert written == report.loaded
    assert len(sink.nodes.get("Merchant", [])) + report.unchanged == written
