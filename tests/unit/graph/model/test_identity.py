"""Who is one, given judgements: order does not matter, withdrawing restores, contradictions wait."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from graph.model.identity import Forest, identity
from graph.model.judgements import Pair

nodes = st.sampled_from("ABCDEFGH")
pair_lists = st.lists(st.tuples(nodes, nodes).filter(lambda pair: pair[0] != pair[1]), max_size=14)


def flipped(pairs: list[Pair], seed: int) -> list[Pair]:
    source = random.Random(seed)
    turned = [pair if source.random() < 0.5 else (pair[1], pair[0]) for pair in pairs]
    source.shuffle(turned)
    return turned + turned[:2]


@given(pair_lists, pair_lists, st.integers(0, 99))
def test_order_direction_and_repetition_do_not_matter(
    same: list[Pair], different: list[Pair], seed: int
) -> None:
    assert identity(same, different) == identity(flipped(same, seed), flipped(different, seed))


@given(pair_lists, pair_lists)
def test_nobody_whom_a_person_parted_is_one(same: list[Pair], different: list[Pair]) -> None:
    found = identity(same, different)
    group = found.representatives()
    for a, b in different:
        assert a not in group or group[a] != group.get(b)
    joined = {tuple(sorted(pair)) for pair in same}
    for conflict in found.conflicts:
        assert set(conflict.via) <= joined, "a conflict names the judgements that cause it"


@given(pair_lists, st.dictionaries(nodes, st.sampled_from("12"), max_size=6))
def test_no_group_holds_two_codes_unless_a_pair_says_so(
    same: list[Pair], codes: dict[str, str]
) -> None:
    said = {frozenset((codes.get(a, a), codes.get(b, b))) for a, b in same}
    for group in identity(same, [], codes).groups:
        held = frozenset(codes[member] for member in group if member in codes)
        assert len(held) < 2 or held in said


@given(pair_lists, pair_lists, st.tuples(nodes, nodes).filter(lambda pair: pair[0] != pair[1]))
def test_withdrawing_the_last_judgement_restores(
    same: list[Pair], different: list[Pair], extra: Pair
) -> None:
    before = identity(same, different)
    identity([*same, extra], different)
    assert identity(same, different) == before


def test_a_contradiction_holds_back_only_what_joins_the_two() -> None:
    same = [("A", "C"), ("B", "C"), ("A", "D"), ("E", "F")]
    found = identity(same, [("A", "B")])
    assert found.groups == (("A", "D"), ("E", "F"))
    (conflict,) = found.conflicts
    assert (conflict.kind, conflict.a, conflict.b) == ("judgement", "A", "B")
    assert conflict.via == (("A", "C"), ("B", "C"))


def test_holders_of_one_code_stay_one_in_a_conflict_with_another() -> None:
    found = identity([("A1", "A2"), ("A2", "X"), ("B", "X")], [], {"A1": "1", "A2": "1", "B": "2"})
    assert found.groups == (("A1", "A2"),)
    assert [each.kind for each in found.conflicts] == ["codes"]


def test_a_forest_is_rooted_in_its_smallest_member() -> None:
    forest = Forest()
    for a, b in (("C", "D"), ("D", "A"), ("X", "Y")):
        forest.join(a, b)
    assert {forest.root(each) for each in "ACD"} == {"A"}
    assert forest.sets("ACDXYZ") == [["A", "C", "D"], ["X", "Y"]]
