"""Number of a compulsory product certificate (CCC, 强制性产品认证证书编号)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from graph.errors import ValueRefused
from graph.model.values import characters
from graph.model.values.base import ValueKind

FIRST_YEAR = 2002
_SHAPE = re.compile(r"20[0-9]{14}")


@dataclass(frozen=True, slots=True)
class CccParts:
    """Year of first issue, certification body (01 = CQC), product class and subclass, serial."""

    year: int
    body: str
    product_class: str
    serial: str


def clean(raw: str) -> str:
    """16 digits: year, body (2), product class (4), serial (6). There is no check digit.

    Self-declarations and numbers with a suffix exist, so another form is a case for a person's eye, never
    evidence of forgery. Whether the year is later than a given day is for the reader to compare: cleaning
    must say the same tomorrow.

    Refused: `ccc.unknown_format`, `ccc.year` (before the scheme), `ccc.product_class` (class 00).
    """
    text = characters.code(raw)
    if not _SHAPE.fullmatch(text):
        raise ValueRefused("ccc.unknown_format")
    if int(text[:4]) < FIRST_YEAR:
        raise ValueRefused("ccc.year")
    if text[6:8] == "00":
        raise ValueRefused("ccc.product_class")
    return text


def parts(ccc: str) -> CccParts:
    """The parts of a cleaned number."""
    return CccParts(int(ccc[:4]), ccc[4:6], ccc[6:10], ccc[10:])


KIND = ValueKind(
    name="ccc",
    python_type=str,
    clean=clean,
    title_zh="CCC证书编号",
    title_en="CCC certificate number",
    doc="YYYY + body (2) + product class (4) + serial (6), as the bodies use it; since 2002.",
    examples=("2024010901123456",),
)
