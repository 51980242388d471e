from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from graph.errors import SourceError
from ingest import decode
from ingest.decode import detect, open_lines

TEXT = "名称,编号\n上海样例电子科技有限公司,A1\n杭州样例贸易有限公司,A2\n"


def read(path: Path) -> list[str]:
    with open_lines(path) as lines:
        found = []
        while (item := lines.take()) is not None:
            found.append(item[1])
        return found


@pytest.mark.parametrize(
    "codec", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"]
)
@pytest.mark.parametrize("packed", [False, True])
def test_every_encoding_gives_the_same_lines(tmp_path: Path, codec: str, packed: bool) -> None:
    # Bare UTF-16 is recognised by its ASCII letters, as every real header has some.
    text = "merchant_id,name,owning_region\n" + TEXT
    raw = text.encode(codec)
    path = tmp_path / "merchant.csv"
    path.write_bytes(gzip.compress(raw) if packed else raw)
    assert "".join(read(path)) == text


def test_gzip_is_recognised_by_content_not_by_name(tmp_path: Path) -> None:
    path = tmp_path / "plain.csv.gz"
    path.write_text(TEXT, encoding="utf-8")
    assert "".join(read(path)) == TEXT


def test_a_tail_in_another_encoding_decides_against_nothing_but_itself(tmp_path: Path) -> None:
    path = tmp_path / "mixed.csv"
    path.write_bytes((TEXT * 50).encode() + "苏州样例商行,A3\n".encode("gb18030"))
    with open_lines(path) as lines:
        items = []
        while (item := lines.take()) is not None:
            items.append((item[0], lines.fault(item[1])))
    assert [number for number, fault in items if fault] == [151]
    assert items[-1] == (151, "row.encoding")


def test_utf8_line_in_a_gb18030_file_is_refused_not_turned_into_other_characters(
    tmp_path: Path,
) -> None:
    path = tmp_path / "mixed.csv"
    path.write_bytes(TEXT.encode("gb18030") * 3 + "苏州样例商行有限,A3\n".encode())
    assert detect(path).codec == "gb18030"
    with open_lines(path) as lines:
        faults = []
        while (item := lines.take()) is not None:
            faults.append(lines.fault(item[1]))
    assert faults == [None] * 9 + ["row.encoding"]


def test_gb18030_characters_that_happen_to_be_utf8_stay_gb18030(tmp_path: Path) -> None:
    # 模 is C4 A3 in GB18030, which is also one valid UTF-8 character.
    path = tmp_path / "short.csv"
    path.write_bytes("模\n样例名称有限公司\n上海样例\n".encode("gb18030"))
    assert read(path)[0] == "模\n"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "source.empty"),
        (b"\xef\xbb\xbf", "source.empty"),
        (b" \r\n\n", "source.empty"),
        (b"PK\x03\x04rest", "source.damaged"),
        (b"PAR1rest", "source.not_text"),
        (b"\xff\xff\xff\n\xfe\xff\xff\n" * 9, "source.encoding"),
    ],
)
def test_what_is_no_text_is_refused_as_a_whole(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    with pytest.raises(SourceError) as caught:
        read(path)
    assert caught.value.params["reason"] == reason


def test_truncated_gzip_is_a_source_error(tmp_path: Path) -> None:
    path = tmp_path / "x.csv.gz"
    path.write_bytes(gzip.compress(TEXT.encode() * 500)[:-20])
    with pytest.raises(SourceError) as caught:
        read(path)
    assert caught.value.params["reason"] == "source.damaged"


def test_unreadable_file_is_a_source_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        read(tmp_path / "absent.csv")
    assert caught.value.params["reason"] == "source.unreadable"


def test_a_line_without_end_is_cut_and_marked_and_the_next_one_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decode, "MAX_LINE_CHARS", 64)
    path = tmp_path / "long.csv"
    path.write_text("a,b\n" + "x" * 1_000 + "\n1,2\n", encoding="utf-8")
    with open_lines(path) as lines:
        items = []
        while (item := lines.take()) is not None:
            items.append((item[0], len(item[1]), lines.fault(item[1])))
    assert items == [(1, 4, None), (2, 64, "row.too_long"), (3, 4, None)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_numbers_hold_for_every_line_end(tmp_path: Path, end: str) -> None:
    path = tmp_path / "ends.csv"
    path.write_bytes(end.join(["a,b", "1,2", "3,4"]).encode())
    with open_lines(path) as lines:
        numbers = []
        while (item := lines.take()) is not None:
            numbers.append((item[0], item[1].rstrip("\r\n")))
    assert numbers == [(1, "a,b"), (2, "1,2"), (3, "3,4")]
