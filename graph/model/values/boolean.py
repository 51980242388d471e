"""Yes and no."""

from __future__ import annotations

from graph.errors import ValueRefused
from graph.model.values import characters
from graph.model.values.base import ValueKind

_YES = frozenset({"TRUE", "T", "YES", "Y", "1", "是", "有", "真", "对", "√", "✓", "✔"})
_NO = frozenset({"FALSE", "F", "NO", "N", "0", "否", "无", "没有", "假", "不是", "×", "✗", "✘"})


def clean(raw: str) -> bool:
    """True or False from the words and marks sheets use. Refused: `boolean.format`."""
    text = characters.squeeze(raw)
    if text in _YES:
        return True
    if text in _NO:
        return False
    raise ValueRefused("boolean.format")


KIND = ValueKind(
    name="boolean",
    python_type=bool,
    clean=clean,
    title_zh="是否",
    title_en="Yes or no",
    doc="true/false, yes/no, 1/0, 是/否, 有/无, √/×.",
    examples=("是", "false", "1"),
    graphql_type="Boolean",
)
