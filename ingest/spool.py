"""Cleaned rows wait here, in files, until the whole load is judged.

Nothing may be written to the store before the thresholds are checked, and cleaning twice would cost as
much as writing. One spool per type, so that entities can go first whatever order the rows came in;
files, so that memory does not grow with the load, and so that another process can fill or empty them.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, NamedTuple

import orjson

from graph.store.lock import FileLock
from ingest.facts import CleanRow, FactColumns, Key, Provenance, Value, chained

BLOCK_ROWS = 500
"""Facts held as objects, which are large, before they are packed."""

_PREFIX = "suyuan-load-"
_LOCK = "owner.lock"
_LOCK_WAIT_S = 5.0


@dataclass(frozen=True, slots=True)
class Segment:
    """A file of spooled facts of one type, in the order they were read."""

    path: Path
    facts: int


class _Spool:
    """One type. Facts come as columns, or row by row; those are held until there are enough."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[bytes] = path.open("wb")
        self._waiting: list[_Waiting] = []
        self._facts = 0

    def add(self, item: _Waiting) -> None:
        self._waiting.append(item)
        self._facts += 1
        if len(self._waiting) >= BLOCK_ROWS:
            self._flush()

    def add_columns(self, facts: FactColumns) -> None:
        self._flush()
        self._facts += len(facts)
        self._write(facts)

    def close(self) -> Segment:
        if not self._file.closed:
            self._flush()
            self._file.close()
        return Segment(self._path, self._facts)

    def _flush(self) -> None:
        if self._waiting:
            self._write(_as_columns(self._waiting))
            self._waiting = []

    def _write(self, facts: FactColumns) -> None:
        columns = (facts.sources, facts.lines, facts.provenance, facts.keys, facts.properties)
        self._file.write(orjson.dumps(columns))
        self._file.write(b"\n")


class _Waiting(NamedTuple):
    source: int
    line: int
    provenance: Provenance
    keys: tuple[Key, ...]
    properties: Mapping[str, Value]


def _as_columns(rows: Sequence[_Waiting]) -> FactColumns:
    sources, lines, said, keys, properties = zip(*rows, strict=True)
    source, retrieved_at, region = zip(*said, strict=True)
    names = sorted(set().union(*properties))
    return FactColumns(
        list(sources),
        list(lines),
        (list(source), list(retrieved_at), list(region)),
        tuple(tuple(map(list, zip(*end, strict=True))) for end in zip(*keys, strict=True)),
        {name: [row.get(name) for row in properties] for name in names},
    )


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


def batches(segments: Iterable[Segment], batch_rows: int) -> Iterator[FactColumns]:
    """The facts of one type in batches of `batch_rows`, but for the last."""
    waiting: list[FactColumns] = []
    rows = 0
    for block in _blocks(segments):
        waiting.append(block)
        rows += len(block)
        if rows >= batch_rows:
            facts = chained(waiting)
            whole = rows - rows % batch_rows
            for begin in range(0, whole, batch_rows):
                yield facts.cut(begin, begin + batch_rows)
            rows -= whole
            waiting = [facts.cut(whole, whole + rows)] if rows else []
    if waiting:
        yield chained(waiting)


def _blocks(segments: Iterable[Segment]) -> Iterator[FactColumns]:
    for segment in segments:
        with segment.path.open("rb") as file:
            for line in file:
                sources, lines, said, keys, properties = orjson.loads(line)
                yield FactColumns(sources, lines, tuple(said), tuple(map(tuple, keys)), properties)


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
        said = row.provenance
        for entity in row.entities:
            item = _Waiting(source, line, said, (entity.key,), entity.properties)
            self._of(self._entities, entity.type_name).add(item)
        for link in row.relations:
            item = _Waiting(source, line, said, (link.start, link.end), link.properties)
            self._of(self._relations, link.relation).add(item)

    def add_columns(self, name: str, facts: FactColumns) -> None:
        """Keep facts of one entity type or relation."""
        if len(facts):
            is_entity = len(facts.keys) == 1
            self._of(self._entities if is_entity else self._relations, name).add_columns(facts)

    def close(self) -> SpooledFacts:
        """Write what is still in memory; harmless when repeated. Types come sorted."""
        return SpooledFacts(_closed(self._entities), _closed(self._relations))

    def _of(self, spools: dict[str, _Spool], name: str) -> _Spool:
        if (spool := spools.get(name)) is None:
            spool = spools[name] = _Spool(self._folder / f"{name}.spool")
        return spool


class SpoolFolder:
    """A context manager: a folder of its own below `inside`, which is gone afterwards.

    A loader that was killed cannot clean up, and its rows hold personal data: what it left is removed
    by the next one. Its lock, which the kernel let go of, tells it from loaders that still run.
    """

    def __init__(self, inside: Path | None = None) -> None:
        self._inside = inside or Path(tempfile.gettempdir())

    def __enter__(self) -> Path:
        for left in self._inside.glob(f"{_PREFIX}*/{_LOCK}"):
            if not FileLock(left).is_held():
                shutil.rmtree(left.parent, ignore_errors=True)
        self._folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=self._inside))
        self._lock = FileLock(self._folder / _LOCK)
        self._lock.acquire(_LOCK_WAIT_S)  # somebody may be looking whether it is held
        return self._folder

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)
        self._lock.release()


def _closed(spools: Mapping[str, _Spool]) -> dict[str, tuple[Segment, ...]]:
    return {name: (spools[name].close(),) for name in sorted(spools)}


def _chained(
    first: Mapping[str, tuple[Segment, ...]], then: Mapping[str, tuple[Segment, ...]]
) -> dict[str, tuple[Segment, ...]]:
    return {
        name: (*first.get(name, ()), *then.get(name, ()))
        for name in sorted(first.keys() | then.keys())
    }
