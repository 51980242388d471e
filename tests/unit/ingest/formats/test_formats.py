from __future__ import annotations

import bz2
import gzip
import json
import lzma
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.errors import SourceError
from ingest.formats.opening import Format, format_of, open_rows, stem
from ingest.formats.rows import Layout, number_text
from ingest.mapping import FOLDER

Read = tuple[tuple[str, ...], list[tuple[int, list[str], str]]]


def read(path: Path, layout: Layout | None = None) -> Read:
    with open_rows(path, path.name, layout) as rows:
        return rows.header, [
            (row.line, row.cells, row.fault.reason_code if row.fault else "") for row in rows.rows()
        ]


def reason(path: Path) -> str:
    with pytest.raises(SourceError) as caught:
        read(path)
    return str(caught.value.params["reason"])


def zipped(content: bytes, *names: str) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        with zipfile.ZipFile(path, "w") as archive:
            for name in names:
                archive.writestr(name, content)

    return write


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("packing", [bytes, gzip.compress, bz2.compress, lzma.compress])
def test_text_and_json_in_every_packing_and_encoding(
    tmp_path: Path, packing: Callable[[bytes], bytes], encoding: str
) -> None:
    text, lines = tmp_path / "t", tmp_path / "j"
    text.write_bytes(packing("名称,数\n云岭商行,1\n".encode(encoding)))
    lines.write_bytes(packing('{"名称": "云岭商行", "数": 1}\n'.encode(encoding)))
    assert read(text) == (("名称", "数"), [(2, ["云岭商行", "1"], "")])
    if encoding != "utf-16":  # RFC 8259 wants UTF-8; without a name only ASCII-like starts are told
        assert read(lines) == (("名称", "数"), [(1, ["云岭商行", "1"], "")])


def test_a_zip_holds_one_table(tmp_path: Path) -> None:
    path = tmp_path / "t.csv.zip"
    zipped(b"a\n1\n", "t.csv", "__MACOSX/t.csv")(path)
    assert read(path) == (("a",), [(2, ["1"], "")])
    zipped(b"a\n1\n", "t.csv", "u.csv")(path)
    assert reason(path) == "source.zip_members"


