"""Values of the driver as plain Python, so that no other room needs the driver's types."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import Any

from neo4j import Record
from neo4j.graph import Entity, Path
from neo4j.spatial import Point
from neo4j.time import Date, DateTime, Duration, Time

from graph.errors import StatementFailed

Row = dict[str, Any]
Columns = dict[str, list[Any]]

_PLAIN: frozenset[type] = frozenset({str, int, float, bool, bytes, type(None)})
_NESTING: frozenset[type] = frozenset({list, dict})
_CONVERTERS: tuple[tuple[type, Callable[[Any], Any]], ...] = (
    (DateTime, DateTime.to_native),
    (Date, Date.to_native),
    (Time, Time.to_native),
    (Duration, Duration.iso_format),
    (Point, tuple),
    (Entity, lambda entity: {key: native(value) for key, value in entity.items()}),
    (Path, lambda path: [native(entity) for entity in (*path.nodes, *path.relationships)]),
)


def native(value: Any) -> Any:
    """One value as plain Python.

    Dates and times become those of `datetime` (nanoseconds are cut to microseconds), durations ISO
    8601 text, points tuples, nodes and relationships the dict of their properties.
    """
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is list:
        return native_list(value)
    if kind is dict:
        return {key: native(item) for key, item in value.items()}
    for known, convert in _CONVERTERS:
        if isinstance(value, known):
            return convert(value)
    return value


def native_list(values: list[Any]) -> list[Any]:
    """A list as plain Python; the very same list when there is nothing to convert.

    Looking at the set of types first, level by level, keeps a column of a million strings at a few
    milliseconds, and a table of rows, or of rows with lists in them, at little more.
    """
    return values if _is_plain(values) else [native(value) for value in values]


def _is_plain(values: list[Any]) -> bool:
    """Whether there is nothing to convert, however deep lists and maps lie in each other."""
    while values:
        kinds = set(map(type, values)) - _PLAIN
        if not kinds:
            return True
        if not kinds <= _NESTING:
            return False
        lists = [value for value in values if value.__class__ is list]
        maps = [value.values() for value in values if value.__class__ is dict]
        values = list(chain(chain.from_iterable(lists), chain.from_iterable(maps)))
    return True


def rows_of(keys: Sequence[str], records: Iterable[Record]) -> list[Row]:
    """Records as dicts, column name → value."""
    return [dict(zip(keys, map(native, record.values()), strict=True)) for record in records]


def columns_of(statement: str, keys: Sequence[str], records: Sequence[Record]) -> Columns:
    """The one record of a statement that collects its columns, column name → values.

    No record at all means columns of no values. Raises StatementFailed when there are several
    records, when a column is no list, or when columns differ in length: `collect(x)` leaves nulls
    out, so the values below one would silently belong to other rows.
    """
    if not records:
        return {key: [] for key in keys}
    if len(records) > 1:
        msg = f"{statement}: expected one record of collected columns, got {len(records)}"
        raise StatementFailed(msg, statement=statement)
    columns = dict(zip(keys, records[0].values(), strict=True))
    if scalars := sorted(key for key, values in columns.items() if not isinstance(values, list)):
        msg = f"{statement}: not collected into a list: {scalars}"
        raise StatementFailed(msg, statement=statement, columns=scalars)
    lengths = {key: len(values) for key, values in columns.items()}
    if len(set(lengths.values())) > 1:
        msg = f"{statement}: columns of different lengths {lengths}; collect() leaves nulls out"
        raise StatementFailed(msg, statement=statement, lengths=lengths)
    return {key: native_list(values) for key, values in columns.items()}
