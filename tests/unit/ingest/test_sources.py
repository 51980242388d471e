"""Every source that ships with Suyuan gives exactly what its expected.json says, no more, no less."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from ingest.clean import Given
from ingest.mapping import FOLDER, mappings
from ingest.pipeline import LoadOptions, load
from ingest.sink import Collect

NAMES = sorted(path.parent.name for path in FOLDER.glob("*/mapping.yaml"))


def sample(name: str) -> Path:
    """The one sample of a source, in the form its users get."""
    (path,) = (FOLDER / name).glob("sample.*")
    return path


def outcome(name: str, refused: Path | None = None) -> dict[str, Any]:
    sink = Collect()
    options = LoadOptions(refused, given=Given(retrieved_at="2025-01-01T00:00:00+08:00"))
    report = load([sample(name)], sink, options)
    refusals = [
        {"line": r.line, "field": r.fault.field, "reason_code": r.fault.reason_code}
        for r in report.examples
    ]
    counts = {"read": report.read, "loaded": report.loaded, "refused": report.refused}
    return {"counts": counts, **sink.as_json(), "refusals": refusals}


def test_there_are_sources_in_every_format() -> None:
    assert len(NAMES) >= 19
    suffixes = {sample(name).suffix for name in NAMES}
    assert suffixes == {".csv", ".xlsx", ".jsonl", ".parquet"}


def test_two_sources_never_have_the_same_header() -> None:
    headers = [frozenset(mapping.columns) for mapping in mappings().values()]
    assert len(headers) == len(set(headers))


@pytest.mark.parametrize("name", NAMES)
def test_every_column_is_used_or_dropped_for_a_reason(name: str) -> None:
    spec = yaml.safe_load((FOLDER / name / "mapping.yaml").read_text(encoding="utf-8"))
    used = json.dumps([spec["entities"], spec.get("relations", [])], ensure_ascii=False)
    used += json.dumps([spec.get("region"), spec.get("retrieved_at")], ensure_ascii=False)
    for column, said in spec["columns"].items():
        if said is None:
            assert f'"{column}"' in used or f"{{{column}}}" in used, column
        else:
            assert set(said["dropped"]) == {"zh", "en"}


def test_a_sheet_is_named_with_its_row(tmp_path: Path) -> None:
    refused = tmp_path / "refused.csv"
    outcome("platform_operators", refused)
    with refused.open(encoding="utf-8-sig", newline="") as stream:
        row = next(csv.DictReader(stream))
    assert (row["file"], row["line"]) == ("sample.xlsx#经营者身份信息", "9")


@pytest.mark.parametrize("name", NAMES)
def test_the_sample_gives_exactly_what_is_expected(name: str) -> None:
    expected = json.loads((FOLDER / name / "expected.json").read_text(encoding="utf-8"))
    assert outcome(name) == expected


@pytest.mark.parametrize("name", NAMES)
def test_the_sample_has_right_and_wrong_rows(name: str) -> None:
    counts = outcome(name)["counts"]
    assert counts["refused"] >= 3
    assert counts["loaded"] >= 3


@pytest.mark.parametrize("name", NAMES)
def test_every_refusal_is_explained_in_both_languages(name: str, tmp_path: Path) -> None:
    path = tmp_path / "refused.csv"
    outcome(name, path)
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert rows
    for row in rows:
        assert row["reason_code"] not in (row["reason_zh"], row["reason_en"])
        assert row["reason_zh"] != row["reason_en"]


@pytest.mark.parametrize("name", NAMES)
def test_every_dropped_column_is_named_in_the_readme(name: str) -> None:
    readme = (FOLDER / name / "README.md").read_text(encoding="utf-8")
    for column in mappings()[name].columns:
        assert f"`{column}`" in readme
