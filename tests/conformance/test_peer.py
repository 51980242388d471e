"""The comparison with others compares like with like."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.node import NodeUnavailable, packages
from benchmarks.peer import (
    NEO4J_GRAPHQL,
    OURS,
    PEER,
    QUESTIONS,
    STRAWBERRY,
    Differs,
    Taken,
    check,
    figures,
    fill,
    plainly,
    services,
)
from graph.store.session import Store


def test_all_three_answer_alike(clean_store: Store, tmp_path: Path) -> None:
    try:
        packages(PEER)
    except NodeUnavailable as why:
        pytest.skip(f"the peer cannot be had: {why}")
    fill(clean_store, 60, 10)
    with services(clean_store.connection, tmp_path / "tokens.json") as clients:
        check(clients)
        for client in clients.values():
            _, body = client.ask("{ nothing }")
            assert b"errors" in body
        asked = dict.fromkeys(clients, clients[STRAWBERRY])
        with pytest.raises(Differs):
            check(asked)


def test_ratios_are_of_medians_in_one_run() -> None:
    walls = {OURS: [1.0, 2.0, 90.0], NEO4J_GRAPHQL: [8.0, 8.0, 8.0], STRAWBERRY: [4.0] * 3}
    taken = {name: [Taken(wall, 10.0) for wall in each] for name, each in walls.items()}
    found = figures({question.figure: taken for question in QUESTIONS})
    ratios = {each.name: each for each in found if each.name.endswith("_ratio_to_peer")}
    assert {name: each.value for name, each in ratios.items()} == {
        "graphql.list10k_ratio_to_peer": 0.25,
        "graphql.nested_ratio_to_peer": 0.25,
        "graphql.small_ratio_to_peer": 0.25,
    }
    assert all(each.met and each.note == "to plain strawberry 0.500" for each in ratios.values())
    ours = next(each for each in found if each.name == "graphql.small_ms")
    assert (ours.value, ours.note) == (
        2.0,
        f"{OURS}; p99 90.0 ms of 3; 10 ms of CPU in its process",
    )


def test_a_connection_is_compared_as_the_list_of_its_nodes() -> None:
    ours = {"m": {"nodes": [{"id": "b", "s": {"nodes": []}}, {"id": "a", "s": {"nodes": []}}]}}
    theirs = {"m": [{"id": "a", "s": []}, {"id": "b", "s": []}]}
    assert plainly(ours) == plainly(theirs)
    assert plainly(ours) != plainly({"m": [{"id": "a", "s": []}]})
