from __future__ import annotations

import csv
import gzip
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc as stdnum_uscc

from graph.model.values import uscc
from synth.identifiers import make_uscc
from tests.unit.graph.model.values.refusal import reason

COMPANIES = Path(__file__).resolve().parents[6] / "shared/data/companies/companies_2019.csv.gz"
_SEEDS = st.integers(min_value=0)
_DIVISIONS = st.sampled_from(["330106", "110108", "540195", "149900"])
_KINDS = st.sampled_from(["91", "92", "93", "51", "N2", "A1", "Y1", "11"])


def test_worked_example_and_its_wrong_ending() -> None:
    assert uscc.clean("91350100M000100Y43") == "91350100M000100Y43"
    assert reason(uscc.clean, "91350100M000100Y4Z") == "uscc.alphabet"
    assert reason(uscc.clean, "91350100M000100Y44") == "uscc.check_digit"


def test_spelling_is_folded() -> None:
    assert uscc.clean(" ９1350100-m000100y43\u200b") == "91350100M000100Y43"


def test_a_remainder_of_zero_gives_zero() -> None:
    rng = random.Random(7)
    codes = [make_uscc(rng, "330106") for _ in range(500)]
    assert any(code.endswith("0") for code in codes)
    assert all(uscc.clean(code) == code for code in codes)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("91350100M000100Y4", "uscc.length"),
        ("9135O100M000100Y43", "uscc.alphabet"),
        ("B1350100M000100Y43", "uscc.authority"),
        ("91A50100M000100Y43", "uscc.division_digits"),
    ],
)
def test_refusals(raw: str, expected: str) -> None:
    assert reason(uscc.clean, raw) == expected


@given(_SEEDS, _DIVISIONS, _KINDS)
def test_made_codes_are_accepted_with_letters_in_front_too(
    seed: int, place: str, kind: str
) -> None:
    code = make_uscc(random.Random(seed), place, kind)
    assert uscc.clean(code) == code
    assert uscc.parts(code).division == place
    if kind.startswith("9"):
        assert stdnum_uscc.is_valid(code)


@given(_SEEDS, st.integers(0, 17), st.sampled_from(uscc.ALPHABET))
def test_any_single_slip_is_refused(seed: int, place: int, char: str) -> None:
    code = make_uscc(random.Random(seed), "330106")
    slipped = code[:place] + char + code[place + 1 :]
    assert slipped == code or reason(uscc.clean, slipped) is not None


def test_inner_check_digit_alone_can_fail() -> None:
    most = "91330106MA000000"
    inner = uscc.inner_check_digit(most[8:16])
    wrong = next(digit for digit in "0123456789" if digit != inner)
    code = most + wrong + uscc.check_digit(most + wrong)
    assert reason(uscc.clean, code) == "uscc.inner_check_digit"


@pytest.mark.real_data
@pytest.mark.skipif(not COMPANIES.exists(), reason="no company register beside the checkout")
def test_every_real_code_is_accepted() -> None:
    with gzip.open(COMPANIES, "rt", encoding="utf-8", newline="") as handle:
        refused = [row["uscc"] for row in csv.DictReader(handle) if reason(uscc.clean, row["uscc"])]
    assert refused == []
