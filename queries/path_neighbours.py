"""Who is next to whom in the store, as far as one reader may see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from queries.lookup import view_of
from queries.path_search import Link
from queries.reading import Reading
from queries.statements import load
from queries.views import NodeView, RelationEnds, RelationView, relation_view

OPEN_LIMIT = 2_000
"""Relations that leave a thing, or where hubs are ways too lead to it, before it is left out as a hub."""

END_LIMIT = 10_000
"""Relations in either direction up to which an end of the way is read; a wider one must be reached."""


@dataclass(frozen=True, slots=True)
class Around:
    """Which neighbours count: by which relations, but not which things, known on which date (None:
    ever), of things with at most how many holders (None: any) that are not registered as hubs."""

    relations: tuple[str, ...]
    without: frozenset[str]
    as_of: str | None
    hub_limit: int | None
    registered: frozenset[str]


class StoredNeighbours:
    """Asks the store; `elements` are its own names of the two ends."""

    def __init__(self, reading: Reading, around: Around, elements: Mapping[str, str]) -> None:
        self._reading = reading
        self._around = around
        self._elements = dict(elements)

    async def __call__(
        self, ids: Sequence[str], *, are_ends: bool
    ) -> Mapping[str, Sequence[Link] | None]:
        """The links of each thing, in one statement (two where only records can tell a date)."""
        hubs = frozenset() if are_ends else self._around.registered & frozenset(ids)
        asked = {self._elements[node]: node for node in ids if node not in hubs}
        found: dict[str, Sequence[Link] | None] = dict.fromkeys(hubs)
        if not asked:
            return found
        in_limit = END_LIMIT if are_ends else self._around.hub_limit or OPEN_LIMIT
        out_limit = END_LIMIT if are_ends else OPEN_LIMIT
        rows = await self._reading.rows(
            load("path_frontier"),
            elements=list(asked),
            relations=list(self._around.relations),
            as_of=self._around.as_of,
            in_stop=in_limit + 1,
            out_stop=out_limit + 1,
        )
        known = await self._known(rows)
        for row in rows:
            is_wide = len(row["incoming"]) > in_limit or len(row["outgoing"]) > out_limit
            items = (*row["incoming"], *row["outgoing"])
            found[asked[row["element"]]] = None if is_wide else self._links(items, known)
        return found

    async def things(self, ids: Sequence[str]) -> dict[str, NodeView]:
        """Things that were met, by id, in one statement."""
        if not ids:
            return {}
        elements = [self._elements[node] for node in ids]
        rows = await self._reading.rows(load("path_things"), elements=elements)
        views = [view_of(self._reading, row) for row in rows]
        return {view.id: view for view in views}

    def _links(self, items: Sequence[Sequence[Any]], known: frozenset[str]) -> list[Link]:
        links = []
        for other, element, type_name, role, relation, is_known in items:
            if other in self._around.without or not (is_known or relation in known):
                continue
            self._elements[other] = element
            links.append(Link(other, type_name, role, relation))
        return links

    async def _known(self, rows: Sequence[Mapping[str, Any]]) -> frozenset[str]:
        """Of relations that are only partly visible, those known on the date by what is visible."""
        day = self._around.as_of
        unclear = {
            item[4]
            for row in rows
            for item in (*row["incoming"], *row["outgoing"])
            if item[5] is None
        }
        if day is None or not unclear:
            return frozenset()
        relations, things = await relations_of(self._reading, sorted(unclear))
        return frozenset(
            element
            for element, relation in relations.items()
            if relation.is_known_on(day)
            and all(things[end].first_seen <= day for end in (relation.start, relation.end))
        )


async def relations_of(
    reading: Reading, elements: Sequence[str]
) -> tuple[dict[str, RelationView], dict[str, NodeView]]:
    """Visible relations by the store's own names, and the things at their ends by id; one statement."""
    relations: dict[str, RelationView] = {}
    things: dict[str, NodeView] = {}
    for row in await reading.rows(load("path_relations"), elements=list(elements)):
        ends = RelationEnds(row["type"], row["start"], row["end"])
        said = [(at, record, payload) for at, record, payload in row["said"]]
        relations[row["element"]] = relation_view(ends, row["stored"], said, reading.reader.visible)
        for view in (view_of(reading, node) for node in row["nodes"]):
            things[view.id] = view
    return relations, things
