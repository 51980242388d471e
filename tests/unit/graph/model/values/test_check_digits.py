from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import ean
from stdnum.iso7064 import mod_11_10

from graph.model.values import check_digits, gtin, licence, registration_number, waybill
from synth.identifiers import make_gtin, make_registration_number, make_s10
from tests.unit.graph.model.values.refusal import reason

_DIGITS = st.text("0123456789", min_size=13, max_size=13)
_Make = Callable[[random.Random], str]
_CASES: list[tuple[_Make, Callable[[str], str], int]] = [
    (lambda rng: make_registration_number(rng, "330106"), registration_number.clean, 0),
    (make_gtin, gtin.clean, 0),
    (make_s10, lambda raw: waybill.clean(raw).removeprefix("ems:"), 2),
]


@given(_DIGITS)
def test_mod_11_10_as_in_stdnum(body: str) -> None:
    assert check_digits.mod_11_10(body) == mod_11_10.calc_check_digit(body)


@given(_DIGITS)
def test_gs1_as_in_stdnum(body: str) -> None:
    assert check_digits.gs1(body[:12]) == ean.calc_check_digit(body[:12])


@pytest.mark.parametrize("case", _CASES, ids=["registration_number", "gtin", "s10"])
@given(seed=st.integers(min_value=0), place=st.integers(0, 8), digit=st.sampled_from("0123456789"))
def test_made_ones_pass_and_single_slips_do_not(
    case: tuple[_Make, Callable[[str], str], int], seed: int, place: int, digit: str
) -> None:
    make, clean, first = case
    number = make(random.Random(seed))
    assert clean(number) == number
    slipped = number[: first + place] + digit + number[first + place + 1 :]
    if slipped != number and not _s10_twins(number, slipped):
        assert reason(clean, slipped) is not None


def _s10_twins(number: str, slipped: str) -> bool:
    # S10 writes remainders 10 and 0 alike as 0 and 5, so that 5 stands for two remainders: a slip may hide.
    return number.endswith("CN") and check_digits.s10(slipped[2:10]) == slipped[10]


def test_food_licence_has_a_check_digit() -> None:
    body = "1013301061234"
    good = f"SC{body}{check_digits.mod_11_10(body)}"
    assert licence.clean(f" sc {good[2:]}") == good
    bad = good[:-1] + ("1" if good[-1] != "1" else "2")
    assert reason(licence.clean, bad) == "licence.check_digit"


def test_s10_of_the_standard() -> None:
    assert check_digits.s10("47312482") == "9"  # UPU S10-12, example RA473124829
    assert reason(waybill.clean, "RA473124828CN") == "waybill.check_digit"
