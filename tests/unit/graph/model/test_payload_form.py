from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from graph.model.ids import digest
from graph.model.provenance import Record, payload_of

VALUES = (
    st.text(st.characters(codec=None, exclude_categories=()))
    | st.integers()
    | st.integers(-(2**70), 2**70)
    | st.booleans()
    | st.floats()
    | st.none()
)


@given(st.dictionaries(st.text(), VALUES))
def test_a_payload_is_canonical_json_byte_for_byte(properties: dict[str, Any]) -> None:
    by_the_book = json.dumps(properties, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert payload_of(properties) == by_the_book


def test_a_record_is_named_by_what_it_says_and_not_by_where_it_was_read() -> None:
    said = ("register", "2025-01-01T00:00:00+08:00", "330000", "Merchant:m", '{"name":"甲"}')
    here, there = (Record(said[0], place, *said[1:]) for place in ("a.csv:1", "b.csv:2"))
    assert here.id == there.id == here.content_hash
    assert here.id == digest(said[0], said[2], said[1], said[3], said[4])
    assert here != there
