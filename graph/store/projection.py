"""Reads the links between merchants and identifiers out of the store, as columns, as of any date."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graph.model.ids import is_pseudonym, node_id
from graph.model.values import KINDS
from graph.ontology import LinkRule, RelationType, ontology
from graph.store.naming import Namer, is_pseudonymous
from graph.store.scan import BLOCK_ROWS, Edges, Nodes, Numbers, Unless, scan_nodes, scan_relation
from graph.store.session import Store
from graph.store.statement import Statement

_Type = tuple[str, Unless]
_MERCHANT: _Type = ("Merchant", None)


@dataclass(frozen=True, slots=True)
class LinkColumns:
    """Links of one relation: places among the merchants and identifiers of `Links`, day first seen.

    Days count from 1970-01-01. A link that was read along several ways stands there several times.
    """

    relation: RelationType
    merchant: NDArray[np.int32]
    identifier: NDArray[np.int32]
    first_seen_day: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Links:
    """Node ids of merchants and identifiers that have a link, each sorted, and the links by relation."""

    merchants: tuple[str, ...]
    identifiers: tuple[str, ...]
    columns: tuple[LinkColumns, ...]


def read_links(
    store: Store,
    as_of: str,
    pool: Executor | None = None,
    fold: Mapping[str, str] | None = None,
    block_rows: int = BLOCK_ROWS,
) -> Links:
    """All links that were known and not known to have ended on `as_of` (ISO date).

    With a `pool` several types are read at once. With a `fold` (merchant → representative; those
    that stand alone are not in it) the links of merchants that are one are their representative's.
    One statement looks at `block_rows` relations or nodes.
    """
    types = ontology()
    links = types.links()
    names = sorted({step for relation, rule in links for step in (*rule.through, relation.name)})
    ends = sorted({(relation.end, rule.unless) for relation, rule in links}, key=repr)

    def edges_of(name: str) -> Edges:
        return scan_relation(store, types.relations[name], as_of, block_rows)

    def nodes_of(wanted: _Type) -> Nodes:
        return scan_nodes(store, types.entities[wanted[0]], wanted[1], block_rows)

    each = pool.map if pool else map  # both are begun before the first is waited for
    found_edges, found_nodes = each(edges_of, names), each(nodes_of, [_MERCHANT, *ends])
    edges = dict(zip(names, found_edges, strict=True))
    nodes = dict(zip([_MERCHANT, *ends], found_nodes, strict=True))
    ways = {relation.name: _ways(relation, rule, edges) for relation, rule in links}
    return _joined(ways, nodes, fold or {})


def _ways(relation: RelationType, rule: LinkRule, edges: Mapping[str, Edges]) -> Edges:
    """The ways from merchants to the ends of a relation, over the relations that it is linked through."""
    *before, last = (edges[name] for name in (*rule.through, relation.name))
    ways = last
    for step in reversed(before):
        ways = step.then(ways)
    return ways


def _joined(
    ways: Mapping[str, Edges], nodes: Mapping[_Type, Nodes], fold: Mapping[str, str]
) -> Links:
    """Places of names for numbers of nodes; what begins or ends at no such node is no link."""
    merchants = nodes[_MERCHANT]
    merchant_ids = [fold.get(each, each) for each in merchants.id] if fold else merchants.id
    identifier_ids: list[str] = []
    first_place = {}
    for end in nodes.keys() - {_MERCHANT}:
        first_place[end] = len(identifier_ids)
        identifier_ids += nodes[end].id
    placed = []
    for relation, rule in ontology().links():
        way, end = ways[relation.name], (relation.end, rule.unless)
        merchant, has_merchant = merchants.places(way.start)
        identifier, has_identifier = nodes[end].places(way.end)
        keep = has_merchant & has_identifier
        identifier += first_place[end]
        placed.append((relation, merchant[keep], identifier[keep], way.first_seen_day[keep]))
    merchant_names, merchant_rank = _ranked(merchant_ids, (each[1] for each in placed))
    identifier_names, identifier_rank = _ranked(identifier_ids, (each[2] for each in placed))
    return Links(
        merchant_names,
        identifier_names,
        tuple(
            LinkColumns(relation, merchant_rank[merchant], identifier_rank[identifier], day)
            for relation, merchant, identifier, day in placed
        ),
    )


def _ranked(
    names: Sequence[str], columns: Iterable[Numbers]
) -> tuple[tuple[str, ...], NDArray[np.int32]]:
    """The different names at the places that occur, sorted, and the rank of the name at each such place."""
    occurs = np.zeros(len(names), bool)
    for column in columns:
        occurs[column] = True
    places = np.flatnonzero(occurs).tolist()
    ordered = sorted({names[place] for place in places})
    rank_of = {name: rank for rank, name in enumerate(ordered)}
    rank = np.zeros(len(names), np.int32)
    rank[places] = [rank_of[names[place]] for place in places]
    return tuple(ordered), rank


_HUBS = Statement(
    "registered_hubs",
    """MATCH (h:HubRegistration)
WHERE h.first_seen <= $as_of AND (h.expires_on IS NULL OR h.expires_on > $as_of)
RETURN h.identifier_type AS type, h.identifier_key AS key""",
)


def read_hubs(store: Store, namer: Namer, as_of: str) -> frozenset[str]:
    """Node ids of identifiers that the hub register holds harmless on `as_of`."""
    hubs = set()
    for row in store.read(_HUBS, as_of=as_of):
        entity = ontology().entities.get(row["type"])
        if entity is None:
            continue
        if is_pseudonymous(entity, entity.key[0]) and is_pseudonym(row["key"]):
            hubs.add(node_id(entity.name, (row["key"],)))  # registered by its id, not its number
            continue
        if len(entity.key) == 1:
            kind = KINDS[entity.property(entity.key[0]).kind]
            key = (str(kind.clean(row["key"])),)
        else:
            key = tuple(row["key"].split("/"))
        hubs.add(namer.entity(entity.name, key))
    return frozenset(hubs)
