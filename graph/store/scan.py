"""Reads whole relations and whole types out of the store in the order in which they lie on disk.

Going from each merchant to its identifiers touches some ten pages of the store's files for every link,
in no order: 43 µs of one core where the files are larger than the page cache. In the order of the
store's own numbers each page is read once: 6 µs (docs/adr/0016). So links are read as pairs of
numbers, nodes as numbers with their ids, and both are joined here.

The store's numbers are those of Cypher's `id()`: they mean nothing outside of one reading, as a number
may be given again once its node is gone. `id()` is deprecated and has no replacement that is a number.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph.ontology import EntityType, RelationType
from graph.store.session import Store
from graph.store.statement import Statement

BLOCK_ROWS = 250_000
"""Relations or nodes that one statement looks at: some tens of megabytes of the server's heap."""

Numbers = NDArray[np.int64]
Days = NDArray[np.int32]
Unless = tuple[str, tuple[str, ...]] | None
"""A property and the values of it under which a node ties nobody; see `graph.ontology.LinkRule`."""

_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class Edges:
    """Relations as columns: the store's numbers of start and end, day first seen since 1970-01-01."""

    start: Numbers
    end: Numbers
    first_seen_day: Days

    def then(self, following: Edges) -> Edges:
        """Each way along one of these and one of the `following`, seen once both were seen."""
        order = np.argsort(following.start, kind="stable")
        starts = following.start[order]
        low = np.searchsorted(starts, self.end, "left")
        count = np.searchsorted(starts, self.end, "right") - low
        first = np.repeat(np.arange(self.end.size), count)
        before = np.repeat(np.cumsum(count) - count, count)
        second = order[np.repeat(low, count) + np.arange(first.size) - before]
        return Edges(
            self.start[first],
            following.end[second],
            np.maximum(self.first_seen_day[first], following.first_seen_day[second]),
        )


@dataclass(frozen=True, slots=True)
class Nodes:
    """Nodes of one type: the store's numbers, ascending, and the id of each."""

    number: Numbers
    id: list[str]

    def places(self, numbers: Numbers) -> tuple[Numbers, NDArray[np.bool_]]:
        """Where each of `numbers` stands among these, and whether it does; else the place means nothing."""
        if not self.number.size:
            return np.zeros(numbers.size, np.int64), np.zeros(numbers.size, bool)
        at = np.minimum(np.searchsorted(self.number, numbers), self.number.size - 1)
        return at, self.number[at] == numbers


class _Days(dict[str, int]):
    """ISO date → days since 1970-01-01; there are few different ones, so each is worked out once."""

    def __missing__(self, day: str) -> int:
        self[day] = number = date.fromisoformat(day).toordinal() - _EPOCH_ORDINAL
        return number


def scan_relation(
    store: Store, relation: RelationType, as_of: str, block_rows: int = BLOCK_ROWS
) -> Edges:
    """All relations of one type that were known and not known to have ended on `as_of` (ISO date)."""
    days = _Days()
    blocks = [
        (
            np.array(row["start"], np.int64),
            np.array(row["end"], np.int64),
            np.array([days[day] for day in row["first_seen"]], np.int32),
        )
        for row in _blocks(store, edges_statement(relation), block_rows, as_of=as_of)
    ]
    if not blocks:
        return Edges(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.int32))
    start, end, day = (np.concatenate(column) for column in zip(*blocks, strict=True))
    return Edges(start, end, day)


def scan_nodes(
    store: Store, entity: EntityType, unless: Unless = None, block_rows: int = BLOCK_ROWS
) -> Nodes:
    """All nodes of one type that may tie merchants; less those that `unless` names."""
    excluded = {"excluded": list(unless[1])} if unless else {}
    numbers: list[Numbers] = []
    ids: list[str] = []
    for row in _blocks(store, nodes_statement(entity, unless), block_rows, **excluded):
        numbers.append(np.array(row["number"], np.int64))
        ids += row["id"]
    return Nodes(np.concatenate(numbers) if numbers else np.empty(0, np.int64), ids)


def _blocks(
    store: Store, statement: Statement, block_rows: int, **params: Any
) -> Iterator[dict[str, Any]]:
    """The rows of a statement of this module, block after block."""
    after, looked_at = -1, block_rows
    while looked_at == block_rows:
        row = store.read(statement, after=after, block_rows=block_rows, **params)[0]
        looked_at = row["looked_at"]
        if looked_at:
            after = row["until"]
            yield row


def edges_statement(relation: RelationType) -> Statement:
    """The generated statement that reads a block of a relation; in the order of a scan, so unsorted."""
    return Statement(
        f"edges_{relation.name}",
        f"""MATCH (a)-[r:{relation.name}]->(b) WHERE id(r) > $after
WITH r, a, b ORDER BY id(r) LIMIT $block_rows
WITH id(r) AS number, id(a) AS start, id(b) AS end,
     CASE WHEN r.first_seen <= $as_of AND (r.end_seen IS NULL OR r.end_seen > $as_of)
          THEN r.first_seen END AS seen
RETURN count(*) AS looked_at, max(number) AS until,
       collect(CASE WHEN seen IS NOT NULL THEN start END) AS start,
       collect(CASE WHEN seen IS NOT NULL THEN end END) AS end,
       collect(seen) AS first_seen""",
    )


def nodes_statement(entity: EntityType, unless: Unless) -> Statement:
    """The generated statement that reads a block of the nodes of a type."""
    conditions = []
    if any(each.name == "is_linkable" for each in entity.properties):
        conditions.append("coalesce(x.is_linkable, true)")
    if unless:
        conditions.append(f"NOT coalesce(x.{unless[0]}, '') IN $excluded")
    name = f"CASE WHEN {' AND '.join(conditions)} THEN x.id END" if conditions else "x.id"
    return Statement(
        f"nodes_{entity.name}",
        f"""MATCH (x:{entity.name}) WHERE id(x) > $after
WITH x ORDER BY id(x) LIMIT $block_rows
WITH id(x) AS number, {name} AS name
RETURN count(*) AS looked_at, max(number) AS until,
       collect(CASE WHEN name IS NOT NULL THEN number END) AS number, collect(name) AS id""",
    )
