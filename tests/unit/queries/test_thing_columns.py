"""Things kept as columns: others take the places in which sorting all of them would put them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import ValueRefused
from queries.ordering import By, Ordering
from queries.thing_columns import ThingColumns, Wanted
from queries.views import NodeView

ORDERS = [(), (By("name"),), (By("name", is_descending=True),), (By("id", is_descending=True),)]
NAMES = st.sampled_from(["甲", "乙", "\U00020000", "\uff21", None])


def view(number: int, name: str | None) -> NodeView:
    said = {} if name is None else {"name": name}
    return NodeView(f"Merchant:{number:02d}", "Merchant", said, ("000000",), (), "2026-01-01")


@given(
    st.dictionaries(st.integers(0, 99), st.tuples(NAMES, st.booleans())), st.sampled_from(ORDERS)
)
def test_others_stand_where_sorting_puts_them(
    things: dict[int, tuple[str | None, bool]], by: tuple[By, ...]
) -> None:
    ordering = Ordering.of("Merchant", by)
    wanted = Wanted.of("Merchant", ["name", "first_seen", "regions"])
    views = {n: view(n, name) for n, (name, _) in things.items()}
    kept = ordering.sorted([views[n] for n, (_, is_other) in things.items() if not is_other])
    others = [views[n] for n, (_, is_other) in things.items() if is_other]
    columns = ThingColumns(wanted, list(map(wanted.row, kept)))
    merged = columns.with_others(others, ordering.rank)
    expected = ordering.sorted(list(views.values()))
    assert list(merged) == expected
    assert merged.column("name") == [one.properties.get("name") for one in expected]
    assert list(merged[:3]) == expected[:3]


@pytest.mark.parametrize("name", ["records", "search_text", "n.id] //", "merchantId"])
def test_only_properties_are_read(name: Any) -> None:
    with pytest.raises(ValueRefused):
        Wanted.of("Merchant", [name])
