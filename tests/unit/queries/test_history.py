"""What holds is what the merge of all records gives; what it superseded stays readable."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from graph.model.provenance import merge_payloads, merge_relation, payload_of
from queries.history import PropertyHistory, Said, Saying, node_history, relation_history

DAYS = st.dates().map(str)
VALUES = st.none() | st.booleans() | st.integers(0, 2) | st.floats(0, 2) | st.text(max_size=2)


def _told(properties: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[list[Said]]:
    one = st.tuples(DAYS.map(lambda day: f"{day}T08:00:00+08:00"), st.uuids().map(str), properties)
    return st.lists(one, min_size=1, max_size=6, unique_by=lambda said: said[1]).map(
        lambda said: [(at, record, payload_of(told)) for at, record, told in said]
    )


nodes = _told(st.dictionaries(st.sampled_from("abc"), VALUES))
relations = _told(
    st.dictionaries(st.sampled_from(["role", "valid_from", "valid_to"]), DAYS, max_size=3)
)


@given(nodes)
def test_what_holds_of_a_node_is_what_the_merge_gives(said: list[Said]) -> None:
    assert _held(node_history(said)) == _typed(merge_payloads(said))


@given(relations)
def test_what_holds_of_a_relation_is_what_its_merge_gives(said: list[Said]) -> None:
    merged = {k: v for k, v in merge_relation(said).items() if k not in {"first_seen", "end_seen"}}
    assert _held(relation_history(said)) == _typed(merged)


@given(nodes | relations, st.sampled_from([node_history, relation_history]), st.randoms())
def test_every_saying_is_told_once_whatever_the_order(
    said: list[Said], history: Any, random: Any
) -> None:
    found = history(said)
    shuffled = random.sample(said, len(said))
    assert history(shuffled) == found
    told = sorted(
        (each.name, record)
        for each in found
        for record in (
            *([each.holds.record] if each.holds else []),
            *each.confirmed,
            *(old.record for old in each.superseded),
        )
    )
    assert told == sorted(
        (name, record)
        for _, record, payload in said
        for name in merge_payloads([("", "", payload)])
    )


def test_a_correction_supersedes_and_a_repetition_confirms() -> None:
    said = [
        ("2025-09-01T08:00:00+08:00", "r1", '{"name":"old","role":"seller"}'),
        ("2025-09-08T08:00:00+08:00", "r2", '{"name":"new"}'),
        ("2025-09-15T08:00:00+08:00", "r3", '{"name":"new"}'),
    ]
    assert node_history(said) == (
        PropertyHistory("name", Saying("new", "r3"), ("r2",), (Saying("old", "r1"),)),
        PropertyHistory("role", Saying("seller", "r1"), (), ()),
    )


def test_of_two_records_of_one_moment_the_greater_id_holds() -> None:
    at = "2025-09-01T08:00:00+08:00"
    (name,) = node_history([(at, "b", '{"name":"B"}'), (at, "a", '{"name":"A"}')])
    assert name.holds == Saying("B", "b")


def test_an_end_that_was_taken_back_holds_no_longer() -> None:
    said = [
        ("2025-09-01T08:00:00+08:00", "r1", '{"valid_from":"2025-01-01","valid_to":"2025-08-01"}'),
        ("2025-09-08T08:00:00+08:00", "r2", '{"valid_from":"2025-02-01"}'),
    ]
    assert relation_history(said) == (
        PropertyHistory(
            "valid_from", Saying("2025-01-01", "r1"), (), (Saying("2025-02-01", "r2"),)
        ),
        PropertyHistory("valid_to", None, (), (Saying("2025-08-01", "r1"),)),
    )


def test_nothing_said_is_no_history() -> None:
    assert (node_history([]), relation_history([])) == ((), ())


def _held(histories: tuple[PropertyHistory, ...]) -> dict[str, Any]:
    return _typed({each.name: each.holds.value for each in histories if each.holds})


def _typed(values: dict[str, Any]) -> dict[str, Any]:
    """For Python 1, True and 1.0 are one value; in a store they are three."""
    return {name: (type(value), value) for name, value in values.items()}
