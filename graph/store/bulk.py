"""Writes a whole graph as files for Neo4j's offline importer: the first load into an empty store.

The outcome is that of `graph.store.upsert` followed by `materialise`: a record is written once, a node
or relation that several records speak about gets its properties from all of them, a relation without
one of its ends is not written.

What a first record says goes to a file at once. Which keys and records there are lies in mapped files
(`graph.store.key_index`), so that memory is not what bounds a load: 24 bytes a row stay in it. When
more records speak about a thing, all of them are read back at the end.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import numpy as np

from graph.model.ids import SEPARATOR
from graph.model.provenance import Record, merge_payloads, merge_relation
from graph.ontology import RelationType, ontology
from graph.store.bulk_files import Lines, Several, Things
from graph.store.bulk_rows import (
    META_HEADER,
    RECORD_HEADER,
    cell,
    cells,
    entity_columns,
    first_cells,
    joined,
    lines_of,
    properties_format,
    property_cells,
    read_record,
    record_lines,
    relation_columns,
)
from graph.store.columns import (
    EntityColumns,
    KeyColumns,
    PropertyColumns,
    RecordColumns,
    RelationColumns,
    property_rows,
)
from graph.store.key_index import KeyIndex, Keys, Numbers, number_keys, record_keys, text_keys
from graph.store.naming import Namer
from graph.store.search_values import SEARCH_PROPERTIES, is_in_words, search_values
from graph.store.upsert import Outcome

_RECORD = "Record"
_Merge = Callable[[Sequence[Record]], dict[str, Any]]
_Facts = TypeVar("_Facts", EntityColumns, RelationColumns)


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
    with the graph: it is what the pseudonyms of the store were made with. `numbers` are the tables of
    those of entities that another writer has written, by type.
    """

    def __init__(
        self,
        folder: Path,
        namer: Namer,
        secret: str | None = None,
        numbers: Mapping[str, Path] | None = None,
    ) -> None:
        self.folder = folder
        self.namer = namer
        self._secret = secret
        self._elsewhere = _opened(numbers or {})
        self._parts: list[WrittenFiles] = []
        self._entities: dict[str, Things] = {}
        self._relations: dict[str, Things] = {}
        self._records = Lines(folder / "Record.csv")
        self._known = KeyIndex(folder / "Record.keys")

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

    def add_entities(self, type_name: str, facts: EntityColumns) -> Outcome:
        """Add nodes of one type; rows whose record is known are left alone."""
        names, header = entity_columns(ontology().entities[type_name])
        things = self._entities.get(type_name)
        if things is None:
            things = self._entities[type_name] = Things(self.folder, type_name, header)
        facts, numbered, unchanged = self._with_new_records(facts)
        if not len(facts):
            return Outcome(unchanged=unchanged)
        numbers, is_new = things.numbers.add(text_keys(_addresses(facts.key)))
        things.add_further(numbers[~is_new], numbered[~is_new])
        if not is_new.all():
            facts = facts.only(is_new.tolist())
        properties = {**facts.properties, **_search_columns(type_name, facts)}
        lines = lines_of(
            [
                list(map(str, numbers[is_new].tolist())),
                cells(self.namer.column(type_name, facts.key)),
                *_bookkeeping_columns(facts.records),
                *property_cells(names, properties, len(facts)),
            ]
        )
        things.add(lines, numbered[is_new])
        return Outcome(unchanged=unchanged)

    def add_relations(self, name: str, facts: RelationColumns) -> Outcome:
        """Add relations of one type whose ends are here; rows whose record is known are left alone."""
        relation = ontology().relations[name]
        names, header = relation_columns(relation)
        things = self._relations.get(name)
        if things is None:
            things = self._relations[name] = Things(self.folder, name, header)
        places = np.arange(len(facts))
        starts = self._numbers_of(relation.start, facts.start)
        ends = self._numbers_of(relation.end, facts.end)
        is_linked = (starts >= 0) & (ends >= 0)
        missing: list[int] = np.flatnonzero(~is_linked).tolist()
        if missing:
            facts = facts.only(is_linked.tolist())
            starts, ends, places = starts[is_linked], ends[is_linked], places[is_linked]
        facts, numbered, known = self._with_new_records(facts)
        unchanged: list[int] = places[known].tolist()
        if unchanged:
            starts, ends = np.delete(starts, known), np.delete(ends, known)
        if not len(facts):
            return Outcome(missing, unchanged)
        keys = _parallel(relation, starts, ends, facts.properties)
        numbers, is_new = things.numbers.add(keys)
        things.add_further(numbers[~is_new], numbered[~is_new])
        if not is_new.all():
            facts = facts.only(is_new.tolist())
        lines = lines_of(
            [
                list(map(str, starts[is_new].tolist())),
                list(map(str, ends[is_new].tolist())),
                *_bookkeeping_columns(facts.records),
                *property_cells(names, _with_end(facts), len(facts)),
            ]
        )
        things.add(lines, numbered[is_new])
        return Outcome(missing, unchanged)

    def existing(self, type_name: str, keys: Sequence[tuple[str, ...]]) -> list[bool]:
        """Which of these nodes were added."""
        if not keys:
            return []
        found: list[bool] = (
            self._numbers_of(type_name, tuple(zip(*keys, strict=True))) >= 0
        ).tolist()
        return found

    def numbers(self, type_name: str) -> KeyIndex | None:
        """The numbers under which the importer is told of the nodes of one type; None without any."""
        things = self._entities.get(type_name)
        return things.numbers if things else self._elsewhere.get(type_name)

    def join(self, files: WrittenFiles, numbers: Mapping[str, Path]) -> None:
        """Take over what another writer has written of other types."""
        self._parts.append(files)
        self._elsewhere.update(_opened(numbers))

    def finish(self) -> WrittenFiles:
        """Settle what several records speak about and close all files."""
        nodes: dict[str, tuple[Path, ...]] = {}
        relations: dict[str, tuple[Path, ...]] = {}
        for name, things in self._entities.items():
            columns, _ = entity_columns(ontology().entities[name])
            if len(things.numbers):
                nodes[name] = things.settle(self._anew(2, columns, partial(_merged_node, name)))
        for name, things in self._relations.items():
            columns, _ = relation_columns(ontology().relations[name])
            if len(things.numbers):
                relations[name] = things.settle(self._anew(2, columns, _merged_relation))
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

    def _with_new_records(self, facts: _Facts) -> tuple[_Facts, Numbers, list[int]]:
        """Those whose record is new, which is written; the numbers of these records; what is left out."""
        if not len(facts):
            return facts, np.empty(0, np.int64), []
        numbers, is_new = self._known.add(record_keys(facts.records.id))
        unchanged: list[int] = np.flatnonzero(~is_new).tolist()
        if unchanged:
            facts = facts.only(is_new.tolist())
        self._records.add(record_lines(facts.records))
        return facts, numbers[is_new], unchanged

    def _numbers_of(self, type_name: str, key: KeyColumns) -> Numbers:
        addresses = _addresses(key)
        known = self.numbers(type_name)
        if known is None:
            return np.full(len(addresses), -1, np.int64)
        return known.find(text_keys(addresses))

    def _anew(
        self, head_cells: int, names: Sequence[str], merge: _Merge
    ) -> Callable[[Sequence[Several]], list[str]]:
        """Writes the lines of things from all records that speak about them."""
        write = properties_format(names)

        def line(several: Several) -> str:
            records = [read_record(self._records.at(number)) for number in several.records]
            head = first_cells(several.line, head_cells)
            return f"{head},{_bookkeeping(records)},{write(merge(records))}\n"

        return lambda group: list(map(line, group))

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


