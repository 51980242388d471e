"""Cleaned rows wait here until the whole load is judged: in memory while few, in a nameless file then.

Nothing may be written to the store before the thresholds are checked, and cleaning twice would cost as
much as writing. One spool per type, so that entities can go first whatever order the rows came in.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Any, NamedTuple

import orjson

from ingest.facts import CleanRow, Key, Provenance

MEMORY_BYTES = 1 << 20
"""What one spool keeps in memory before it goes to disk; there are some sixty spools."""

BLOCK_ROWS = 500
"""Facts held as objects, which are large, before they are packed."""


class Spooled(NamedTuple):
    """One fact with the place it was read: the number of its input, and its line there.

    `keys` are (key,) of an entity or (start, end) of a relation.
    """

    source: int
    line: int
    provenance: Provenance
    keys: tuple[Key, ...]
    properties: dict[str, Any]


class _Spool:
    def __init__(self, folder: Path | None) -> None:
        self._file: IO[bytes] = tempfile.SpooledTemporaryFile(  # noqa: SIM115 - closed by Spools
            MEMORY_BYTES, dir=None if folder is None else str(folder)
        )
        self._waiting: list[tuple[Any, ...]] = []
        self.facts = 0

    def add(self, item: tuple[Any, ...]) -> None:
        self._waiting.append(item)
        self.facts += 1
        if len(self._waiting) >= BLOCK_ROWS:
            self.flush()

    def flush(self) -> None:
        if self._waiting:
            self._file.write(orjson.dumps(self._waiting))
            self._file.write(b"\n")
            self._waiting = []

    def batches(self, batch_rows: int) -> Iterator[list[Spooled]]:
        self.flush()
        self._file.seek(0)
        batch: list[Spooled] = []
        for line in self._file:
            batch += [
                Spooled(source, number, Provenance(*said), tuple(map(tuple, keys)), properties)
                for source, number, said, keys, properties in orjson.loads(line)
            ]
            if len(batch) >= batch_rows:
                yield batch
                batch = []
        if batch:
            yield batch

    def close(self) -> None:
        self._file.close()


class Spools:
    """All spools of one load; a context manager, after which nothing of them is left."""

    def __init__(self, batch_rows: int, folder: Path | None = None) -> None:
        self._batch_rows = batch_rows
        self._folder = folder
        self._entities: dict[str, _Spool] = {}
        self._relations: dict[str, _Spool] = {}

    def __enter__(self) -> Spools:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for spool in (*self._entities.values(), *self._relations.values()):
            spool.close()

    def add(self, source: int, line: int, row: CleanRow) -> None:
        """Keep all facts of one row."""
        said = tuple(row.provenance)  # orjson knows plain tuples only
        for entity in row.entities:
            spool = self._entities.get(entity.type_name) or self._new(
                self._entities, entity.type_name
            )
            spool.add((source, line, said, (entity.key,), entity.properties))
        for link in row.relations:
            spool = self._relations.get(link.relation) or self._new(self._relations, link.relation)
            spool.add((source, line, said, (link.start, link.end), link.properties))

    def _new(self, spools: dict[str, _Spool], name: str) -> _Spool:
        spools[name] = _Spool(self._folder)
        return spools[name]

    def entity_types(self) -> list[str]:
        """Types that have facts, sorted."""
        return sorted(self._entities)

    def relation_types(self) -> list[str]:
        """Relations that have facts, sorted."""
        return sorted(self._relations)

    def entities(self, type_name: str) -> Iterator[list[Spooled]]:
        """The facts of one entity type in batches, in the order they were read."""
        return self._entities[type_name].batches(self._batch_rows)

    def relations(self, relation: str) -> Iterator[list[Spooled]]:
        """The facts of one relation in batches, in the order they were read."""
        return self._relations[relation].batches(self._batch_rows)

    def facts(self) -> int:
        """Number of facts kept."""
        return sum(spool.facts for spool in (*self._entities.values(), *self._relations.values()))
