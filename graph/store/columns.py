"""Asserted nodes and relations as columns: many rows of one type, handled together.

What `graph.store.rows` says of one row, these say of many: every column of one batch is as long as any
other, and None stands for a property that a row does not have. Column by column, a row of a first load
costs a fraction of what an object per row and record costs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import Any, Self, TypeVar

from graph.model.ids import digest
from graph.model.provenance import Record, payloads_of
from graph.store.rows import EntityRow, RelationRow

KeyColumns = tuple[Sequence[str], ...]
"""The parts of a key, each as a column, in the order of the ontology's key."""
PropertyColumns = Mapping[str, Sequence[Any]]
Mask = Sequence[bool]

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class RecordColumns:
    """Records, one per row; `id` is that of `graph.model.provenance.Record`."""

    source: Sequence[str]
    locator: Sequence[str]
    retrieved_at: Sequence[str]
    region: Sequence[str]
    asserts: Sequence[str]
    payload: Sequence[str]
    id: Sequence[str]

    def __len__(self) -> int:
        return len(self.id)

    @classmethod
    def of(cls, records: Sequence[Record]) -> Self:
        """The columns of records."""
        return cls(
            [record.source for record in records],
            [record.locator for record in records],
            [record.retrieved_at for record in records],
            [record.region for record in records],
            [record.asserts for record in records],
            [record.payload for record in records],
            [record.id for record in records],
        )

    def records(self) -> list[Record]:
        """One object per record."""
        columns = (self.source, self.locator, self.retrieved_at, self.region, self.asserts)
        return list(map(Record, *columns, self.payload))

    def only(self, mask: Mask) -> RecordColumns:
        """The rows for which `mask` is true."""
        return RecordColumns(
            _kept(self.source, mask),
            _kept(self.locator, mask),
            _kept(self.retrieved_at, mask),
            _kept(self.region, mask),
            _kept(self.asserts, mask),
            _kept(self.payload, mask),
            _kept(self.id, mask),
        )


def record_ids(
    source: Sequence[str],
    region: Sequence[str],
    retrieved_at: Sequence[str],
    asserts: Sequence[str],
    payload: Sequence[str],
) -> list[str]:
    """The ids of records that say these things, as `Record` works out its own."""
    return list(map(digest, source, region, retrieved_at, asserts, payload))


@dataclass(frozen=True, slots=True)
class EntityColumns:
    """Nodes of one type, each as one record asserts it."""

    key: KeyColumns
    properties: PropertyColumns
    records: RecordColumns

    def __len__(self) -> int:
        return len(self.records)

    @classmethod
    def of(cls, rows: Sequence[EntityRow]) -> Self:
        """The columns of rows, of which there is at least one."""
        return cls(
            tuple(zip(*[row.key for row in rows], strict=True)),
            _columns_of([row.properties for row in rows]),
            RecordColumns.of([row.record for row in rows]),
        )

    def rows(self) -> list[EntityRow]:
        """One object per node."""
        keys = zip(*self.key, strict=True)
        return list(map(EntityRow, keys, property_rows(self), self.records.records()))

    def only(self, mask: Mask) -> EntityColumns:
        """The rows for which `mask` is true."""
        key = tuple(_kept(part, mask) for part in self.key)
        return EntityColumns(key, _all_kept(self.properties, mask), self.records.only(mask))


@dataclass(frozen=True, slots=True)
class RelationColumns:
    """Relations of one type, each as one record asserts it."""

    start: KeyColumns
    end: KeyColumns
    properties: PropertyColumns
    records: RecordColumns

    def __len__(self) -> int:
        return len(self.records)

    @classmethod
    def of(cls, rows: Sequence[RelationRow]) -> Self:
        """The columns of rows, of which there is at least one."""
        return cls(
            tuple(zip(*[row.start_key for row in rows], strict=True)),
            tuple(zip(*[row.end_key for row in rows], strict=True)),
            _columns_of([row.properties for row in rows]),
            RecordColumns.of([row.record for row in rows]),
        )

    def rows(self) -> list[RelationRow]:
        """One object per relation."""
        starts, ends = zip(*self.start, strict=True), zip(*self.end, strict=True)
        return list(map(RelationRow, starts, ends, property_rows(self), self.records.records()))

    def only(self, mask: Mask) -> RelationColumns:
        """The rows for which `mask` is true."""
        return RelationColumns(
            tuple(_kept(part, mask) for part in self.start),
            tuple(_kept(part, mask) for part in self.end),
            _all_kept(self.properties, mask),
            self.records.only(mask),
        )


def property_rows(of: EntityColumns | RelationColumns) -> list[dict[str, Any]]:
    """The properties of each row, without those it does not have."""
    return dicts(of.properties, len(of))


def dicts(columns: PropertyColumns, rows: int) -> list[dict[str, Any]]:
    """Columns as one mapping per row, sorted by name and without what is None."""
    names = [name for name in sorted(columns) if any(v is not None for v in columns[name])]
    if not names:
        return [{} for _ in range(rows)]
    values = zip(*[columns[name] for name in names], strict=True)
    if not any(None in columns[name] for name in names):
        return [dict(zip(names, row, strict=True)) for row in values]
    return [
        {name: value for name, value in zip(names, row, strict=True) if value is not None}
        for row in values
    ]


def payloads(columns: PropertyColumns, rows: int) -> list[str]:
    """What the record of each row says, as `graph.model.provenance.payload_of` writes it."""
    types = {kind for column in columns.values() for kind in set(map(type, column))}
    return payloads_of(dicts(columns, rows), types - {type(None)})


def _columns_of(rows: Sequence[Mapping[str, Any]]) -> PropertyColumns:
    names = sorted(set().union(*rows))
    return {name: [row.get(name) for row in rows] for name in names}


def _kept(column: Sequence[_T], mask: Mask) -> Sequence[_T]:
    return list(compress(column, mask))


def _all_kept(columns: PropertyColumns, mask: Mask) -> PropertyColumns:
    return {name: _kept(column, mask) for name, column in columns.items()}
