from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.model.values import batch_set, date_range, serial_range
from tests.unit.graph.model.values.refusal import reason

DAYS = st.dates(date(1990, 1, 1), date(2090, 1, 1))


@given(
    st.lists(st.text("AB01-", min_size=1, max_size=6).filter(lambda b: b.strip("-")), min_size=1)
)
def test_batches_are_a_set(batches: list[str]) -> None:
    spelled = batch_set.clean("、".join(batches))
    assert spelled == batch_set.clean(" ; ".join(reversed(batches)))
    assert all(batch_set.holds(spelled, one) for one in batches)
    assert not batch_set.holds(spelled, "C7")


def test_batches_that_are_none() -> None:
    assert reason(batch_set.clean, "；、 ;") == "batch_set.empty"
    assert reason(batch_set.clean, ",".join(map(str, range(1001)))) == "batch_set.too_many"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("2023年11月4日至2024年1月31日", "2023-11-04/2024-01-31"),
        ("2023年11月4日-2024年1月31日", "2023-11-04/2024-01-31"),
        ("2023.11.4—2024.1.31", "2023-11-04/2024-01-31"),
        ("20231104-20240131", "2023-11-04/2024-01-31"),
        ("2023-11-04 ~ 2024-01-31", "2023-11-04/2024-01-31"),
        ("2023-11-04 - 2024-01-31", "2023-11-04/2024-01-31"),
        ("2023年11月4日起", "2023-11-04/"),
        ("2024-01-31以前", "/2024-01-31"),
        ("2024-01-31", "2024-01-31/2024-01-31"),
    ],
)
def test_spans_as_notices_write_them(raw: str, expected: str) -> None:
    assert date_range.clean(raw) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("2024-01-31至2023-11-04", "date_range.reversed"),
        ("2023年至2024年至2025年", "date_range.format"),
        ("/", "date_range.format"),
        ("2023-11-04至01/02/2024", "date.ambiguous"),
        ("去年", "date.format"),
    ],
)
def test_spans_that_are_none(raw: str, expected: str) -> None:
    assert reason(date_range.clean, raw) == expected


@given(DAYS, DAYS)
def test_a_span_holds_both_ends_and_nothing_beyond(one: date, other: date) -> None:
    first, last = min(one, other), max(one, other)
    span = date_range.clean(f"{first}至{last}")
    assert date_range.holds(span, first)
    assert date_range.holds(span, last)
    assert not date_range.holds(span, first - timedelta(1))
    assert not date_range.holds(span, last + timedelta(1))
    assert date_range.holds(date_range.clean(f"{first}起"), last)


@given(st.integers(0, 99_999), st.integers(0, 99_999), st.integers(0, 99_999))
def test_a_serial_lies_between_or_not(one: int, other: int, serial: int) -> None:
    first, last = min(one, other), max(one, other)
    span = serial_range.clean(f"sn-{first:05d} 至 SN-{last:05d}")
    assert serial_range.holds(span, f"SN-{serial:05d}") == (first <= serial <= last)
    assert not serial_range.holds(span, f"SX-{serial:05d}")
    assert not serial_range.holds(span, f"SN-{serial:06d}")


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("SN100至SN0899", "serial_range.unlike"),
        ("SA100-SB100", "serial_range.unlike"),
        ("899-100", "serial_range.reversed"),
        ("全部", "serial_range.format"),
        ("1至2至3", "serial_range.format"),
    ],
)
def test_ranges_that_are_none(raw: str, expected: str) -> None:
    assert reason(serial_range.clean, raw) == expected
