"""Columns say what rows say."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from graph.model.provenance import Record, payload_of
from graph.store.columns import EntityColumns, RelationColumns, payloads, record_ids
from graph.store.rows import EntityRow, RelationRow

texts = st.text(max_size=5)
values = st.one_of(texts, st.integers(-(2**62), 2**62), st.booleans(), st.floats(allow_nan=False))
properties = st.dictionaries(st.sampled_from("abcd"), values, max_size=4)
records = st.builds(Record, texts, texts, texts, texts, texts, texts)
entities = st.builds(EntityRow, st.tuples(texts, texts), properties, records)
relations = st.builds(RelationRow, st.tuples(texts), st.tuples(texts, texts), properties, records)


@settings(deadline=None)
@given(st.lists(entities, min_size=1, max_size=6), st.data())
def test_entities_as_columns_are_the_same_rows(rows: list[EntityRow], data: st.DataObject) -> None:
    columns = EntityColumns.of(rows)
    assert columns.rows() == rows
    mask = data.draw(st.lists(st.booleans(), min_size=len(rows), max_size=len(rows)))
    kept = [row for row, keeps in zip(rows, mask, strict=True) if keeps]
    assert columns.only(mask).rows() == kept


@settings(deadline=None)
@given(st.lists(relations, min_size=1, max_size=6))
def test_relations_as_columns_are_the_same_rows(rows: list[RelationRow]) -> None:
    assert RelationColumns.of(rows).rows() == rows


@settings(deadline=None)
@given(st.lists(properties, min_size=1, max_size=6))
def test_payloads_are_written_as_those_of_single_rows(rows: list[dict[str, Any]]) -> None:
    names = sorted(set().union(*rows))
    columns = {name: [row.get(name) for row in rows] for name in names}
    assert payloads(columns, len(rows)) == list(map(payload_of, rows))


@settings(deadline=None)
@given(st.lists(records, max_size=6))
def test_ids_are_those_that_records_give_themselves(said: list[Record]) -> None:
    parts = [(r.source, r.region, r.retrieved_at, r.asserts, r.payload) for r in said]
    columns = list(zip(*parts, strict=True)) or [()] * 5
    assert record_ids(*columns) == [record.id for record in said]
