"""What a typed query means."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.search_terms import match, terms


@pytest.mark.parametrize(
    ("query", "grams"),
    [
        ("宏达电子", ("宏达", "达电", "电子")),
        ("宏", ("宏",)),
        ("ＡＢＣ 12", ("abc", "12")),
        ("宏达 GB/T-31241", ("宏达", "gb", "t", "31241")),
        ("***", ()),
        ("", ()),
    ],
)
def test_pieces(query: str, grams: tuple[str, ...]) -> None:
    assert terms(query).grams == grams


@given(st.text())
def test_nothing_typed_reaches_lucene_unquoted(query: str) -> None:
    asked = terms(query)
    proposed = asked.lucene.split(" OR ") if asked.lucene else []
    assert {gram.strip('"') for gram in proposed} <= set(asked.grams)
    assert not any(re.search(r'[\s+\-&|!(){}\[\]^"~*?:\\/]', gram) for gram in asked.grams)


NAMES = st.text(st.sampled_from("宏达电子有限公司杭州商贸a1"), min_size=1, max_size=12)


@given(NAMES, NAMES)
def test_whatever_matches_is_proposed(query: str, name: str) -> None:
    asked = terms(query)
    if match(asked, "name", {"name": name}):
        assert any(gram.strip('"') in name for gram in asked.lucene.split(" OR "))


def test_a_company_form_does_not_propose_every_company() -> None:
    assert '"公司"' not in terms("杭州宏达电子有限公司").lucene
    assert terms("公司").lucene == '"公司"'


NAME = {"name": "杭州市宏达电子有限公司"}


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("杭州市宏达电子有限公司", "name"),
        ("杭州市宏达", "prefix"),
        ("宏达电子", "part"),
        ("杭州宏达电子", "pieces"),
        ("广州宏大家具", None),
    ],
)
def test_why_it_matches(query: str, reason: str | None) -> None:
    found = match(terms(query), "name", NAME)
    assert (found and found.reason) == reason


def test_better_matches_score_higher() -> None:
    scores = [
        found.score
        for query in ("杭州市宏达电子有限公司", "杭州市宏达", "宏达电子", "杭州宏达电子")
        if (found := match(terms(query), "name", NAME))
    ]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == 4


@given(st.text(min_size=1, max_size=20))
def test_everything_matches_itself(text: str) -> None:
    asked = terms(text)
    if asked.grams:
        found = match(asked, "name", {"name": text})
        assert found is not None
        assert found.reason == "name"
