"""Plain numbers as sheets write them."""

from __future__ import annotations

import math
import re
from decimal import Decimal

from graph.errors import ValueRefused
from graph.model.values import characters

_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_INTEGER = re.compile(r"[+-]?[0-9]+(?:\.0+)?")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_INT64 = 2**63


def plain(raw: str) -> str:
    """Folded text with a minus of any width, and without separators where they stand by threes."""
    text = characters.fold(raw).replace("\u2212", "-").replace("，", ",").replace("′", "")
    return text.replace(",", "") if _GROUPED.fullmatch(text) else text


def clean_integer(raw: str) -> int:
    """A whole number of 64 bits; `1,234` and `3.0` are read.

    Refused: `integer.format`, `integer.range`.
    """
    text = plain(raw)
    if not _INTEGER.fullmatch(text):
        raise ValueRefused("integer.format")
    digits = text.partition(".")[0]
    if len(digits) > 20 or not -_INT64 <= int(digits) < _INT64:
        raise ValueRefused("integer.range")
    return int(digits)


def clean_decimal(raw: str) -> float:
    """A finite number; `1,234.5` and `1e-3` are read. Refused: `decimal.format`, `decimal.range`."""
    text = plain(raw)
    if not _DECIMAL.fullmatch(text):
        raise ValueRefused("decimal.format")
    value = float(text)
    if not math.isfinite(value):
        raise ValueRefused("decimal.range")
    return value


def clean_share(raw: str) -> float:
    """A share of one: `0.35`, or `35%`. Refused: `share.format`, `share.range` (outside 0 to 1)."""
    text = plain(raw)
    number = text.removesuffix("%").rstrip()
    if not _DECIMAL.fullmatch(number):
        raise ValueRefused("share.format")
    value = float(Decimal(number) / 100) if text.endswith("%") else float(number)
    if not 0 <= value <= 1:
        raise ValueRefused("share.range")
    return value + 0.0  # -0.0 is 0.0
