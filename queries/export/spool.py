"""Where an export is kept until it is written: a database file of its own, so memory stays bounded.

Formats want things before relations, one table per type, and every column named at the top: none of it
is known before the last page has come. A thing met twice is kept once.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

import orjson

from queries.export.items import (
    NODE_COLUMNS,
    RELATION_COLUMNS,
    Item,
    Piece,
    node_item,
    relation_item,
)

Table = Literal["nodes", "relations"]

_FIRST_COLUMNS: Mapping[Table, tuple[str, ...]] = {
    "nodes": NODE_COLUMNS,
    "relations": RELATION_COLUMNS,
}
_SCHEMA = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE nodes (id TEXT PRIMARY KEY, type TEXT NOT NULL, item BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE relations (id TEXT PRIMARY KEY, type TEXT NOT NULL, item BLOB NOT NULL) WITHOUT ROWID;
CREATE INDEX nodes_type ON nodes (type, id);
CREATE INDEX relations_type ON relations (type, id);
"""


@dataclass(frozen=True, slots=True)
class Bounds:
    """The most one export may hold: more is cut, and the file says so."""

    nodes: int = 100_000
    relations: int = 400_000


class Spool:
    """Collects pieces; afterwards gives them back by type, in the order of their ids."""

    def __init__(self, path: Path, bounds: Bounds) -> None:
        self._database = sqlite3.connect(path, check_same_thread=False)
        self._database.executescript(_SCHEMA)
        self._bounds = bounds
        self._kinds: dict[Table, dict[str, dict[str, set[type]]]] = {"nodes": {}, "relations": {}}
        self.counts: dict[Table, int] = {"nodes": 0, "relations": 0}
        self.withheld: int | None = 0
        self.is_cut = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._database.close()

    @property
    def is_full(self) -> bool:
        """Whether nothing more fits."""
        return (
            self.counts["nodes"] >= self._bounds.nodes
            or self.counts["relations"] >= self._bounds.relations
        )

    def add(self, piece: Piece) -> None:
        """Keep a piece. A relation is kept only when both of its ends are."""
        for view in piece.nodes:
            self._keep("nodes", node_item(view), self._bounds.nodes)
        for relation in piece.relations:
            if self.has(relation.start) and self.has(relation.end):
                self._keep("relations", relation_item(relation), self._bounds.relations)
        self.is_cut = self.is_cut or piece.is_cut
        if self.withheld is not None:
            self.withheld = None if piece.withheld is None else self.withheld + piece.withheld

    def has(self, identifier: str) -> bool:
        """Whether a thing is kept."""
        found = self._database.execute("SELECT 1 FROM nodes WHERE id = ?", (identifier,))
        with closing(found):
            return found.fetchone() is not None

    def types(self, table: Table) -> list[str]:
        """Types of which there is at least one, sorted."""
        return sorted(self._kinds[table])

    def columns(self, table: Table, type_name: str) -> list[str]:
        """Columns of a type: those every row has, then its properties by name."""
        first = _FIRST_COLUMNS[table]
        return [*first, *sorted(self._kinds[table].get(type_name, {}).keys() - set(first))]

    def all_columns(self, table: Table) -> dict[str, type]:
        """Every column of every type with the one type that fits all of its values."""
        merged: defaultdict[str, set[type]] = defaultdict(set)
        for columns in self._kinds[table].values():
            for name, kinds in columns.items():
                merged[name] |= kinds
        first = _FIRST_COLUMNS[table]
        ordered = [*first, *sorted(merged.keys() - set(first))]
        return {name: _one_type(merged[name]) for name in ordered}

    def items(self, table: Table, type_name: str | None = None) -> Iterator[Item]:
        """Rows of a type, or of all, in the order of type and id; missing columns are left out."""
        # The table's name is one of two literals.
        if type_name is None:
            rows = self._database.execute(f"SELECT item FROM {table} ORDER BY type, id")  # noqa: S608
        else:
            rows = self._database.execute(
                f"SELECT item FROM {table} WHERE type = ? ORDER BY id",  # noqa: S608
                (type_name,),
            )
        with closing(rows):
            for (raw,) in rows:
                yield orjson.loads(raw)

    def _keep(self, table: Table, item: dict[str, Any], most: int) -> None:
        if self.counts[table] >= most:
            self.is_cut = True
            return
        row = (item["id"], item["type"], orjson.dumps(item))
        changed = self._database.execute(
            f"INSERT OR IGNORE INTO {table} VALUES (?, ?, ?)",  # noqa: S608 - a literal
            row,
        )
        if changed.rowcount:
            self.counts[table] += 1
            columns = self._kinds[table].setdefault(item["type"], defaultdict(set))
            for name, value in item.items():
                if value is not None:
                    columns[name].add(type(value))


def _one_type(kinds: set[type]) -> type:
    if kinds == {bool}:
        return bool
    if kinds == {int}:
        return int
    return float if kinds and kinds <= {int, float} else str
