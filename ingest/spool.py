"""Cleaned rows wait here, in files, until the whole load is judged.

Nothing may be written to the store before the thresholds are checked, and cleaning twice would cost as
much as writing. One spool per type, so that entities can go first whatever order the rows came in;
files, so that memory does not grow with the load, and so that another process can fill or empty them.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, NamedTuple

import orjson

from ingest.facts import CleanRow, Key, Provenance

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


@dataclass(frozen=True, slots=True)
class Segment:
    """A file of spooled facts of one type, in the order they were read."""

    path: Path
    facts: int


class _Spool:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[bytes] = path.open("wb")
        self._waiting: list[tuple[Any, ...]] = []
        self._facts = 0

    def add(self, item: tuple[Any, ...]) -> None:
        self._waiting.append(item)
        self._facts += 1
        if len(self._waiting) >= BLOCK_ROWS:
            self._flush()

    def close(self) -> Segment:
        if not self._file.closed:
            self._flush()
            self._file.close()
        return Segment(self._path, self._facts)

    def _flush(self) -> None:
        if self._waiting:
            self._file.write(orjson.dumps(self._waiting))
            self._file.write(b"\n")
            self._waiting = []


@dataclass(frozen=True, slots=True)
class SpooledFacts:
    """Everything that was read: by type, the segments in the order of reading."""

    entities: Mapping[str, tuple[Segment, ...]]
    relations: Mapping[str, tuple[Segment, ...]]

    def followed_by(self, later: SpooledFacts) -> SpooledFacts:
        """These facts, then those."""
        return SpooledFacts(
            _chained(self.entities, later.entities), _chained(self.relations, later.relations)
        )

    def only(self, names: Iterable[str]) -> SpooledFacts:
        """The facts of those types alone."""
        wanted = frozenset(names)
        return SpooledFacts(
            {name: found for name, found in self.entities.items() if name in wanted},
            {name: found for name, found in self.relations.items() if name in wanted},
        )


def batches(segments: Iterable[Segment], batch_rows: int) -> Iterator[list[Spooled]]:
    """The facts of one type in batches of at least `batch_rows`, but for the last."""
    batch: list[Spooled] = []
    for segment in segments:
        with segment.path.open("rb") as file:
            for line in file:
                batch += [
                    Spooled(source, number, Provenance(*said), tuple(map(tuple, keys)), properties)
                    for source, number, said, keys, properties in orjson.loads(line)
                ]
                if len(batch) >= batch_rows:
                    yield batch
                    batch = []
    if batch:
        yield batch


class Spools:
    """All spools that one process fills; a context manager. They lie in `folder`, which must exist."""

    def __init__(self, folder: Path) -> None:
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
        self.close()

    def add(self, source: int, line: int, row: CleanRow) -> None:
        """Keep all facts of one row."""
        said = tuple(row.provenance)  # orjson knows plain tuples only
        for entity in row.entities:
            name = entity.type_name
            spool = self._entities.get(name) or self._new(self._entities, name)
            spool.add((source, line, said, (entity.key,), entity.properties))
        for link in row.relations:
            name = link.relation
            spool = self._relations.get(name) or self._new(self._relations, name)
            spool.add((source, line, said, (link.start, link.end), link.properties))

    def close(self) -> SpooledFacts:
        """Write what is still in memory; harmless when repeated. Types come sorted."""
        return SpooledFacts(_closed(self._entities), _closed(self._relations))

    def _new(self, spools: dict[str, _Spool], name: str) -> _Spool:
        spools[name] = _Spool(self._folder / f"{name}.spool")
        return spools[name]


class SpoolFolder:
    """A context manager: a folder of its own below `inside`, which is gone afterwards."""

    def __init__(self, inside: Path | None = None) -> None:
        self._inside = inside

    def __enter__(self) -> Path:
        self._folder = Path(tempfile.mkdtemp(prefix="suyuan-load-", dir=self._inside))
        return self._folder

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)


def _closed(spools: Mapping[str, _Spool]) -> dict[str, tuple[Segment, ...]]:
    return {name: (spools[name].close(),) for name in sorted(spools)}


def _chained(
    first: Mapping[str, tuple[Segment, ...]], then: Mapping[str, tuple[Segment, ...]]
) -> dict[str, tuple[Segment, ...]]:
    return {
        name: (*first.get(name, ()), *then.get(name, ()))
        for name in sorted(first.keys() | then.keys())
    }
