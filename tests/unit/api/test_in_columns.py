"""Columns of things hold what the things themselves would show, masks included."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.entity import shown
from api.generated.types import TYPES
from api.in_columns import columns_of
from api.plan.columns import Column, Grouped
from graph.ontology import ontology
from queries.masking import mask_column, mask_properties
from queries.thing_columns import ThingColumns, Wanted
from queries.views import NodeView

TEXTS = st.sampled_from(
    [
        "",
        "杭州某店",
        "电话13812345678",
        "13812345678",
        "1381234567",
        "中山路12号3栋501号",
        "a\nb",
        "x" * 30,
    ]
)


def values_of(column: Column) -> list[Any]:
    """The items of a column that holds no lists."""
    assert not isinstance(column, Grouped)
    return list(column)


VALUES = TEXTS | st.none() | st.integers(0, 10**6) | st.booleans()


@pytest.mark.parametrize("type_name", sorted(TYPES))
@settings(max_examples=15, deadline=None)
@given(st.data())
def test_columns_are_what_the_things_show(type_name: str, data: st.DataObject) -> None:
    entity = ontology().entities[type_name]
    given_rows = data.draw(
        st.lists(
            st.fixed_dictionaries({prop.name: VALUES for prop in entity.properties}), max_size=4
        )
    )
    views = [
        NodeView(f"{type_name}:{n}", type_name, _known(row), ("000000",), (), "2026-01-01")
        for n, row in enumerate(given_rows)
    ]
    wanted = frozenset(
        {"id", "type", "first_seen", "regions", *given_rows[0]} if given_rows else {"id"}
    )
    made = columns_of(type_name, views, wanted)
    things = [shown(view) for view in views]
    for name in wanted:
        assert values_of(made.columns[name]) == [getattr(thing, name) for thing in things]
    assert list(made) == things
    rows = Wanted.of(type_name, wanted)
    kept = columns_of(type_name, ThingColumns(rows, [rows.row(view) for view in views]), wanted)
    for name in wanted:
        assert values_of(kept.columns[name]) == [getattr(thing, name) for thing in things]
        assert [getattr(thing, name) for thing in kept] == values_of(kept.columns[name])


@given(st.lists(VALUES, max_size=6))
def test_a_mobile_number_is_masked_wherever_it_stands_in_a_column(values: list[Any]) -> None:
    expected = [mask_properties("Merchant", {"name": value})["name"] for value in values]
    assert list(mask_column("Merchant", "name", values)) == expected


def _known(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value is not None}
