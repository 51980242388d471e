"""What a thing is related to: one step into the graph, in pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from graph.errors import ValueRefused
from graph.model.ids import type_of
from graph.ontology import ontology
from queries.pages import Cut, Page, PageRequest, page_of
from queries.reading import Reading
from queries.statements import for_type
from queries.views import (
    NodeView,
    RelationEnds,
    RelationView,
    node_view,
    relation_key,
    relation_view,
)

CURSOR = (str,)
DIRECTIONS = ("OUT", "IN", "ANY")

PARTLY_LIMIT = 2_000
"""Relations of one node of which the reader sees only some records; more are cut, and it is said."""


@dataclass(frozen=True, slots=True)
class Step:
    """One relation of a node, and the node at its other end."""

    direction: str
    relation: RelationView
    other: NodeView

    @property
    def key(self) -> tuple[str]:
        """Sorts relations of one node: by type, direction, other end, and what tells them apart."""
        role = "".join(relation_key(self.relation.type, self.relation.properties))
        return (f"{self.relation.type} {self.direction} {self.other.id} {role}",)


@dataclass(frozen=True, slots=True)
class Expansion:
    """Which relations are asked for: their types, their direction seen from the node, and when."""

    relations: tuple[str, ...]
    direction: str
    as_of: str
    page: PageRequest

    @classmethod
    def of(
        cls, relations: Sequence[str] | None, direction: str, as_of: str, page: PageRequest
    ) -> Expansion:
        """Check it; ValueRefused for an unknown relation type, direction or date."""
        if direction not in DIRECTIONS:
            raise ValueRefused("expand.direction")
        return cls(checked_relations(relations), direction, checked_date(as_of), page)


def checked_relations(names: Sequence[str] | None) -> tuple[str, ...]:
    """Relation types, sorted; all of them for None. ValueRefused for one that does not exist."""
    known = ontology().relations
    if names is None:
        return tuple(sorted(known))
    if unknown := sorted(set(names) - known.keys()):
        raise ValueRefused("relation.type", name=unknown[0][:40])
    return tuple(sorted(set(names)))


def checked_date(text: str) -> str:
    """An ISO date (YYYY-MM-DD) as it is; ValueRefused for anything else."""
    try:
        parsed = date.fromisoformat(text)
    except ValueError as error:
        raise ValueRefused("date.iso") from error
    if parsed.isoformat() != text:
        raise ValueRefused("date.iso")
    return text


async def expand(reading: Reading, ids: Iterable[str], asked: Expansion) -> dict[str, Page[Step]]:
    """A page of relations for each node, one statement per type of node.

    Nodes that are absent or not visible are left out alike. Order: relation type, direction, id of
    the other end.
    """
    by_type: dict[str, list[str]] = {}
    for identifier in sorted(set(ids)):
        by_type.setdefault(type_of(identifier), []).append(identifier)
    pages: dict[str, Page[Step]] = {}
    for type_name in sorted(by_type.keys() & ontology().entities.keys()):
        rows = await reading.rows(
            for_type("expand", type_name),
            ids=by_type[type_name],
            relations=list(asked.relations),
            direction=asked.direction,
            as_of=asked.as_of,
            after=str(asked.page.after[0]) if asked.page.after else "",
            limit=asked.page.first + 1,
            partly_limit=PARTLY_LIMIT + 1,
        )
        for row in rows:
            pages[row["id"]] = _page(reading, row, asked)
    return pages


def _page(reading: Reading, row: Mapping[str, Any], asked: Expansion) -> Page[Step]:
    visible = reading.reader.visible
    found = [
        _step(row["id"], item, visible) for item in (*row["whole"], *row["partly"][:PARTLY_LIMIT])
    ]
    known = [
        step
        for step in found
        if step.relation.is_known_on(asked.as_of) and step.other.first_seen <= asked.as_of
    ]
    cut = Cut(asked.as_of, reading.withheld(row["withheld"]), len(row["partly"]) > PARTLY_LIMIT)
    return page_of(sorted(known, key=lambda step: step.key), asked.page, lambda s: s.key, cut)


def _step(identifier: str, item: Mapping[str, Any], visible: Sequence[str]) -> Step:
    other = node_view(item["other_type"], item["other"], item["other_said"], visible)
    start, end = (identifier, other.id) if item["is_out"] else (other.id, identifier)
    ends = RelationEnds(item["type"], start, end)
    relation = relation_view(ends, item["relation"], item["relation_said"], visible)
    return Step("OUT" if item["is_out"] else "IN", relation, other)
