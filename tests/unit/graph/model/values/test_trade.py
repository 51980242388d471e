from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.model.values import check_digits, customs_declaration, hs_code, trace_code, unit_price
from tests.unit.graph.model.values.refusal import reason

GTIN = "06901234567892"


@pytest.mark.parametrize(
    ("raw", "expected", "each"),
    [
        ("59.9元/3只", "5990fen/3piece", Decimal(5990) / 3),
        ("￥12.5/斤", "1250fen/500g", Decimal("2.5")),
        ("12元每500克", "1200fen/500g", Decimal("2.4")),
        ("3元/0.5L", "300fen/500ml", Decimal("0.6")),
        ("1,299.00元/台", "129900fen/1piece", Decimal(129900)),
    ],
)
def test_prices_per_unit(raw: str, expected: str, each: Decimal) -> None:
    assert unit_price.clean(raw) == expected
    assert unit_price.per_unit(expected) == (each, expected.lstrip("0123456789fen/"))


@given(st.integers(0, 10**9), st.integers(1, 999))
def test_offers_of_one_price_per_gram_are_equal(fen: int, kilos: int) -> None:
    yuan = f"{fen // 100}.{fen % 100:02d}"
    in_kilos = unit_price.per_unit(unit_price.clean(f"{yuan}元/{kilos}kg"))
    assert in_kilos == unit_price.per_unit(unit_price.clean(f"{yuan}元/{2 * kilos}斤"))


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("12元", "unit_price.format"),
        ("12元/光年", "unit_price.unit"),
        ("12元/0只", "unit_price.quantity"),
        ("12元/0.5只", "unit_price.quantity"),
        ("-3元/只", "unit_price.format"),
        ("1.005元/只", "money_fen.below_fen"),
    ],
)
def test_prices_that_are_none(raw: str, expected: str) -> None:
    assert reason(unit_price.clean, raw) == expected


def test_goods_codes() -> None:
    assert hs_code.clean("8507.60.00") == "85076000"
    assert hs_code.clean("8507 6000 10") == "8507600010"
    assert reason(hs_code.clean, "850760000") == "hs_code.format"
    assert reason(hs_code.clean, "770110") == "hs_code.chapter"


def test_declarations_say_their_direction() -> None:
    assert customs_declaration.is_import(customs_declaration.clean("3101 2025 1 000000017"))
    assert not customs_declaration.is_import(customs_declaration.clean("310120250000000017"))
    for raw in ("310120252000000017", "31012025100000001", "310119991000000017"):
        assert reason(customs_declaration.clean, raw) == "customs_declaration.format"


@pytest.mark.parametrize(
    ("raw", "expected", "level"),
    [
        (
            f"HTTP://ID.example.cn/01/{GTIN}/21/a1",
            f"https://id.example.cn/01/{GTIN}/21/a1",
            "serial",
        ),
        (f"https://id.example.cn/01/{GTIN}/10/L1", f"https://id.example.cn/01/{GTIN}/10/L1", "lot"),
        (f"(01){GTIN}(10)L1(21)S1", f"(01){GTIN}(10)L1(21)S1", "serial"),
        (f"(01){GTIN}", f"(01){GTIN}", "gtin"),
        ("urn:epc:id:sgtin:690123.0456789.S1", "urn:epc:id:sgtin:690123.0456789.S1", "serial"),
        ("urn:epc:class:lgtin:690123.0456789.L1", "urn:epc:class:lgtin:690123.0456789.L1", "lot"),
        ("8123 4567 8901 2345 6789", "81234567890123456789", None),
        ("https://code.example.cn/q?c=7", "https://code.example.cn/q?c=7", None),
    ],
)
def test_codes_and_what_they_name(raw: str, expected: str, level: str | None) -> None:
    assert trace_code.clean(raw) == expected
    assert trace_code.level(expected) == level


@given(st.text("0123456789", min_size=13, max_size=13).filter(lambda d: d.strip("0")))
def test_a_wrong_check_digit_in_an_element_string_is_refused(digits: str) -> None:
    right = check_digits.gs1(digits)
    assert trace_code.clean(f"(01){digits}{right}") == f"(01){digits}{right}"
    wrong = str((int(right) + 1) % 10)
    assert reason(trace_code.clean, f"(01){digits}{wrong}") == "gtin.check_digit"


def test_a_code_of_other_letters_is_refused() -> None:
    assert reason(trace_code.clean, "码7") == "trace_code.format"
