"""What is left of a cluster when part of it may not be seen."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.cluster_view import Tie, cluster_view, largest_part, strength

HERE, THERE = "330000", "310000"


def row(members: dict[str, list[tuple[str, str, list[str]]]], hidden: int = 0) -> dict[str, Any]:
    return {
        "cluster": {
            "id": "Cluster:C-1",
            "as_of": "2025-10-06",
            "regions": [HERE, THERE],
            "status": "current",
            "first_published": "2025-09-01",
        },
        "members": [
            {
                "merchant": name,
                "regions": [HERE],
                "role": "store",
                "ties": json.dumps(
                    [
                        {
                            "identifier_id": i,
                            "relation": relation,
                            "records": [],
                            "regions": regions,
                        }
                        for i, relation, regions in ties
                    ]
                ),
            }
            for name, ties in members.items()
        ],
        "hidden_members": hidden,
    }


@pytest.mark.parametrize(
    ("relations", "expected"),
    [
        ([], 0.0),
        (["PAID_TO"], 0.9),
        (["USES_PHONE"], 0.7),
        (["USES_PHONE", "USES_DEVICE"], 0.7),  # one hand, the platform, saw both
        (["USES_PHONE", "PAID_TO"], 0.97),
        (["USES_PHONE", "PAID_TO", "SHIPS_FROM"], 0.988),
        (["ON_PLATFORM"], 0.0),
    ],
)
def test_strength_adds_independent_hands_only(relations: list[str], expected: float) -> None:
    assert strength(relations) == expected


def test_parts_that_only_hidden_data_joins_are_not_shown_together() -> None:
    view = cluster_view(
        row(
            {
                "A": [("p", "USES_PHONE", [HERE]), ("x", "USES_DEVICE", [THERE])],
                "B": [("p", "USES_PHONE", [HERE])],
                "C": [("p", "USES_PHONE", [HERE])],
                "D": [("q", "USES_PHONE", [HERE]), ("x", "USES_DEVICE", [THERE])],
                "E": [("q", "USES_PHONE", [HERE])],
            },
            hidden=2,
        ),
        frozenset({"p", "q", "x"}),
        [HERE, "000000"],
    )
    assert view is not None
    assert {m.merchant for m in view.members} == {"A", "B", "C"}
    assert (view.withheld, view.is_whole, view.status, view.born_on) == (4, False, None, None)
    assert view.identifiers == ("p",)


def test_a_single_member_is_no_cluster() -> None:
    alone = row({"A": [("p", "USES_PHONE", [HERE])], "B": [("p", "USES_PHONE", [THERE])]})
    assert cluster_view(alone, frozenset({"p"}), [HERE]) is None


def test_a_whole_cluster_shows_all() -> None:
    both = row({"A": [("p", "USES_PHONE", [HERE])], "B": [("p", "USES_PHONE", [THERE])]})
    view = cluster_view(both, frozenset({"p"}), [HERE, THERE])
    assert view is not None
    assert (view.is_whole, view.status, view.born_on) == (True, "current", "2025-09-01")
    assert [m.role for m in view.members] == ["store", "store"]


holdings = st.dictionaries(
    st.sampled_from("ABCDEFGH"),
    st.lists(
        st.tuples(
            st.sampled_from("pqrs"),
            st.just("USES_PHONE"),
            st.sampled_from([[HERE], [THERE], [HERE, THERE]]),
        ),
        max_size=3,
    ),
    max_size=8,
)


@given(holdings)
def test_what_is_hidden_changes_nothing_but_the_count(
    members: dict[str, list[tuple[str, str, list[str]]]],
) -> None:
    mine = {
        name: [(i, r, [HERE]) for i, r, regions in ties if HERE in regions]
        for name, ties in members.items()
    }
    everything = cluster_view(row(members), frozenset("pqrs"), [HERE])
    without = cluster_view(row(mine), frozenset("pqrs"), [HERE])
    assert (everything is None) == (without is None)
    if everything and without:
        assert everything.members == without.members
        assert everything.identifiers == without.identifiers
        assert everything.mean_strength == without.mean_strength


@given(st.dictionaries(st.sampled_from("ABCDEF"), st.sets(st.sampled_from("pqr"), max_size=2)))
def test_the_largest_part_is_connected(held: dict[str, set[str]]) -> None:
    ties = {m: [Tie(i, "USES_PHONE", ()) for i in sorted(ids)] for m, ids in held.items()}
    part = largest_part(ties)
    reached = {min(part)} if part else set()
    for _ in part:
        reached |= {m for m in part if any(held[m] & held[o] for o in reached)}
    assert reached == part
