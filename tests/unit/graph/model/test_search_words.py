"""Words by which a thing is found."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.model.search_words import (
    LEVELS,
    core,
    fold,
    level_keys,
    name_keys,
    piece_key,
    pieces,
    sounds,
    spoken,
)


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("杭州市宏达电子有限公司", "宏达电子"),
        ("广东省深圳市腾讯计算机系统有限公司", "腾讯计算机系统"),
        ("宏达（杭州）电子有限责任公司", "宏达电子"),
        ("華為技術有限公司", "华为技术"),
        ("宏达数码旗舰店", "宏达数码"),
        ("宏达电子集团股份有限公司", "宏达电子"),
        ("杭州", "杭州"),
        ("杭州有限公司", "杭州"),
        ("Acme Trading", "acme trading"),
    ],
)
def test_short_names(name: str, short: str) -> None:
    assert core(fold(name)) == short


def test_sounds() -> None:
    assert sounds("华为a1") == ("huaweia1", "hwa1")
    assert sounds("，") == ("", "")


@pytest.mark.parametrize(
    ("query", "letters"),
    [("Hua Wei", "huawei"), ("hw", "hw"), ("h", None), ("13800138000", None), ("华w", None)],
)
def test_what_may_be_pinyin(query: str, letters: str | None) -> None:
    assert spoken(fold(query)) == letters


@settings(deadline=None)  # the first call reads the divisions
@given(st.text(min_size=1, max_size=30))
def test_pieces_are_found_again_in_their_text(text: str) -> None:
    folded = fold(text)
    assert all(piece in folded for piece in pieces(folded))
    assert all(" " not in piece_key(piece) for piece in pieces(folded))
    assert all(" " not in key for key in name_keys(folded))


def test_one_character_begins_every_pair_with_it() -> None:
    assert piece_key("宏达").startswith(piece_key("宏"))
    assert not piece_key("达宏").startswith(piece_key("宏"))


def test_each_level_holds_a_quarter_of_the_one_before() -> None:
    counts = [0] * (len(LEVELS) + 1)
    for number in range(4096):
        found = level_keys(f"Merchant:{number}")
        assert found == ["q" + level for level in LEVELS[: len(found)]]
        counts[len(found)] += 1
    assert 2900 < counts[0] < 3250
    assert 670 < counts[1] < 870
