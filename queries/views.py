"""What a reader sees of a node or relation: worked out from the records he may see, and no others.

Something that several regions speak about is stored with the values of them all. Where the reader
may see only some of them, the stored values are not shown: they are merged again from the visible
records, by the same rule that stored them. Values, dates, regions and records of others stay unknown.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from graph.errors import ValueRefused
from graph.model.provenance import merge_payloads, merge_relation
from graph.ontology import ontology

#: What the store keeps on nodes and relations besides the properties of the ontology.
_BOOKKEEPING = frozenset(
    {"id", "records", "regions", "first_seen", "end_seen", "stale", "valid_from", "valid_to"}
    | {"search_text", "search_keys"}
)

Said = Sequence[tuple[str, str, str]]
"""Visible records of a thing that is not wholly visible: retrieved at, record id, payload."""


@dataclass(frozen=True, slots=True)
class NodeView:
    """One node as one reader sees it; properties are not masked yet."""

    id: str
    type: str
    properties: Mapping[str, Any]
    regions: tuple[str, ...]
    records: tuple[str, ...]
    first_seen: str

    @property
    def display(self) -> str:
        """The name of the thing, not masked; its type where it has none."""
        value = self.properties.get(ontology().entities[self.type].display)
        return str(value) if value is not None else self.type


@dataclass(frozen=True, slots=True)
class RelationView:
    """One relation as one reader sees it. Dates are ISO; `valid_to` is exclusive."""

    type: str
    start: str
    end: str
    properties: Mapping[str, Any]
    regions: tuple[str, ...]
    records: tuple[str, ...]
    first_seen: str
    end_seen: str | None = None
    valid_from: str | None = None
    valid_to: str | None = None

    @property
    def id(self) -> str:
        """Opaque; `parse_relation_id` reads it back."""
        return relation_id(
            self.type, self.start, self.end, relation_key(self.type, self.properties)
        )

    def is_known_on(self, as_of: str) -> bool:
        """Whether it was known, and not known to have ended, on a date."""
        return self.first_seen <= as_of and (self.end_seen is None or self.end_seen > as_of)


def node_view(
    type_name: str, stored: Mapping[str, Any], said: Said, visible: Sequence[str]
) -> NodeView:
    """A node from its stored properties, and the visible records where others spoke of it too."""
    regions = tuple(sorted(set(stored["regions"]) & set(visible)))
    if len(regions) == len(set(stored["regions"])):
        properties = {k: v for k, v in stored.items() if k not in _BOOKKEEPING and v is not None}
        records, first_seen = stored["records"], stored["first_seen"]
    else:
        # The key is the node's identity: whoever sees the node knows it.
        properties = {key: stored[key] for key in ontology().entities[type_name].key}
        properties |= {k: v for k, v in merge_payloads(_sorted(said)).items() if v is not None}
        records, first_seen = [record for _, record, _ in said], _first_day(said)
    return NodeView(
        stored["id"], type_name, properties, regions, tuple(sorted(records)), first_seen
    )


@dataclass(frozen=True, slots=True)
class RelationEnds:
    """Type and ends of a relation, in its own direction."""

    type: str
    start: str
    end: str


def relation_view(
    ends: RelationEnds, stored: Mapping[str, Any], said: Said, visible: Sequence[str]
) -> RelationView:
    """The same for a relation, whose end may have been seen by others only."""
    regions = tuple(sorted(set(stored["regions"]) & set(visible)))
    if len(regions) == len(set(stored["regions"])):
        merged, records = stored, stored["records"]
    else:
        merged = {k: stored[k] for k in ontology().relations[ends.type].key}
        merged |= merge_relation(_sorted(said)) if said else {"first_seen": _first_day(said)}
        records = [record for _, record, _ in said]
    return RelationView(
        ends.type,
        ends.start,
        ends.end,
        {k: v for k, v in merged.items() if k not in _BOOKKEEPING and v is not None},
        regions,
        tuple(sorted(records)),
        merged["first_seen"],
        merged.get("end_seen"),
        merged.get("valid_from"),
        merged.get("valid_to"),
    )


def relation_key(type_name: str, properties: Mapping[str, Any]) -> tuple[str, ...]:
    """The values that tell parallel relations of one type apart."""
    return tuple(str(properties.get(key, "")) for key in ontology().relations[type_name].key)


def relation_id(type_name: str, start: str, end: str, key: Iterable[str]) -> str:
    """`Relation:` and the URL-safe text of type, ends and key."""
    raw = orjson.dumps([type_name, start, end, *key])
    return "Relation:" + base64.urlsafe_b64encode(raw).decode().rstrip("=")


def parse_relation_id(identifier: str) -> tuple[RelationEnds, tuple[str, ...]] | None:
    """What a relation id names; None for other ids, ValueRefused for a broken one."""
    head, _, tail = identifier.partition("Relation:")
    if head or not tail:
        return None
    try:
        raw = base64.b64decode(tail + "=" * (-len(tail) % 4), altchars=b"-_", validate=True)
        parts = orjson.loads(raw)
    except (binascii.Error, ValueError) as error:
        raise ValueRefused("relation.id") from error
    is_plain = isinstance(parts, list) and all(isinstance(part, str) for part in parts)
    if not is_plain or len(parts) < 3 or parts[0] not in ontology().relations:
        raise ValueRefused("relation.id")
    return RelationEnds(*parts[:3]), tuple(parts[3:])


def _sorted(said: Said) -> list[tuple[str, str, str]]:
    return sorted((at, record, payload) for at, record, payload in said)


def _first_day(said: Said) -> str:
    # Nothing visible says so: later than any date that can be asked for.
    return min((at[:10] for at, _, _ in said), default="9999-12-31")
