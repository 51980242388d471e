"""A digest of the whole graph: equal facts give equal digests, whatever the order they came in."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from graph.ontology import ontology
from graph.store.session import Store
from graph.store.statement import Statement

_PAGE_ROWS = 20_000

#: Where a record was first read depends on which file came first; everything else does not.
_NOT_A_FACT = frozenset({"locator", "settles"})


def graph_digest(store: Store) -> str:
    """Sum of the hashes of all nodes, relations and records, as 32 hex digits.

    A sum, so that no order is needed and memory stays bounded; modulo 2^128.
    """
    total = 0
    for label in (*sorted(ontology().entities), "Record"):
        after = ""
        while page := store.columns(_nodes(label), after=after, limit=_PAGE_ROWS)["properties"]:
            total += sum(_hash([label, properties]) for properties in page)
            after = page[-1]["id"]
    for name, relation in sorted(ontology().relations.items()):
        after = ""
        statement = _relations(name, relation.start)
        while starts := store.read(statement, after=after, limit=_PAGE_ROWS):
            for row in starts:
                total += sum(_hash([name, row["id"], *out]) for out in row["outs"])
            after = starts[-1]["id"]
    return f"{total % (1 << 128):032x}"


def _nodes(label: str) -> Statement:
    return Statement(
        f"digest_{label}",
        f"MATCH (n:{label}) WHERE n.id > $after WITH n ORDER BY n.id LIMIT $limit "
        "RETURN collect(properties(n)) AS properties",
    )


def _relations(name: str, start: str) -> Statement:
    return Statement(
        f"digest_{name}",
        f"MATCH (a:{start}) WHERE a.id > $after WITH a ORDER BY a.id LIMIT $limit "
        f"RETURN a.id AS id, [(a)-[r:{name}]->(b) | [b.id, properties(r)]] AS outs ORDER BY a.id",
    )


def _hash(value: Any) -> int:
    text = json.dumps(_canonical(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=16).digest(), "big")


def _canonical(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            k: sorted(v) if k in {"records", "regions"} else _canonical(v)
            for k, v in value.items()
            if k not in _NOT_A_FACT
        }
    if isinstance(value, list):
        return [_canonical(v) for v in value]
    return value
