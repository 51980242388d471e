"""Small worlds for tests, written as the loader writes them: with records, and settled."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from graph.model.provenance import Record, payload_of
from graph.ontology import ontology
from graph.store.constraints import prepare
from graph.store.naming import Namer
from graph.store.rows import EntityRow, RelationRow
from graph.store.session import Store
from graph.store.statement import Statement
from graph.store.upsert import materialise, upsert_entities, upsert_relations

HERE = "330000"
THERE = "310000"
NATION = "000000"
START = "2025-09-01T08:00:00+08:00"
LATER = "2025-10-06T08:00:00+08:00"

_FINDING = Statement(
    "test_finding",
    "CREATE (f:Finding) SET f = $properties WITH f UNWIND f.subject_ids AS id "
    "MATCH (n {id: id}) CREATE (f)-[:ABOUT]->(n)",
)
_CLUSTER = Statement("test_cluster", "CREATE (c:Cluster) SET c = $properties")
_MEMBER = Statement(
    "test_member",
    "MATCH (c:Cluster {id: $cluster}) MATCH (m:Merchant {id: $merchant}) "
    "CREATE (m)-[:MEMBER_OF {role: $role, strength: $strength, ties: $ties}]->(c)",
)
_TIE = Statement(
    "test_tie",
    "MATCH ({id: $merchant})-[r]->({id: $identifier}) "
    "RETURN type(r) AS relation, r.records AS records, r.regions AS regions",
)
_FLAG = Statement("test_flag", "CREATE (f:Flag) SET f = $properties")


_CROWD = Statement(
    "test_crowd",
    "UNWIND range(1, $count) AS n CREATE (:Merchant {id: 'Merchant:X' + n, merchant_id: 'X' + n, "
    "name: 'X', regions: [$region], records: [], first_seen: '2025-09-01'})",
)


class World:
    """`world.thing("Merchant", ("M1",), name="…")` returns the node's id; `settle` before asking."""

    def __init__(self, store: Store) -> None:
        _prepare_once(store)
        self.store = store
        self._namer = Namer.of(store)
        self._keys: dict[str, tuple[str, ...]] = {}

    def thing(
        self,
        type_name: str,
        key: Sequence[str],
        *,
        region: str = HERE,
        at: str = START,
        **said: Any,
    ) -> str:
        names = ontology().entities[type_name].key
        properties = {**dict(zip(names, key, strict=True)), **said}
        identifier = self._namer.entity(type_name, key)
        record = _record(identifier, properties, region, at)
        row = EntityRow(tuple(key), properties, record)
        upsert_entities(self.store, self._namer, type_name, [row])
        self._keys[identifier] = tuple(key)
        return identifier

    def link(
        self,
        relation: str,
        start: str,
        end: str,
        *,
        region: str = HERE,
        at: str = START,
        **said: Any,
    ) -> None:
        record = _record(f"{start} {relation} {end}", said, region, at)
        row = RelationRow(self._keys[start], self._keys[end], said, record)
        assert not upsert_relations(self.store, self._namer, relation, [row]).missing

    def settle(self) -> World:
        materialise(self.store)
        return self

    def finding(
        self, number: int, subjects: Sequence[str], regions: Sequence[str], **said: Any
    ) -> str:
        properties = {
            "id": f"Finding:D4-{number:020d}",
            "detector": "D4",
            "version": 1,
            "severity": 4,
            "is_violation": True,
            "subject_ids": list(subjects),
            "value": 3.0,
            "threshold": 2.0,
            "unit": "merchants",
            "values": json.dumps({"phone": "13812345678"}),
            "legal_basis": [],
            "input_ids": list(subjects),
            "input_records": [],
            "regions": list(regions),
            "as_of": "2025-10-06",
            "first_found": "2025-10-06",
            **said,
        }
        self.store.write(_FINDING, properties=properties)
        return str(properties["id"])

    def cluster(self, name: str, regions: Sequence[str], **said: Any) -> str:
        properties = {
            "id": name,
            "as_of": "2025-10-06",
            "label": "network",
            "score": 90,
            "size": 4,
            "status": "active",
            "born_on": "2025-09-08",
            "regions": list(regions),
            **said,
        }
        self.store.write(_CLUSTER, properties=properties)
        return name

    def member(
        self, cluster: str, merchant: str, ties: Iterable[tuple[str, str, Sequence[str]]]
    ) -> None:
        """`ties`: identifier id, relation, regions of the relation."""
        stored = [
            {
                "identifier_id": identifier,
                "relation": relation,
                "records": [],
                "regions": list(regions),
                "holders_inside": 99,
                "holders": 99,
            }
            for identifier, relation, regions in ties
        ]
        self.store.write(
            _MEMBER,
            cluster=cluster,
            merchant=merchant,
            role="store",
            strength=0.9,
            ties=json.dumps(stored),
        )

    def member_by_relation(self, cluster: str, merchant: str, identifier: str) -> None:
        """A member tied in by a relation that is there, with the records that assert it."""
        (row,) = self.store.read(_TIE, merchant=merchant, identifier=identifier)
        tie = {**row, "identifier_id": identifier, "holders_inside": 2, "holders": 2}
        self.store.write(
            _MEMBER,
            cluster=cluster,
            merchant=merchant,
            role="store",
            strength=0.9,
            ties=json.dumps([tie]),
        )

    def crowd(self, count: int, *, region: str = HERE) -> None:
        """Merchants that nothing is known of, so that a violation is rare."""
        self.store.write(_CROWD, count=count, region=region)

    def flag(self, number: int, regions: Sequence[str], **said: Any) -> str:
        properties = {
            "id": f"Flag:{number}",
            "kind": "newly_linked",
            "as_of": "2025-10-06",
            "cluster_ids": [],
            "member_ids": [],
            "regions": list(regions),
            "values": "{}",
            "announced": True,
            **said,
        }
        self.store.write(_FLAG, properties=properties)
        return str(properties["id"])


@cache
def _prepare_once(store: Store) -> None:
    """Constraints and indexes stay when a test's nodes are deleted."""
    prepare(store)


def _record(asserts: str, properties: dict[str, Any], region: str, at: str) -> Record:
    return Record("register", "world.csv:1", at, region, asserts, payload_of(properties))
