"""What a typed query means."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
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


NAMES = st.text(st.sampled_from("宏达电子有限公司杭州商贸a1"), min_size=1, max_size=12)


@settings(deadline=None)  # the first call reads the divisions
@given(NAMES, NAMES)
def test_whatever_matches_by_pieces_is_proposed(query: str, name: str) -> None:
    asked = terms(query)
    found = match(asked, "", {"name": name})
    if found:
        assert any(gram in name for gram in asked.rarest)


def test_a_company_form_does_not_propose_every_company() -> None:
    assert "公司" not in terms("杭州宏达电子有限公司").rarest
    assert terms("公司").rarest == ("公司",)


NAME = {"name": "杭州市宏达电子有限公司"}


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("杭州市宏达电子有限公司", "name"),
        ("杭州市宏达", "prefix"),
        ("宏达电子", "short"),
        ("杭州宏达电子", "short"),
        ("宏达电子有限责任公司", "short"),
        ("宏达电", "part"),
        ("达电子市宏", "pieces"),
        ("广州宏大家具", None),
        ("hongdadianzi", "sound"),
        ("hang zhou", "sound"),
        ("hddz", "initials"),
        ("dz", None),
    ],
)
def test_why_it_matches(query: str, reason: str | None) -> None:
    found = match(terms(query), "name", NAME)
    assert (found and found.reason) == reason


def test_better_matches_score_higher() -> None:
    scores = [
        found.score
        for query in ("杭州市宏达电子有限公司", "杭州市宏达", "宏达电", "hddz", "达电子市宏")
        if (found := match(terms(query), "name", NAME))
    ]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == 5


@settings(deadline=None)  # the first call reads the divisions
@given(st.text(min_size=1, max_size=20))
def test_everything_matches_itself(text: str) -> None:
    asked = terms(text)
    if asked.grams:
        found = match(asked, "name", {"name": text})
        assert found is not None
        assert found.reason == "name"
