"""Amounts of money, in fen (1/100 yuan) and whole numbers, so that sums stay exact."""

from __future__ import annotations

import re
from decimal import Decimal

from graph.errors import ValueRefused
from graph.model.values import characters, numbers
from graph.model.values.base import ValueKind

MAX_FEN = 10**17  # a thousand trillion yuan: beyond it a unit was mistaken
_FEN = re.compile(r"[+-]?[0-9]{1,20}")
_YUAN = re.compile(r"([+-]?[0-9]{1,20}(?:\.[0-9]{1,12})?) ?(万|亿|千|百)?(?:元|圆|块)?(?:整|正)?")
_CURRENCY = re.compile(r"^(?:人民币|RMB|CNY|[¥￥])[: ]?|(?:人民币|RMB|CNY)$", re.IGNORECASE)
_UNITS = {"": 1, "百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}


def clean(raw: str) -> int:
    """Whole fen. A point or a unit means the column holds yuan: read it with `parse_yuan` instead.

    Refused: `money_fen.format`, `money_fen.range`.
    """
    text = numbers.plain(raw)
    if not _FEN.fullmatch(text):
        raise ValueRefused("money_fen.format")
    return _bounded(int(text))


def parse_yuan(raw: str) -> int:
    """Fen from an amount in yuan as sheets write it: `1,000.00元`, `3.5万元`, `￥12`, `人民币 1.2亿元整`.

    Refused: `money_fen.yuan_format`, `money_fen.below_fen` (parts of a fen), `money_fen.range`.
    """
    text = _CURRENCY.sub("", characters.fold(raw)).strip()
    number = re.match(r"[+-]?[0-9,.]+", text)
    if number:
        text = numbers.plain(number[0]) + text[number.end() :]
    found = _YUAN.fullmatch(text)
    if not found:
        raise ValueRefused("money_fen.yuan_format")
    fen = Decimal(found[1]) * _UNITS[found[2] or ""] * 100
    if fen != fen.to_integral_value():
        raise ValueRefused("money_fen.below_fen")
    return _bounded(int(fen))


def _bounded(fen: int) -> int:
    if abs(fen) > MAX_FEN:
        raise ValueRefused("money_fen.range")
    return fen


KIND = ValueKind(
    name="money_fen",
    python_type=int,
    clean=clean,
    title_zh="金额（分）",
    title_en="Amount (fen)",
    doc="Whole fen (1/100 yuan); the currency is a property of its own.",
    examples=("129900", "0"),
    graphql_type="Int",
)
