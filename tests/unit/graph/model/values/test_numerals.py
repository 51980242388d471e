from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.model.values import numerals

_UNITS = ((1000, "千"), (100, "百"), (10, "十"))


def written(value: int) -> str:
    """The numeral of 1..9999 in full (一千零二十三)."""
    text, rest, zero = "", value, False
    for unit, char in _UNITS:
        digit, rest = divmod(rest, unit)
        if digit:
            text += ("零" if zero else "") + "零一二三四五六七八九"[digit] + char
            zero = False
        elif text:
            zero = rest > 0
    if rest:
        text += ("零" if zero else "") + "零一二三四五六七八九"[rest]
    return text


@given(st.integers(1, 9999))
def test_full_numerals(value: int) -> None:
    assert numerals.to_int(written(value)) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("十", 10),
        ("十五", 15),
        ("二十", 20),
        ("一〇二", 102),
        ("一百二", 120),
        ("两千", 2000),
        ("一百一十", 110),
    ],
)
def test_short_forms(text: str, value: int) -> None:
    assert numerals.to_int(text) == value


@pytest.mark.parametrize("text", ["", "百", "十百", "一二十", "三楼", "一二三四五"])
def test_what_is_no_numeral(text: str) -> None:
    assert numerals.to_int(text) is None


def test_digits_keep_leading_zeros_of_rooms() -> None:
    assert numerals.digits("〇二") == "02"
    assert numerals.digits("二十三") == "23"
    assert numerals.digits("文") == "文"
