"""The kind `integer`."""

from __future__ import annotations

from graph.model.values.base import ValueKind
from graph.model.values.numbers import clean_integer as clean

KIND = ValueKind(
    name="integer",
    python_type=int,
    clean=clean,
    title_zh="整数",
    title_en="Integer",
    doc="Whole number of 64 bits.",
    examples=("1,234", "-5"),
    graphql_type="Int",
)

__all__ = ["KIND", "clean"]
