"""Canonical tables: which columns each has, and whether a file's header fits.

Nothing is written down here a second time: the columns follow from the ontology.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from graph.ontology import EntityType, Property, RelationType, ontology
from graph.ontology.schema import COMMON, INTERVAL
from ingest.refusals import source_error


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a canonical table; `part` says what becomes of it.

    `part` is `property`, `start` or `end` (a key part of that end), `interval` or `common`.
    `name` is the column's name, `prop.name` the property it fills.
    """

    name: str
    prop: Property
    part: str
    is_required: bool


@dataclass(frozen=True, slots=True)
class TableSpec:
    """One canonical table, of an entity type or of a relation."""

    name: str
    of: EntityType | RelationType
    columns: tuple[Column, ...]

    @property
    def is_relation(self) -> bool:
        """Whether the rows are relations."""
        return isinstance(self.of, RelationType)

    def is_header(self, cells: Sequence[str]) -> bool:
        """Whether cells of a sheet may be this table's header: every one a column, no key missing."""
        legal = {column.name for column in self.columns}
        required = {column.name for column in self.columns if column.is_required}
        return required <= set(cells) <= legal


@cache
def tables() -> dict[str, TableSpec]:
    """All canonical tables by name, entity tables first, each group sorted by name."""
    known = ontology()
    found: dict[str, TableSpec] = {}
    for entity in sorted(known.entities.values(), key=lambda e: e.table):
        columns = tuple(Column(p.name, p, "property", p.required) for p in entity.properties)
        found[entity.table] = TableSpec(entity.table, entity, columns + _common())
    for relation in sorted(known.relations.values(), key=lambda r: r.table):
        found[relation.table] = TableSpec(relation.table, relation, _relation_columns(relation))
    return found


def _relation_columns(relation: RelationType) -> tuple[Column, ...]:
    known = ontology()
    starts, ends = known.end_columns(relation)
    columns = [
        Column(name, known.entities[end].property(key), part, True)
        for part, end, keys in (("start", relation.start, starts), ("end", relation.end, ends))
        for name, key in keys.items()
    ]
    columns += [Column(p.name, p, "property", p.required) for p in relation.properties]
    columns += [Column(p.name, p, "interval", False) for p in INTERVAL]
    return tuple(columns) + _common()


def _common() -> tuple[Column, ...]:
    # Required in every row unless the load itself says them; the cleaner decides.
    return tuple(Column(p.name, p, "common", False) for p in COMMON)


def check_header(
    table: TableSpec, header: Sequence[str], file: str, given: frozenset[str] = frozenset()
) -> None:
    """Raise SourceError naming file, column and the nearest legal name unless the header fits.

    Every column must be legal, every required one present. The common columns must be present too,
    but for those in `given`, which the load states for all rows.
    """
    legal = {column.name for column in table.columns}
    for name in header:
        if name not in legal:
            raise source_error(
                "column_unknown",
                file=file,
                column=name,
                table=table.name,
                nearest=nearest(name, legal),
            )
    for column in table.columns:
        needed = column.is_required or (column.part == "common" and column.name not in given)
        if needed and column.name not in header:
            raise source_error("column_missing", file=file, column=column.name, table=table.name)


def nearest(name: str, legal: set[str] | frozenset[str]) -> str:
    """The legal name closest to a wrong one; all of them, when none is close."""
    ordered = sorted(legal)
    found = difflib.get_close_matches(name.lower(), ordered, n=1, cutoff=0.5)
    return found[0] if found else ", ".join(ordered)
