"""Writes asserted nodes and relations, idempotently, with the records that assert them.

The statements are generated from the ontology; names in them come from nowhere else. One row makes,
for `Merchant`:

    MERGE (record:Record {id: row.record.id}) ON CREATE SET record = row.record
    MERGE (thing:Merchant {id: row.id})
      ON CREATE SET thing = row.properties
      ON MATCH SET …the record is added to the thing, and marked Unsettled

A thing that a further record speaks about is settled by `materialise`: it works the properties out
again from all its records, so that the outcome does not depend on the order of arrival. The mark is on
the record, whose `settles` is the thing's element id, because one label scan then finds all that is to
be done; a mark on the things themselves would need an index per entity type and relation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any, TypeVar

from graph.model.provenance import Record, merge_payloads, merge_relation
from graph.ontology import RelationType, ontology
from graph.store.naming import Namer
from graph.store.rows import EntityRow, RelationRow
from graph.store.session import Store
from graph.store.statement import Statement

BATCH_ROWS = 4_000
"""Rows per transaction: 4,000 rows stay near 20 MB of transaction state in a 512 MB heap."""

Progress = Callable[[int], None]
_Merge = Callable[[list[tuple[str, str, str]]], dict[str, Any]]
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of some rows, as positions: `missing` an end and not written, `unchanged` known."""

    missing: Sequence[int] = ()
    unchanged: Sequence[int] = ()


_KNOWN_RECORDS = Statement(
    "known_records",
    "UNWIND $ids AS id MATCH (record:Record {id: id}) RETURN collect(record.id) AS id",
)

_ADD_RECORD = """
    record:Unsettled,
    record.settles = elementId(thing),
    thing.first_seen = CASE WHEN row.properties.first_seen < thing.first_seen
                            THEN row.properties.first_seen ELSE thing.first_seen END,
    thing.regions = CASE WHEN row.record.region IN thing.regions
                         THEN thing.regions ELSE thing.regions + row.record.region END,
    thing.records = CASE WHEN row.record.id IN thing.records
                         THEN thing.records ELSE thing.records + row.record.id END"""


@cache
def entity_statement(type_name: str) -> Statement:
    """The generated upsert of one entity type; `$rows` are `{id, properties, record}`."""
    label = ontology().entities[type_name].name
    return Statement(
        f"upsert_{label}",
        f"""UNWIND $rows AS row
MERGE (record:Record {{id: row.record.id}}) ON CREATE SET record = row.record
MERGE (thing:{label} {{id: row.id}})
  ON CREATE SET thing = row.properties
  ON MATCH SET {_ADD_RECORD}
RETURN count(*) AS written""",
    )


@cache
def relation_statement(relation_name: str) -> Statement:
    """The generated upsert of one relation; `$rows` are `{at, start, end, properties, record}`.

    Returns `matched`, the `at` of every row whose two ends exist.
    """
    relation = ontology().relations[relation_name]
    return Statement(
        f"upsert_{relation.name}",
        f"""UNWIND $rows AS row
MATCH (start:{relation.start} {{id: row.start}})
MATCH (end:{relation.end} {{id: row.end}})
MERGE (record:Record {{id: row.record.id}}) ON CREATE SET record = row.record
MERGE (start)-[thing:{relation.name}{_key_pattern(relation)}]->(end)
  ON CREATE SET thing = row.properties
  ON MATCH SET {_ADD_RECORD}
RETURN collect(row.at) AS matched""",
    )


def upsert_entities(
    store: Store, namer: Namer, type_name: str, rows: Sequence[EntityRow]
) -> Outcome:
    """Write nodes of one type; rows whose record is known are left alone."""
    known = _known(store, rows)
    prepared = [
        _entity_parameters(namer.entity(type_name, row.key), row.properties, row.record)
        for at, row in enumerate(rows)
        if at not in known
    ]
    for batch in _batches(prepared):
        store.write(entity_statement(type_name), rows=batch)
    return Outcome(unchanged=sorted(known))


def upsert_relations(
    store: Store, namer: Namer, relation_name: str, rows: Sequence[RelationRow]
) -> Outcome:
    """Write relations of one type whose two ends exist; rows whose record is known are left alone."""
    relation = ontology().relations[relation_name]
    known = _known(store, rows)
    prepared: list[dict[str, Any]] = [
        {
            "at": at,
            "start": namer.entity(relation.start, row.start_key),
            "end": namer.entity(relation.end, row.end_key),
            "properties": _relation_properties(row),
            "record": _record_parameters(row.record),
        }
        for at, row in enumerate(rows)
        if at not in known
    ]
    missing: list[int] = []
    for batch in _batches(prepared):
        matched = set(store.write(relation_statement(relation_name), rows=batch)[0]["matched"])
        missing += [at for at in (int(row["at"]) for row in batch) if at not in matched]
    return Outcome(missing, sorted(known))


