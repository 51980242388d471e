"""Days."""

from __future__ import annotations

import datetime

from graph.model.values.base import ValueKind
from graph.model.values.dates import clean_date as clean

KIND = ValueKind(
    name="date",
    python_type=datetime.date,
    clean=clean,
    title_zh="日期",
    title_en="Date",
    doc="ISO 8601 (GB/T 7408) calendar date; Chinese and compact forms are read, ambiguous ones refused.",
    examples=("2025-01-31", "20250131", "2025/1/31", "2025年1月31日"),
    graphql_type="Date",
)

__all__ = ["KIND", "clean"]
