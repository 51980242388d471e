"""Who says so: the records behind a node, a relation or a finding."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from graph.model.ids import type_of
from graph.ontology import ontology
from queries.findings import FindingFilter, findings, json_object
from queries.lookup import nodes
from queries.pages import PageRequest
from queries.reading import Reading
from queries.statements import for_type, load
from queries.views import RelationEnds, parse_relation_id


@dataclass(frozen=True, slots=True)
class RecordView:
    """One record. `payload` holds the asserted properties, not masked yet."""

    id: str
    source: str
    locator: str
    retrieved_at: str
    region: str
    asserts: str
    payload: Mapping[str, Any]


async def records(reading: Reading, ids: Iterable[str]) -> dict[str, RecordView]:
    """Visible records by id, in one statement."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    rows = await reading.rows(load("records"), ids=wanted)
    views = [_view(row["stored"]) for row in rows]
    return {view.id: view for view in views}


async def explain(reading: Reading, identifier: str) -> tuple[RecordView, ...] | None:
    """The visible records behind a node, relation, finding or record, oldest first.

    None for what is absent or not visible. Raises ValueRefused for a broken relation id.
    """
    relation = parse_relation_id(identifier)
    if relation is not None:
        found = await _of_relation(reading, *relation)
        return found or None
    if type_of(identifier) == "Finding":
        page = await findings(
            reading, FindingFilter(ids=(identifier,), with_closed=True), PageRequest(1)
        )
        ids = page.items[0].input_records if page.items else None
    elif type_of(identifier) in ontology().entities:
        node = (await nodes(reading, [identifier])).get(identifier)
        ids = node.records if node else None
    else:
        ids = (identifier,)
    if ids is None:
        return None
    seen = oldest_first((await records(reading, ids)).values())
    return seen or None


def oldest_first(views: Iterable[RecordView]) -> tuple[RecordView, ...]:
    """Records by the time they were retrieved, then by id."""
    return tuple(sorted(views, key=lambda record: (record.retrieved_at, record.id)))


async def _of_relation(
    reading: Reading, ends: RelationEnds, key: tuple[str, ...]
) -> tuple[RecordView, ...]:
    if type_of(ends.start) != ontology().relations[ends.type].start:
        return ()
    rows = await reading.rows(
        for_type("relation_records", type_of(ends.start)),
        **{"from": ends.start, "to": ends.end},
        relation=ends.type,
        role="".join(key),
    )
    return oldest_first(_view(row["stored"]) for row in rows)


def _view(stored: Mapping[str, Any]) -> RecordView:
    return RecordView(
        stored["id"],
        stored["source"],
        stored["locator"],
        stored["retrieved_at"],
        stored["region"],
        stored["asserts"],
        json_object(stored["payload"]),
    )
