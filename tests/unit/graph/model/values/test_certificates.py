from __future__ import annotations

import random

import pytest

from graph.model.values import ccc, cma, cnas, division, licence, report_number
from synth.identifiers import make_ccc, make_cma, make_licence
from tests.unit.graph.model.values.refusal import reason


def test_ccc_parts() -> None:
    parts = ccc.parts(ccc.clean("2024 0109 1412 3456"))
    assert (parts.year, parts.body, parts.product_class, parts.serial) == (
        2024,
        "01",
        "0914",
        "123456",
    )


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("2001010914123456", "ccc.year"),
        ("2024010014123456", "ccc.product_class"),
        ("2024980914123456A", "ccc.unknown_format"),
        ("1999010914123456", "ccc.unknown_format"),
    ],
)
def test_ccc_refusals(raw: str, expected: str) -> None:
    assert reason(ccc.clean, raw) == expected


def test_cma_authority_is_no_division_code() -> None:
    assert cma.authority_division(cma.clean("241100340567")) == "330000"
    assert cma.authority_division(cma.clean("243100340567")) == "650000"
    assert cma.authority_division(cma.clean("240000340567")) is None


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("24110034056", "cma.format"),
        ("243300340567", "cma.authority"),
        ("241122340567", "cma.field"),
        ("241100350567", "cma.ministry"),
        ("241100340000", "cma.serial"),
    ],
)
def test_cma_refusals(raw: str, expected: str) -> None:
    assert reason(cma.clean, raw) == expected


def test_cnas() -> None:
    assert cnas.clean("CNASＬ12345") == "CNAS L12345"
    assert reason(cnas.clean, "L123") == "cnas.format"
    assert reason(cnas.clean, "IB12345") == "cnas.format"


def test_report_numbers_keep_their_words_and_give_a_series() -> None:
    number = report_number.clean("报告编号：国纺委字第 YJ202001981 号")
    assert number == "国纺委字第YJ202001981号"
    assert report_number.series(number) == "国纺委字第YJ#########号"
    one, other = "NZJ〔2020〕JC01-03200", "nzj（2020）jc01—03200"
    assert report_number.clean(one) == report_number.clean(other) == "NZJ(2020)JC01-03200"
    assert report_number.series("NZJ(2020)JC01-03200") == "NZJ(####)JC##-#####"
    assert reason(report_number.clean, "合格证书") == "report_number.no_digit"


def test_licences() -> None:
    assert licence.clean("（浙） XK16-204-00001") == "(浙)XK16-204-00001"
    assert licence.clean("xk1620400001") == "XK16-204-00001"
    assert reason(licence.clean, "XK16-204-0001") == "licence.format"


def test_division_codes() -> None:
    assert division.clean("33") == "330000"
    assert division.clean("540195") == "540195"  # a registrar's own code
    assert reason(division.clean, "990100") == "division.province"
    assert reason(division.clean, "33010") == "division.format"


@pytest.mark.parametrize("seed", range(20))
def test_made_ones_are_accepted(seed: int) -> None:
    rng = random.Random(seed)
    assert ccc.clean(make_ccc(rng, 2024))
    assert cma.clean(make_cma(rng, 2022))
    assert licence.clean(make_licence(rng))
