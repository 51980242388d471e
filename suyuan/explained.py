"""Which record says what about a thing, as the owner of a store may read it.

Nothing is filtered by region here: whoever has the store has all of it. What the service shows goes
through `queries`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from graph.errors import ValueRefused
from graph.model.ids import SEPARATOR, type_of
from graph.model.values import KINDS
from graph.ontology import EntityType, ontology
from graph.store.naming import Namer
from graph.store.session import Store
from graph.store.statement import Statement
from graph.store.upsert import existing
from queries.history import PropertyHistory, Said, node_history, relation_history

_TEMPLATE = Statement.load(__file__, "explained_node.cypher")
_PLACE = "__LABEL__"

Records = Mapping[str, Mapping[str, Any]]
"""Record id → what the store keeps of it: source, locator, retrieved_at, region and more."""


@dataclass(frozen=True, slots=True)
class ExplainedRelation:
    """One relation with its history. Dates are ISO; values are not masked."""

    type: str
    start: str
    end: str
    first_seen: str
    end_seen: str | None
    properties: tuple[PropertyHistory, ...]
    said_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explained:
    """One node, who says what of it and of its relations, and what was concluded.

    `total` counts all its relations, of which `relations` may be the first few. `said_by` are record
    ids, latest first; `records` are those of the node and of the relations shown.
    """

    id: str
    type: str
    first_seen: str
    regions: tuple[str, ...]
    properties: tuple[PropertyHistory, ...]
    said_by: tuple[str, ...]
    relations: tuple[ExplainedRelation, ...]
    total: int
    findings: tuple[str, ...]
    clusters: tuple[str, ...]
    records: Records


def ids_named(store: Store, name: str) -> list[str]:
    """Ids of the nodes that a person may mean by a node id, by `<Type>:<key>` or by a bare key.

    A key is cleaned as its kind is when it is loaded, so a phone number or the text of an address
    finds its node too. Empty when there is none; several when types share the key.
    """
    type_name, _, tail = name.partition(":")
    if type_of(name) not in ontology().entities:
        types, tail = sorted(ontology().entities), name
    else:
        types = [type_name]
        # As it stands first: the id of a phone holds a pseudonym, which is no key.
        if store.read(_statement(type_name), id=name, relations=[], limit=0):
            return [name]
    namer = Namer.of(store)
    found = []
    for each in types:
        entity = ontology().entities[each]
        keys = [key for key in _keys(entity, tail) if len(key) == len(entity.key)]
        there = existing(store, namer, each, keys)
        found += [
            namer.entity(each, key) for key, is_there in zip(keys, there, strict=True) if is_there
        ]
    return sorted(set(found))


def explained(store: Store, identifier: str, limit: int) -> Explained | None:
    """A node by its id with at most `limit` of its relations; None when there is no such node."""
    if type_of(identifier) not in ontology().entities:
        return None
    statement = _statement(type_of(identifier))
    names = sorted(ontology().relations)
    rows = store.read(statement, id=identifier, relations=names, limit=limit)
    if not rows:
        return None
    row = rows[0]
    told = [*row["said"], *(each for link in row["relations"] for each in link["said"])]
    said = _said(row["said"])
    return Explained(
        identifier,
        type_of(identifier),
        row["node"]["first_seen"],
        tuple(sorted(row["node"]["regions"])),
        node_history(said),
        _latest_first(said),
        tuple(_relation(link) for link in row["relations"]),
        row["total"],
        tuple(row["findings"]),
        tuple(row["clusters"]),
        {record["id"]: record for record in told},
    )


@cache
def _statement(type_name: str) -> Statement:
    """The statement for one type: only a label written in it lets the server use an index."""
    label = ontology().entities[type_name].name
    text = _TEMPLATE.text.replace(_PLACE, label)
    return Statement(f"{_TEMPLATE.name}_{label}", text, _TEMPLATE.header)


def _relation(row: Mapping[str, Any]) -> ExplainedRelation:
    said = _said(row["said"])
    stored = row["properties"]
    return ExplainedRelation(
        row["type"],
        row["start"],
        row["end"],
        stored["first_seen"],
        stored.get("end_seen"),
        relation_history(said),
        _latest_first(said),
    )


def _said(records: Sequence[Mapping[str, Any]]) -> list[Said]:
    return [(each["retrieved_at"], each["id"], each["payload"]) for each in records]


def _latest_first(said: Sequence[Said]) -> tuple[str, ...]:
    return tuple(record for _, record, _ in sorted(said, reverse=True))


def _keys(entity: EntityType, tail: str) -> list[tuple[str, ...]]:
    """The key as it is written, and cleaned."""
    parts = tuple(tail.split(SEPARATOR, len(entity.key) - 1))
    cleaned = []
    for name, part in zip(entity.key, parts, strict=False):
        try:
            cleaned.append(str(KINDS[entity.property(name).kind].clean(part)))
        except ValueRefused:
            cleaned.append(part)
    return list(dict.fromkeys([parts, tuple(cleaned)]))
