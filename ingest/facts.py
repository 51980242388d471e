"""What a cleaned row says: entities and relations with their keys and canonical values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Protocol

Value = str | int | float | bool
"""A canonical value as the store keeps it: dates are ISO 8601 texts, money is integer fen."""

Key = tuple[str, ...]


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


class RowCleaner(Protocol):
    """Turns the cells of one row, in header order, into facts, or raises RowRefused."""

    def __call__(self, cells: list[str]) -> CleanRow:
        """The facts of one row; RowRefused with every fault found."""
        ...
