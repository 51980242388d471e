"""Writes a whole graph as files for Neo4j's offline importer: the first load into an empty store.

The outcome is that of `graph.store.upsert` followed by `materialise`: a record is written once, a node
or relation that several records speak about gets its properties from all of them, a relation without
one of its ends is not written.

What a first record says goes to a file at once. Kept in memory are the keys of nodes, the ends of
relations and the ids of records, some 300 bytes per fact. When more records speak about a thing, the
first one is read back at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from graph.model.ids import SEPARATOR
from graph.model.provenance import Record, merge_payloads, merge_relation
from graph.ontology import RelationType, ontology
from graph.store.bulk_files import Lines, Several, Things
from graph.store.bulk_rows import (
    META_HEADER,
    RECORD_HEADER,
    Format,
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

_RECORD = "Record"
_Merge = Callable[[list[tuple[str, str, str]]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class WrittenFiles:
    """What the importer is to read, by label or relation type: a header, then the rows.

    `is_multiline` says whether a value holds a line end, which makes reading slower; no line is
    longer than `longest_bytes`.
    """

    nodes: Mapping[str, tuple[Path, ...]]
    relations: Mapping[str, tuple[Path, ...]]
    is_multiline: bool
    longest_bytes: int


class BulkWriter:
    """`with BulkWriter(folder, namer) as writer:` add rows in any number of batches, then `finish`.

    All entities come before the first relation. The folder must exist and be empty. `secret` goes
    with the graph: it is what the pseudonyms of the store were made with. `numbers` are those of
    entities that another writer has written, by type.
    """

    def __init__(
        self,
        folder: Path,
        namer: Namer,
        secret: str | None = None,
        numbers: Mapping[str, Mapping[Hashable, int]] | None = None,
    ) -> None:
        self.folder = folder
        self.namer = namer
        self._secret = secret
        self._elsewhere = dict(numbers or {})
        self._parts: list[WrittenFiles] = []
        self._entities: dict[str, Things] = {}
        self._relations: dict[str, Things] = {}
        self._records = Lines(folder / "Record.csv")
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
        for things in self._all():
            things.close()

    def add_entities(self, type_name: str, rows: Sequence[EntityRow]) -> Outcome:
        """Add nodes of one type; rows whose record is known are left alone."""
        names, header = entity_columns(ontology().entities[type_name])
        things = self._entities.get(type_name)
        if things is None:
            things = self._entities[type_name] = Things(self.folder, type_name, header)
        cells, name_of = properties_format(names), self.namer.entity
        unchanged: list[int] = []
        for at, row in enumerate(rows):
            if row.record.id in self._known:
                unchanged.append(at)
                continue
            address = _address(row.key)
            number = things.numbers.get(address)
            head = f"{len(things.numbers) if number is None else number}"
            head = f"{head},{cell(name_of(type_name, row.key))}"
            record = self._record(row.record)
            if number is None:
                line = f"{head},{_bookkeeping([row.record])},{cells(row.properties)}\n"
                things.add(address, line, record)
            else:
                things.add_record(number, head, row.record)
        return Outcome(unchanged=unchanged)

    def add_relations(self, name: str, rows: Sequence[RelationRow]) -> Outcome:
        """Add relations of one type whose ends are here; rows whose record is known are left alone."""
        relation = ontology().relations[name]
        names, header = relation_columns(relation)
        things = self._relations.get(name)
        if things is None:
            things = self._relations[name] = Things(self.folder, name, header)
        starts, ends = self.numbers(relation.start), self.numbers(relation.end)
        cells = properties_format(names)
        missing: list[int] = []
        unchanged: list[int] = []
        for at, row in enumerate(rows):
            if row.record.id in self._known:
                unchanged.append(at)
                continue
            start, end = starts.get(_address(row.start_key)), ends.get(_address(row.end_key))
            if start is None or end is None:
                missing.append(at)
                continue
            key = _parallel(relation, start, end, row.properties)
            number = things.numbers.get(key)
            head = f"{start},{end}"
            record = self._record(row.record)
            if number is None:
                line = f"{head},{_bookkeeping([row.record])},{cells(_with_end(row))}\n"
                things.add(key, line, record)
            else:
                things.add_record(number, head, row.record)
        return Outcome(missing, unchanged)

    def existing(self, type_name: str, keys: Sequence[tuple[str, ...]]) -> list[bool]:
        """Which of these nodes were added."""
        numbers = self.numbers(type_name)
        return [_address(key) in numbers for key in keys]

    def numbers(self, type_name: str) -> Mapping[Hashable, int]:
        """The numbers under which the importer is told of the nodes of one type."""
        things = self._entities.get(type_name)
        return things.numbers if things else self._elsewhere.get(type_name, {})

    def join(self, files: WrittenFiles, numbers: Mapping[str, Mapping[Hashable, int]]) -> None:
        """Take over what another writer has written of other types."""
        self._parts.append(files)
        self._elsewhere.update(numbers)

    def finish(self) -> WrittenFiles:
        """Settle what several records speak about and close all files."""
        nodes: dict[str, tuple[Path, ...]] = {}
        relations: dict[str, tuple[Path, ...]] = {}
        for name, things in self._entities.items():
            columns, _ = entity_columns(ontology().entities[name])
            if things.numbers:
                nodes[name] = things.settle(self._anew(properties_format(columns), merge_payloads))
        for name, things in self._relations.items():
            columns, _ = relation_columns(ontology().relations[name])
            if things.numbers:
                cells = properties_format(columns)
                relations[name] = things.settle(self._anew(cells, _merged_relation))
        self._records.close()
        if len(self._records):
            nodes[_RECORD] = (self._written("Record.header.csv", RECORD_HEADER), self._records.path)
        if self._secret is not None:
            meta = f"{cell('meta')},{cell(self._secret)}\n"
            nodes["SuyuanMeta"] = (self._written("SuyuanMeta.csv", META_HEADER + meta),)
        files: list[Lines | Things] = [self._records, *self._all()]
        return _together(
            [
                WrittenFiles(
                    nodes,
                    relations,
                    any(file.is_multiline for file in files),
                    max(file.longest_bytes for file in files),
                ),
                *self._parts,
            ]
        )

    def _record(self, record: Record) -> int:
        self._known.add(record.id)
        return self._records.add(record_row(record))

    def _anew(self, cells: Format, merge: _Merge) -> Callable[[int, Several], str]:
        """Writes the line of a thing from all records that speak about it."""

        def line(first: int, several: Several) -> str:
            records = [read_record(self._records.at(first)), *several.later]
            merged = merge([(r.retrieved_at, r.id, r.payload) for r in records])
            return f"{several.head},{_bookkeeping(records)},{cells(merged)}\n"

        return line

    def _all(self) -> tuple[Things, ...]:
        return (*self._entities.values(), *self._relations.values())

    def _written(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text, encoding="utf-8", newline="")
        return path


def _together(parts: Sequence[WrittenFiles]) -> WrittenFiles:
    """The files of writers of different types; only records come from all of them."""
    nodes: dict[str, tuple[Path, ...]] = {}
    relations: dict[str, tuple[Path, ...]] = {}
    for part in parts:
        for name, paths in part.nodes.items():
            nodes[name] = (*nodes[name], *paths[1:]) if name in nodes else paths
        relations.update(part.relations)
    return WrittenFiles(
        nodes,
        relations,
        any(part.is_multiline for part in parts),
        max(part.longest_bytes for part in parts),
    )


def _merged_relation(payloads: list[tuple[str, str, str]]) -> dict[str, Any]:
    merged = merge_relation(payloads)
    del merged["first_seen"]  # the bookkeeping says the same
    return merged


def _address(key: tuple[str, ...]) -> str:
    """What tells nodes of one type apart: the part of their id that follows the type."""
    return key[0] if len(key) == 1 else SEPARATOR.join(key)


def _parallel(
    relation: RelationType, start: int, end: int, properties: Mapping[str, Any]
) -> Hashable:
    """What tells relations of one type apart."""
    if not relation.key:
        return start, end
    return (start, end, *[properties[name] for name in relation.key])


def _bookkeeping(records: Sequence[Record]) -> str:
    if len(records) == 1:
        only = records[0]
        return f"{cell(only.id)},{cell(only.region)},{cell(only.retrieved_at[:10])}"
    first_seen = min(record.retrieved_at for record in records)[:10]
    names = joined(record.id for record in records)
    regions = joined(record.region for record in records)
    return f"{cell(names)},{cell(regions)},{cell(first_seen)}"


def _with_end(row: RelationRow) -> Mapping[str, Any]:
    if row.properties.get("valid_to") is None:
        return row.properties
    return {**row.properties, "end_seen": row.record.retrieved_at[:10]}
