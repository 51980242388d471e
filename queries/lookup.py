"""Things by their id or key."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from graph.model.ids import node_id
from graph.ontology import ontology
from queries.reading import Reading, Row
from queries.statements import for_types, ids_by_type
from queries.views import NodeView, node_view


async def nodes(reading: Reading, ids: Iterable[str]) -> dict[str, NodeView]:
    """Visible nodes by id, in one statement; what is absent or not visible is left out alike."""
    wanted = ids_by_type(ids)
    if not wanted:
        return {}
    rows = await reading.rows(for_types("nodes", tuple(wanted)), ids=wanted)
    views = [view_of(reading, row) for row in rows]
    return {view.id: view for view in views}


async def visible_ids(reading: Reading, ids: Iterable[str]) -> frozenset[str]:
    """Which of some nodes the reader may see, in one statement."""
    wanted = ids_by_type(ids)
    if not wanted:
        return frozenset()
    rows = await reading.rows(for_types("visible", tuple(wanted)), ids=wanted)
    return frozenset(row["id"] for row in rows)


async def by_key(reading: Reading, type_name: str, key: Sequence[str]) -> NodeView | None:
    """The node of a type by its key, in the order of the ontology's key; None when not visible."""
    if len(key) != len(ontology().entities[type_name].key):
        return None
    wanted = node_id(type_name, key)
    return (await nodes(reading, [wanted])).get(wanted)


def view_of(reading: Reading, row: Row) -> NodeView:
    """A node from a row with the columns type, stored and said."""
    said = [(at, record, payload) for at, record, payload in row["said"]]
    return node_view(row["type"], row["stored"], said, reading.reader.visible)
