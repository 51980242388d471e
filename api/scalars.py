"""Scalars of the API. Dates travel as ISO 8601 text, exactly as they are stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NewType

import strawberry
from strawberry.types.scalar import ScalarDefinition

from queries.expand import checked_date

Date = NewType("Date", str)
DateTime = NewType("DateTime", str)
Long = NewType("Long", int)
JSON = NewType("JSON", object)


def _date(value: Any) -> str:
    return checked_date(str(value))


SCALARS: Mapping[object, ScalarDefinition] = {
    Date: strawberry.scalar(
        name="Date",
        description="日期 YYYY-MM-DD / A date, YYYY-MM-DD",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3339",
        parse_value=_date,
    ),
    DateTime: strawberry.scalar(
        name="DateTime",
        description="带时差的时间 / A time with its offset, RFC 3339",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3339",
    ),
    Long: strawberry.scalar(
        name="Long",
        description="不超过 53 位的整数 / A whole number of at most 53 bits",
    ),
    JSON: strawberry.scalar(
        name="JSON",
        description="JSON 值 / Any JSON value",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc8259",
    ),
}
