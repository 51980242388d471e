"""Cells to canonical values: one compiled cleaner per canonical table and header.

Compiled means that every decision that depends on the table alone is taken once. What is left per row
is one dictionary look-up per cell: values repeat, so each column remembers the last few thousand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from graph.errors import ValueRefused
from graph.model.values import KINDS
from graph.ontology import EntityType, RelationType
from ingest import spoilt
from ingest.derive import COMPLETIONS
from ingest.facts import (
    CleanRow,
    EntityFact,
    FactColumns,
    Key,
    KeyColumns,
    Provenance,
    RelationFact,
    Value,
)
from ingest.refusals import Fault, RowRefused
from ingest.tables import Column, TableSpec, check_header

CACHED_VALUES = 4_096
"""Values a column remembers; then it starts anew. Bounds memory at a few MB per table."""

MAX_INDEXED_BYTES = 3_600
"""Longest searchable or key value in UTF-8, 1,200 Chinese characters. An index entry of Neo4j 5 holds
some 8,000 bytes, and an id may be made of two keys."""

BEIJING = timezone(timedelta(hours=8))

_PROVINCE = re.compile(r"\d\d0000")


class CellCleaner(dict[str, Value | None]):
    """Maps raw cells of one column to canonical values (None = absent); works them out when missing.

    Being a dict, a repeated value costs one look-up. Raises ValueRefused; refusals are not remembered.
    """

    __slots__ = ("_absent", "_clean", "_is_code", "_is_indexed")

    def __init__(
        self,
        kind: str,
        absent: frozenset[str] = frozenset(),
        *,
        is_code: bool = False,
        is_indexed: bool = False,
    ) -> None:
        super().__init__()
        self._clean = canonical(kind)
        self._absent = absent
        self._is_code = is_code
        self._is_indexed = is_indexed

    def __missing__(self, raw: str) -> Value | None:
        text = raw.strip()
        value: Value | None = None
        if text and text not in self._absent:
            if self._is_code:
                spoilt.check(text)
            value = self._clean(text)
            if self._is_indexed and isinstance(value, str):
                _check_length(value)
        if len(self) >= CACHED_VALUES:
            self.clear()
        self[raw] = value
        return value


def _check_length(value: str) -> None:
    """Refuse what no index entry can hold: one such value would fail the whole batch it is in."""
    if 4 * len(value) > MAX_INDEXED_BYTES and len(value.encode()) > MAX_INDEXED_BYTES:
        raise ValueRefused("value.too_long", limit=MAX_INDEXED_BYTES)


def canonical(kind: str) -> Callable[[str], Value]:
    """The cleaning function of a value kind, giving what the store keeps: dates become ISO texts."""
    clean: Callable[[str], Any] = KINDS[kind].clean
    if KINDS[kind].python_type is datetime:
        return lambda raw: clean(raw).astimezone(BEIJING).isoformat()
    if hasattr(KINDS[kind].python_type, "isoformat"):
        return lambda raw: clean(raw).isoformat()
    return clean


def region(raw: str) -> str:
    """An owning region: a province code, or 000000 for national data; ValueRefused otherwise."""
    if not _PROVINCE.fullmatch(raw):
        raise ValueRefused("region.not_province")
    return raw


class _RegionCleaner(CellCleaner):
    def __init__(self) -> None:
        super().__init__("text")
        self._clean = region


@dataclass(frozen=True, slots=True)
class Given:
    """What the load states for all rows that do not say it themselves; None where it states nothing."""

    source: str | None = None
    retrieved_at: str | None = None
    region: str | None = None

    def columns(self) -> frozenset[str]:
        """The common columns a file may then leave out."""
        stated = (
            ("source", self.source),
            ("retrieved_at", self.retrieved_at),
            ("owning_region", self.region),
        )
        return frozenset(name for name, value in stated if value)

    def checked(self) -> Given:
        """The same in canonical form; ValueRefused when a value is not well formed."""
        return Given(
            self.source and str(canonical("token")(self.source)),
            self.retrieved_at and str(canonical("datetime")(self.retrieved_at)),
            self.region and region(self.region),
        )


class TableCleaner:
    """Cleans the rows of one canonical table that came with one header."""

    def __init__(
        self, table: TableSpec, header: Sequence[str], file: str, given: Given | None = None
    ) -> None:
        self.table = table
        self._given = given or Given()
        check_header(table, header, file, self._given.columns())
        by_name = {column.name: column for column in table.columns}
        self._columns: tuple[Column, ...] = tuple(by_name[name] for name in header)
        self._cleaners = tuple(map(_cleaner, self._columns))
        at = {name: position for position, name in enumerate(header)}
        self._required = tuple(at[c.name] for c in table.columns if c.is_required)
        self._properties = tuple(
            (column.prop.name, at[column.name])
            for column in self._columns
            if column.part in ("property", "interval")
        )
        # A column that is not there is read from one cell more, which is always absent.
        beyond = len(header)
        self._common = tuple(
            at.get(name, beyond) for name in ("source", "retrieved_at", "owning_region")
        )
        self._build = (
            _EntityBuilder(table.of, at)
            if isinstance(table.of, EntityType)
            else _RelationBuilder(table.of, table.columns, at)
        )

    def __call__(self, cells: list[str]) -> CleanRow:
        """The facts of one row; RowRefused with every fault found."""
        try:
            values = [cleaner[cell] for cleaner, cell in zip(self._cleaners, cells, strict=True)]
        except ValueRefused:
            raise RowRefused(*self._faults(cells)) from None
        for at in self._required:
            if values[at] is None:
                raise RowRefused(*self._faults(cells))
        values.append(None)
        given = self._given
        source, retrieved_at, owner = self._common
        provenance = Provenance(
            values[source] or given.source,  # type: ignore[arg-type]
            values[retrieved_at] or given.retrieved_at,  # type: ignore[arg-type]
            values[owner] or given.region,  # type: ignore[arg-type]
        )
        if None in provenance:
            raise RowRefused(*_unprovenanced(provenance))
        properties = {
            name: value for name, at in self._properties if (value := values[at]) is not None
        }
        return self._build(provenance, properties, values, cells)

    @property
    def is_by_column(self) -> bool:
        """Whether rows may be cleaned together: nothing in them is completed from raw cells."""
        return self.table.of.name not in COMPLETIONS

    def together(
        self, source: int, lines: Sequence[int], rows: Sequence[Sequence[str]]
    ) -> tuple[FactColumns, list[int]]:
        """The facts of many rows, and the positions of those that are left out: something is wrong.

        What is wrong with them is found by cleaning each alone. `rows` are as wide as the header,
        `source` is the number of the input and `lines` those of the rows in it.
        """
        doubtful: set[int] = set()
        cleaned = [
            _together(cleaner, cells, doubtful)
            for cleaner, cells in zip(self._cleaners, zip(*rows, strict=True), strict=True)
        ]
        for at in self._required:
            doubtful.update(_absent(cleaned[at]))
        cleaned.append([None] * len(rows))  # a column that is not there
        given = self._given
        stated = (given.source, given.retrieved_at, given.region)
        said = [
            _or_given(cleaned[at], value) for at, value in zip(self._common, stated, strict=True)
        ]
        for column in said:
            doubtful.update(_absent(column))
        properties = {name: cleaned[at] for name, at in self._properties}
        keys = self._build.key_columns(cleaned)
        doubtful.update(self._build.doubtful(keys, properties))
        facts = FactColumns(
            [source] * len(rows), list(lines), (said[0], said[1], said[2]), keys, properties
        )
        return facts.without(doubtful), sorted(doubtful)

    def _faults(self, cells: list[str]) -> list[Fault]:
        """Every fault of a row that is known to have one, so that one look mends it."""
        faults = []
        for column, cleaner, cell in zip(self._columns, self._cleaners, cells, strict=True):
            try:
                value = cleaner[cell]
            except ValueRefused as refused:
                rule = "region" if column.name == "owning_region" else column.prop.kind
                faults.append(Fault(column.name, rule, refused.reason, refused.params))
            else:
                if value is None and column.is_required:
                    faults.append(Fault(column.name, "required", "value.required"))
        return faults


def _together(cleaner: CellCleaner, cells: Sequence[str], doubtful: set[int]) -> list[Value | None]:
    """A column of cells cleaned; positions of cells that are refused are added to `doubtful`."""
    try:
        return list(map(cleaner.__getitem__, cells))
    except ValueRefused:
        values: list[Value | None] = []
        for at, cell in enumerate(cells):
            try:
                values.append(cleaner[cell])
            except ValueRefused:
                values.append(None)
                doubtful.add(at)
        return values


def _absent(values: Sequence[Value | None]) -> Iterator[int]:
    if None in values:
        yield from (at for at, value in enumerate(values) if value is None)


def _or_given(values: list[Any], given: str | None) -> list[Any]:
    return [value or given for value in values] if None in values else values


def _texts(values: Sequence[Value | None]) -> list[str]:
    """A key column; its values are texts but for numbers that make up a key."""
    return list(map(str, values))


def _cleaner(column: Column) -> CellCleaner:
    if column.name == "owning_region":
        return _RegionCleaner()
    is_code = spoilt.is_code(column.prop.kind, column.is_required)
    return CellCleaner(column.prop.kind, is_code=is_code, is_indexed=column.prop.is_indexed)


def _unprovenanced(provenance: Provenance) -> list[Fault]:
    names = ("source", "retrieved_at", "owning_region")
    return [
        Fault(name, "required", "value.required")
        for name, value in zip(names, provenance, strict=True)
        if value is None
    ]


class _EntityBuilder:
    def __init__(self, entity: EntityType, at: dict[str, int]) -> None:
        self._entity = entity
        self._key = entity.key
        self._key_at = tuple(at[name] for name in entity.key)
        completion = COMPLETIONS.get(entity.name)
        self._complete = completion[1] if completion else None
        self._field = completion[0] if completion else ""
        self._raw_at = at[completion[0]] if completion else -1

    def __call__(
        self,
        provenance: Provenance,
        properties: dict[str, Value],
        _: list[Value | None],
        cells: list[str],
    ) -> CleanRow:
        if self._complete is not None:
            complete(self._entity.name, properties, cells[self._raw_at].strip(), self._field)
        key = tuple([str(properties[name]) for name in self._key])
        return CleanRow(provenance, (EntityFact(self._entity.name, key, properties),))

    def key_columns(self, values: Sequence[list[Value | None]]) -> KeyColumns:
        """The key of each row."""
        return (tuple(_texts(values[at]) for at in self._key_at),)

    @staticmethod
    def doubtful(_: KeyColumns, __: Mapping[str, list[Value | None]]) -> Iterator[int]:
        """Rows that contradict themselves: none."""
        return iter(())


def complete(type_name: str, properties: dict[str, Value], raw: str, column: str) -> None:
    """Add derived properties in place; RowRefused naming `column` when they contradict the row."""
    completion = COMPLETIONS.get(type_name)
    if completion is None:
        return
    try:
        completion[1](properties, raw)
    except ValueRefused as refused:
        raise RowRefused(Fault(column, type_name, refused.reason, refused.params)) from None


class _RelationBuilder:
    def __init__(
        self, relation: RelationType, columns: tuple[Column, ...], at: dict[str, int]
    ) -> None:
        self._relation = relation
        self._start = tuple(at[c.name] for c in columns if c.part == "start")
        self._end = tuple(at[c.name] for c in columns if c.part == "end")
        self._end_columns = ", ".join(c.name for c in columns if c.part == "end")

    def __call__(
        self,
        provenance: Provenance,
        properties: dict[str, Value],
        values: list[Value | None],
        _: list[str],
    ) -> CleanRow:
        start = tuple([str(values[at]) for at in self._start])
        end = tuple([str(values[at]) for at in self._end])
        check_relation(self._relation, start, end, properties, self._end_columns)
        fact = RelationFact(self._relation.name, start, end, properties)
        return CleanRow(provenance, (), (fact,))

    def key_columns(self, values: Sequence[list[Value | None]]) -> KeyColumns:
        """The keys of the two ends of each row."""
        return (
            tuple(_texts(values[at]) for at in self._start),
            tuple(_texts(values[at]) for at in self._end),
        )

    def doubtful(
        self, keys: KeyColumns, properties: Mapping[str, list[Value | None]]
    ) -> Iterator[int]:
        """Rows that contradict themselves, as `check_relation` judges."""
        if self._relation.start == self._relation.end:
            ends = zip(zip(*keys[0], strict=True), zip(*keys[1], strict=True), strict=True)
            yield from (at for at, (start, end) in enumerate(ends) if start == end)
        first, last = properties.get("valid_from"), properties.get("valid_to")
        if first is not None and last is not None:
            for at, (begin, end) in enumerate(zip(first, last, strict=True)):
                if begin is not None and end is not None and str(end) < str(begin):
                    yield at


def check_relation(
    relation: RelationType, start: Key, end: Key, properties: dict[str, Value], end_columns: str
) -> None:
    """Raise RowRefused for a relation of a thing with itself, or one that ends before it begins."""
    if start == end and relation.start == relation.end:
        raise RowRefused(Fault(end_columns, "table", "relation.self_loop"))
    first, last = properties.get("valid_from"), properties.get("valid_to")
    if isinstance(first, str) and isinstance(last, str) and last < first:
        raise RowRefused(Fault("valid_to", "table", "interval.reversed"))
