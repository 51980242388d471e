from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.model.values import waybill
from synth.identifiers import CARRIERS, make_waybill
from tests.unit.graph.model.values.refusal import reason


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("sf1234567890123", "sf:SF1234567890123"),
        ("顺丰速运：123456789012", "sf:123456789012"),
        ("JT1234567890123", "jt:JT1234567890123"),
        ("JDVA12345678901", "jd:JDVA12345678901"),
        ("韵达快递:4312345678901", "yunda:4312345678901"),
        ("DPK202112345678", "deppon:DPK202112345678"),
    ],
)
def test_forms(raw: str, expected: str) -> None:
    assert waybill.clean(raw) == expected
    assert waybill.known_format(expected)


def test_digits_alone_name_no_carrier() -> None:
    for number in ("123456789012", "1234567890123", "123456789012345"):
        assert reason(waybill.clean, number) == "waybill.carrier_needed"


def test_a_stated_carrier_is_believed_when_formats_drift() -> None:
    cleaned = waybill.compose("中通快递", "ZT12345678")
    assert cleaned == "zto:ZT12345678"
    assert not waybill.known_format(cleaned)


def test_refusals() -> None:
    assert reason(waybill.clean, "飞鸽:123456789012") == "waybill.unknown_carrier"
    assert reason(waybill.clean, "顺丰:12-34") == "waybill.format"


@given(st.integers(min_value=0), st.sampled_from(CARRIERS))
def test_made_ones_follow_their_carriers_rule(seed: int, carrier: str) -> None:
    made = make_waybill(random.Random(seed), carrier)
    assert waybill.clean(made) == made
    assert waybill.known_format(made)
