"""Spans of days, both ends included, as recalls give production dates."""

from __future__ import annotations

import re
from datetime import date

from graph.errors import ValueRefused
from graph.model.values import characters
from graph.model.values.base import ValueKind
from graph.model.values.dates import clean_date

_OPEN_END = re.compile(r"(.*\S)\s*(?:起|以后|之后|及以后|至今)")
_OPEN_START = re.compile(r"(?:截至|至|-)?\s*(.*\S)\s*(?:止|以前|之前|及以前)")
_BETWEEN = re.compile(
    r"\s*(?:至|到|~|\u301c|\u2014+|\u2013)\s*|\s+-\s+|(?<=-\d\d)/(?=\d{4}-)"
    r"|(?<=日)-|(?<=\d)-(?=\d{4}\D)|(?<=\d{8})-(?=\d{8}$)"
)


def clean(raw: str) -> str:
    """`2023-11-04/2024-01-31` (ISO 8601-1 interval); an open end is left out, one day is both ends.

    Read: two days of any form of kind `date` between 至, 到, ~, a long dash or / ; one with 起, 以后 (open
    end) or 止, 以前 (open start). Refused: `date_range.format`, `date_range.reversed`, and the reasons
    of a date.
    """
    text = characters.fold(raw)
    first, last = _ends(text)
    start = clean_date(first).isoformat() if first else ""
    end = clean_date(last).isoformat() if last else ""
    if not start and not end:
        raise ValueRefused("date_range.format")
    if start and end and end < start:
        raise ValueRefused("date_range.reversed")
    return f"{start}/{end}"


def _ends(text: str) -> tuple[str, str]:
    if text.startswith("/"):
        return "", text[1:]
    if text.endswith("/"):
        return text[:-1], ""
    if found := _OPEN_END.fullmatch(text):
        return found[1], ""
    if found := _OPEN_START.fullmatch(text):
        inner = _BETWEEN.split(found[1])
        return (inner[0], inner[1]) if len(inner) == 2 else ("", found[1])
    parts = _BETWEEN.split(text)
    if len(parts) == 1:
        return text, text
    if len(parts) != 2:
        raise ValueRefused("date_range.format")
    return parts[0], parts[1]


def holds(span: str, day: date) -> bool:
    """Whether a day lies in a cleaned span."""
    start, _, end = span.partition("/")
    shown = day.isoformat()
    return (not start or start <= shown) and (not end or shown <= end)


KIND = ValueKind(
    name="date_range",
    python_type=str,
    clean=clean,
    title_zh="日期区间",
    title_en="Span of days",
    doc="ISO 8601-1 interval of two calendar days, both included; either may be open.",
    examples=("2023年11月4日至2024年1月31日", "2023-11-04/2024-01-31", "2024年1月31日以前"),
)
