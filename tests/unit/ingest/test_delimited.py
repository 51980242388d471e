from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import SourceError
from ingest import delimited
from ingest.decode import Encoding, Lines, open_lines
from ingest.delimited import Table

Shape = tuple[int, list[str], str | None]


def rows_of(text: str) -> list[Shape]:
    lines = Lines(io.StringIO(text, newline=""), Encoding("utf-8", is_clean=True))
    return [
        (row.line, row.cells, row.fault.reason_code if row.fault else None)
        for row in Table(lines, "x.csv").rows()
    ]


def test_lines_are_those_where_a_row_starts() -> None:
    assert rows_of('a,b\n1,"x\ny"\n\n2,z\n') == [(2, ["1", "x\ny"], None), (5, ["2", "z"], None)]


def test_an_unclosed_quote_costs_one_row() -> None:
    assert rows_of('a,b\n1,"open\n2,x\n3,y\n') == [
        (2, ['1,"open'], "row.unterminated_quote"),
        (3, ["2", "x"], None),
        (4, ["3", "y"], None),
    ]


def test_an_unclosed_quote_does_not_eat_up_to_the_next_quoted_cell() -> None:
    found = rows_of('a,b\n1,"open\n2,x\n3,"y"\n4,z\n')
    assert [(line, fault) for line, _, fault in found] == [
        (2, "row.unterminated_quote"),
        (3, None),
        (4, None),
        (5, None),
    ]


def test_two_unclosed_quotes_do_not_make_one_row_of_two() -> None:
    # To csv these are one well-formed row: 1, ",x LF 2,", y.
    found = rows_of('a,b,c\n1,",x\n2,",y\n3,4,5\n')
    assert [(line, fault) for line, _, fault in found] == [
        (2, "row.unterminated_quote"),
        (3, "row.unterminated_quote"),
        (4, None),
    ]


def test_text_after_a_closing_quote_is_refused() -> None:
    assert rows_of('a,b\n"1"x,2\n3,4\n')[0][2] == "row.stray_quote"


def test_a_quote_inside_an_unquoted_cell_is_a_character() -> None:
    assert rows_of('a,b\n5" disk,2\n') == [(2, ['5" disk', "2"], None)]


@pytest.mark.parametrize("row", ["1", "1,2,3", ",,,,"])
def test_ragged_rows_are_refused_with_both_widths(row: str) -> None:
    ((line, _, fault),) = rows_of(f"a,b\n{row}\n")
    assert (line, fault) == (2, "row.ragged")


def test_nul_is_refused_in_plain_and_quoted_rows() -> None:
    found = rows_of('a,b\n1,\0\n"x\0",2\n"x\ny\0",3\n4,5\n')
    assert [(line, fault) for line, _, fault in found] == [
        (2, "row.nul"),
        (3, "row.nul"),
        (4, "row.unterminated_quote"),
        (5, "row.nul"),
        (6, None),
    ]


@pytest.mark.parametrize("quote", ["", '"'])
def test_an_over_long_field_is_refused(quote: str) -> None:
    long = quote + "x" * (delimited.MAX_FIELD_CHARS + 1) + quote
    found = rows_of(f"a,b\n1,{long}\n2,y\n")
    assert [fault for _, _, fault in found] == ["row.field_too_long", None]


def test_a_file_quoted_by_other_rules_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "MAX_BROKEN_QUOTES", 10)
    with pytest.raises(SourceError) as caught:
        rows_of("a,b\n" + '"x,1\n' * 21)
    assert caught.value.params["reason"] == "source.quotes"


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_the_delimiter_is_that_of_the_header(delimiter: str) -> None:
    assert rows_of(f"a{delimiter}b\n1{delimiter}2\n") == [(2, ["1", "2"], None)]


@pytest.mark.parametrize(
    ("header", "reason"),
    [("a,a", "source.column_twice"), ("a,,b", "source.column_unnamed"), ('"a,b', "unreadable")],
)
def test_a_wrong_header_refuses_the_file(header: str, reason: str) -> None:
    with pytest.raises(SourceError) as caught:
        rows_of(header + "\n1,2\n")
    assert reason in caught.value.params["reason"]


def test_a_header_of_a_million_columns_is_read_or_refused_without_delay(tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    path.write_text(",".join(f"c{at}" for at in range(1_000_000)) + "\n", encoding="utf-8")
    with open_lines(path) as lines, pytest.raises(SourceError) as caught:
        Table(lines, "wide.csv")
    assert caught.value.params["detail"] == "row.too_long"


def looks_swallowed(cell: str) -> bool:
    return cell.endswith(",") and ("\n" in cell or "\r" in cell)


def test_a_text_of_several_lines_that_ends_in_a_comma_is_refused_rather_than_trusted() -> None:
    # The price of telling swallowed rows: such a text is refused with its line, never altered.
    found = rows_of('a,b\n"x\ny,",2\n')
    assert [(line, fault) for line, _, fault in found] == [
        (2, "row.unterminated_quote"),
        (3, "row.unterminated_quote"),
    ]


_CELL = st.text(
    st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12
).filter(lambda cell: cell.strip() and not looks_swallowed(cell))


@given(st.lists(st.lists(_CELL, min_size=2, max_size=2), max_size=12))
def test_what_csv_writes_is_read_back_whole(rows: list[list[str]]) -> None:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, quoting=csv.QUOTE_ALL)
    writer.writerow(["a", "b"])
    writer.writerows(rows)
    assert [(cells, fault) for _, cells, fault in rows_of(stream.getvalue())] == [
        (row, None) for row in rows
    ]


@given(st.text(st.sampled_from('ab,"\n\r\0'), max_size=60))
def test_no_text_whatever_breaks_the_reader_and_lines_only_rise(body: str) -> None:
    lines = [line for line, _, _ in rows_of("a,b\n" + body)]
    assert lines == sorted(set(lines))
