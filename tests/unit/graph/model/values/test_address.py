from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import addresses
from graph.model.values.address import Address, key, may_link, parse

PLAIN = "浙江省杭州市西湖区文三路100号3幢2单元1402室"


def same(*spellings: str) -> bool:
    """Whether all spellings are linkable and share one key."""
    parsed = [parse(spelling) for spelling in spellings]
    return all(map(may_link, parsed)) and len(set(map(key, parsed))) == 1


def test_parts() -> None:
    address = parse("浙江省杭州市西湖区古荡街道文三路100号天苑大厦3幢2单元14层1402室")
    assert address.province is not None
    assert address.city is not None
    assert address.district is not None
    assert (address.province.code, address.city.code, address.district.code) == (
        "330000", "330100", "330106",
    )  # fmt: skip
    assert (
        address[4:]
        == Address(
            "",
            town="古荡街道",
            road="文三路",
            road_no="100",
            place="天苑大厦",
            building="3",
            unit="2",
            floor="14",
            room="1402",
        )[4:]
    )
    assert address.level == "room"


@pytest.mark.parametrize(
    "other",
    [
        "浙江省杭州市西湖区文三路100号3号楼2单元1402室",
        "浙江省杭州市西湖区文三路100号3栋2单元1402",
        "浙江杭州西湖区文三路100号3座2单元1402室",
        "杭州市西湖区文三路１００号三号楼二单元1402室",
        "杭州西湖区文三路100号 3#楼 2单元 1402室",
        "浙江省杭州市西湖区文三路100号3幢2单元1402室（自主申报）",
        "浙江省杭州市西湖区古荡街道文三路100号3幢2单元14层1402室",
        "浙江省杭州市浙江省杭州市西湖区文三路100号3幢2单元1402室",
        "杭州市西湖区文三路100号天苑大厦3幢2单元1402室",
        "杭州市西湖区文3路100号3幢2单元1402室",
    ],
)
def test_spellings_of_one_place(other: str) -> None:
    assert same(PLAIN, other)


@pytest.mark.parametrize(
    "other",
    [
        "浙江省杭州市拱墅区文三路100号3幢2单元1402室",
        "浙江省杭州市西湖区文二路100号3幢2单元1402室",
        "浙江省杭州市西湖区文三路副100号3幢2单元1402室",
        "浙江省杭州市西湖区文三路100号4幢2单元1402室",
        "浙江省杭州市西湖区文三路100号3幢1单元1402室",
        "浙江省杭州市西湖区文三路100号3幢2单元1403室",
        "浙江省杭州市西湖区文三路100号C区3幢2单元1402室",
        "浙江省杭州市西湖区三墩镇文三路100号3幢2单元1402室",
    ],
)
def test_near_ones_are_kept_apart(other: str) -> None:
    assert key(parse(other)) != key(parse(PLAIN))


def test_other_shapes() -> None:
    assert same("上海市浦东新区青禾路18弄3号501室", "上海浦东新区青禾路18弄3号501")
    assert same("北京市朝阳区建国路88号院3号楼", "北京市朝阳区建国路88号3幢")
    assert same("天津自贸试验区（中心商务区）望海大道66号2-1203（某某秘书公司托管第1号）",
                "天津自贸试验区(中心商务区)望海大道66号2-1203")  # fmt: skip
    assert not same("沈阳市沈河区望云路15号(1201)", "沈阳市沈河区望云路15号(1202室)")
    assert not same("三河市望云路青禾苑14号", "三河市望云路14号")
    assert same("杭州市西湖区文三路100号3幢5楼501室", "杭州市西湖区文三路100号3幢501室")
    assert not same("杭州市西湖区文三路100号3幢5楼955室", "杭州市西湖区文三路100号3幢13楼955室")


def test_abolished_districts_have_the_key_of_their_successor() -> None:
    assert same("杭州市江干区钱江路1号", "杭州市上城区钱江路1号")


def test_the_district_is_the_one_of_the_city_before_it() -> None:
    codes = {}
    for city in ("南京市", "徐州市", "福州市"):
        district = parse(f"{city}鼓楼区中山路1号").district
        assert district is not None
        codes[city] = district.code
    assert codes == {"南京市": "320106", "徐州市": "320302", "福州市": "350102"}
    assert parse("鼓楼区中山路1号").district is None


@pytest.mark.parametrize(
    ("text", "road"),
    [
        ("上海市黄浦区北京东路1号", "北京东路"),
        ("天津市和平区南京路1号", "南京路"),
        ("北京路1号", "北京路"),
    ],
)
def test_cities_in_road_names_are_roads(text: str, road: str) -> None:
    assert parse(text).road == road


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("", "none"),
        ("无", "none"),
        ("浙江省", "district"),
        ("浙江省杭州市西湖区", "district"),
        ("浙江省杭州市西湖区三墩镇", "town"),
        ("浙江省杭州市西湖区文三路", "road"),
        ("文三路100号", "road_no"),
        ("3号楼101室", "room"),
        ("杭州市西湖区文三路100号对面手机店", "road_no"),
    ],
)
def test_what_never_links(text: str, level: str) -> None:
    address = parse(text)
    assert address.level == level
    assert not may_link(address)


@given(
    st.text(
        alphabet=st.one_of(st.characters(), st.sampled_from("浙江省杭州市路号弄幢室0123456789-()")),
        max_size=60,
    )
)
def test_any_text_is_parsed_and_the_key_is_stable(text: str) -> None:
    address = parse(text)
    assert key(address) == key(parse(text))
    assert not may_link(address) or key(address)


@given(
    road=st.sampled_from(["文三路", "中山北路", "迎宾大道", "解放街"]),
    number=st.integers(1, 9999),
    building=st.integers(1, 99),
    room=st.integers(101, 3999),
)
def test_what_is_written_is_read(road: str, number: int, building: int, room: int) -> None:
    address = parse(f"江苏省苏州市昆山市{road}{number}号{building}幢{room}室")
    assert (address.road, address.road_no, address.building, address.room) == (
        road, str(number), str(building), str(room),
    )  # fmt: skip
    assert may_link(address)


@pytest.mark.real_data
@pytest.mark.skipif(
    not addresses.LABELLED.exists(), reason="no labelled addresses beside the checkout"
)
def test_labelled_addresses_are_read_as_well_as_before() -> None:
    floors = {
        "prov": 0.98,
        "city": 0.96,
        "district": 0.92,
        "road": 0.83,
        "roadno": 0.9,
        "roomno": 0.86,
    }
    read = addresses.run(Path(addresses.LABELLED))
    assert {label for label, floor in floors.items() if read[label]["share"] < floor} == set()
