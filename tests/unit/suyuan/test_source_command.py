from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ingest.mapping import FOLDER, mappings
from suyuan.commands.source import MASK, command
from suyuan.options import EXIT_REFUSED, EXIT_USAGE

CUSTOMS = FOLDER / "customs_records" / "sample.xlsx"
OPERATORS = FOLDER / "platform_operators" / "sample.xlsx"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(command, list(map(str, arguments)))


def spoken(*arguments: str | Path) -> Any:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_a_proposal_is_written_and_can_be_checked(tmp_path: Path) -> None:
    said = spoken("new", CUSTOMS, "--name", "mine", "--out", tmp_path)
    assert Path(said["mapping"]) == tmp_path / "mine" / "mapping.yaml"
    assert set(said["entities"]) == {"customs", "merchant"}
    done = spoken("check", CUSTOMS, "--source", tmp_path / "mine")
    assert done["facts"]["CustomsRecord"]["distinct"] == 3
    assert done["files"][0]["file"] == "sample.xlsx#报关单"


def test_a_mapping_is_not_written_over_by_accident(tmp_path: Path) -> None:
    assert run("new", OPERATORS, "--out", tmp_path).exit_code == 0
    again = run("new", OPERATORS, "--out", tmp_path, "--lang", "en")
    assert again.exit_code == EXIT_USAGE
    assert "--force" in again.output
    assert run("new", OPERATORS, "--out", tmp_path, "--force").exit_code == 0


def test_whose_data_it_is_must_be_said(tmp_path: Path) -> None:
    path = tmp_path / "sheet.csv"
    path.write_text("统一社会信用代码,企业名称\n91330106MA1XX9011R,甲\n", encoding="utf-8")
    assert run("new", path, "--out", tmp_path).exit_code == EXIT_USAGE
    spoken("new", path, "--out", tmp_path, "--region", "330000", "--name", "mine")
    assert spoken("check", path, "--source", tmp_path / "mine")["facts"]["Merchant"]["facts"] == 1


@pytest.mark.parametrize("language", ["zh", "en"])
def test_people_read_counts_reasons_and_examples_without_personal_data(language: str) -> None:
    result = run("check", OPERATORS, "--lang", language)
    assert result.exit_code == 0
    assert "13800138000" not in result.output
    assert "样例路" not in result.output
    assert MASK in result.output
    assert "店铺编号" in result.output


def test_a_sheet_that_would_be_refused_ends_with_that_code(tmp_path: Path) -> None:
    path = tmp_path / "merchant.csv"
    rows = [f"m{at},,register,2025-01-01T00:00:00+08:00,330000" for at in range(7)]
    header = "merchant_id,name,source,retrieved_at,owning_region"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    assert run("check", path).exit_code == EXIT_REFUSED


def test_all_known_sources_are_listed() -> None:
    assert {each["name"] for each in spoken("list")["sources"]} == set(mappings())
