"""Free text: descriptions, remarks, titles."""

from __future__ import annotations

import re

from graph.errors import ValueRefused
from graph.model.values import characters
from graph.model.values.base import ValueKind

MAX_CHARS = 10_000
_INNER_BLANKS = re.compile(r"[^\S\n]+")
_AROUND_BREAKS = re.compile(r" ?\n ?")


def clean(raw: str) -> str:
    """Trimmed text without invisible characters; widths stay (m² is not m2), line breaks stay.

    Refused: `text.empty` where nothing visible is left, `text.too_long` above MAX_CHARS.
    """
    shown = characters.visible(raw.replace("\r\n", "\n").replace("\r", "\n"))
    shown = _AROUND_BREAKS.sub("\n", _INNER_BLANKS.sub(" ", shown)).strip()
    if not shown:
        raise ValueRefused("text.empty")
    if len(shown) > MAX_CHARS:
        raise ValueRefused("text.too_long")
    return shown


KIND = ValueKind(
    name="text",
    python_type=str,
    clean=clean,
    title_zh="文本",
    title_en="Text",
    doc="Free text, composed by NFC (Unicode Annex 15), without zero-width and directional controls.",
    examples=("便携式充电宝 20000mAh",),
)
