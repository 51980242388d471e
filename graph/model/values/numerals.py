"""Chinese numerals up to 9999 as they stand in addresses and floors (三号楼, 二十三层, 一〇二室)."""

from __future__ import annotations

_DIGITS = {c: v for v, c in enumerate("零一二三四五六七八九")}
_DIGITS |= {"〇": 0, "○": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}

NUMERALS = "零〇○一二两三四五六七八九十百千"


def to_int(text: str) -> int | None:
    """Value of a numeral in 0..9999, None where it is none.

    Both ways of writing are read: with units (一百零二, 廿 is not one of them) and digit by digit
    (一〇二). A numeral whose units do not fall (十百) or stand without order is refused.
    """
    if not text:
        return None
    if not any(c in _UNITS for c in text):
        return _digit_by_digit(text)
    total, digit, smallest, zero = 0, None, 10_000, False
    for char in text:
        unit = _UNITS.get(char)
        if unit is None:
            value = _DIGITS.get(char)
            if value is None or digit is not None:
                return None
            if value == 0:
                zero = True
                continue
            digit = value
            continue
        if unit >= smallest or (digit is None and not (unit == 10 and (total == 0 or zero))):
            return None
        total += (1 if digit is None else digit) * unit
        smallest, digit, zero = unit, None, False
    if digit is not None and smallest > 10 and not zero:
        digit *= smallest // 10  # 一百二 is 120, 一千五 is 1500
    return total + (digit or 0)


def _digit_by_digit(text: str) -> int | None:
    if len(text) > 4 or any(c not in _DIGITS for c in text):
        return None
    value = 0
    for char in text:
        value = value * 10 + _DIGITS[char]
    return value


def digits(text: str) -> str:
    """The numeral in Arabic digits; digit-by-digit numerals keep leading zeros; else unchanged."""
    value = to_int(text)
    if value is None:
        return text
    return str(value) if any(c in _UNITS for c in text) else str(value).zfill(len(text))
