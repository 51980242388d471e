"""The sink that writes into the graph."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from graph.ontology import ontology
from graph.store.constraints import prepare
from graph.store.naming import Namer
from graph.store.rows import EntityRow, RelationRow
from graph.store.session import Store
from graph.store.upsert import Outcome, existing, materialise, upsert_entities, upsert_relations
from ingest.facts import Key
from ingest.sink import Written

TOGETHER_BELOW_ROWS = 100
"""Batches smaller than this are written in one transaction."""

_Row = TypeVar("_Row", EntityRow, RelationRow)


class StoreSink:
    """Writes batches into a store, whose keys it makes; `finish` settles what several records say.

    A batch is written in two transactions at once, because the server gives each a core of its own.
    They never speak about the same node, relation or record: rows are parted by key.
    """

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

        def write(part: Sequence[EntityRow]) -> Outcome:
            return upsert_entities(self._store, self._namer, type_name, part)

        return _in_halves(rows, parted(rows, lambda row: row.key), write)

    def relations(self, relation: str, rows: Sequence[RelationRow]) -> Written:
        """Write relations whose two ends exist."""

        def write(part: Sequence[RelationRow]) -> Outcome:
            return upsert_relations(self._store, self._namer, relation, part)

        ends = ontology().relations[relation]
        if ends.start == ends.end:  # a start of one half may be an end of the other
            return _in_halves(rows, [range(len(rows))], write)
        # Transactions lock both ends of a relation. They share no starts, and ask for the ends that
        # they share in one order, so that one may wait for the other, but never both.
        halves = [
            sorted(half, key=lambda at: rows[at].end_key)
            for half in parted(rows, lambda row: row.start_key)
        ]
        return _in_halves(rows, halves, write)

    def exists(self, type_name: str, keys: Sequence[Key]) -> Sequence[bool]:
        """Which of these nodes the store has."""
        return existing(self._store, self._namer, type_name, keys)

    def finish(self) -> None:
        """Settle what several records speak about."""
        materialise(self._store)


def parted(rows: Sequence[_Row], key_of: Callable[[_Row], Key]) -> Sequence[Sequence[int]]:
    """Positions of rows in two parts, in order; rows of one key are in one part."""
    if len(rows) < TOGETHER_BELOW_ROWS:
        return [range(len(rows))]
    halves: tuple[list[int], list[int]] = ([], [])
    for at, row in enumerate(rows):
        halves[hash(key_of(row)) & 1].append(at)
    return [half for half in halves if half]


def _in_halves(
    rows: Sequence[_Row],
    parts: Sequence[Sequence[int]],
    write: Callable[[Sequence[_Row]], Outcome],
) -> Written:
    """Write all parts at once; positions in the outcome are those in `rows`."""
    missing: list[int] = []
    unchanged: list[int] = []
    with ThreadPoolExecutor(max_workers=len(parts)) as pool:
        outcomes = list(pool.map(lambda part: write([rows[at] for at in part]), parts))
    for part, outcome in zip(parts, outcomes, strict=True):
        missing += [part[at] for at in outcome.missing]
        unchanged += [part[at] for at in outcome.unchanged]
    return Written(sorted(missing), sorted(unchanged))
