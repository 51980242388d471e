"""Dates and instants. All forms of a date that can mean only one day are read; the rest is refused."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone

from graph.errors import ValueRefused
from graph.model.values import characters

CHINA = timezone(timedelta(hours=8))
FIRST_YEAR, LAST_YEAR = 1900, 2100
_DAY = r"([0-9]{4})(?:([-/.])([0-9]{1,2})\2([0-9]{1,2})|年([0-9]{1,2})月([0-9]{1,2})日?)"
_DATE = re.compile(_DAY + r"(?:[ T]00:00(?::00(?:\.0+)?)?)?")
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_AMBIGUOUS = re.compile(r"[0-9]{1,2}[-/.年][0-9]{1,2}[-/.月][0-9]{1,4}日?|[0-9]{6}")
_HAS_TIME = re.compile(r".*[0-9][ T]*[0-9]{1,2}[:时点].*")
_DATETIME = re.compile(
    _DAY + r"(?:[ T]+|(?<=日))([0-9]{1,2})(?::|时|点)([0-9]{1,2})"
    r"(?:(?::|分)([0-9]{1,2})(?:[.,]([0-9]{1,9}))?秒?|分)?"
    r" ?(Z|z|[+-][0-9]{2}:?(?:[0-9]{2})?)?"
)


def _date(year: str, month: str, day: str) -> date:
    try:
        found = date(int(year), int(month), int(day))
    except ValueError:
        raise ValueRefused("date.calendar") from None
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise ValueRefused("date.range")
    return found


def clean_date(raw: str) -> date:
    """A day: ISO 8601, 20250131, 2025/1/31, 2025.1.31, 2025年1月31日.

    A midnight that a sheet added is dropped. Refused: `date.ambiguous` (01/02/2025,
    25-1-2, 250131), `date.calendar` (no such day), `date.range` (1900 to 2100), `date.has_time`,
    `date.format`.
    """
    text = characters.fold(raw)
    if found := _DATE.fullmatch(text):
        return _date(found[1], found[3] or found[5], found[4] or found[6])
    if found := _COMPACT.fullmatch(text):
        return _date(found[1], found[2], found[3])
    if _AMBIGUOUS.fullmatch(text):
        raise ValueRefused("date.ambiguous")
    if _HAS_TIME.fullmatch(text):
        raise ValueRefused("date.has_time")
    raise ValueRefused("date.format")


def clean_datetime(raw: str) -> datetime:
    """An instant, in +08:00. A text without an offset is taken as +08:00, the legal time of China.

    Read: ISO 8601 with T or a blank, with / or 年月日, seconds and fractions optional.
    Refused: `datetime.no_time` (a day only), `datetime.format`, `datetime.clock` (25:00), and the reasons
    of a date.
    """
    text = characters.fold(raw)
    found = _DATETIME.fullmatch(text)
    if not found:
        if _DATE.fullmatch(text) or _COMPACT.fullmatch(text):
            raise ValueRefused("datetime.no_time")
        raise ValueRefused("datetime.format")
    day = _date(found[1], found[3] or found[5], found[4] or found[6])
    micro = int((found[10] or "").ljust(6, "0")[:6])
    try:
        naive = datetime(  # noqa: DTZ001 - the offset is put on below
            day.year, day.month, day.day, int(found[7]), int(found[8]), int(found[9] or 0), micro
        )
        instant = naive.replace(tzinfo=_offset(found[11])).astimezone(CHINA)
    except ValueError:
        raise ValueRefused("datetime.clock") from None
    if not FIRST_YEAR <= instant.year <= LAST_YEAR:
        raise ValueRefused("date.range")
    return instant


def _offset(text: str | None) -> timezone:
    if text is None:
        return CHINA
    if text in {"Z", "z"}:
        return timezone(timedelta())
    digits = text[1:].replace(":", "")
    minutes = int(digits[:2]) * 60 + int(digits[2:] or 0)
    if int(digits[2:] or 0) >= 60:
        raise ValueError(text)
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))
