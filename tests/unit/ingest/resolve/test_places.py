"""Addresses: which two are one place written otherwise, and which never are."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.model.identity import identity
from ingest.resolve import places
from ingest.resolve.decisions import Proposal, Settled
from ingest.resolve.explain import part_dict
from ingest.resolve.names import sound
from ingest.resolve.places import Road, Spot, parts_of, propose_places
from ingest.resolve.proposals import Proposals

ROADS = ("建国路", "凤起路", "庆春路", "体育场路", "天目山路", "教工路", "学院路", "古墩路")
CROWD = [
    Spot(
        f"Address:C{at}{number}",
        f"浙江省杭州市{district}{road}{number}号{number + 3}幢{number}01室",
    )
    for at, road in enumerate(ROADS)
    for number in range(11, 21)
    for district in (("西湖区", "拱墅区", "上城区")[at % 3],)
]


def between(one: str, other: str) -> Proposal | None:
    """What is said of two addresses in a city of others."""
    found = asked([Spot("Address:A", one), Spot("Address:B", other)])
    pairs = [each for each in found.proposals if {each.a, each.b} == {"Address:A", "Address:B"}]
    return pairs[0] if pairs else None


def asked(spots: list[Spot], settled: Settled | None = None) -> Proposals:
    return propose_places([*CROWD, *spots], settled)


HOME = "浙江省杭州市西湖区北山街道文三路100号3幢1402室"


@pytest.mark.parametrize(
    "other",
    [
        "杭州市文三路100号3幢1402",  # the district left out
        "浙江省杭州市西湖区雯三路１００号3栋1402室",  # sounds the same, down to one room
        "浙江省杭州市西湖区北山街道文三路100号颐高广场3幢14楼1402室",
    ],
)
def test_one_place_written_otherwise(other: str) -> None:
    found = between(HOME, other)
    # Some spellings share the key already; they are one node and nothing is left to propose.
    key = [
        parts and (parts.area, parts.road, parts.door.key) for parts in map(parts_of, (HOME, other))
    ]
    assert (found is not None and found.verdict == "same") or key[0] == key[1]


@pytest.mark.parametrize(
    "other",
    [
        "",
        "浙江省",
        "浙江省杭州市西湖区",
        "浙江省杭州市西湖区北山街道",
        "浙江省杭州市西湖区文三路",
        "浙江省杭州市西湖区文三路100号对面",
        "文三路100号3幢1402室",  # of no city
        "浙江省杭州市西湖区文三路100号3幢1403室",
        "浙江省杭州市西湖区文三路100号5幢1402室",
        "浙江省杭州市西湖区文三路102号3幢1402室",
        "浙江省杭州市西湖区文二路100号3幢1402室",
        "浙江省杭州市滨江区文三路100号3幢1402室",
        "浙江省宁波市海曙区文三路100号3幢1402室",
    ],
)
def test_other_places_and_no_places_are_never_proposed(other: str) -> None:
    assert between(HOME, other) is None


def test_a_house_is_not_a_room_of_it_and_nobody_says_which_road_was_meant() -> None:
    less = between(HOME, "浙江省杭州市西湖区文三路100号3幢")
    assert less is None or (less.verdict, less.reason) == ("unsure", "says_less")
    lane = between(HOME, "浙江省杭州市西湖区文三路100弄3幢1402室")
    assert lane is None or lane.verdict == "unsure"
    slip = between("浙江省杭州市西湖区文晖路7号", "浙江省杭州市西湖区文惠路7号")
    assert slip is None or slip.verdict == "unsure"


def test_who_names_only_the_city_joins_no_two_districts() -> None:
    spots = [
        Spot("Address:A", "浙江省杭州市西湖区人民路8号2幢305室"),
        Spot("Address:B", "浙江省杭州市萧山区人民路8号2幢305室"),
        Spot("Address:N", "杭州市人民路8号2幢305室"),
    ]
    found = asked(spots)
    said = {(each.a, each.b): each.reason for each in found.of("unsure")}
    assert said == dict.fromkeys(
        [("Address:A", "Address:N"), ("Address:B", "Address:N")], "two_candidates"
    )
    settled = Settled(different=frozenset({("Address:A", "Address:N")}))
    later = asked(spots, settled)
    assert ("Address:A", "Address:N") not in {(each.a, each.b) for each in later.proposals}


def test_rooms_are_compared_and_never_shown() -> None:
    found = between(HOME, "杭州市文三路100号3幢1402")
    assert found is not None
    shown = [part_dict(part) for part in found.parts]
    assert {"comparison": "room", "level": "same"}.items() <= next(
        part for part in shown if part["comparison"] == "room"
    ).items()
    assert "1402" not in repr([(part["left"], part["right"]) for part in shown])


def test_the_order_of_the_addresses_does_not_matter() -> None:
    spots = [Spot("Address:A", HOME), Spot("Address:B", "杭州市文三路100号3幢1402"), *CROWD]
    shuffled = spots[:]
    random.Random(3).shuffle(shuffled)
    assert propose_places(spots) == propose_places(shuffled)


names = st.text("文一二三东西山中路大道", min_size=1, max_size=5)


@settings(deadline=None)  # the first call reads pinyin
@given(names, names)
def test_roads_compare_alike_both_ways(one: str, other: str) -> None:
    a, b = (Road(each, sound(each)) for each in (one, other))
    assert places.road(a, b) == places.road(b, a)


@settings(deadline=None, max_examples=50)  # each example scores a whole little store
@given(st.lists(st.sampled_from([spot.text for spot in CROWD]) | names, max_size=8))
def test_no_group_ever_holds_two_doors(texts: list[str]) -> None:
    spots = [Spot(f"Address:{at:03d}", text) for at, text in enumerate(texts)]
    found = propose_places(spots)
    known = {spot.id: parts_of(spot.text) for spot in spots}
    for group in identity([(p.a, p.b) for p in found.of("same")], []).groups:
        members = [parts for node in group if (parts := known[node]) is not None]
        assert len(members) == len(group), "what may not link is in no group"
        assert len({parts.door.key for parts in members}) == 1