def _merged_node(type_name: str, records: Sequence[Record]) -> dict[str, Any]:
    payloads = sorted((r.retrieved_at, r.id, r.payload, r.region) for r in records)
    said = [(region, json.loads(payload)) for _, _, payload, region in payloads]
    merged = merge_payloads([payload[:3] for payload in payloads])
    return {**merged, **search_values(type_name, records[0].asserts, said)}


def _merged_relation(records: Sequence[Record]) -> dict[str, Any]:
    merged = merge_relation([(r.retrieved_at, r.id, r.payload) for r in records])
    del merged["first_seen"]  # the bookkeeping says the same
    return merged


def _addresses(key: KeyColumns) -> Sequence[str]:
    """What tells nodes of one type apart: the part of their id that follows the type."""
    return key[0] if len(key) == 1 else list(map(SEPARATOR.join, zip(*key, strict=True)))


def _parallel(
    relation: RelationType, starts: Numbers, ends: Numbers, properties: PropertyColumns
) -> Keys:
    """What tells relations of one type apart."""
    if not relation.key:
        return number_keys(starts, ends)
    columns = [properties[name] for name in relation.key]
    parts = zip(starts.tolist(), ends.tolist(), *columns, strict=True)
    return text_keys(map(repr, parts))


def _opened(numbers: Mapping[str, Path]) -> dict[str, KeyIndex]:
    return {name: KeyIndex.opened(path) for name, path in numbers.items()}


def _search_columns(type_name: str, facts: EntityColumns) -> PropertyColumns:
    """What the search index keeps of nodes that one record each speaks about."""
    if not is_in_words(ontology().entities[type_name]):
        return {}
    records = facts.records
    found = [
        search_values(type_name, asserts, [(region, properties)])
        for asserts, region, properties in zip(
            records.asserts, records.region, property_rows(facts), strict=True
        )
    ]
    return {name: [values[name] for values in found] for name in SEARCH_PROPERTIES}


def _bookkeeping_columns(records: RecordColumns) -> tuple[list[str], list[str], list[str]]:
    """Records, regions and day of things that one record each speaks about."""
    return cells(records.id), cells(records.region), cells(_days(records))


def _bookkeeping(records: Sequence[Record]) -> str:
    first_seen = min(record.retrieved_at for record in records)[:10]
    names = joined(record.id for record in records)
    regions = joined(record.region for record in records)
    return f"{cell(names)},{cell(regions)},{cell(first_seen)}"


def _with_end(facts: RelationColumns) -> PropertyColumns:
    ended = facts.properties.get("valid_to")
    if ended is None:
        return facts.properties
    days = zip(_days(facts.records), ended, strict=True)
    return {**facts.properties, "end_seen": [day if end is not None else None for day, end in days]}


def _days(records: RecordColumns) -> list[str]:
    return [moment[:10] for moment in records.retrieved_at]
