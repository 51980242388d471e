"""Judgements: who outranks whom, and what a repeated run changes."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.model.judgements import Judgement, Verdict, in_force, of_person
from ingest.resolve.decisions import Proposal
from ingest.resolve.judgements import changes, of_rule

AT = ("2026-01-01T00:00:00+00:00", "2026-01-02T00:00:00+00:00", "2026-01-03T00:00:00+00:00")


def proposal(pair: str = "AB", verdict: Verdict = "same", rule: str = "score") -> Proposal:
    return Proposal(pair[0], pair[1], verdict, rule, rule)


def person(pair: str = "AB", verdict: Verdict = "different", at: str = AT[0]) -> Judgement:
    return of_person((pair[0], pair[1]), verdict, by="王", at=at, why="x")


def withdrawn(judgement: Judgement, by: str = "李") -> Judgement:
    return replace(judgement, withdrawn_at=AT[2], withdrawn_by=by, withdrawn_why="x")


def test_a_person_outranks_a_later_rule_and_the_latest_person_counts() -> None:
    early, late = person(at=AT[0]), person(verdict="same", at=AT[1])
    rule = of_rule(proposal(verdict="unsure"), AT[2])
    assert in_force([rule, early])[("A", "B")] == early
    assert in_force([late, rule, early])[("A", "B")] == late
    assert in_force([withdrawn(late), rule, early])[("A", "B")] == early
    assert in_force([withdrawn(late), rule, withdrawn(early)])[("A", "B")] == rule


def test_the_order_of_the_two_does_not_matter() -> None:
    assert person("AB") == person("BA")


def test_a_repeated_run_changes_nothing() -> None:
    first = changes([], [proposal("AB"), proposal("CD", "unsure")], AT[0])
    assert (len(first.write), first.withdraw) == (2, ())
    again = changes(first.write, [proposal("CD", "unsure"), proposal("AB")], AT[1])
    assert (again.write, again.withdraw) == ((), ())


def test_what_no_longer_holds_is_withdrawn_and_what_changed_is_written_anew() -> None:
    known = changes([], [proposal("AB"), proposal("CD", "unsure")], AT[0]).write
    now = changes(known, [proposal("CD")], AT[1])
    assert [each.pair for each in now.withdraw] == [("A", "B"), ("C", "D")]
    assert [(each.pair, each.verdict) for each in now.write] == [(("C", "D"), "same")]
    standing = [*map(withdrawn_by_rule, now.withdraw), *now.write]
    back = changes(standing, [proposal("AB"), proposal("CD")], AT[2])
    assert [each.pair for each in back.write] == [("A", "B")], "a rule may change its mind again"


def withdrawn_by_rule(judgement: Judgement) -> Judgement:
    return withdrawn(judgement, by="rule:rerun")


@pytest.mark.parametrize(
    "known",
    [
        [person("AB", "different")],
        [person("AB", "unsure")],
        [withdrawn(of_rule(proposal("AB"), AT[0]))],
        [of_rule(proposal("AB"), AT[0]), person("AB", "different")],
    ],
)
def test_what_a_person_answered_is_never_proposed_again(known: list[Judgement]) -> None:
    now = changes(known, [proposal("AB")], AT[1])
    assert (now.write, now.withdraw) == ((), ())


@given(st.lists(st.sampled_from(["AB", "AC", "BC"]), max_size=6), st.integers(0, 99))
def test_in_force_does_not_depend_on_the_order_of_reading(pairs: list[str], seed: int) -> None:
    known = [person(pair, at=AT[i % 3]) for i, pair in enumerate(pairs)]
    known += [of_rule(proposal(pair), AT[0]) for pair in pairs]
    shuffled = random.Random(seed).sample(known, len(known))
    assert in_force(shuffled) == in_force(known)
