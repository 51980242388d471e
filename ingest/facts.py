"""What a cleaned row says: entities and relations with their keys and canonical values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import compress
from typing import NamedTuple, Protocol, TypeVar

Value = str | int | float | bool
"""A canonical value as the store keeps it: dates are ISO 8601 texts, money is integer fen."""

Key = tuple[str, ...]

KeyColumns = tuple[tuple[list[str], ...], ...]
"""(key,) or (start, end) of many rows; each part of a key is a column."""

_T = TypeVar("_T")


class Provenance(NamedTuple):
    """Who says so: source token, ISO 8601 time of retrieval at +08:00, owning region (province code)."""

    source: str
    retrieved_at: str
    region: str


class EntityFact(NamedTuple):
    """One entity as one row states it; `properties` include the key."""

    type_name: str
    key: Key
    properties: Mapping[str, Value]


class RelationFact(NamedTuple):
    """One relation as one row states it; `properties` hold `valid_from` and `valid_to` too."""

    relation: str
    start: Key
    end: Key
    properties: Mapping[str, Value]


class CleanRow(NamedTuple):
    """Everything one row says."""

    provenance: Provenance
    entities: tuple[EntityFact, ...] = ()
    relations: tuple[RelationFact, ...] = ()


@dataclass(frozen=True, slots=True)
class FactColumns:
    """Facts of one entity type or relation by column, in the order in which they were read.

    `sources` are the numbers of the inputs, `lines` those of the lines there. `provenance` are the
    columns of source, time and region; `keys` the parts of (key,) of an entity or of (start, end) of a
    relation, each a column. None stands for a property that a row does not state.
    """

    sources: list[int]
    lines: list[int]
    provenance: tuple[list[str], list[str], list[str]]
    keys: KeyColumns
    properties: dict[str, list[Value | None]]

    def __len__(self) -> int:
        return len(self.lines)

    def key(self, end: int, at: int) -> Key:
        """The key of one row at that end."""
        return tuple([part[at] for part in self.keys[end]])

    def cut(self, begin: int, end: int) -> FactColumns:
        """Some rows that follow one another."""
        if begin <= 0 and end >= len(self):
            return self
        part = slice(begin, end)
        return self._each(_Slicing(part))

    def without(self, left_out: Set[int]) -> FactColumns:
        """All rows but those at some positions."""
        if not left_out:
            return self
        return self._each(_Keeping([at not in left_out for at in range(len(self))]))

    def _each(self, some: _Choice) -> FactColumns:
        source, retrieved_at, region = self.provenance
        return FactColumns(
            some(self.sources),
            some(self.lines),
            (some(source), some(retrieved_at), some(region)),
            tuple(tuple(some(part) for part in key) for key in self.keys),
            {name: some(column) for name, column in self.properties.items()},
        )


class _Choice(Protocol):
    """Which rows of a column to keep."""

    def __call__(self, column: list[_T]) -> list[_T]: ...


@dataclass(frozen=True, slots=True)
class _Slicing:
    part: slice

    def __call__(self, column: list[_T]) -> list[_T]:
        return column[self.part]


@dataclass(frozen=True, slots=True)
class _Keeping:
    mask: list[bool]

    def __call__(self, column: list[_T]) -> list[_T]:
        return list(compress(column, self.mask))


def chained(blocks: Sequence[FactColumns]) -> FactColumns:
    """The rows of several blocks of one type; there is at least one."""
    if len(blocks) == 1:
        return blocks[0]
    names = sorted(set().union(*[block.properties for block in blocks]))
    source, retrieved_at, region = (
        _joined([block.provenance[at] for block in blocks]) for at in range(3)
    )
    return FactColumns(
        _joined([block.sources for block in blocks]),
        _joined([block.lines for block in blocks]),
        (source, retrieved_at, region),
        tuple(
            tuple(_joined([block.keys[end][part] for block in blocks]) for part in range(len(key)))
            for end, key in enumerate(blocks[0].keys)
        ),
        {
            name: _joined([block.properties.get(name) or [None] * len(block) for block in blocks])
            for name in names
        },
    )


def _joined(columns: Iterable[list[_T]]) -> list[_T]:
    return [value for column in columns for value in column]


class RowCleaner(Protocol):
    """Turns the cells of one row, in header order, into facts, or raises RowRefused."""

    def __call__(self, cells: list[str]) -> CleanRow:
        """The facts of one row; RowRefused with every fault found."""
        ...
