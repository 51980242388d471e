"""Whether a row may be taken for a thing without a look."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from queries.reconcile import AGREES, CONTRADICTS, Row, compare, judge
from queries.search import Hit
from queries.search_terms import Match
from queries.views import NodeView

USCC = "91350100M000100Y43"
OTHER = "91330106MA2XXXXX00"


def node(identifier: str, **said: str) -> NodeView:
    properties = {"merchant_id": identifier, "name": "杭州云途商贸有限公司", **said}
    return NodeView(f"Merchant:{identifier}", "Merchant", properties, ("330000",), (), "2025-01-01")


def hit(identifier: str, reason: str = "name", score: int = 95, **said: str) -> Hit:
    return Hit(node(identifier, **said), Match(score, reason, "name"))


def row(**said: str) -> Row:
    return Row("杭州云途商贸有限公司", ("Merchant",), tuple(said.items()))


def test_a_full_name_alone_is_never_a_match() -> None:
    (candidate,) = judge([hit("a")], row())
    assert not candidate.is_match


def test_a_full_name_and_another_property_are() -> None:
    (candidate,) = judge([hit("a", division="330106")], row(division="330106"))
    assert candidate.is_match


def test_an_identifier_is() -> None:
    candidates = judge([hit("b"), hit("a", "pieces", 30, uscc=USCC)], row(uscc=USCC.lower()))
    assert [c.node.id for c in candidates if c.is_match] == ["Merchant:a"]
    assert candidates[0].node.id == "Merchant:a", "a match comes first whatever its score"


def test_an_identifier_outranks_a_name_with_a_division() -> None:
    hits = [hit("a", division="330106"), hit("b", "pieces", 30, uscc=USCC)]
    found = judge(hits, row(division="330106", uscc=USCC))
    assert [c.node.id for c in found if c.is_match] == ["Merchant:b"]


def test_a_contradiction_stops_a_match() -> None:
    (candidate,) = judge([hit("a", "exact", 100, division="440300")], row(division="330106"))
    assert not candidate.is_match
    assert candidate.score == 100 + CONTRADICTS


def test_two_equal_claims_are_none() -> None:
    hits = [hit("a", division="330106"), hit("b", division="330106")]
    assert not any(c.is_match for c in judge(hits, row(division="330106")))


def test_a_value_that_cannot_be_compared_says_nothing() -> None:
    assert compare(node("a"), "division", "330106").agrees is None, "the thing has none"
    assert compare(node("a", division="330106"), "division", "?").agrees is None, "the row has none"
    assert compare(node("a"), "no_such_property", "x").agrees is None


@given(
    st.lists(st.tuples(st.sampled_from(["exact", "name", "part"]), st.integers(0, 100)), max_size=8)
)
def test_at_most_one_match_and_scores_within_bounds(found: list[tuple[str, int]]) -> None:
    hits = [
        hit(str(at), reason, score, division="330106") for at, (reason, score) in enumerate(found)
    ]
    candidates = judge(hits, row(division="330106"))
    assert sum(c.is_match for c in candidates) <= 1
    assert all(0 <= c.score <= 100 for c in candidates)
    assert AGREES > 0 > CONTRADICTS
