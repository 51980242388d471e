"""Writes a whole graph as files for Neo4j's offline importer: the first load into an empty store.

The outcome is that of `graph.store.upsert` followed by `materialise`: a record is written once, a node
or relation that several records speak about gets its properties from all of them, a relation without
one of its ends is not written.

What one record speaks about goes to its file at once. Kept in memory are the keys of nodes, the ends
of relations and the ids of records, with the place of each in the files: some 300 bytes per fact.
When a second record speaks about a thing, the first is read back from its place at the end.
"""

from __future__ import annotations

import os
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from graph.model.ids import SEPARATOR
from graph.model.provenance import Record, merge_payloads, merge_relation
from graph.ontology import RelationType, ontology
from graph.store.bulk_rows import (
    RECORD_HEADER,
    cell,
    entity_columns,
    joined,
    properties_format,
    read_record,
    record_row,
    relation_columns,
)
from graph.store.naming import Namer
from graph.store.rows import EntityRow, RelationRow
from graph.store.upsert import Outcome

_BUFFER_BYTES = 1 << 18
_COPY_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class ImportFiles:
    """What the importer is to read; paths of each group are header first, then rows.

    `is_multiline` says whether a value holds a line end, which makes reading slower.
    """

    nodes: Mapping[str, Sequence[Path]]
    relations: Mapping[str, Sequence[Path]]
    is_multiline: bool


