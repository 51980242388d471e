"""The kind `share`."""

from __future__ import annotations

from graph.model.values.base import ValueKind
from graph.model.values.numbers import clean_share as clean

KIND = ValueKind(
    name="share",
    python_type=float,
    clean=clean,
    title_zh="占比",
    title_en="Share",
    doc="Share of one, from 0 to 1; percentages are divided by 100.",
    examples=("0.35", "35%"),
    graphql_type="Float",
)

__all__ = ["KIND", "clean"]
