"""Judgements as of a day, and who may read them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.model.identity import Fold, fold_of
from graph.model.judgements import Judgement, Verdict, day_of, in_force, of_person, readers_of_both

DAYS = tuple(f"2026-01-{day:02d}" for day in range(1, 9))


def person(pair: str, verdict: Verdict = "same", day: str = DAYS[1]) -> Judgement:
    return of_person((pair[0], pair[1]), verdict, by="王", at=f"{day}T12:00:00+08:00", why="x")


def withdrawn(judgement: Judgement, day: str) -> Judgement:
    at = f"{day}T12:00:00+08:00"
    return replace(judgement, withdrawn_at=at, withdrawn_by="李", withdrawn_why="x")


def test_a_judgement_counts_from_its_day_until_the_day_before_it_was_withdrawn() -> None:
    made = withdrawn(person("AB", day=DAYS[2]), DAYS[4])
    assert [bool(in_force([made], day)) for day in DAYS] == [
        False, False, True, True, False, False, False, False,
    ]  # fmt: skip
    assert not in_force([made])


def test_an_earlier_word_counts_again_on_the_days_when_the_later_one_did_not() -> None:
    first, second = (
        person("AB", day=DAYS[0]),
        withdrawn(person("AB", "different", DAYS[3]), DAYS[5]),
    )
    said = [in_force([first, second], day)["A", "B"].verdict for day in DAYS]
    assert said == ["same"] * 3 + ["different"] * 2 + ["same"] * 3


@pytest.mark.parametrize(
    ("stamp", "day"),
    [
        ("2026-01-01T15:59:59+00:00", "2026-01-01"),
        ("2026-01-01T16:00:00+00:00", "2026-01-02"),
        ("2026-01-01T23:59:59+08:00", "2026-01-01"),
    ],
)
def test_days_are_those_of_china(stamp: str, day: str) -> None:
    assert day_of(stamp) == day


def test_a_fold_names_its_judgements_and_leaves_out_those_held_back() -> None:
    said = [
        person("AB"),
        person("BC"),
        person("AC", "different"),
        person("DE"),
        person("FG", "unsure"),
    ]
    regions = {"D": ["330000", "310000"], "E": ["000000"]}
    found = fold_of(said, {}, regions, DAYS[7])
    assert found.representative == {"D": "D", "E": "D"}
    assert found.groups() == {"D": ("D", "E")}
    assert [(each.a, each.b, each.regions) for each in found.joinings] == [
        ("D", "E", ("310000", "330000")),
    ]
    assert fold_of(said, {}, regions, DAYS[0]) == Fold()
    assert not fold_of([], {}, {}, DAYS[0])


codes = st.frozensets(st.sampled_from(["000000", "330000", "310000", "440000"]), max_size=3)


@given(codes, codes, st.sampled_from(["330000", "310000", "440000", "110000"]))
def test_readers_of_both_are_those_who_see_each(
    one: frozenset[str], other: frozenset[str], reader: str
) -> None:
    sees = {reader, "000000"}
    sees_both = bool(one & sees) and bool(other & sees)
    assert bool(sees & set(readers_of_both(one, other))) == sees_both
