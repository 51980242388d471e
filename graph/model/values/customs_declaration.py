"""Numbers of customs declarations (报关单号)."""

from __future__ import annotations

import re

from graph.errors import ValueRefused
from graph.model.values import characters
from graph.model.values.base import ValueKind

_SHAPE = re.compile(r"[0-9]{4}(20[0-9]{2})([01])[0-9]{9}")


def clean(raw: str) -> str:
    """18 digits: customs office (4), year (4), 1 import or 0 export, serial (9). No check digit.

    Refused: `customs_declaration.format`.
    """
    text = characters.code(raw)
    if not _SHAPE.fullmatch(text):
        raise ValueRefused("customs_declaration.format")
    return text


def is_import(number: str) -> bool:
    """Whether a cleaned number is of an import."""
    return number[8] == "1"


KIND = ValueKind(
    name="customs_declaration",
    python_type=str,
    clean=clean,
    title_zh="报关单号",
    title_en="Customs declaration number",
    doc="General Administration of Customs: office, year, direction, serial, as printed on the form.",
    examples=("310120251000000017",),
)
