"""Accreditation number of a laboratory or inspection body (CNAS)."""

from __future__ import annotations

import re

from graph.errors import ValueRefused
from graph.model.values import characters
from graph.model.values.base import ValueKind

_SHAPE = re.compile(r"(?:CNAS)?(L[0-9]{4,5}|IB[0-9]{4})")


def clean(raw: str) -> str:
    """`CNAS L` with 4 or 5 digits (testing), `CNAS IB` with 4 (inspection). Refused: `cnas.format`."""
    found = _SHAPE.fullmatch(characters.code(raw))
    if not found:
        raise ValueRefused("cnas.format")
    return f"CNAS {found[1]}"


KIND = ValueKind(
    name="cnas",
    python_type=str,
    clean=clean,
    title_zh="CNAS认可编号",
    title_en="CNAS accreditation number",
    doc="L and 4 or 5 digits for testing, IB and 4 digits for inspection, as published by CNAS.",
    examples=("CNAS L1234", "cnas ib0123"),
)
