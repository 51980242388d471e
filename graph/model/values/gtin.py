"""Trade item numbers (商品条码, GB 12904; GTIN-8, -12, -13, -14)."""

from __future__ import annotations

import re

from graph.errors import ValueRefused
from graph.model.values import characters
from graph.model.values.base import ValueKind
from graph.model.values.check_digits import gs1

_SHAPE = re.compile(r"[0-9]{8}|[0-9]{12,14}")


def clean(raw: str) -> str:
    """14 digits, shorter forms filled with zeros on the left (GS1 General Specifications §3.3.2).

    A GTIN names a kind of goods, not one item, and proves nothing about authenticity.
    Refused: `gtin.format`, `gtin.check_digit`, `gtin.zeros`.
    """
    text = characters.code(raw)
    if not _SHAPE.fullmatch(text):
        raise ValueRefused("gtin.format")
    if gs1(text[:-1]) != text[-1]:
        raise ValueRefused("gtin.check_digit")
    if not text.strip("0"):
        raise ValueRefused("gtin.zeros")
    return text.zfill(14)


def is_in_store(gtin: str) -> bool:
    """Whether a cleaned number is of a range for use inside one store (GTIN-13 prefixes 020-029, 040-049,
    200-299; GTIN-8 prefixes 0 and 2): it means different goods in different stores."""
    if gtin.startswith("000000"):
        return gtin[6] in "02"
    return gtin[0] == "0" and (gtin[1:3] in {"02", "04"} or gtin[1] == "2")


KIND = ValueKind(
    name="gtin",
    python_type=str,
    clean=clean,
    title_zh="商品条码",
    title_en="GTIN",
    doc="GB 12904, GS1 General Specifications: mod 10, weights 3, 1 from the right; 14 digits.",
    examples=("6901234567892", "96385074"),
)
