"""Where cleaned rows go: the protocol a store fulfils, and a sink that keeps them in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Protocol

from graph.model.ids import node_id, pseudonym
from graph.ontology import ontology
from graph.store.rows import EntityRow, RelationRow
from ingest.facts import Key


@dataclass(frozen=True, slots=True)
class Written:
    """What became of one batch, as positions in it.

    `missing`: relations with an end that does not exist, not written. `unchanged`: rows whose record
    was known already; a sink that cannot tell leaves it empty.
    """

    missing: Sequence[int] = ()
    unchanged: Sequence[int] = ()


class Sink(Protocol):
    """Takes batches, all entities before the first relation. Writing the same batch twice is harmless."""

    def name(self, type_name: str, key: Key) -> str:
        """The id of the node with that key; a personal key appears in it only as a pseudonym."""
        ...

    def entities(self, type_name: str, rows: Sequence[EntityRow]) -> Written:
        """Write nodes of one type."""
        ...

    def relations(self, relation: str, rows: Sequence[RelationRow]) -> Written:
        """Write relations of one type whose ends exist; the others are `missing`."""
        ...

    def exists(self, type_name: str, keys: Sequence[Key]) -> Sequence[bool]:
        """Which of these nodes there are; asked only about the ends of missing relations."""
        ...

    def finish(self) -> None:
        """Called once after the last batch."""
        ...


@cache
def _hidden(type_name: str) -> frozenset[int]:
    """Positions in the key that ids must not show, as in `graph.store.naming`."""
    entity = ontology().entities[type_name]
    properties = [entity.property(name) for name in entity.key]
    return frozenset(
        at for at, prop in enumerate(properties) if prop.personal and prop.kind == "phone"
    )


@dataclass(slots=True)
class Collect:
    """Keeps everything in memory: for dry runs, for checking a source, for small tests.

    Memory grows with what is loaded; a large file belongs into a store.
    """

    nodes: dict[str, list[EntityRow]] = field(default_factory=dict)
    links: dict[str, list[RelationRow]] = field(default_factory=dict)
    is_finished: bool = False
    _keys: set[tuple[str, Key]] = field(default_factory=set)
    _records: set[str] = field(default_factory=set)

    def name(self, type_name: str, key: Key) -> str:
        """Node ids with the pseudonyms of a store whose secret is empty."""
        hidden = _hidden(type_name)
        if not hidden:
            return node_id(type_name, key)
        parts = [
            pseudonym(b"", type_name, part) if at in hidden else part for at, part in enumerate(key)
        ]
        return node_id(type_name, parts)

    def entities(self, type_name: str, rows: Sequence[EntityRow]) -> Written:
        """Keep the rows whose record is new."""
        unchanged = []
        for at, row in enumerate(rows):
            self._keys.add((type_name, row.key))
            if row.record.id in self._records:
                unchanged.append(at)
                continue
            self._records.add(row.record.id)
            self.nodes.setdefault(type_name, []).append(row)
        return Written(unchanged=unchanged)

    def relations(self, relation: str, rows: Sequence[RelationRow]) -> Written:
        """Keep the rows whose record is new and whose ends are here."""
        ends = ontology().relations[relation]
        missing, unchanged = [], []
        for at, row in enumerate(rows):
            known = self._keys
            if (ends.start, row.start_key) not in known or (ends.end, row.end_key) not in known:
                missing.append(at)
            elif row.record.id in self._records:
                unchanged.append(at)
            else:
                self._records.add(row.record.id)
                self.links.setdefault(relation, []).append(row)
        return Written(missing, unchanged)

    def exists(self, type_name: str, keys: Sequence[Key]) -> Sequence[bool]:
        """Which of these nodes came by."""
        return [(type_name, key) in self._keys for key in keys]

    def finish(self) -> None:
        """Remember that the load came to its end."""
        self.is_finished = True

    def as_json(self) -> dict[str, Any]:
        """Everything kept, as plain values in a stable order, to be compared with what was expected."""
        return {
            "entities": {
                name: [
                    {"key": list(row.key), "properties": dict(row.properties)}
                    for row in sorted(rows, key=lambda r: (r.key, r.record.payload))
                ]
                for name, rows in sorted(self.nodes.items())
            },
            "relations": {
                name: [
                    {
                        "start": list(row.start_key),
                        "end": list(row.end_key),
                        "properties": dict(row.properties),
                    }
                    for row in sorted(
                        rows, key=lambda r: (r.start_key, r.end_key, r.record.payload)
                    )
                ]
                for name, rows in sorted(self.links.items())
            },
        }
