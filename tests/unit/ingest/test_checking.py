from __future__ import annotations

from pathlib import Path

from ingest.checking import EXAMPLES, check
from ingest.clean import Given
from ingest.mapping import FOLDER
from ingest.pipeline import LoadOptions, load
from ingest.sink import Collect

SAMPLE = FOLDER / "platform_assistance" / "sample.csv"


def test_a_check_counts_what_a_load_does() -> None:
    sink = Collect()
    report = load([SAMPLE], sink, LoadOptions())
    done = check([SAMPLE])
    (file,) = done.files
    assert (file.read, file.loaded, file.refused) == (report.read, report.loaded, report.refused)
    assert done.facts.total() == report.tables["platform_assistance"].facts
    for name, rows in sink.nodes.items():
        assert done.distinct(name) == len({row.key for row in rows})
    assert done.is_fine


def test_refusals_are_counted_by_column_and_reason() -> None:
    (file,) = check([SAMPLE]).files
    assert file.reasons["退货电话", "phone.no_area_code"] == 1
    assert len(file.first) <= EXAMPLES
    assert file.first[0].line == 5


def test_examples_are_of_different_types() -> None:
    names = [
        getattr(fact, "type_name", None) or getattr(fact, "relation", None)
        for fact in check([SAMPLE]).examples
    ]
    assert len(set(names)) == len(names) == EXAMPLES


def test_relations_that_lead_outside_are_told(tmp_path: Path) -> None:
    path = tmp_path / "operates.csv"
    path.write_text(
        "merchant_id,store_platform,store_native_id,source,retrieved_at\n"
        "m1,jd,1,register,2025-01-01T00:00:00+08:00\n",
        encoding="utf-8",
    )
    done = check([path], given=Given(region="330000"))
    assert done.outside() == {"OPERATES": 1}
    assert done.is_fine


def test_too_many_refusals_are_told_before_a_load_tells_them(tmp_path: Path) -> None:
    path = tmp_path / "merchant.csv"
    said = "register,2025-01-01T00:00:00+08:00,330000"
    rows = [f"m{at},,{said}" for at in range(6)] + [f"m9,甲,{said}"]
    path.write_text(
        "\n".join(["merchant_id,name,source,retrieved_at,owning_region", *rows]) + "\n",
        encoding="utf-8",
    )
    done = check([path])
    assert not done.files[0].is_allowed
    assert not done.is_fine
