"""What is shown of personal data."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.ontology import ontology
from queries.masking import (
    mask_address,
    mask_deeply,
    mask_payload,
    mask_phone,
    mask_properties,
    mask_text,
    mask_token,
)


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("+8613812345678", "138****5678"),
        ("13812345678", "138****5678"),
        ("+862161234567", "****4567"),
        ("+864001234567", "****4567"),
        ("12345", "****"),
    ],
)
def test_phones(number: str, shown: str) -> None:
    assert mask_phone(number) == shown


@given(st.from_regex(r"\+861[3-9][0-9]{9}", fullmatch=True))
def test_four_middle_digits_of_a_mobile_are_never_shown(number: str) -> None:
    assert mask_phone(number) == f"{number[3:6]}****{number[-4:]}"


@given(st.text(min_size=9))
def test_a_token_shows_its_last_four_characters_alone(token: str) -> None:
    assert mask_token(token) == "****" + token[-4:]


@given(st.text(max_size=8))
def test_a_short_token_shows_nothing(token: str) -> None:
    assert mask_token(token) == "****"


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("浙江省杭州市西湖区文三路12号3幢501室", "浙江省杭州市西湖区文三路12号3幢****"),
        ("浙江省杭州市西湖区文三路12号3幢2单元501号", "浙江省杭州市西湖区文三路12号3幢****"),
        ("上海市浦东新区世纪大道100号环球大厦28楼2801", "上海市浦东新区世纪大道100号环球大厦****"),
        ("上海市浦东新区世纪大道100号", "上海市浦东新区世纪大道100号"),
        ("浙江省杭州市西湖区文三路12号501号", "浙江省杭州市西湖区文三路12号****"),
        ("某村老李家", "某村****"),
    ],
)
def test_addresses_end_at_their_building(address: str, shown: str) -> None:
    assert mask_address(address) == shown


@pytest.mark.parametrize("written", ["13812345678", "138-1234-5678", "+86 138 1234 5678"])
def test_phones_in_free_text(written: str) -> None:
    assert mask_text(f"联系{written}谢谢") == "联系138****5678谢谢"


def test_codes_that_hold_eleven_digits_are_not_phones() -> None:
    assert mask_text("9135010013812345678") == "9135010013812345678"


def test_every_personal_property_of_the_ontology_is_masked() -> None:
    secret = "Geheim-13812345678-Zimmer501"
    for entity in ontology().entities.values():
        shown = mask_properties(entity.name, {p.name: secret for p in entity.properties})
        for prop in entity.properties:
            if prop.personal:
                assert "1381234" not in shown[prop.name]
                assert shown[prop.name] != secret
            elif prop.kind == "token":
                assert shown[prop.name] == secret


def test_a_record_is_masked_like_the_thing_it_speaks_of() -> None:
    number = {"number": "+8613812345678"}
    assert mask_payload("Phone:ab12", number) == {"number": "138****5678"}
    # What it speaks of is unknown: everything that is personal anywhere is masked.
    assert mask_payload("?", {**number, "device_token": "DEV00000001"}) == {
        "number": "138****5678",
        "device_token": "****0001",
    }


def test_values_are_masked_at_any_depth() -> None:
    value = {"a": [{"b": "13812345678"}], "n": 3}
    assert mask_deeply(value) == {"a": [{"b": "138****5678"}], "n": 3}
