from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.model.values import batch, boolean, decimal, integer, money_fen, name, share, text
from tests.unit.graph.model.values.refusal import reason


def test_text_keeps_widths_and_lines_and_loses_the_invisible() -> None:
    assert text.clean("  5 m²\u200b （A）\r\nb\u202e ") == "5 m² （A）\nb"
    assert reason(text.clean, "\u200b\u2060") == "text.empty"
    assert reason(text.clean, "x" * 10_001) == "text.too_long"


def test_names_have_one_spelling() -> None:
    one = name.clean("云岭 (杭州)科技 有限公司")
    assert one == name.clean("云岭（杭州）科技有限公司\u200b") == "云岭（杭州）科技有限公司"
    assert name.clean("Ｙunling  (HK) Ltd.") == "Yunling (HK) Ltd."
    assert name.clean("云岭有限责任公司") != name.clean("云岭有限公司")
    assert reason(name.clean, "——") == "name.empty"


def test_batches() -> None:
    assert batch.clean("批号： l23-0042") == "L23-0042"
    assert batch.clean("LOT:A1") == "A1"
    assert batch.clean("LOT77") == "LOT77"
    assert reason(batch.clean, "x" * 41) == "batch.format"


@given(st.integers(-(2**63), 2**63 - 1))
def test_integers_of_64_bits_pass_in_every_spelling(value: int) -> None:
    for spelled in (str(value), f"{value:,}", f"{value}.0"):
        assert integer.clean(spelled) == value


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("12,34", "integer.format"),
        ("1.5", "integer.format"),
        ("三", "integer.format"),
        (str(2**63), "integer.range"),
    ],
)
def test_integer_refusals(raw: str, expected: str) -> None:
    assert reason(integer.clean, raw) == expected


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_decimals_survive_their_own_text(value: float) -> None:
    assert decimal.clean(str(value)) == value


def test_decimal_refusals() -> None:
    assert reason(decimal.clean, "nan") == "decimal.format"
    assert reason(decimal.clean, "1e999") == "decimal.range"


def test_shares() -> None:
    assert share.clean("３５％") == 0.35
    assert share.clean("0.35") == 0.35
    assert share.clean("100 %") == 1.0
    assert reason(share.clean, "35") == "share.range"
    assert reason(share.clean, "-1%") == "share.range"
    assert reason(share.clean, "三成") == "share.format"


def test_booleans() -> None:
    assert [boolean.clean(raw) for raw in ("是", "Y", "√", "TRUE", "1")] == [True] * 5
    assert [boolean.clean(raw) for raw in ("否", "n", "×", "False", "0")] == [False] * 5
    assert reason(boolean.clean, "也许") == "boolean.format"


@pytest.mark.parametrize(
    ("raw", "fen"),
    [
        ("1,000.00元", 100_000),
        ("3.5万元", 3_500_000),
        ("￥12", 1_200),
        ("人民币1.2亿元整", 12_000_000_000),
        ("0.01", 1),
        ("-5元", -500),
        ("1,580万", 1_580_000_000),
    ],
)
def test_yuan_becomes_fen(raw: str, fen: int) -> None:
    assert money_fen.parse_yuan(raw) == fen


def test_money_refusals() -> None:
    assert reason(money_fen.parse_yuan, "12.345") == "money_fen.below_fen"
    assert reason(money_fen.parse_yuan, "12,34元") == "money_fen.yuan_format"
    assert reason(money_fen.parse_yuan, "12美元") == "money_fen.yuan_format"
    assert reason(money_fen.parse_yuan, "9" * 18) == "money_fen.range"
    assert reason(money_fen.clean, "12.50") == "money_fen.format"
    assert reason(money_fen.clean, "12元") == "money_fen.format"


@given(st.integers(0, 10**12))
def test_fen_and_yuan_agree(fen: int) -> None:
    assert money_fen.clean(str(fen)) == fen
    assert money_fen.parse_yuan(f"{fen // 100:,}.{fen % 100:02d}元") == fen
