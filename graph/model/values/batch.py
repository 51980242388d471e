"""Batch and lot numbers (批号) as makers print them."""

from __future__ import annotations

import re

from graph.errors import ValueRefused
from graph.model.values import characters
from graph.model.values.base import ValueKind

_PREFIX = re.compile(r"^(?:(?:生产)?批(?:次)?号?|LOT(?:NO)?|BATCH(?:NO)?)[:.#]+")
_SHAPE = re.compile(r"[A-Z0-9\u3400-\u9fff()./_#+*-]{1,40}")


def clean(raw: str) -> str:
    """Half width, upper case, no blanks, without a leading 批号: or LOT:. Refused: `batch.format`."""
    text = characters.squeeze(raw)
    while found := _PREFIX.match(text):
        text = text[found.end() :]
    if not _SHAPE.fullmatch(text):
        raise ValueRefused("batch.format")
    return text


KIND = ValueKind(
    name="batch",
    python_type=str,
    clean=clean,
    title_zh="批号",
    title_en="Batch number",
    doc="The maker's own series, unique only together with brand and model; at most 40 characters.",
    examples=("批号：20250131A", "L23-0042"),
)
