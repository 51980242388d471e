"""What the index is asked for."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from graph.model.search_words import ANY_REGION, fold, name_keys, piece_key, pieces, region_key
from queries.search_lucene import Asked, hidden_query, visible_query
from queries.search_terms import match, terms

HERE = ["000000", "330000"]
_WORD = re.compile(r'(search_text|search_keys|regions):("?)([^\s"*^()]+)\2(\*?)')
CHINESE = st.text(st.sampled_from("宏达电子有限公司杭州商贸"), min_size=2, max_size=12)
NAMES = st.text(st.sampled_from("宏达电子有限公司杭州商贸ab1"), min_size=1, max_size=12)


def asked_words(query: str) -> set[tuple[str, str, str]]:
    """Fields and words that a Lucene query asks for, each with its `*` or nothing."""
    return {(field, word, star) for field, _, word, star in _WORD.findall(query)}


@settings(deadline=None)  # the first call reads the divisions
@given(st.text(max_size=60))
def test_nothing_typed_is_syntax(query: str) -> None:
    asked = Asked(terms(query))
    if not asked.terms.grams:
        return
    for lucene in (visible_query(asked, HERE), hidden_query(asked, HERE)):
        left = _WORD.sub("", lucene.replace("*:*", ""))
        assert re.fullmatch(r"[\s+()^.\-\d]*", left), left
        words = {word for field, word, _ in asked_words(lucene) if field == "search_text"}
        assert words <= set(asked.terms.grams)


@settings(deadline=None)  # the first call reads the divisions
@given(CHINESE, CHINESE)
def test_what_matches_a_disputed_name_is_asked_for_by_its_region(query: str, name: str) -> None:
    asked = terms(query)
    text = fold(name)
    if not asked.grams or not match(asked, "name", {"name": text}):
        return
    keys = {*name_keys(text), *map(piece_key, pieces(text))}
    coded = {region_key("330000", key) for key in keys}
    wanted = asked_words(visible_query(Asked(asked), HERE))
    assert any(
        key.startswith(word) if star else key == word
        for field, word, star in wanted
        if field == "search_keys"
        for key in coded
    )


@settings(deadline=None)  # the first call reads the divisions
@given(NAMES)
def test_no_other_region_is_asked_for(query: str) -> None:
    asked = Asked(terms(query))
    words = {word for _, word, _ in asked_words(visible_query(asked, HERE))}
    regions = {word[1:7] for word in words if re.match(r"r\d{6}", word)}
    assert regions <= set(HERE)
    assert not any(word.startswith("r" + ANY_REGION) for word in words)


def test_a_reader_of_everything_stays_below_what_lucene_takes() -> None:
    regions = [f"{number:02d}0000" for number in range(35)]
    longest = "".join(chr(0x4E00 + number) for number in range(200))
    asked = Asked(terms(longest), identifiers=[f"id{number}" for number in range(6)])
    assert (
        visible_query(asked, regions).count(":") - visible_query(asked, regions).count("*:*") < 2048
    )


def test_no_type_at_all_is_nothing_and_not_a_query_that_cannot_be_read() -> None:
    """`types: []` made empty brackets, which Lucene refuses (found by fuzzing)."""
    asked = Asked(terms("宏达"), types=[])
    for lucene in (visible_query(asked, HERE), hidden_query(asked, HERE)):
        assert "()" not in lucene
        assert "+(search_keys:nothing)^0" in lucene