@pytest.mark.parametrize("packing", [gzip.compress, bz2.compress, lzma.compress])
def test_half_a_packed_file_is_damaged(tmp_path: Path, packing: Callable[[bytes], bytes]) -> None:
    path = tmp_path / "t.csv.packed"
    content = "\n".join(f"{n},{n * n % 977}" for n in range(20_000)).encode()
    packed = packing(content)
    path.write_bytes(packed[: len(packed) // 2])
    assert reason(path) == "source.damaged"


def test_json_lines_keep_digits_and_flatten(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text(
        '{"id": 2023010916123456789, "price": 1.50, "shop": {"name": "s", "tags": ["x", "y"]}}\n'
        "\n"
        '{"id": "7", "ok": true, "none": null}\n',
        encoding="utf-8",
    )
    header, rows = read(path, Layout(columns=("id", "more")))
    assert header == ("id", "price", "shop.name", "shop.tags", "ok", "none", "more")
    assert rows == [
        (1, ["2023010916123456789", "1.50", "s", "x；y", "", "", ""], ""),
        (3, ["7", "", "", "", "true", "", ""], ""),
    ]


def test_bad_lines_of_json_are_refused_one_by_one(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text(
        '{"a": 1}\n{"a": 1\n[1]\n{"a": 1, "a": 2}\n{"a": [{"b": 1}]}\n{"a": NaN}\n{"a": 2}\n',
        encoding="utf-8",
    )
    _, rows = read(path)
    assert [(line, fault) for line, _, fault in rows] == [
        (1, ""),
        (2, "row.json"),
        (3, "row.json_no_object"),
        (4, "row.json_name_twice"),
        (5, "row.json_nested"),
        (6, "row.json"),
        (7, ""),
    ]


def test_an_array_names_the_lines_of_its_items(tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    path.write_text('[\n  {"a": 1},\n  {\n "a": 2},\n  7\n]\n', encoding="utf-8")
    assert read(path) == (
        ("a",),
        [(2, ["1"], ""), (3, ["2"], ""), (5, ["7"], "row.json_no_object")],
    )
    path.write_text('[{"a": 1},\n{"a": ', encoding="utf-8")
    assert reason(path) == "source.json_damaged"


def test_an_array_may_be_one_long_line(tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    path.write_text(json.dumps([{"a": "x" * 1000} for _ in range(2_000)]), encoding="utf-8")
    _, rows = read(path)
    assert len(rows) == 2_000


def test_an_array_that_is_not_text_throughout_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    path.write_bytes(b'[{"a": "\xff\xfe\xff"},\n{"a": "\xff"}]')
    assert reason(path) == "source.encoding"


def fail_while_reading(path: Path) -> None:
    with open_rows(path, "t") as rows:
        next(rows.rows())
        raise RuntimeError("mine")


def test_the_errors_of_whoever_reads_stay_their_own(tmp_path: Path) -> None:
    parquet, packed = tmp_path / "t.parquet", tmp_path / "t.csv.zip"
    pq.write_table(pa.table({"a": ["1", "2"]}), parquet)
    zipped(b"a\n1\n", "t.csv")(packed)
    for path in (parquet, packed):
        with pytest.raises(RuntimeError, match="mine"):
            fail_while_reading(path)


def test_an_encrypted_zip_is_said_to_be_one(tmp_path: Path) -> None:
    path = tmp_path / "t.csv.zip"
    zipped(b"a\n1\n", "t.csv")(path)
    content = bytearray(path.read_bytes())
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(magic) + offset] |= 1
    path.write_bytes(content)
    assert reason(path) == "source.zip_locked"


@given(
    st.lists(
        st.dictionaries(
            st.text("abcdef", min_size=1, max_size=3),
            st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8),
            min_size=1,
        ),
        min_size=1,
        max_size=8,
    )
)
def test_what_json_says_is_what_is_read(
    tmp_path_factory: pytest.TempPathFactory, items: list[dict[str, str]]
) -> None:
    path = tmp_path_factory.mktemp("json") / "t.json"
    for content in (
        "\n".join(json.dumps(item, ensure_ascii=False) for item in items),
        json.dumps(items, indent=1),
    ):
        path.write_text(content, encoding="utf-8")
        header, rows = read(path)
        found = [
            {name: cell for name, cell in zip(header, cells, strict=True) if cell}
            for _, cells, _ in rows
        ]
        assert found == [{name: cell for name, cell in item.items() if cell} for item in items]


def test_parquet_cells_keep_their_types(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    table = pa.table(
        {
            "id": [2023010916123456789, None],
            "spoilt": [2023010916123456.0, 7.0],
            "amount": [Decimal("1.50"), None],
            "day": [date(2025, 1, 31), None],
            "at": [datetime(2025, 1, 31, 2, 5, tzinfo=UTC), None],
            "ok": [True, False],
            "tags": [["x", "y"], []],
            "raw": ["云岭".encode(), b"\xff"],
        }
    )
    pq.write_table(table, path)
    header, rows = read(path)
    assert header == tuple(table.column_names)
    line, cells, _ = rows[0]
    assert line == 1
    assert cells[:3] == ["2023010916123456789", "2.02301091612346E+15", "1.50"]
    assert cells[3:] == ["2025-01-31", "2025-01-31 02:05:00+00:00", "true", "x；y", "云岭"]
    assert (rows[1][0], rows[1][2]) == (2, "row.encoding")


def test_parquet_with_structures_or_damage_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"a": [{"b": 1}]}), path)
    assert reason(path) == "source.parquet_nested"
    path.write_bytes(b"PAR1 and nothing more")
    assert reason(path) == "source.parquet_unreadable"


def test_a_web_page_named_xls_is_called_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "t.xls"
    path.write_text("<html><table><tr><td>1</td></tr></table></html>", encoding="utf-8")
    assert reason(path) == "source.not_text"


def test_the_content_decides_and_the_name_only_where_it_must(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text('{"a": 1}\n', encoding="utf-8")
    assert format_of(path) is Format.DELIMITED
    assert format_of(path.rename(tmp_path / "list")) is Format.JSON


@pytest.mark.parametrize(
    ("name", "expected"),
    [("a.csv", "a"), ("a.b.CSV.gz", "a.b"), ("a.xlsx", "a"), ("a.jsonl.xz", "a"), ("a.dat", "a")],
)
def test_the_stem_names_the_table(name: str, expected: str) -> None:
    assert stem(name) == expected


@pytest.mark.parametrize("name", ["recalls/sample.xlsx", "code_scans/sample.parquet"])
@settings(max_examples=30, deadline=None)
@given(damage=st.lists(st.tuples(st.integers(0, 1 << 20), st.integers(0, 255)), min_size=1))
def test_a_damaged_file_is_read_or_refused_never_more(
    tmp_path_factory: pytest.TempPathFactory, name: str, damage: list[tuple[int, int]]
) -> None:
    content = bytearray((FOLDER / name).read_bytes())
    for at, byte in damage:
        content[at % len(content)] = byte
    path = tmp_path_factory.mktemp("damaged") / "t"
    path.write_bytes(content)
    with suppress(SourceError):
        read(path)


@given(st.integers(-(10**15) + 1, 10**15 - 1))
def test_whole_numbers_a_sheet_keeps_come_back_as_typed(number: int) -> None:
    assert number_text(float(number)) == str(number)


@given(st.decimals(-10_000, 10_000, places=4))
def test_prices_come_back_as_typed(number: Decimal) -> None:
    assert Decimal(number_text(float(number))) == number
