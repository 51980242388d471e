"""Comparisons: symmetric, and the levels they are named for."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.resolve import comparisons, names
from ingest.resolve.records import Name, Place, Subject, features, place_of, share_a_city

CHARS = "宏鸿达通科技贸易信"
bodies = st.text(CHARS, min_size=2, max_size=5)
codes = st.frozensets(st.sampled_from(["330106", "330100", "330000", "310117"]), min_size=1)


def name(raw: str) -> Name:
    found = names.parse(raw)
    return Name(found.core, found.core_sound, found.body)


def place(text: str) -> Place:
    found, _ = place_of(text)
    assert found is not None
    return found


def level(of: str, one: object, other: object) -> str:
    comparison = next(each for each in comparisons.COMPARISONS if each.name == of)
    return comparison.levels[comparison.judge(one, other)]


@settings(deadline=None)  # the first call reads the word lists
@given(bodies, bodies)
def test_names_and_trades_compare_alike_both_ways(one: str, other: str) -> None:
    assert comparisons.core(name(one), name(other)) == comparisons.core(name(other), name(one))
    assert comparisons.trade(one, other) == comparisons.trade(other, one)


@given(codes, codes)
def test_regions_compare_alike_both_ways(one: frozenset[str], other: frozenset[str]) -> None:
    assert comparisons.region(one, other) == comparisons.region(other, one)
    assert comparisons.region(one, one) == 0
    assert share_a_city(one, other) == share_a_city(other, one)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("宏达科技", "宏达贸易", "same"),
        ("掌悦信煕技术", "掌悦信息技术", "parted_elsewhere"),
        ("鑫达商贸", "鑫达源商贸", "one_apart"),
        ("宏达科技", "鸿达科技", "sounds_alike"),
        ("宏达科技", "宏通科技", "one_apart"),
        ("金鼎宏达科技", "宏达科技", "contained"),
        ("宏达科技", "瑞祥科技", "other"),
    ],
)
def test_cores(one: str, other: str, expected: str) -> None:
    assert level("core", name(one), name(other)) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("杭州市西湖区文三路100号3幢1402室", "西湖区文三路100号3号楼1402", "other_region"),
        ("杭州市西湖区文三路100号3幢1402室", "浙江省杭州市西湖区文三路100号3号楼1402", "same"),
        ("杭州市西湖区文三路100号3幢1402室", "杭州市西湖区文三路100号", "same_house"),
        ("杭州市西湖区文三路100号3幢1402室", "杭州市西湖区文三路100号3幢1403室", "other_room"),
        ("杭州市西湖区文三路100号3幢1402室", "杭州市西湖区文三路98号", "same_road"),
        ("杭州市西湖区文三路100号3幢1402室", "上海市闵行区元江路525号", "elsewhere"),
    ],
)
def test_places(one: str, other: str, expected: str) -> None:
    if (
        expected == "other_region"
    ):  # a bare 西湖区 exists in two cities: read nowhere, compared nowhere
        assert place_of(other)[0] is None
        return
    assert level("place", frozenset({place(one)}), frozenset({place(other)})) == expected


@pytest.mark.parametrize("text", ["", "浙江省杭州市西湖区", "无", "文三路", "西湖区政府对面"])
def test_an_address_that_names_no_place_says_nothing(text: str) -> None:
    """539 firms once shared an empty parse."""
    assert place_of(text)[0] is None


def test_one_shared_number_is_enough_and_none_is_not() -> None:
    assert level("phone", frozenset("ab"), frozenset("bc")) == "shared"
    assert level("phone", frozenset("ab"), frozenset("cd")) == "other"


def test_whereabouts_come_from_addresses_and_the_name_and_the_code_last() -> None:
    both = features(Subject("a", "上海宏达贸易有限公司", addresses=("杭州市西湖区文三路100号",)))
    assert both.divisions == {"310000", "330106"}
    assert both.seats == {"330106"}
    coded = features(Subject("a", "宏达贸易有限公司", uscc="91350100M000100Y43"))
    assert coded.divisions == {"350100"}
    assert not coded.seats
