"""Addresses as text, the form that is kept and shown. Parts and key are read by `values.address`."""

from __future__ import annotations

import re

from graph.errors import ValueRefused
from graph.model.values import characters
from graph.model.values.base import ValueKind

MAX_CHARS = 500
_LETTER = re.compile(r"[^\W_]")


def clean(raw: str) -> str:
    """One line, NFKC-folded; nothing is left out, bracketed notes neither.

    Refused: `address_text.empty` without a letter or digit, `address_text.too_long` above MAX_CHARS.
    """
    text = characters.fold(raw)
    if not _LETTER.search(text):
        raise ValueRefused("address_text.empty")
    if len(text) > MAX_CHARS:
        raise ValueRefused("address_text.too_long")
    return text


KIND = ValueKind(
    name="address_text",
    python_type=str,
    clean=clean,
    title_zh="地址",
    title_en="Address",
    doc="An address as written, folded to one line; linking goes by values.address.key.",
    examples=("浙江省杭州市西湖区文三路100号3幢1402室",),
)
