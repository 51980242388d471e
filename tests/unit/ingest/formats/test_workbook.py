from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from graph.errors import SourceError
from ingest.formats.opening import open_rows
from ingest.formats.rows import IsHeader, Layout

Save = Callable[..., Path]


@pytest.fixture
def save(tmp_path: Path) -> Save:
    def make(*rows: list[Any], merge: tuple[str, ...] = (), sheets: tuple[str, ...] = ()) -> Path:
        book = Workbook()
        sheet = book.active
        assert sheet is not None
        for row in rows:
            sheet.append(row)
        for cells in merge:
            sheet.merge_cells(cells)
        for name in sheets:
            book.create_sheet(name).append(["a", name])
        path = tmp_path / "book.xlsx"
        book.save(path)
        return path

    return make


def read(
    path: Path, layout: Layout | None = None, is_header: IsHeader | None = None
) -> tuple[tuple[str, ...], list[tuple[int, list[str]]]]:
    with open_rows(path, path.name, layout, is_header) as rows:
        return rows.header, [(row.line, row.cells) for row in rows.rows()]


def at(day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2025, 1, day, hour, minute)  # noqa: DTZ001 - a sheet knows no zones


def test_cells_are_what_a_person_sees(save: Save) -> None:
    path = save(
        ["whole", "part", "day", "instant", "yes", "clock", "text"],
        [7, 0.1 + 0.2, date(2025, 1, 31), at(31, 10, 5), True, time(9, 30), " 007"],
        [1e14, 1e-7, date(2025, 1, 1), at(1), False, None, "三号"],
    )
    _, rows = read(path)
    assert rows == [
        (2, ["7", "0.3", "2025-01-31", "2025-01-31 10:05:00", "TRUE", "09:30:00", " 007"]),
        (3, ["100000000000000", "1e-07", "2025-01-01", "2025-01-01 00:00:00", "FALSE", "", "三号"]),
    ]


def test_a_number_that_lost_digits_shows_it(save: Save) -> None:
    _, rows = read(save(["no"], [2023010916123456]))
    assert rows == [(2, ["2.02301091612346E+15"])]


def test_errors_and_formulas_without_a_value_are_absent(save: Save) -> None:
    _, rows = read(save(["a", "b", "c"], ["x", "#N/A", "=1/0"]))
    assert rows == [(2, ["x", "", ""])]


def test_titles_above_the_header_are_passed_only_when_it_is_recognised(save: Save) -> None:
    path = save(["2025年报送表"], [], ["单位", "某平台"], ["甲", "乙"], ["1", "2"])
    header, rows = read(path, None, lambda cells: list(cells) == ["甲", "乙"])
    assert header == ("甲", "乙")
    assert rows == [(5, ["1", "2"])]
    assert read(path, Layout(header_row=4))[0] == ("甲", "乙")
    with pytest.raises(SourceError) as caught:  # the title is taken for the header: one name only
        read(path)
    assert caught.value.params["reason"] == "source.column_unnamed"


def test_a_header_below_the_first_twenty_rows_is_not_looked_for(save: Save) -> None:
    path = save(*[[f"note {n}"] for n in range(20)], ["甲"], ["1"])
    assert read(path, None, lambda cells: list(cells) == ["甲"])[0] == ("note 0",)


def test_the_first_sheet_with_content_is_read_unless_one_is_named(save: Save) -> None:
    path = save(sheets=("second", "third"))
    assert read(path)[0] == ("a", "second")
    assert read(path, Layout("third"))[0] == ("a", "third")
    with pytest.raises(SourceError) as caught:
        read(path, Layout("fourth"))
    assert caught.value.params["reason"] == "source.sheet_missing"


def test_merged_downwards_stands_for_every_row_and_sideways_is_refused(save: Save) -> None:
    path = save(
        ["firm", "store", "price"],
        ["甲", "s1", 1],
        [None, "s2", 2],
        [None, None, None],
        ["乙", "s3", 3],
        merge=("A2:A4", "B5:C5"),
    )
    with open_rows(path, "book.xlsx") as opened:
        rows = list(opened.rows())
    assert [row.cells for row in rows[:2]] == [["甲", "s1", "1"], ["甲", "s2", "2"]]
    assert [(row.line, row.fault and row.fault.reason_code) for row in rows] == [
        (2, None),
        (3, None),
        (5, "row.merged_cells"),
    ]


def test_wrapped_names_and_empty_columns(save: Save) -> None:
    path = save(["统一社会\n信用代码", None, "Store\nname"], ["x", None, "y"], [None, None, None])
    assert read(path) == (("统一社会信用代码", "Store name"), [(2, ["x", "y"])])


def test_a_column_with_content_and_no_name_is_refused(save: Save) -> None:
    for rows in ([["a", None, "b"], ["1", "2", "3"]], [["a"], ["1", "2"]]):
        with pytest.raises(SourceError) as caught:
            read(save(*rows))
        assert caught.value.params["reason"] == "source.column_unnamed"


ODS = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>
<table:table table:name="报送"><table:table-row><table:table-cell office:value-type="string">
<text:p>日期</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>数</text:p>
</table:table-cell></table:table-row><table:table-row><table:table-cell office:value-type="date"
 office:date-value="2025-01-31"/><table:table-cell office:value-type="float" office:value="7"/>
</table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"""


MANIFEST = """<?xml version="1.0" encoding="UTF-8"?>
<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">
<manifest:file-entry manifest:full-path="/"
 manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>"""


def test_opendocument_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / "book.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", MANIFEST)
        archive.writestr("content.xml", ODS.replace("\n", ""))
    with open_rows(path, path.name) as rows:
        assert rows.layout == Layout("报送", 1)
    header, found = read(path)
    assert [name.strip() for name in header] == ["日期", "数"]
    assert found == [(2, ["2025-01-31", "7"])]


def test_a_damaged_workbook_is_one_clear_error(save: Save) -> None:
    path = save(["a"], ["1"])
    whole = path.read_bytes()
    for broken in (whole[:200], b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600):
        path.write_bytes(broken)
        with pytest.raises(SourceError):
            read(path)
