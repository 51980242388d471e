from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.model.values.dates import CHINA, clean_date, clean_datetime
from tests.unit.graph.model.values.refusal import reason

_DATES = st.dates(date(1900, 1, 1), date(2100, 12, 31))
_OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
_INSTANTS = st.datetimes(datetime(1901, 1, 1), datetime(2099, 12, 31), timezones=_OFFSETS)  # noqa: DTZ001


@given(_DATES)
def test_all_spellings_of_a_day_are_one(day: date) -> None:
    for spelled in (
        day.isoformat(),
        day.strftime("%Y%m%d"),
        f"{day.year}/{day.month}/{day.day}",
        f"{day.year}.{day.month}.{day.day}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.isoformat()} 00:00:00",
    ):
        assert clean_date(spelled) == day


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("01/02/2025", "date.ambiguous"),
        ("25-1-2", "date.ambiguous"),
        ("250131", "date.ambiguous"),
        ("2025-02-30", "date.calendar"),
        ("20251301", "date.calendar"),
        ("1899-12-31", "date.range"),
        ("2025-01-31 10:00", "date.has_time"),
        ("2025-1/31", "date.format"),
        ("45688", "date.format"),
    ],
)
def test_date_refusals(raw: str, expected: str) -> None:
    assert reason(clean_date, raw) == expected


@given(_INSTANTS)
def test_offsets_are_kept_in_meaning_and_shown_as_china_time(instant: datetime) -> None:
    for spelled in (instant.isoformat(), str(instant)):
        cleaned = clean_datetime(spelled)
        assert cleaned == instant
        assert cleaned.utcoffset() == CHINA.utcoffset(None)


def test_without_offset_china_time_is_assumed() -> None:
    expected = datetime(2025, 1, 31, 2, 5, tzinfo=UTC)
    for raw in (
        "2025-01-31 10:05",
        "2025/1/31 10:05:00",
        "2025年1月31日10时5分",
        "2025-01-31T02:05Z",
    ):
        assert clean_datetime(raw) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("2025-01-31", "datetime.no_time"),
        ("20250131", "datetime.no_time"),
        ("2025-01-31T25:00", "datetime.clock"),
        ("2025-01-31T10:00+25:00", "datetime.clock"),
        ("2025/1/110:00", "datetime.format"),
        ("2025-02-30T10:00", "date.calendar"),
        ("昨天", "datetime.format"),
    ],
)
def test_datetime_refusals(raw: str, expected: str) -> None:
    assert reason(clean_datetime, raw) == expected
