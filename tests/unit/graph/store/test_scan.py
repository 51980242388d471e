"""Edges are joined as the pattern of one after the other would be."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from graph.store.scan import Edges, Nodes

numbers = st.integers(0, 5)
rows = st.lists(st.tuples(numbers, numbers, st.integers(20_000, 20_010)), max_size=12)


def edges(found: Sequence[tuple[int, int, int]]) -> Edges:
    start, end, day = ([row[at] for row in found] for at in range(3))
    return Edges(np.array(start, np.int64), np.array(end, np.int64), np.array(day, np.int32))


def listed(found: Edges) -> list[tuple[int, int, int]]:
    columns = (found.start.tolist(), found.end.tolist(), found.first_seen_day.tolist())
    return sorted(zip(*columns, strict=True))


@given(rows, rows)
def test_a_way_is_seen_once_both_of_its_relations_were(
    first: list[tuple[int, int, int]], second: list[tuple[int, int, int]]
) -> None:
    expected = sorted((a, d, max(x, y)) for a, b, x in first for c, d, y in second if b == c)
    assert listed(edges(first).then(edges(second))) == expected


@given(st.sets(numbers), st.lists(numbers))
def test_places_tell_who_is_there(present: set[int], asked: list[int]) -> None:
    there = sorted(present)
    nodes = Nodes(np.array(there, np.int64), [str(number) for number in there])
    places, is_there = nodes.places(np.array(asked, np.int64))
    assert is_there.tolist() == [number in present for number in asked]
    found = [there[place] for place in places[is_there].tolist()]
    assert found == [number for number in asked if number in present]
