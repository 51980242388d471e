"""The search for ways, beside networkx on small random graphs."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from itertools import islice

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries import path_search
from queries.path_search import Found, Link, Route, search

_THINGS = st.integers(0, 8)
_edges = st.lists(st.tuples(_THINGS, _THINGS), max_size=24)


class Small:
    """A graph in memory; `hubs` are named, as the store would tell them."""

    def __init__(
        self, edges: Sequence[tuple[int, int]], hubs: frozenset[int] = frozenset()
    ) -> None:
        self.hubs = hubs
        self.asked: list[str] = []
        self.links: dict[str, list[Link]] = {}
        for number, (a, b) in enumerate(edges):
            for one, two in ((a, b), (b, a)):
                self.links.setdefault(f"n{one}", []).append(Link(f"n{two}", "T", "", f"e{number}"))

    async def __call__(
        self, ids: Sequence[str], *, are_ends: bool
    ) -> Mapping[str, Sequence[Link] | None]:
        self.asked += ids
        return {
            node: None if not are_ends and int(node[1:]) in self.hubs else self.links.get(node, [])
            for node in ids
        }


def found(graph: Small, hops: int = 6, most: int = 50, *, is_shortest: bool = False) -> Found:
    return asyncio.run(search(Route("n0", "n1", hops, most, is_shortest), graph))


def expected(edges: Sequence[tuple[int, int]], hubs: frozenset[int], hops: int) -> list[list[str]]:
    plain = nx.Graph((f"n{a}", f"n{b}") for a, b in edges)
    plain.add_nodes_from(["n0", "n1"])
    plain.remove_nodes_from([f"n{hub}" for hub in hubs - {0, 1}])
    ways = nx.all_simple_paths(plain, "n0", "n1", cutoff=hops)
    return sorted(map(list, ways), key=lambda way: (len(way), way))


@given(edges=_edges, hubs=st.frozensets(st.integers(2, 8), max_size=3), hops=st.integers(1, 6))
def test_every_loopless_way_is_found_once_in_order(
    edges: list[tuple[int, int]], hubs: frozenset[int], hops: int
) -> None:
    answer = found(Small(edges, hubs), hops, most=10_000)
    assert [list(way) for way in answer.ways] == expected(edges, hubs, hops)
    assert not answer.has_more
    assert not answer.cut
    assert {int(hub[1:]) for hub in answer.hubs} <= hubs


@given(edges=_edges, most=st.integers(1, 4))
def test_the_first_few_are_the_shortest_and_more_is_said(
    edges: list[tuple[int, int]], most: int
) -> None:
    ways = expected(edges, frozenset(), 6)
    answer = found(Small(edges), most=most)
    assert [list(way) for way in answer.ways] == ways[:most]
    assert answer.has_more == (len(ways) > most)


@given(edges=_edges)
def test_only_the_shortest(edges: list[tuple[int, int]]) -> None:
    ways = expected(edges, frozenset(), 6)
    shortest = [way for way in ways if len(way) == len(ways[0])] if ways else []
    assert [list(way) for way in found(Small(edges), is_shortest=True).ways] == shortest


@given(edges=_edges)
def test_nothing_is_asked_twice(edges: list[tuple[int, int]]) -> None:
    graph = Small(edges)
    found(graph)
    assert len(graph.asked) == len(set(graph.asked))


def test_parallel_relations_belong_to_one_way() -> None:
    answer = found(Small([(0, 2), (2, 1), (0, 2)]))
    assert answer.ways == (("n0", "n2", "n1"),)
    assert [link.element for link in answer.links["n0", "n2"]] == ["e0", "e2"]


@pytest.mark.parametrize("name", ["things", "relations", "steps"])
def test_a_bound_cuts_and_is_said(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    # A grid: short ways are found before the bound, long ones are not.
    bound = {"things": "MAX_EXPANDED", "relations": "MAX_LINKS", "steps": "MAX_STEPS"}[name]
    edges = [(a, b) for a in range(9) for b in range(a)]
    whole = found(Small(edges), most=10_000)
    monkeypatch.setattr(path_search, bound, 7)
    cut = found(Small(edges), most=10_000)
    assert cut.cut == {name}
    assert list(cut.ways) == list(islice(whole.ways, len(cut.ways)))
    assert len(cut.ways) < len(whole.ways)


def test_an_end_too_wide_to_read_is_reached_from_the_other() -> None:
    class Wide(Small):
        async def __call__(
            self, ids: Sequence[str], *, are_ends: bool
        ) -> Mapping[str, Sequence[Link] | None]:
            answer = await super().__call__(ids, are_ends=are_ends)
            return {node: None if node == "n0" else links for node, links in answer.items()}

    edges = [(0, 2), (2, 3), (3, 1), (0, 4), (4, 5)]
    answer = found(Wide(edges))
    assert answer.ways == (("n0", "n2", "n3", "n1"),)
    assert not answer.cut
