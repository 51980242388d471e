"""Number of a testing body's qualification (CMA, 检验检测机构资质认定证书编号)."""

from __future__ import annotations

import re

from graph.errors import ValueRefused
from graph.model.values import characters
from graph.model.values.base import ValueKind

_SHAPE = re.compile(r"[0-9]{12}")
LAST_FIELD = 21
LAST_MINISTRY = 34
# Authority codes 01 to 31 are an order of their own, not GB/T 2260.
_PROVINCES = (
    "11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41",
    "42", "43", "44", "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65",
)  # fmt: skip


def clean(raw: str) -> str:
    """12 digits: year (2), issuing authority (2), field (2), ministry (2), serial from 0001 (4).

    No check digit. Refused: `cma.format`, `cma.authority` (00 to 31), `cma.field` (00 to 21),
    `cma.ministry` (00 to 34), `cma.serial` (0000).
    """
    text = characters.code(raw).removeprefix("CMA")
    if not _SHAPE.fullmatch(text):
        raise ValueRefused("cma.format")
    if int(text[2:4]) > len(_PROVINCES):
        raise ValueRefused("cma.authority")
    if int(text[4:6]) > LAST_FIELD:
        raise ValueRefused("cma.field")
    if int(text[6:8]) > LAST_MINISTRY:
        raise ValueRefused("cma.ministry")
    if text[8:] == "0000":
        raise ValueRefused("cma.serial")
    return text


def authority_division(cma: str) -> str | None:
    """GB/T 2260 code of the issuing province (11 is Zhejiang: `330000`), None for the national one (00)."""
    authority = int(cma[2:4])
    return _PROVINCES[authority - 1] + "0000" if authority else None


KIND = ValueKind(
    name="cma",
    python_type=str,
    clean=clean,
    title_zh="CMA证书编号",
    title_en="CMA certificate number",
    doc="12 digits by the rule for qualification certificates; authority codes are not GB/T 2260.",
    examples=("241100340567", "CMA 200021181234"),
)
