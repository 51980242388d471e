"""Cleaning by column, spooling by block and reading by many lines change nothing but the time."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.clean import Given, TableCleaner
from ingest.decode import Lines, open_lines
from ingest.delimited import Table
from ingest.facts import CleanRow, FactColumns, Provenance, RelationFact
from ingest.refusals import RowRefused
from ingest.spool import Spools, batches
from ingest.tables import tables

SAID = {
    "source": ["register", "", "not a token "],
    "retrieved_at": ["2025-09-01", "2025-09-01T00:00:00+08:00", "", "yesterday"],
    "owning_region": ["310000", "", "310115"],
}
CELLS = {
    "merchant": {
        "merchant_id": ["m1", "m2", "", "4.40E+17"],
        "name": ["甲", "乙 店", ""],
        "uscc": ["", "91310114MA1XX0017M", "9131"],
    },
    "parent_of": {
        "from_merchant_id": ["m1", "m2", ""],
        "to_merchant_id": ["m1", "m3"],
        "valid_from": ["", "2025-01-02", "never"],
        "valid_to": ["", "2025-01-01", "2025-02-01"],
    },
    "represented_by": {
        "merchant_id": ["m1", "m2"],
        "person_token": ["p1", "p 2"],
        "role": ["legal_rep", "", "supervisor"],
    },
}
GIVENS = [Given(), Given(source="platform.jd", region="330000")]


@st.composite
def sheets(draw: st.DrawFn) -> tuple[str, list[str], list[list[str]]]:
    name = draw(st.sampled_from(sorted(CELLS)))
    columns = {**CELLS[name], **SAID}
    rows = draw(
        st.lists(st.tuples(*[st.sampled_from(cells) for cells in columns.values()]), max_size=12)
    )
    return name, list(columns), [list(row) for row in rows]


def facts_of(rows: list[CleanRow]) -> list[tuple[object, ...]]:
    facts: list[tuple[object, ...]] = []
    for row in rows:
        facts += [(row.provenance, (fact.key,), fact.properties) for fact in row.entities]
        facts += [
            (row.provenance, (link.start, link.end), link.properties) for link in row.relations
        ]
    return facts


def facts_in(columns: FactColumns) -> list[tuple[object, ...]]:
    stated = [
        {name: column[at] for name, column in columns.properties.items() if column[at] is not None}
        for at in range(len(columns))
    ]
    return [
        (
            Provenance(*[column[at] for column in columns.provenance]),
            tuple(columns.key(end, at) for end in range(len(columns.keys))),
            stated[at],
        )
        for at in range(len(columns))
    ]


@settings(deadline=None)
@given(sheets(), st.sampled_from(GIVENS))
def test_cleaning_by_column_is_cleaning_row_by_row(
    sheet: tuple[str, list[str], list[list[str]]], stated: Given
) -> None:
    name, header, rows = sheet
    clean = TableCleaner(tables()[name], header, "t.csv", stated)
    sound: list[CleanRow] = []
    refused: list[int] = []
    for at, row in enumerate(rows):
        try:
            sound.append(clean(row))
        except RowRefused:
            refused.append(at)
    if not rows:
        return
    columns, doubtful = clean.together(3, range(10, 10 + len(rows)), rows)
    assert doubtful == refused
    assert facts_in(columns) == facts_of(sound)
    assert columns.lines == [10 + at for at in range(len(rows)) if at not in refused]
    assert set(columns.sources) <= {3}


@settings(deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(1, 9)), max_size=8), st.integers(1, 10))
def test_batches_hold_every_fact_once_in_order(
    parts: list[tuple[bool, int]], batch_rows: int
) -> None:
    lines: list[int] = []
    with tempfile.TemporaryDirectory() as folder, Spools(Path(folder)) as spools:
        for is_together, count in parts:
            block = list(range(len(lines), len(lines) + count))
            lines += block
            said = Provenance("register", "2025-09-01", "310000")
            if is_together:
                same = [[text] * count for text in said]
                keys = (([f"m{at}" for at in block],), ([f"p{at}" for at in block],))
                spools.add_columns(
                    "REPRESENTED_BY",
                    FactColumns([0] * count, block, (same[0], same[1], same[2]), keys, {}),
                )
            else:
                for at in block:
                    fact = RelationFact("REPRESENTED_BY", (f"m{at}",), (f"p{at}",), {"role": "x"})
                    spools.add(0, at, CleanRow(said, (), (fact,)))
        found = list(batches(spools.close().relations.get("REPRESENTED_BY", ()), batch_rows))
    assert [line for batch in found for line in batch.lines] == lines
    assert all(len(batch) == batch_rows for batch in found[:-1])
    assert [batch.key(1, 0) for batch in found] == [(f"p{batch.lines[0]}",) for batch in found]


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(["1,2\n", "一,二\n", '"a,b",c\n', '"open,2\n', "\n", "1\n", "x,\0\n"])
        | st.sampled_from(["1,2\r\n", "1,2\r", "é,2\n"]),
        max_size=30,
    ),
    st.sampled_from(["utf-8", "gb18030"]),
    st.sampled_from([1, 3, 256]),
)
def test_lines_read_together_are_the_rows_of_lines_read_alone(
    lines: list[str], encoding: str, together: int
) -> None:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        path = Path(folder) / "t.csv"
        path.write_bytes(b"a,b\n" + "".join(lines).encode(encoding))
        patch.setattr("ingest.decode._PLAIN_LINES", together)
        with open_lines(path) as read:
            rows = list(Table(read, "t.csv").rows())
        patch.setattr(Lines, "take_plain", lambda _: None)
        with open_lines(path) as read:
            assert list(Table(read, "t.csv").rows()) == rows
