"""Writes asserted nodes and relations, idempotently, with the records that assert them.

The statements are generated from the ontology; names in them come from nowhere else. One row makes,
for `Merchant`:

    MERGE (record:Record {id: row.record.id}) ON CREATE SET record = row.record
    MERGE (thing:Merchant {id: row.id})
      ON CREATE SET thing = row.properties
      ON MATCH SET …the record is added to the thing, and marked Unsettled

Things and records that were not there a moment ago are created instead, which is half of the work; the
keys of the store tell when that has changed meanwhile.

A thing that a further record speaks about is settled by `materialise`: it works the properties out
again from all its records, so that the outcome does not depend on the order of arrival. The mark is on
the record, whose `settles` is the thing's element id, because one label scan then finds all that is to
be done; a mark on the things themselves would need an index per entity type and relation.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any, TypeVar

from graph.errors import StatementFailed
from graph.model.ids import type_of
from graph.model.provenance import Record, merge_payloads, merge_relation
from graph.ontology import RelationType, ontology
from graph.store.naming import Namer
from graph.store.native import Row
from graph.store.rows import EntityRow, RelationRow
from graph.store.search_values import search_values
from graph.store.session import Store
from graph.store.statement import Statement

BATCH_ROWS = 4_000
"""Rows per transaction: 4,000 rows stay near 20 MB of transaction state in a 512 MB heap."""

Progress = Callable[[int], None]
_Merge = Callable[[Row], dict[str, Any]]
_Parameters = dict[str, Any]
_T = TypeVar("_T")

_KEY_EXISTS = "Neo.ClientError.Schema.ConstraintValidationFailed"
"""What the server says of a node whose key another node has (Neo4j 5 Status Codes)."""


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
def creation_statement(type_name: str) -> Statement:
    """The same for nodes and records that were not there a moment ago, for half of the work.

    It fails as a whole where one of them is there after all.
    """
    label = ontology().entities[type_name].name
    return Statement(
        f"create_{label}",
        f"""UNWIND $rows AS row
CREATE (record:Record) SET record = row.record
CREATE (thing:{label}) SET thing = row.properties
RETURN count(*) AS written""",
    )


@cache
def relation_statement(relation_name: str, *, is_new: bool = False) -> Statement:
    """The generated upsert of one relation; `$rows` are `{at, start, end, properties, record}`.

    Returns `matched`, the `at` of every row whose two ends exist. `is_new`: for records that were not
    there a moment ago; it fails as a whole where one is. The relation is merged all the same: no key
    would stop two loaders from making it twice.
    """
    relation = ontology().relations[relation_name]
    record = (
        "CREATE (record:Record) SET record = row.record"
        if is_new
        else "MERGE (record:Record {id: row.record.id}) ON CREATE SET record = row.record"
    )
    return Statement(
        f"{'create' if is_new else 'upsert'}_{relation.name}",
        f"""UNWIND $rows AS row
MATCH (start:{relation.start} {{id: row.start}})
MATCH (end:{relation.end} {{id: row.end}})
{record}
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
        entity_parameters(type_name, namer.entity(type_name, row.key), row.properties, row.record)
        for at, row in enumerate(rows)
        if at not in known
    ]
    merge = entity_statement(type_name)
    for batch in _batches(prepared):
        there = _existing_ids(store, type_name, [row["id"] for row in batch])
        fresh, further = _firsts(batch, lambda row: row["id"], there)
        if fresh:
            _create(store, creation_statement(type_name), merge, fresh)
        if further:
            store.write(merge, rows=further)
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
    create, merge = (
        relation_statement(relation_name, is_new=True),
        relation_statement(relation_name),
    )
    missing: list[int] = []
    for batch in _batches(prepared):
        fresh, repeated = _firsts(batch, lambda row: row["record"]["id"], frozenset())
        matched = set(_create(store, create, merge, fresh)[0]["matched"])
        if repeated:
            matched.update(store.write(merge, rows=repeated)[0]["matched"])
        missing += [at for at in (int(row["at"]) for row in batch) if at not in matched]
    return Outcome(missing, sorted(known))


def _firsts(
    rows: Sequence[_Parameters], name_of: Callable[[_Parameters], str], there: AbstractSet[str]
) -> tuple[list[_Parameters], list[_Parameters]]:
    """The first row of each name that is not `there`, and the other rows."""
    firsts: dict[str, _Parameters] = {}
    others: list[_Parameters] = []
    for row in rows:
        name = name_of(row)
        if name in there or name in firsts:
            others.append(row)
        else:
            firsts[name] = row
    return list(firsts.values()), others


def _create(
    store: Store, create: Statement, merge: Statement, rows: Sequence[_Parameters]
) -> list[Row]:
    """Create what was not there a moment ago, and merge it if it is there now.

    Another loader may have been faster, or a commit whose acknowledgement was lost is repeated.
    """
    try:
        return store.write(create, rows=rows)
    except StatementFailed as failed:
        if failed.params.get("server_code") != _KEY_EXISTS:
            raise
    return store.write(merge, rows=rows)


def existing(
    store: Store, namer: Namer, type_name: str, keys: Sequence[tuple[str, ...]]
) -> list[bool]:
    """Which of these nodes the store has."""
    ids = [namer.entity(type_name, key) for key in keys]
    found = _existing_ids(store, type_name, ids)
    return [identifier in found for identifier in ids]


def _existing_ids(store: Store, type_name: str, ids: Sequence[str]) -> set[str]:
    label = ontology().entities[type_name].name
    statement = Statement(
        f"existing_{label}",
        f"UNWIND $ids AS id MATCH (n:{label} {{id: id}}) RETURN collect(n.id) AS id",
    )
    return set(store.columns(statement, ids=ids)["id"])


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
                    "properties": merge(row),
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
RETURN elementId(thing) AS element, size(thing.records) AS count, thing.id AS id,
       collect([record.retrieved_at, record.id, record.payload]) AS records,
       collect(record.region) AS regions""",
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


def _merge_node(row: Row) -> dict[str, Any]:
    payloads = _payloads(row)
    said = [
        (region, json.loads(payload[2]))
        for payload, region in sorted(zip(payloads, row["regions"], strict=True))
    ]
    return {
        **merge_payloads(payloads),
        **search_values(type_of(row["id"]), row["id"], said),
    }


def _merge_relation_fully(row: Row) -> dict[str, Any]:
    return {"valid_to": None, "end_seen": None, **merge_relation(_payloads(row))}


def _payloads(row: Row) -> list[tuple[str, str, str]]:
    return [(at, record, payload) for at, record, payload in row["records"]]


#: What reads the records of things, what writes what they come to, and what works that out.
SETTLING_NODES: tuple[Statement, Statement, _Merge] = (
    *_settle_statements("nodes", "(thing)"),
    _merge_node,
)
_SETTLING: tuple[tuple[Statement, Statement, _Merge], ...] = (
    SETTLING_NODES,
    (*_settle_statements("relations", "()-[thing]->()"), _merge_relation_fully),
)


def _key_pattern(relation: RelationType) -> str:
    if not relation.key:
        return ""
    return " {" + ", ".join(f"{key}: row.properties.{key}" for key in relation.key) + "}"


def entity_parameters(
    type_name: str, identifier: str, properties: Any, record: Record
) -> dict[str, Any]:
    """One of the `$rows` of `entity_statement`."""
    return {
        "id": identifier,
        "properties": {
            **properties,
            **search_values(type_name, identifier, [(record.region, properties)]),
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
