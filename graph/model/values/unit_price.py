"""Prices per piece, weight, volume or length: what offers of different pack sizes have in common."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from graph.errors import ValueRefused
from graph.model.values import characters, money_fen
from graph.model.values.base import ValueKind

_PIECES = "个只件台条把支枚盒瓶袋包双套块张片颗粒卷桶箱"
# Unit → base unit and how many of them. Packs are pieces: what is in one is the seller's word.
_UNITS: Mapping[str, tuple[str, Fraction]] = {
    "PIECE": ("piece", Fraction(1)), "PCS": ("piece", Fraction(1)),
    **{piece: ("piece", Fraction(1)) for piece in _PIECES},
    "G": ("g", Fraction(1)), "克": ("g", Fraction(1)), "MG": ("g", Fraction(1, 1000)),
    "KG": ("g", Fraction(1000)), "千克": ("g", Fraction(1000)), "公斤": ("g", Fraction(1000)),
    "斤": ("g", Fraction(500)), "吨": ("g", Fraction(1_000_000)), "两": ("g", Fraction(50)),
    "ML": ("ml", Fraction(1)), "毫升": ("ml", Fraction(1)), "L": ("ml", Fraction(1000)),
    "升": ("ml", Fraction(1000)), "MM": ("mm", Fraction(1)), "毫米": ("mm", Fraction(1)),
    "CM": ("mm", Fraction(10)), "厘米": ("mm", Fraction(10)), "M": ("mm", Fraction(1000)),
    "米": ("mm", Fraction(1000)),
}  # fmt: skip
_CANONICAL = re.compile(r"([0-9]{1,17})FEN/([0-9]{1,12})(PIECE|G|ML|MM)")
_WRITTEN = re.compile(r"(.+?)(?:元|圆|块)?(?:/|每)([0-9]{1,6}(?:\.[0-9]{1,3})?)?([^0-9./]{1,5})")


def clean(raw: str) -> str:
    """`5990fen/3piece`, `1250fen/500g`: amount in fen and quantity in a base unit (piece, g, ml, mm).

    Read: `59.9元/3只`, `￥12.5/斤`, `12元每500克`. Nothing is divided, so nothing is rounded.
    Refused: `unit_price.format`, `unit_price.unit` (a unit nobody knows), `unit_price.quantity` (zero, or
    no whole number of base units), and what `money_fen.parse_yuan` refuses.
    """
    text = characters.squeeze(raw)
    if found := _CANONICAL.fullmatch(text):
        amount, quantity, unit = int(found[1]), Fraction(int(found[2])), found[3].lower()
    elif found := _WRITTEN.fullmatch(text):
        base = _UNITS.get(found[3])
        if base is None:
            raise ValueRefused("unit_price.unit")
        amount, unit = money_fen.parse_yuan(found[1]), base[0]
        quantity = Fraction(found[2] or 1) * base[1]
    else:
        raise ValueRefused("unit_price.format")
    if quantity <= 0 or quantity.denominator != 1 or quantity >= 10**12:
        raise ValueRefused("unit_price.quantity")
    if not 0 <= amount <= money_fen.MAX_FEN:
        raise ValueRefused("unit_price.format")
    return f"{amount}fen/{quantity}{unit}"


def per_unit(price: str) -> tuple[Decimal, str]:
    """Fen per base unit, and that unit, of a cleaned price (`1250fen/500g` → 2.5, g)."""
    found = _CANONICAL.fullmatch(price.upper())
    if found is None:
        raise ValueRefused("unit_price.format")
    return Decimal(found[1]) / Decimal(found[2]), found[3].lower()


KIND = ValueKind(
    name="unit_price",
    python_type=str,
    clean=clean,
    title_zh="单位价格",
    title_en="Price per unit",
    doc="Fen for a quantity in pieces, grams, millilitres or millimetres; packs count as pieces.",
    examples=("59.9元/3只", "￥12.5/斤", "1250fen/500g"),
)
