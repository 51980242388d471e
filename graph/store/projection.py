"""Reads the links between merchants and identifiers out of the store, as columns, as of any date.

One statement per linking relation, generated from the ontology; whole columns in one record, because
that is ten times faster than row by row. A statement reads the links of so many merchants at most, in
the order of their ids: the links of a million merchants in one record filled 3 GiB of the server's heap.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from itertools import compress
from typing import Any

import numpy as np

from graph.model.ids import is_pseudonym, node_id
from graph.model.values import KINDS
from graph.ontology import LinkRule, RelationType, ontology
from graph.store.naming import Namer, is_pseudonymous
from graph.store.session import Store
from graph.store.statement import Statement

BLOCK_MERCHANTS = 50_000
"""Merchants whose links one statement reads: some tens of megabytes of the server's heap."""

_Block = tuple[str, str]


@dataclass(frozen=True, slots=True)
class LinkColumns:
    """Links of one relation: merchant node id, identifier node id, day first seen (ISO date)."""

    relation: RelationType
    merchant: list[str]
    identifier: list[str]
    first_seen: list[str]


def read_links(
    store: Store,
    as_of: str,
    pool: Executor | None = None,
    fold: Mapping[str, str] | None = None,
    block_merchants: int = BLOCK_MERCHANTS,
) -> list[LinkColumns]:
    """All links that were known and not known to have ended on `as_of` (ISO date).

    With a `pool` several relations are read at once. With a `fold` (merchant → representative; those
    that stand alone are not in it) the links of merchants that are one are joined, see `folded`. One
    statement reads those of `block_merchants` merchants.
    """
    blocks = list(_blocks(store, block_merchants))

    def read(link: tuple[RelationType, LinkRule]) -> LinkColumns:
        relation, rule = link
        statement = links_statement(relation, rule)
        params: dict[str, Any] = {"excluded": list(rule.unless[1])} if rule.unless else {}
        found = LinkColumns(relation, [], [], [])
        for after, until in blocks:
            row = store.columns(statement, as_of=as_of, after=after, until=until, **params)
            found.merchant.extend(row["merchant"])
            found.identifier.extend(row["identifier"])
            found.first_seen.extend(row["first_seen"])
        return folded(found, fold) if fold else found

    links = ontology().links()
    return list(pool.map(read, links) if pool else map(read, links))


def _blocks(store: Store, size: int) -> Iterator[_Block]:
    """Ranges of merchant ids, the lower end not in it, with `size` merchants each but the last."""
    after = ""
    while (until := store.read(_BLOCK_END, after=after, size=size)[0]["until"]) is not None:
        yield after, until
        after = until


_BLOCK_END = Statement(
    "merchant_block_end",
    """MATCH (m:Merchant) WHERE m.id > $after
WITH m.id AS id ORDER BY id LIMIT $size
RETURN max(id) AS until""",
)


def folded(links: LinkColumns, fold: Mapping[str, str]) -> LinkColumns:
    """The links with those of merchants that are one under their representative.

    Each (merchant, identifier) of a representative stays once, with the earliest day; links of all
    other merchants stay as and where they are.
    """
    count = len(links.merchant)
    is_moved = np.fromiter(map(fold.__contains__, links.merchant), bool, count)
    if not is_moved.any():
        return links
    earliest: dict[tuple[str, str], str] = {}
    for at in np.flatnonzero(is_moved).tolist():
        key = (fold[links.merchant[at]], links.identifier[at])
        day = links.first_seen[at]
        earliest[key] = min(earliest.get(key, day), day)
    others = (~is_moved).tolist()
    return LinkColumns(
        links.relation,
        [*compress(links.merchant, others), *(merchant for merchant, _ in earliest)],
        [*compress(links.identifier, others), *(identifier for _, identifier in earliest)],
        [*compress(links.first_seen, others), *earliest.values()],
    )


def links_statement(relation: RelationType, rule: LinkRule) -> Statement:
    """The generated statement that reads the links of one relation; see the module's docstring."""
    steps = (*rule.through, relation.name)
    path = "(m)"
    conditions = ["coalesce(x.is_linkable, true)"]
    for at, step in enumerate(steps):
        end = "x:" + relation.end if at == len(steps) - 1 else f":{ontology().relations[step].end}"
        path += f"-[r{at}:{step}]->({end})"
        conditions.append(f"r{at}.first_seen <= $as_of")
        conditions.append(f"(r{at}.end_seen IS NULL OR r{at}.end_seen > $as_of)")
    if rule.unless:
        conditions.append(f"NOT coalesce(x.{rule.unless[0]}, '') IN $excluded")
    seen = "r0.first_seen"
    for at in range(1, len(steps)):
        seen = f"CASE WHEN r{at}.first_seen > {seen} THEN r{at}.first_seen ELSE {seen} END"
    return Statement(
        f"links_{relation.name}",
        # The first part ends in WITH, so that the plan begins at the block and not at all identifiers.
        f"""MATCH (m:Merchant) WHERE m.id > $after AND m.id <= $until
WITH m
MATCH {path}
WHERE {" AND ".join(conditions)}
WITH m.id AS merchant, x.id AS identifier, min({seen}) AS first_seen
RETURN collect(merchant) AS merchant, collect(identifier) AS identifier,
       collect(first_seen) AS first_seen""",
    )


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
