"""Pages and cursors."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import ValueRefused
from queries.pages import MAX_FIRST, Cut, PageRequest, decode_cursor, encode_cursor, page_of


@given(st.tuples(st.integers(-(2**53), 2**53), st.text(max_size=50)))
def test_a_cursor_reads_back(key: tuple[int, str]) -> None:
    assert decode_cursor(encode_cursor(key), (int, str)) == key


@pytest.mark.parametrize("cursor", ["", "x", "WzFd", "WyJhIl0", "!" * 10, "A" * 3000, "bnVsbA"])
def test_a_foreign_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(ValueRefused, match=r"page\.cursor"):
        decode_cursor(cursor, (int, str))


@given(st.text())
def test_no_text_breaks_the_cursor(text: str) -> None:
    try:
        key = decode_cursor(text, (str,))
    except ValueRefused:
        return
    assert len(key) == 1


@pytest.mark.parametrize("first", [-1, MAX_FIRST + 1, 2**31])
def test_a_size_outside_the_bounds_is_refused(first: int) -> None:
    with pytest.raises(ValueRefused, match=r"page\.first"):
        PageRequest.of(first, None, (str,))


@given(st.sets(st.text(max_size=4), max_size=30), st.integers(1, 7))
def test_paging_gives_every_item_once_in_order(items: set[str], first: int) -> None:
    ordered = sorted(items)
    seen: list[str] = []
    after: str | None = None
    while True:
        request = PageRequest.of(first, after, (str,))
        page = page_of(ordered, request, lambda item: (item,), Cut("2026-01-01"))
        seen += page.items
        if not page.has_next:
            break
        after = page.cursors[-1]
    assert seen == ordered
