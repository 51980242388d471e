"""Goods codes of customs: the Harmonized System and what China adds to it."""

from __future__ import annotations

import re

from graph.errors import ValueRefused
from graph.model.values import characters
from graph.model.values.base import ValueKind

_SHAPE = re.compile(r"[0-9]{6}(?:[0-9]{2}(?:[0-9]{2}(?:[0-9]{3})?)?)?")
_RESERVED = {"00", "77", "99"}


def clean(raw: str) -> str:
    """6 digits (HS), 8 or 10 (China's tariff) or 13 (with the inspection code), without points.

    Chapters are 01 to 98 without 77, which the convention reserves. Refused: `hs_code.format`,
    `hs_code.chapter`.
    """
    text = characters.code(raw)
    if not _SHAPE.fullmatch(text):
        raise ValueRefused("hs_code.format")
    if text[:2] in _RESERVED:
        raise ValueRefused("hs_code.chapter")
    return text


KIND = ValueKind(
    name="hs_code",
    python_type=str,
    clean=clean,
    title_zh="海关商品编码",
    title_en="Customs goods code",
    doc="World Customs Organization, Harmonized System (6); tariff of China (8, 10), inspection (13).",
    examples=("8507.60.00", "8507600010"),
)
