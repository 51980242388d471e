"""The sink that writes into the graph."""

from __future__ import annotations

from collections.abc import Sequence

from graph.store.constraints import prepare
from graph.store.naming import Namer
from graph.store.rows import EntityRow, RelationRow
from graph.store.session import Store
from graph.store.upsert import existing, materialise, upsert_entities, upsert_relations
from ingest.facts import Key
from ingest.sink import Written


class StoreSink:
    """Writes batches into a store, whose keys it makes; `finish` settles what several records say."""

    def __init__(self, store: Store) -> None:
        store.await_preparation()
        prepare(store)
        self._store = store
        self._namer = Namer.of(store)

    def name(self, type_name: str, key: Key) -> str:
        """The id of the node with that key."""
        return self._namer.entity(type_name, key)

    def entities(self, type_name: str, rows: Sequence[EntityRow]) -> Written:
        """Write nodes of one type."""
        done = upsert_entities(self._store, self._namer, type_name, rows)
        return Written(unchanged=done.unchanged)

    def relations(self, relation: str, rows: Sequence[RelationRow]) -> Written:
        """Write relations whose two ends exist."""
        done = upsert_relations(self._store, self._namer, relation, rows)
        return Written(done.missing, done.unchanged)

    def exists(self, type_name: str, keys: Sequence[Key]) -> Sequence[bool]:
        """Which of these nodes the store has."""
        return existing(self._store, self._namer, type_name, keys)

    def finish(self) -> None:
        """Settle what several records speak about."""
        materialise(self._store)
