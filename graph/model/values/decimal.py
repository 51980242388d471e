"""The kind `decimal`."""

from __future__ import annotations

from graph.model.values.base import ValueKind
from graph.model.values.numbers import clean_decimal as clean

KIND = ValueKind(
    name="decimal",
    python_type=float,
    clean=clean,
    title_zh="小数",
    title_en="Decimal",
    doc="Finite IEEE 754 double.",
    examples=("1,234.5", "0.25"),
    graphql_type="Float",
)

__all__ = ["KIND", "clean"]
