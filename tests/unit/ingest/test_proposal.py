from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from openpyxl import Workbook

from ingest.checking import check
from ingest.mapping import FOLDER, read_mapping
from ingest.pipeline import LoadOptions, load
from ingest.proposal import Naming, Proposal, propose, render
from ingest.recognise import read_sample
from ingest.sink import Collect
from ingest.vocabulary import Vocabulary, plain, vocabulary

NAMES = sorted(path.parent.name for path in FOLDER.glob("*/mapping.yaml"))
HEADS = ["序号", "所属平台", "商家名称", "统一社会\n信用代码", "店铺ID", "联系电话", "3C证书编号"]
CODES = ("91330106MA1XX9011R", "91310114MA2XX9021B", "91330702MA5XX9051U")


def sample_of(name: str) -> Path:
    (path,) = (FOLDER / name).glob("sample.*")
    return path


def proposal(path: Path, known: Vocabulary | None = None) -> Proposal:
    known = known or vocabulary()
    return propose(read_sample(path, known), known)


def mapping_in(folder: Path, found: Proposal, language: str = "en") -> Path:
    region = None if found.region else "330000"
    folder.mkdir(parents=True, exist_ok=True)
    naming = Naming(folder.name, "sheet.xlsx", language, region)
    (folder / "mapping.yaml").write_text(render(found, naming), encoding="utf-8")
    return folder


def targets(found: Proposal) -> dict[str, set[str]]:
    said: dict[str, set[str]] = {}
    for reading in found.readings:
        target = f"{reading.target.alias}.{reading.target.prop}"
        said.setdefault(reading.column, set()).add(target)
    return said


@pytest.fixture
def survey(tmp_path: Path) -> Path:
    """A sheet as an office makes it: a title, wrapped heads, a note, a certificate here and there."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["某市网售移动电源商家排查表"])
    sheet.append([*HEADS, "身份证号", "检查日期", "备注"])
    rows: list[list[Any]] = [
        ["淘宝", "甲商行", CODES[0], "58213377", "13800138000", "2023010914485265", "X", None],
        ["京东", "乙商行", CODES[1], "1000004259", "13900139000", "/", "X", "未见原件"],
        ["拼多多", "丙商行", CODES[2], "700130", "13800138000", "/", "X", None],
        ["拼多多", "丁商行", CODES[2][:-1] + "X", "700131", "13800138001", "/", "X", None],
    ]
    for number, row in enumerate(rows, start=1):
        sheet.append([number, *row[:-1], date(2025, 8, 20), row[-1]])
    path = tmp_path / "排查表.xlsx"
    book.save(path)
    return path


def test_an_office_sheet_is_read_without_programming(survey: Path, tmp_path: Path) -> None:
    found = proposal(survey)
    said = targets(found)
    assert said["统一社会信用代码"] == {"merchant.uscc"}
    assert said["3C证书编号"] >= {"certificate.certificate_no"}
    assert {unused.column: unused.reason for unused in found.unused} == {
        "序号": "serial",
        "身份证号": "personal",
        "备注": "not_used",
    }
    folder = mapping_in(tmp_path / "survey", found)
    sink = Collect()
    report = load([survey], sink, LoadOptions(source=str(folder)))
    assert (report.read, report.refused) == (4, 1)
    assert [row.key for row in sink.nodes["Merchant"]] == [(code,) for code in CODES]
    assert {row.record.retrieved_at for row in sink.nodes["Store"]} == {"2025-08-20T00:00:00+08:00"}
    assert sink.nodes["Store"][0].record.locator == "排查表.xlsx#Sheet:3"
    assert len(sink.links["USES_PHONE"]) == 3


def test_what_is_not_in_every_row_is_optional(survey: Path) -> None:
    entities = proposal(survey).entities
    assert next(iter(entities)) == "merchant"
    assert entities["certificate"]["optional"]


def test_the_mapping_says_what_it_could_not_recognise(survey: Path, tmp_path: Path) -> None:
    path = mapping_in(tmp_path / "survey", proposal(survey)) / "mapping.yaml"
    text = path.read_text(encoding="utf-8")
    assert "# 备注: not recognised" in text
    assert "#     …: {column: 备注}" in text
    assert "身份证号" not in "".join(line for line in text.splitlines() if line.startswith("  #"))
    assert read_mapping(path).columns[-1] == "备注"


def test_values_speak_where_heads_do_not(tmp_path: Path) -> None:
    path = tmp_path / "sheet.csv"
    rows = [f"{code},https://item.jd.com/10000{at}.html" for at, code in enumerate(CODES)]
    path.write_text("\n".join(["甲列,乙列", *rows]) + "\n", encoding="utf-8")
    found = proposal(path)
    assert targets(found) == {"甲列": {"merchant.uscc"}}
    assert {reading.by for reading in found.readings} == {"values"}
    (listing,) = found.unused
    assert (listing.column, listing.missing) == ("乙列", "listing.platform")


def test_a_head_its_values_deny_is_not_believed(tmp_path: Path) -> None:
    path = tmp_path / "sheet.csv"
    path.write_text("统一社会信用代码,企业名称\n一,甲\n二,乙\n三,丙\n", encoding="utf-8")
    found = proposal(path)
    assert not found.entities
    (doubted,) = [unused for unused in found.unused if unused.column == "统一社会信用代码"]
    assert doubted.reading is not None
    assert doubted.reading.fit == 0
    assert "only 0 % of 3 values" in render(found, Naming("x", "sheet.csv", "en", "000000"))


def test_a_clear_name_of_a_person_is_never_taken(tmp_path: Path) -> None:
    path = tmp_path / "sheet.csv"
    path.write_text("企业名称,法定代表人,收货地址\n甲,张三,某路1号\n", encoding="utf-8")
    assert {u.column: u.reason for u in proposal(path).unused} == {
        "企业名称": "not_used",
        "法定代表人": "personal",
        "收货地址": "personal",
    }


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_known_sheet_gets_a_mapping_that_loads(
    name: str, language: str, tmp_path: Path
) -> None:
    folder = mapping_in(tmp_path / name, proposal(sample_of(name)), language)
    (file,) = check([sample_of(name)], str(folder)).files
    assert file.loaded >= 3


def test_sheets_without_their_own_source_are_hardly_misread() -> None:
    """Each sample proposed from what the other sources teach: few columns go where they should not."""
    right = wrong = 0
    for name in NAMES:
        spec = yaml.safe_load((FOLDER / name / "mapping.yaml").read_text(encoding="utf-8"))
        used = yaml.safe_dump(spec["entities"], allow_unicode=True)
        truth = {
            (column, f"{rule['type']}.{prop}")
            for rule in spec["entities"].values()
            for prop, expression in rule["set"].items()
            for column in spec["columns"]
            if column in yaml.safe_dump(expression, allow_unicode=True, width=1000)
        }
        assert used
        known = vocabulary(name)
        for alias, rule in proposal(sample_of(name), known).entities.items():
            assert known.types[alias] == rule["type"]
            for prop, expression in rule["set"].items():
                shown = yaml.safe_dump(expression, allow_unicode=True, width=1000)
                pairs = {(c, f"{rule['type']}.{prop}") for c in spec["columns"] if c in shown}
                right += bool(pairs & truth)
                wrong += not pairs & truth
    assert right >= 0.85 * (right + wrong), (right, wrong)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("统一社会 信用代码（必填）", "统一社会信用代码"),
        ("Shop_ID", "shop id"),
        ("价格(元)", "价格（元）"),
    ],
)
def test_heads_are_compared_without_their_dress(one: str, other: str) -> None:
    assert plain(one) == plain(other)
