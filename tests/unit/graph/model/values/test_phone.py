from __future__ import annotations

import random

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.model.values import phone
from synth.identifiers import make_phone
from tests.unit.graph.model.values.refusal import reason


@pytest.mark.parametrize(
    ("raw", "expected", "kind", "links"),
    [
        ("138-0013-8000", "+8613800138000", "mobile", True),
        ("0086 13800138000", "+8613800138000", "mobile", True),
        ("8613800138000", "+8613800138000", "mobile", True),
        ("１７０12345678", "+8617012345678", "virtual_operator", True),
        ("13800138000转5678", "+8613800138000;ext=5678", "privacy", False),
        ("13800138000-1234", "+8613800138000;ext=1234", "privacy", False),
        ("138****8000", "+86138****8000", "masked", False),
        ("138xxxx8000", "+86138****8000", "masked", False),
        ("0571-87654321", "+8657187654321", "landline", True),
        ("(010)12345678-12", "+861012345678;ext=12", "landline", True),
        ("400-123-4567", "+864001234567", "service", False),
        ("95188", "+8695188", "service", False),
        ("12315", "+8612315", "service", False),
        ("+1 650 253 0000", "+16502530000", "foreign", True),
    ],
)
def test_forms(raw: str, expected: str, kind: str, *, links: bool) -> None:
    cleaned = phone.clean(raw)
    assert cleaned == expected
    assert phone.clean(cleaned) == cleaned
    assert phone.link_class(cleaned) == kind
    assert phone.may_link(cleaned) is links


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("87654321", "phone.no_area_code"),
        ("12800138000", "phone.format"),
        ("13800138000/13900139000", "phone.format"),
        ("五七一", "phone.format"),
    ],
)
def test_refusals(raw: str, expected: str) -> None:
    assert reason(phone.clean, raw) == expected


@given(st.integers(min_value=0), st.booleans())
def test_made_numbers_are_what_they_say(seed: int, virtual: bool) -> None:
    number = make_phone(random.Random(seed), virtual_operator=virtual)
    assert phone.clean(number) == number
    assert phone.link_class(number) == ("virtual_operator" if virtual else "mobile")


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_whatever_libphonenumber_calls_mobile_is_accepted(national: str) -> None:
    parsed = phonenumbers.parse(national, "CN")
    assert phone.clean(national) == f"+86{national}"
    if phonenumbers.is_valid_number(parsed):
        shown = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
        assert phone.clean(national) == shown
