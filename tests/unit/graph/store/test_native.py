"""Driver values become plain Python, and columns line up or are refused."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from neo4j import Record
from neo4j.time import Date, DateTime, Duration

from graph.errors import StatementFailed
from graph.store.native import columns_of, native, native_list, rows_of

plain = st.one_of(st.none(), st.booleans(), st.integers(), st.text(), st.floats(allow_nan=False))
nested = st.recursive(plain, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))


def record(values: dict[str, Any]) -> Record:
    return Record(values)  # type: ignore[no-untyped-call]


@given(nested)
def test_plain_values_stay_as_they_are(value: Any) -> None:
    assert native(value) == value


@given(st.lists(plain))
def test_a_plain_column_is_not_copied(values: list[Any]) -> None:
    assert native_list(values) is values


@given(st.lists(nested))
def test_plain_values_in_each_other_are_not_copied(values: list[Any]) -> None:
    assert native_list(values) is values


@given(st.dates(), nested)
def test_one_date_is_found_however_deep_it_lies(day: dt.date, beside: Any) -> None:
    values = [beside, [beside, {"a": [[Date.from_native(day)]]}]]
    assert native_list(values) == [beside, [beside, {"a": [[day]]}]]


@given(st.dates())
def test_dates_within_lists_and_maps(day: dt.date) -> None:
    value = {"days": [None, Date.from_native(day)]}
    assert native(value) == {"days": [None, day]}


@given(st.datetimes(timezones=st.just(dt.UTC)))
def test_times_keep_their_offset(moment: dt.datetime) -> None:
    assert native(DateTime.from_native(moment)) == moment


def test_durations_are_text() -> None:
    assert native(Duration(months=1, seconds=2)) == "P1MT2S"


def test_columns_that_line_up() -> None:
    found = record({"a": [1, 2], "b": [Date(2025, 1, 1), None]})
    expected = {"a": [1, 2], "b": [dt.date(2025, 1, 1), None]}
    assert columns_of("q", ("a", "b"), [found]) == expected
    assert columns_of("q", ("a", "b"), []) == {"a": [], "b": []}
    assert rows_of(("a", "b"), [found]) == [expected]


@pytest.mark.parametrize(
    ("records", "said"),
    [
        ([{"a": [1], "b": [1, 2]}], "different lengths"),
        ([{"a": [1], "b": 1}], "not collected"),
        ([{"a": [1], "b": [1]}] * 2, "expected one record"),
    ],
)
def test_columns_that_do_not(records: list[dict[str, Any]], said: str) -> None:
    with pytest.raises(StatementFailed, match=f"q: .*{said}"):
        columns_of("q", ("a", "b"), [record(values) for values in records])
