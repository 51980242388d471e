"""Orders, places in them, and cursors."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.errors import LimitExceeded, ValueRefused
from queries.ordering import MAX_ORDER, By, Ordering, Place, utf16
from queries.views import NodeView

BY = (By("role", is_descending=True), By("registered_on"))
ORDERING = Ordering.of("Merchant", BY)

optional = st.one_of(st.none(), st.sampled_from(["a", "b", "\uffff", "\U00020000"]))
views = st.lists(
    st.builds(
        lambda key, role, day: view(key, role=role, registered_on=day),
        st.text("xyz", min_size=1, max_size=2),
        optional,
        optional,
    ),
    max_size=8,
    unique_by=lambda one: one.id,
)


def view(key: str, /, **said: Any) -> NodeView:
    known = {name: value for name, value in said.items() if value is not None}
    return NodeView(f"Merchant:{key}", "Merchant", known, ("330000",), (), "2025-09-01")


@settings(deadline=None)
@given(views)
def test_the_order_is_total_and_missing_values_come_last(unordered: list[NodeView]) -> None:
    places = [ORDERING.place(one) for one in ORDERING.sorted(unordered)]
    for left, right in pairwise(places):
        assert ORDERING.is_after(right, left)
        assert not ORDERING.is_after(left, right)
    roles = [place.values[0] for place in places]
    given_roles = [role for role in roles if role is not None]
    assert roles == sorted(given_roles, key=utf16, reverse=True) + [None] * (
        len(roles) - len(given_roles)
    )


@settings(deadline=None)
@given(views)
def test_a_cursor_is_the_place(some: list[NodeView]) -> None:
    for one in some:
        place = ORDERING.place(one)
        parsed = ORDERING.parse(ORDERING.cursor(place))
        assert parsed.is_complete
        assert parsed.place == place


def test_a_cursor_carries_no_number_of_a_person() -> None:
    by_name = Ordering.of("Merchant", [By("name")])
    place = by_name.place(view("M1", name="联系13812345678"))
    parsed = by_name.parse(by_name.cursor(place))
    assert not parsed.is_complete
    assert parsed.place.id == "Merchant:M1"
    assert by_name.parse(by_name.cursor(by_name.place(view("M1", name="甲")))).is_complete


def test_cursors_of_other_orders_are_refused() -> None:
    cursor = ORDERING.cursor(ORDERING.place(view("M1", role="a")))
    others = [
        Ordering.of("Merchant", []),
        Ordering.of("Merchant", [By("role"), By("registered_on")]),
        Ordering.of("Store", [By("name"), By("opened_on")]),
    ]
    for other in others:
        with pytest.raises(ValueRefused, match=r"page\.cursor"):
            other.parse(cursor)
    for broken in ("", "x", "e30", "W10", cursor[:-4], "a" * 5_000):
        with pytest.raises(ValueRefused, match=r"page\.cursor"):
            ORDERING.parse(broken)


def test_what_may_not_be_ordered_by() -> None:
    with pytest.raises(ValueRefused, match=r"order\.personal"):
        Ordering.of("Phone", [By("number")])
    with pytest.raises(ValueRefused, match=r"filter\.property"):
        Ordering.of("Merchant", [By("nothing")])
    with pytest.raises(LimitExceeded):
        Ordering.of("Merchant", [By("role")] * (MAX_ORDER + 1))


def test_a_list_by_id_reads_the_index_unless_another_may_lead_to_fewer() -> None:
    by_id = Ordering.of("Merchant", [By("id", is_descending=True), By("name")])
    here, odd = Place(("x",), "Merchant:x"), Place(("x",), "Merchant:（x）")
    assert by_id.by == (By("id", is_descending=True),)
    hint = "USING INDEX SEEK n:Merchant(id)"
    assert by_id.hint("n", None, may_seek=False) == hint
    assert by_id.hint("n", here, may_seek=False) == hint
    assert by_id.hint("n", None, may_seek=True) == ""
    assert by_id.hint("n", here, may_seek=True) == ""
    assert by_id.hint("n", odd, may_seek=True) == hint
    assert ORDERING.hint("n", None, may_seek=False) == ""
