"""A few nodes and relations as the loader would leave them, written with plain CREATE."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from detect.contract import Detector
from detect.run import judge_rows, rows_of
from graph.model.findings import Finding
from graph.store.session import Store
from graph.store.statement import Statement

SEEN = "2025-09-01"
AS_OF = date(2025, 10, 1)
BEFORE = date(2025, 8, 31)


@dataclass(slots=True)
class Scene:
    """Collects nodes and relations; `put` writes them."""

    nodes: dict[str, dict[str, Any]] = field(default_factory=dict)
    relations: list[tuple[str, str, str, dict[str, Any]]] = field(default_factory=list)

    def node(self, node_id: str, **properties: Any) -> str:
        """A node, first seen on `SEEN` unless said otherwise; returns its id."""
        self.nodes[node_id] = {
            "id": node_id,
            "first_seen": SEEN,
            "records": [f"record of {node_id}"],
            "regions": ["000000"],
            **properties,
        }
        return node_id

    def merchant(self, name: str, **properties: Any) -> str:
        """A merchant in Hangzhou that deals in power banks."""
        given = {"name": name, "division": "330106", "product_class": "power_bank", **properties}
        return self.node(f"Merchant:{name}", **given)

    def tie(self, start: str, relation: str, end: str, **properties: Any) -> None:
        """A relation, first seen on `SEEN` unless said otherwise."""
        given = {
            "first_seen": SEEN,
            "records": [f"{start} {relation} {end}"],
            "regions": ["330000"],
            **properties,
        }
        self.relations.append((start, relation, end, given))

    def listing(self, merchant: str, number: str, **properties: Any) -> str:
        """A listing of the merchant, in a store of its own."""
        store = self.node(f"Store:taobao/{number}")
        listing = self.node(f"Listing:taobao/{number}", **properties)
        self.tie(merchant, "OPERATES", store)
        self.tie(store, "LISTS", listing)
        return listing

    def put(self, store: Store) -> None:
        """Write everything."""
        for label in sorted({name.partition(":")[0] for name in self.nodes}):
            rows = [p for name, p in self.nodes.items() if name.partition(":")[0] == label]
            store.write(
                Statement("put_nodes", f"UNWIND $rows AS row CREATE (n:{label}) SET n = row"),
                rows=rows,
            )
        groups: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
        for start, relation, end, properties in self.relations:
            kind = (start.partition(":")[0], relation, end.partition(":")[0])
            row = {"start": start, "end": end, "properties": properties}
            groups.setdefault(kind, []).append(row)
        for (left, relation, right), rows in groups.items():
            statement = Statement(
                "put_relations",
                f"UNWIND $rows AS row MATCH (a:{left} {{id: row.start}}) "
                f"MATCH (b:{right} {{id: row.end}}) "
                f"CREATE (a)-[r:{relation}]->(b) SET r = row.properties RETURN count(r) AS written",
            )
            written = store.write(statement, rows=rows)
            assert written[0]["written"] == len(rows), (left, relation, right)


def found(
    store: Store, detector: Detector, as_of: date = AS_OF, hubs: tuple[str, ...] = ()
) -> list[Finding]:
    """What the detector says of the store."""
    return judge_rows(detector, rows_of(store, detector, as_of, hubs))


def subjects(findings: list[Finding]) -> list[list[str]]:
    """The subjects of each finding, without their type."""
    return sorted([s.partition(":")[2] for s in finding.subject_ids] for finding in findings)
