"""What changed between two days, from records alone."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.changes import Said, Window, node_changes, relation_change

_DAYS = ["2025-01-05", "2025-01-10", "2025-01-15", "2025-01-20"]


def said(*records: tuple[str, dict[str, Any]]) -> Said:
    return [(f"{day}T08:00:00+08:00", f"r{n}", json.dumps(p)) for n, (day, p) in enumerate(records)]


WINDOW = Window("2025-01-10", "2025-01-15")


def test_a_value_is_said_by_the_records_of_the_days_between() -> None:
    records = said(
        ("2025-01-10", {"name": "旧", "role": "seller"}),
        ("2025-01-15", {"name": "新"}),
        ("2025-01-16", {"name": "更新"}),
    )
    (change,) = node_changes(records, WINDOW)
    assert (change.name, change.before, change.after, change.records) == (
        "name",
        "旧",
        "新",
        ("r1",),
    )


@pytest.mark.parametrize(
    ("records", "kind"),
    [
        (said(("2025-01-11", {})), "added"),
        (said(("2025-01-01", {}), ("2025-01-12", {"valid_to": "2025-01-11"})), "ended"),
        (said(("2025-01-11", {}), ("2025-01-12", {"valid_to": "2025-01-12"})), "came_and_went"),
        (said(("2025-01-01", {"parcels": 1}), ("2025-01-12", {"parcels": 2})), "changed"),
        (said(("2025-01-01", {"parcels": 1}), ("2025-01-12", {"parcels": 1})), None),
        (said(("2025-01-01", {}), ("2025-01-16", {"valid_to": "2025-01-16"})), None),
        # An end that is taken back is news too.
        (said(("2025-01-01", {"valid_to": "2025-01-01"}), ("2025-01-12", {})), "added"),
    ],
)
def test_what_becomes_of_a_relation(records: Said, kind: str | None) -> None:
    change = relation_change(records, WINDOW)
    assert (change[0] if change else None) == kind


_record = st.tuples(
    st.sampled_from(_DAYS),
    st.fixed_dictionaries({}, optional={"name": st.sampled_from("abc"), "role": st.just("x")}),
)


@given(records=st.lists(_record, max_size=6))
def test_differences_add_up(records: list[tuple[str, dict[str, Any]]]) -> None:
    known = said(*records)
    first, second = _DAYS[0], _DAYS[2]
    whole = {c.name: (c.before, c.after) for c in node_changes(known, Window(first, second))}
    early = {c.name: c for c in node_changes(known, Window(first, _DAYS[1]))}
    late = {c.name: c for c in node_changes(known, Window(_DAYS[1], second))}
    joined = {}
    for name in early.keys() | late.keys():
        before = early[name].before if name in early else late[name].before
        after = late[name].after if name in late else early[name].after
        if before != after:
            joined[name] = (before, after)
    assert joined == whole