def existing(
    store: Store, namer: Namer, type_name: str, keys: Sequence[tuple[str, ...]]
) -> list[bool]:
    """Which of these nodes the store has."""
    label = ontology().entities[type_name].name
    statement = Statement(
        f"existing_{label}",
        f"UNWIND $ids AS id MATCH (n:{label} {{id: id}}) RETURN collect(n.id) AS id",
    )
    ids = [namer.entity(type_name, key) for key in keys]
    found = set(store.columns(statement, ids=ids)["id"])
    return [identifier in found for identifier in ids]


def materialise(store: Store, progress: Progress | None = None) -> int:
    """Work out again every node and relation that a further record spoke about; returns how many."""
    done = 0
    while waiting := store.read(_UNSETTLED, limit=BATCH_ROWS):
        elements = {row["element"] for row in waiting}
        for read, write, merge in _SETTLING:
            known = store.read(read, elements=sorted(elements))
            settled = [
                {
                    "element": row["element"],
                    "count": row["count"],
                    "properties": merge([(r[0], r[1], r[2]) for r in row["records"]]),
                }
                for row in known
            ]
            store.write(write, rows=settled)
            elements -= {row["element"] for row in known}
            done += len(settled)
            if progress and settled:
                progress(len(settled))
        if elements:  # taken out of the graph since then: nothing to settle
            store.write(_FORGET, ids=[row["id"] for row in waiting if row["element"] in elements])
    return done


_UNSETTLED = Statement(
    "unsettled_records",
    "MATCH (record:Unsettled) RETURN record.id AS id, record.settles AS element LIMIT $limit",
)

_FORGET = Statement(
    "forget_unsettled",
    """MATCH (record:Unsettled) WHERE record.id IN $ids
REMOVE record:Unsettled SET record.settles = null
RETURN count(*) AS forgotten""",
)


def _settle_statements(kind: str, match: str) -> tuple[Statement, Statement]:
    read = Statement(
        f"read_unsettled_{kind}",
        f"""MATCH {match} WHERE elementId(thing) IN $elements
UNWIND thing.records AS id
MATCH (record:Record {{id: id}})
RETURN elementId(thing) AS element, size(thing.records) AS count,
       collect([record.retrieved_at, record.id, record.payload]) AS records""",
    )
    # Applied only if no record arrived meanwhile; otherwise the marks stay for the next round.
    write = Statement(
        f"settle_{kind}",
        f"""UNWIND $rows AS row
MATCH {match} WHERE elementId(thing) = row.element AND size(thing.records) = row.count
SET thing += row.properties
WITH thing.records AS ids
UNWIND ids AS id
MATCH (record:Record {{id: id}}) WHERE record:Unsettled
REMOVE record:Unsettled SET record.settles = null
RETURN count(*) AS settled""",
    )
    return read, write


def _merge_relation_fully(payloads: list[tuple[str, str, str]]) -> dict[str, Any]:
    return {"valid_to": None, "end_seen": None, **merge_relation(payloads)}


_SETTLING: tuple[tuple[Statement, Statement, _Merge], ...] = (
    (*_settle_statements("nodes", "(thing)"), merge_payloads),
    (*_settle_statements("relations", "()-[thing]->()"), _merge_relation_fully),
)


def _key_pattern(relation: RelationType) -> str:
    if not relation.key:
        return ""
    return " {" + ", ".join(f"{key}: row.properties.{key}" for key in relation.key) + "}"


def _entity_parameters(identifier: str, properties: Any, record: Record) -> dict[str, Any]:
    return {
        "id": identifier,
        "properties": {
            **properties,
            "id": identifier,
            "records": [record.id],
            "regions": [record.region],
            "first_seen": record.retrieved_at[:10],
        },
        "record": _record_parameters(record),
    }


def _relation_properties(row: RelationRow) -> dict[str, Any]:
    properties = {
        **row.properties,
        "records": [row.record.id],
        "regions": [row.record.region],
        "first_seen": row.record.retrieved_at[:10],
    }
    if row.properties.get("valid_to") is not None:
        properties["end_seen"] = row.record.retrieved_at[:10]
    return properties


def _record_parameters(record: Record) -> dict[str, Any]:
    return {
        "id": record.id,
        "source": record.source,
        "locator": record.locator,
        "retrieved_at": record.retrieved_at,
        "region": record.region,
        "asserts": record.asserts,
        "payload": record.payload,
    }


def _known(store: Store, rows: Sequence[EntityRow | RelationRow]) -> set[int]:
    """Positions of rows whose record is in the store: it was written together with what it asserts."""
    known: set[str] = set()
    for batch in _batches([row.record.id for row in rows]):
        known.update(store.columns(_KNOWN_RECORDS, ids=batch)["id"])
    return {at for at, row in enumerate(rows) if row.record.id in known} if known else set()


def _batches(rows: Iterable[_T]) -> Iterator[list[_T]]:
    iterator = iter(rows)
    while batch := list(islice(iterator, BATCH_ROWS)):
        yield batch
