"""Instants (the kind `datetime`)."""

from __future__ import annotations

import datetime

from graph.model.values.base import ValueKind
from graph.model.values.dates import clean_datetime as clean

KIND = ValueKind(
    name="datetime",
    python_type=datetime.datetime,
    clean=clean,
    title_zh="时间",
    title_en="Date and time",
    doc="ISO 8601 (GB/T 7408) with offset, kept in +08:00; a text without an offset is taken as +08:00.",
    examples=("2025-01-31T10:00:00+08:00", "2025-01-31 10:00", "2025年1月31日10时5分"),
    graphql_type="DateTime",
)

__all__ = ["KIND", "clean"]
