from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from graph.errors import SourceError
from ingest.clean import Given
from ingest.facts import CleanRow
from ingest.mapped import MappedCleaner
from ingest.mapping import read_mapping
from ingest.refusals import RowRefused

BASE: dict[str, Any] = {
    "source": "sheet",
    "title": {"zh": "表", "en": "sheet"},
    "region": "330000",
    "absent": ["-"],
    "threshold": {"share": 0.1, "rows": 1, "reason": {"zh": "因", "en": "why"}},
    "columns": {"shop": None, "site": None, "owner": None, "opened": None, "state": None},
    "entities": {
        "store": {
            "type": "Store",
            "set": {
                "platform": {"column": "site", "map": {"淘宝": "taobao", "京东": "jd"}},
                "native_id": {"column": "shop"},
                "name": {"template": "{site}{shop}"},
                "opened_on": {"column": "opened", "dates": ["%d.%m.%Y", "%Y%m%d"]},
                "close_reason": {
                    "column": "state",
                    "map": {"处罚": "penalty"},
                    "otherwise": "absent",
                },
            },
        },
        "merchant": {
            "type": "Merchant",
            "reference": True,
            "optional": True,
            "set": {"merchant_id": {"column": "owner", "extract": r"^ID:(\w+)$"}},
        },
    },
    "relations": [
        {
            "type": "OPERATES",
            "start": "merchant",
            "end": "store",
            "set": {"valid_from": {"column": "opened", "dates": ["%d.%m.%Y", "%Y%m%d"]}},
        }
    ],
}


def cleaner(tmp_path: Path, **changes: Any) -> MappedCleaner:
    path = tmp_path / "sheet" / "mapping.yaml"
    path.parent.mkdir()
    path.write_text(yaml.safe_dump({**BASE, **changes}, sort_keys=False), encoding="utf-8")
    mapping = read_mapping(path)
    return MappedCleaner(mapping, mapping.columns, Given(retrieved_at="2025-01-01T00:00:00+08:00"))


def test_expressions_fill_properties_and_relations(tmp_path: Path) -> None:
    row = cleaner(tmp_path)(["77", "淘宝", "ID:m1", "31.01.2025", "正常"])
    assert row.provenance == ("sheet", "2025-01-01T00:00:00+08:00", "330000")
    (store,) = row.entities  # the merchant is only pointed at
    assert store.key == ("taobao", "77")
    assert store.properties == {
        "platform": "taobao",
        "native_id": "77",
        "name": "淘宝77",
        "opened_on": "2025-01-31",
    }
    (link,) = row.relations
    assert link == ("OPERATES", ("m1",), ("taobao", "77"), {"valid_from": "2025-01-31"})


def test_an_optional_end_that_is_absent_takes_its_relation_with_it(tmp_path: Path) -> None:
    row: CleanRow = cleaner(tmp_path)(["77", "京东", "-", "", "处罚"])
    assert row.relations == ()
    assert row.entities[0].properties["close_reason"] == "penalty"


@pytest.mark.parametrize(
    ("cells", "field", "reason"),
    [
        (["77", "易趣", "", "", ""], "site", "mapping.value"),
        (["77", "京东", "m1", "", ""], "owner", "mapping.extract"),
        (["77", "京东", "", "2025-01-31", ""], "opened", "mapping.date"),
        (["-", "京东", "", "", ""], "shop", "value.required"),
        (["7.7E+12", "京东", "", "", ""], "shop", "value.spreadsheet_number"),
    ],
)
def test_what_does_not_fit_refuses_the_row_and_names_the_column(
    tmp_path: Path, cells: list[str], field: str, reason: str
) -> None:
    with pytest.raises(RowRefused) as caught:
        cleaner(tmp_path)(cells)
    assert [(f.field, f.reason_code) for f in caught.value.faults] == [(field, reason)]


def test_columns_may_come_in_another_order(tmp_path: Path) -> None:
    path = tmp_path / "sheet" / "mapping.yaml"
    path.parent.mkdir()
    path.write_text(yaml.safe_dump(BASE, sort_keys=False), encoding="utf-8")
    mapping = read_mapping(path)
    given = Given(retrieved_at="2025-01-01T00:00:00+08:00")
    swapped = MappedCleaner(mapping, ("state", "opened", "owner", "site", "shop"), given)
    assert swapped(["", "", "", "京东", "77"]).entities[0].key == ("jd", "77")


def test_region_and_time_may_come_from_columns(tmp_path: Path) -> None:
    clean = cleaner(
        tmp_path,
        region={"column": "state", "map": {"浙江": "330000"}},
        retrieved_at={"column": "shop"},
    )
    row = clean(["2025-01-30T16:00:00Z", "京东", "", "", "浙江"])
    assert row.provenance == ("sheet", "2025-01-31T00:00:00+08:00", "330000")
    with pytest.raises(RowRefused) as caught:
        clean(["2025-01-30T16:00:00Z", "京东", "", "", ""])
    assert [fault.field for fault in caught.value.faults] == ["owning_region"]
    with pytest.raises(RowRefused) as caught:
        clean(["2025-01-31", "京东", "", "", "浙江"])
    assert [fault.reason_code for fault in caught.value.faults] == ["datetime.no_time"]


def entity(**changes: Any) -> dict[str, Any]:
    return {"entities": {"store": {**BASE["entities"]["store"], **changes}}, "relations": []}


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"sauce": "x"}, "'sauce'"),
        ({"region": "national"}, "region"),
        ({"threshold": {"share": 2, "rows": 1, "reason": {"zh": "", "en": ""}}}, "share"),
        (entity(type="Shop"), "'Shop'"),
        (entity(set={"platform": {"column": "site"}}), "native_id"),
        (entity(set={"platform": {"column": "nowhere"}}), "'nowhere'"),
        (entity(set={"platform": {"column": "site", "mapp": {}}}), "'mapp'"),
        (entity(set={"platform": {}}), "exactly one"),
        (entity(set={"platform": {"column": "site", "extract": "("}}), "extract"),
        (entity(set={"platform": {"column": "site", "extract": "x"}}), "one group"),
        (entity(set={"platform": {"column": "site", "as": "shop"}}), "'shop'"),
        (entity(set={"platform": {"derive": "eval", "of": []}}), "'eval'"),
        (entity(set={"platfrom": {"column": "site"}}), "'platfrom'"),
        ({"relations": [{"type": "OWNS", "start": "store", "end": "store"}]}, "'OWNS'"),
        ({"relations": [{"type": "OPERATES", "start": "store", "end": "store"}]}, "'store'"),
        ({"relations": [{"type": "OPERATES", "start": "x", "end": "store"}]}, "'x'"),
    ],
)
def test_a_mapping_that_contradicts_itself_is_refused_when_read(
    tmp_path: Path, changes: dict[str, Any], problem: str
) -> None:
    with pytest.raises(SourceError) as caught:
        cleaner(tmp_path, **changes)
    assert problem in caught.value.params["problem"]
