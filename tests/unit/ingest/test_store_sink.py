"""How the rows of a batch are divided between two transactions."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from graph.model.provenance import Record
from graph.store.rows import EntityRow
from ingest.store_sink import TOGETHER_BELOW_ROWS, parted

SAID = Record("register", "t.csv:1", "2025-09-01T00:00:00+08:00", "330000", "x", "{}")


@settings(deadline=None)
@given(st.lists(st.text("ab", max_size=6), max_size=2 * TOGETHER_BELOW_ROWS))
def test_every_row_is_in_one_part_and_a_key_in_no_two(keys: list[str]) -> None:
    rows = [EntityRow((key,), {}, SAID) for key in keys]
    parts = parted(rows, lambda row: row.key)
    assert sorted(at for part in parts for at in part) == list(range(len(rows)))
    assert all(list(part) == sorted(part) for part in parts)
    seen = [{keys[at] for at in part} for part in parts]
    assert len(seen) <= 2
    if len(seen) == 2:
        assert not seen[0] & seen[1]
