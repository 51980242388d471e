"""Division codes (行政区划代码, GB/T 2260)."""

from __future__ import annotations

import re

from graph.errors import ValueRefused
from graph.model import divisions
from graph.model.values import characters
from graph.model.values.base import ValueKind

_SHAPE = re.compile(r"[0-9]{2}(?:[0-9]{2}){0,2}")


def clean(raw: str) -> str:
    """Six digits; codes of two or four are filled with zeros (`33` → `330000`).

    A code the historical table does not know passes as long as its province exists: registrars use codes
    of their own. Refused: `division.format`, `division.province`.
    """
    text = characters.code(raw)
    if not _SHAPE.fullmatch(text):
        raise ValueRefused("division.format")
    if divisions.province_of(text) is None:
        raise ValueRefused("division.province")
    return text.ljust(6, "0")


KIND = ValueKind(
    name="division",
    python_type=str,
    clean=clean,
    title_zh="行政区划代码",
    title_en="Division code",
    doc="GB/T 2260: province (2), city (2), county (2); graph/model/divisions.py has the historical union.",
    examples=("330106", "33"),
)
