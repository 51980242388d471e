"""Every source that ships with Suyuan gives exactly what its expected.json says, no more, no less."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from ingest.clean import Given
from ingest.mapping import FOLDER, mappings
from ingest.pipeline import LoadOptions, load
from ingest.sink import Collect

NAMES = sorted(path.parent.name for path in FOLDER.glob("*/mapping.yaml"))


def outcome(name: str, refused: Path | None = None) -> dict[str, Any]:
    sink = Collect()
    options = LoadOptions(refused, given=Given(retrieved_at="2025-01-01T00:00:00+08:00"))
    report = load([FOLDER / name / "sample.csv"], sink, options)
    refusals = [
        {"line": r.line, "field": r.fault.field, "reason_code": r.fault.reason_code}
        for r in report.examples
    ]
    counts = {"read": report.read, "loaded": report.loaded, "refused": report.refused}
    return {"counts": counts, **sink.as_json(), "refusals": refusals}


def test_there_are_sources() -> None:
    assert {"company_register", "safety_gate"} <= set(NAMES)


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