class _Lines:
    """A file of lines that knows the place of every one of them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.is_multiline = False
        self._file: IO[bytes] = path.open("w+b", buffering=_BUFFER_BYTES)
        self.end = 0

    def add(self, line: str) -> int:
        """Append one line, which ends in a line feed; returns where it begins."""
        if not self.is_multiline and ("\n" in line[:-1] or "\r" in line):
            self.is_multiline = True
        begin = self.end
        self.end += self._file.write(line.encode())
        return begin

    def at(self, begin: int, end: int) -> str:
        """What stands between two places."""
        self._file.seek(begin)
        return self._file.read(end - begin).decode()

    def copy_without(self, gaps: Sequence[tuple[int, int]], target: Path) -> None:
        """Copy everything but `gaps`, which are sorted and do not overlap."""
        with target.open("wb") as out:
            at = 0
            for begin, end in (*gaps, (self.end, self.end)):
                self._file.seek(at)
                while at < begin:
                    block = self._file.read(min(_COPY_BYTES, begin - at))
                    out.write(block)
                    at += len(block)
                at = end

    def flush(self) -> None:
        self._file.flush()

    def close(self) -> None:
        self._file.close()


class _Things:
    """The nodes of one type, or the relations of one, numbered in the order they came."""

    def __init__(self, folder: Path, name: str, header: str) -> None:
        self._base = folder / name
        self.header = self._base.with_suffix(".header")
        self.header.write_text(header, encoding="utf-8")
        self.number: dict[Any, int] = {}
        self.lines = _Lines(self._base.with_suffix(".csv"))
        self._row_at = array("Q")
        self._record_at = array("Q")
        self.later: dict[int, list[Record]] = {}

    def add(self, key: Any, line: str, record_at: int) -> None:
        self.number[key] = len(self._row_at)
        self._row_at.append(self.lines.add(line))
        self._record_at.append(record_at)

    def first_record_at(self, number: int) -> int:
        return self._record_at[number]

    def settle(self, again: Sequence[str]) -> tuple[Path, ...]:
        """Put `again` in the place of all rows in `later`; returns the files that hold the rows."""
        self._row_at.append(self.lines.end)
        if not self.later:
            self.lines.close()
            return self.header, self.lines.path
        kept, others = self._base.with_suffix(".once.csv"), self._base.with_suffix(".again.csv")
        gaps = [(self._row_at[n], self._row_at[n + 1]) for n in sorted(self.later)]
        self.lines.copy_without(gaps, kept)
        self.lines.close()
        self.lines.path.unlink()
        rest = _Lines(others)
        for line in again:
            rest.add(line)
        rest.close()
        self.lines.is_multiline |= rest.is_multiline
        # The importer takes an empty file for one without a header.
        return self.header, *(path for path in (kept, others) if path.stat().st_size)


class BulkWriter:
    """`with BulkWriter(folder, namer) as writer:` add rows in any number of batches, then `finish`.

    All entities come before the first relation. The folder must exist and be empty.
    """

    def __init__(self, folder: Path, namer: Namer) -> None:
        self._folder = folder
        self._namer = namer
        self._entities: dict[str, _Things] = {}
        self._relations: dict[str, _Things] = {}
        self._records = _Lines(folder / "Record.csv")
        self._known: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._records.close()
        for things in (*self._entities.values(), *self._relations.values()):
            things.lines.close()

    def add_entities(self, type_name: str, rows: Sequence[EntityRow]) -> Outcome:
        """Add nodes of one type; rows whose record is known are left alone."""
        names, header = entity_columns(ontology().entities[type_name])
        things = self._entities.get(type_name)
        if things is None:
            things = self._entities[type_name] = _Things(self._folder, type_name, header)
        cells, name_of = properties_format(names), self._namer.entity
        unchanged: list[int] = []
        for at, row in enumerate(rows):
            record = row.record
            if record.id in self._known:
                unchanged.append(at)
                continue
            self._known.add(record.id)
            record_at = self._records.add(record_row(record))
            address = _address(row.key)
            number = things.number.get(address)
            if number is not None:
                things.later.setdefault(number, []).append(record)
                continue
            line = (
                f"{len(things.number)},{cell(name_of(type_name, row.key))},"
                f"{_bookkeeping([record])},{cells(row.properties)}\n"
            )
            things.add(address, line, record_at)
        return Outcome(unchanged=unchanged)

    def add_relations(self, name: str, rows: Sequence[RelationRow]) -> Outcome:
        """Add relations of one type whose ends are here; rows whose record is known are left alone."""
        relation = ontology().relations[name]
        names, header = relation_columns(relation)
        things = self._relations.get(name)
        if things is None:
            things = self._relations[name] = _Things(self._folder, name, header)
        starts, ends = self._numbers(relation.start), self._numbers(relation.end)
        cells = properties_format(names)
        missing: list[int] = []
        unchanged: list[int] = []
        for at, row in enumerate(rows):
            record = row.record
            if record.id in self._known:
                unchanged.append(at)
                continue
            start, end = starts.get(_address(row.start_key)), ends.get(_address(row.end_key))
            if start is None or end is None:
                missing.append(at)
                continue
            self._known.add(record.id)
            record_at = self._records.add(record_row(record))
            key = _parallel(relation, start, end, row.properties)
            number = things.number.get(key)
            if number is not None:
                things.later.setdefault(number, []).append(record)
                continue
            line = f"{start},{end},{_bookkeeping([record])},{cells(_with_end(row))}\n"
            things.add(key, line, record_at)
        return Outcome(missing, unchanged)

    def existing(self, type_name: str, keys: Sequence[tuple[str, ...]]) -> list[bool]:
        """Which of these nodes were added."""
        numbers = self._numbers(type_name)
        return [_address(key) in numbers for key in keys]

    def finish(self) -> ImportFiles:
        """Settle what several records speak about and close all files."""
        self._records.flush()
        nodes = {
            name: things.settle(self._entities_again(name, things))
            for name, things in self._entities.items()
        }
        relations = {
            name: things.settle(self._relations_again(name, things))
            for name, things in self._relations.items()
            if things.number
        }
        header = self._folder / "Record.header"
        header.write_text(RECORD_HEADER, encoding="utf-8")
        self._records.close()
        if self._known:
            nodes["Record"] = (header, self._records.path)
        files = (
            self._records,
            *(t.lines for t in (*self._entities.values(), *self._relations.values())),
        )
        return ImportFiles(nodes, relations, any(file.is_multiline for file in files))

    def _entities_again(self, type_name: str, things: _Things) -> list[str]:
        names, _ = entity_columns(ontology().entities[type_name])
        cells = properties_format(names)
        lines = []
        for number, later in sorted(things.later.items()):
            records = [self._first(things, number), *later]
            merged = merge_payloads([(r.retrieved_at, r.id, r.payload) for r in records])
            key = [str(merged[name]) for name in ontology().entities[type_name].key]
            lines.append(
                f"{number},{cell(self._namer.entity(type_name, key))},"
                f"{_bookkeeping(records)},{cells(merged)}\n"
            )
        return lines

    def _relations_again(self, name: str, things: _Things) -> list[str]:
        relation = ontology().relations[name]
        names, _ = relation_columns(relation)
        cells = properties_format(names)
        keys = {number: key for key, number in things.number.items() if number in things.later}
        lines = []
        for number, later in sorted(things.later.items()):
            records = [self._first(things, number), *later]
            merged = merge_relation([(r.retrieved_at, r.id, r.payload) for r in records])
            del merged["first_seen"]  # the bookkeeping says the same
            start, end = keys[number][:2]
            lines.append(f"{start},{end},{_bookkeeping(records)},{cells(merged)}\n")
        return lines

    def _first(self, things: _Things, number: int) -> Record:
        begin = things.first_record_at(number)
        return read_record(self._records.line_at(begin))

    def _numbers(self, type_name: str) -> Mapping[str, int]:
        things = self._entities.get(type_name)
        return things.number if things else {}


def _address(key: tuple[str, ...]) -> str:
    """What tells nodes of one type apart: the part of their id that follows the type."""
    return key[0] if len(key) == 1 else SEPARATOR.join(key)


def _parallel(
    relation: RelationType, start: int, end: int, properties: Mapping[str, Any]
) -> tuple[Any, ...]:
    """What tells relations of one type apart."""
    return (start, end, *[properties[name] for name in relation.key])


def _bookkeeping(records: Sequence[Record]) -> str:
    first_seen = min(record.retrieved_at for record in records)[:10]
    names = joined(record.id for record in records)
    regions = joined(record.region for record in records)
    return f"{cell(names)},{cell(regions)},{cell(first_seen)}"


def _with_end(row: RelationRow) -> Mapping[str, Any]:
    if row.properties.get("valid_to") is None:
        return row.properties
    return {**row.properties, "end_seen": row.record.retrieved_at[:10]}
