"""One step from a thing: a relation of it, and the thing at the other end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from queries.views import (
    NodeView,
    RelationEnds,
    RelationView,
    node_view,
    relation_key,
    relation_view,
)


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

    def is_known_on(self, as_of: str) -> bool:
        """Whether the relation held and its other end was known on a date."""
        return self.relation.is_known_on(as_of) and self.other.first_seen <= as_of


def step_of(identifier: str, item: Mapping[str, Any], visible: Sequence[str]) -> Step:
    """A step from a node, of an item with the columns type, is_out, relation, relation_said,
    other_type, other and other_said (see expand.cypher)."""
    other = node_view(item["other_type"], item["other"], item["other_said"], visible)
    start, end = (identifier, other.id) if item["is_out"] else (other.id, identifier)
    ends = RelationEnds(item["type"], start, end)
    relation = relation_view(ends, item["relation"], item["relation_said"], visible)
    return Step("OUT" if item["is_out"] else "IN", relation, other)
