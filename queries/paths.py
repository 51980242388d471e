"""How two things are connected: the shortest ways through what the reader may see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from graph.errors import ValueRefused
from graph.model.ids import type_of
from graph.ontology import ontology
from graph.store.statement import Statement
from queries.expand import checked_relations
from queries.lookup import nodes
from queries.reading import Reading
from queries.statements import for_type
from queries.views import NodeView, RelationEnds, RelationView, relation_view

MAX_HOPS = 6
MAX_WAYS = 5

#: Everybody sells on a platform and every certificate has a body: a way through those says nothing.
TOO_COMMON = frozenset({"ON_PLATFORM", "ISSUED_BY"})


@dataclass(frozen=True, slots=True)
class Way:
    """One way: its nodes from start to end, and the relations between them (one fewer)."""

    nodes: tuple[NodeView, ...]
    relations: tuple[RelationView, ...]


@dataclass(frozen=True, slots=True)
class Ways:
    """All shortest ways that were asked for, as alike as equals.

    `truncated`: there are more of the same length. `withheld`: 1 when a shorter way, or the only
    one, runs through what the reader may not see (None where that is not told).
    """

    ways: tuple[Way, ...]
    truncated: bool
    withheld: int | None
    as_of: str


async def shortest_paths(
    reading: Reading, start: str, end: str, max_hops: int, relations: Sequence[str] | None
) -> Ways:
    """The shortest ways between two nodes, over all relations ever recorded, ended ones included.

    By default not through relations that everybody has (`TOO_COMMON`). Two statements. Raises
    ValueRefused for hops outside 1..6 and for unknown relation types, LimitExceeded when the search
    takes too long.
    """
    if not 1 <= max_hops <= MAX_HOPS:
        raise ValueRefused("path.hops", most=MAX_HOPS)
    types = checked_relations(relations)
    if relations is None:
        types = tuple(name for name in types if name not in TOO_COMMON)
    known = ontology().entities
    nothing = Ways((), False, reading.withheld(0), reading.as_of)
    if type_of(start) not in known or type_of(end) not in known:
        return nothing
    if start == end:
        seen = await nodes(reading, [start])
        return (
            Ways((Way((seen[start],), ()),), False, nothing.withheld, reading.as_of)
            if seen
            else nothing
        )
    rows = await reading.rows(
        _statement(type_of(start), type_of(end)),
        **{"from": start, "to": end},
        relations=list(types),
        max_hops=max_hops,
        limit=MAX_WAYS + 1,
    )
    if not rows:
        return nothing
    found, shortest = rows[0]["ways"], rows[0]["shortest"]
    seen = await nodes(reading, [identifier for way in found for identifier in way["ids"]])
    ways = tuple(_way(way, seen, reading.reader.visible) for way in found[:MAX_WAYS])
    length = len(ways[0].relations) if ways else None
    is_hidden = shortest is not None and (length is None or shortest < length)
    return Ways(ways, len(found) > MAX_WAYS, reading.withheld(int(is_hidden)), reading.as_of)


@cache
def _statement(start_type: str, end_type: str) -> Statement:
    template = for_type("paths", start_type)
    label = ontology().entities[end_type].name
    return Statement(
        f"{template.name}_{label}", template.text.replace("__OTHER__", label), template.header
    )


def _way(row: Mapping[str, Any], seen: Mapping[str, NodeView], visible: Sequence[str]) -> Way:
    return Way(
        tuple(seen[identifier] for identifier in row["ids"]),
        tuple(
            relation_view(
                RelationEnds(r["type"], r["start"], r["end"]),
                r["stored"],
                [(at, record, payload) for at, record, payload in r["said"]],
                visible,
            )
            for r in row["relations"]
        ),
    )
