"""What a reader sees depends on the records he may see, and on nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import ValueRefused
from graph.model.provenance import merge_payloads, merge_relation, payload_of
from queries.views import (
    RelationEnds,
    node_view,
    parse_relation_id,
    relation_id,
    relation_view,
)

REGIONS = ("310000", "330000", "440000")
ENDS = RelationEnds("USES_PHONE", "Merchant:M1", "Phone:ab")

records = st.lists(
    st.tuples(
        st.sampled_from(REGIONS),
        st.dates().map(lambda d: f"{d}T08:00:00+08:00"),
        st.dictionaries(st.sampled_from(["role", "division", "closed_on"]), st.text(max_size=3)),
    ),
    min_size=1,
    max_size=6,
)
Said = list[tuple[str, str, dict[str, Any]]]


def stored_of(
    said: Said, merge: Any
) -> tuple[dict[str, Any], dict[str, list[tuple[str, str, str]]]]:
    """The node as the store keeps it, and its records by region."""
    rows = [(at, f"r{n}", payload_of(p)) for n, (_, at, p) in enumerate(said)]
    by_region: dict[str, list[tuple[str, str, str]]] = {}
    for (region, _, _), row in zip(said, rows, strict=True):
        by_region.setdefault(region, []).append(row)
    stored = {
        **merge(rows),
        "id": "Merchant:M1",
        "merchant_id": "M1",
        "regions": sorted(by_region),
        "records": [row[1] for row in rows],
        "first_seen": min(at[:10] for at, _, _ in rows),
    }
    return stored, by_region


def visible_rows(
    by_region: dict[str, list[tuple[str, str, str]]], regions: set[str]
) -> list[tuple[str, str, str]]:
    return [row for region in sorted(regions) for row in by_region.get(region, [])]


@given(records, st.sets(st.sampled_from(REGIONS), min_size=1))
def test_a_node_looks_as_if_nothing_else_existed(said: Said, regions: set[str]) -> None:
    mine = [row for row in said if row[0] in regions]
    if not mine:
        return
    stored, by_region = stored_of(said, merge_payloads)
    is_partly = not set(by_region) <= regions
    rows = visible_rows(by_region, regions) if is_partly else []
    seen = node_view("Merchant", stored, rows, sorted(regions))
    ids = {id(row): f"r{n}" for n, row in enumerate(said)}
    alone = [(row[1], ids[id(row)], payload_of(row[2])) for row in mine]
    assert dict(seen.properties) == {"merchant_id": "M1", **merge_payloads(alone)}
    assert seen.regions == tuple(sorted({row[0] for row in mine}))
    assert seen.records == tuple(sorted(record for _, record, _ in alone))
    assert seen.first_seen == min(row[1][:10] for row in mine)


def test_an_end_seen_by_others_is_unknown() -> None:
    said = [
        ("330000", "2025-09-01T00:00:00+08:00", {"role": "contact"}),
        ("310000", "2025-10-01T00:00:00+08:00", {"role": "contact", "valid_to": "2025-09-30"}),
    ]
    stored, by_region = stored_of(said, merge_relation)
    assert relation_view(ENDS, stored, [], ["310000", "330000"]).end_seen == "2025-10-01"
    here = relation_view(ENDS, stored, by_region["330000"], ["330000"])
    assert (here.end_seen, here.valid_to) == (None, None)
    assert here.is_known_on("2026-01-01")
    assert not here.is_known_on("2025-08-31")
    there = relation_view(ENDS, stored, by_region["310000"], ["310000"])
    assert (there.first_seen, there.end_seen) == ("2025-10-01", "2025-10-01")


@given(st.text(), st.text(), st.text())
def test_a_relation_id_reads_back(start: str, end: str, role: str) -> None:
    ends, key = parse_relation_id(relation_id("USES_PHONE", start, end, [role])) or (None, None)
    assert ends == RelationEnds("USES_PHONE", start, end)
    assert key == (role,)


@pytest.mark.parametrize(
    "broken", ["Relation:!!", "Relation:bm8", "Relation:WyJOT05FIiwiYSIsImIiXQ"]
)
def test_a_broken_relation_id_is_refused(broken: str) -> None:
    with pytest.raises(ValueRefused):
        parse_relation_id(broken)


@pytest.mark.parametrize("other", ["Merchant:M1", "", "xRelation:abc", "Relation:"])
def test_other_ids_are_no_relation_ids(other: str) -> None:
    assert parse_relation_id(other) is None
