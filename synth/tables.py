"""Writes canonical tables, a few thousand rows at a time, so that a large world needs little memory."""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path

from graph.ontology import Ontology, ontology
from synth.settings import day_of

Value = str | int | bool | None

_FLUSH_ROWS = 4_000

_READ_AT = {
    "register": "02:00:00",
    "payment": "03:00:00",
    "platform": "04:00:00",
    "courier": "05:00:00",
    "lab": "06:00:00",
    "certification": "07:00:00",
}
"""Hour of the nightly read by the first part of the source; anything else is read at eight."""


def columns_of(known: Ontology) -> dict[str, tuple[str, ...]]:
    """Columns of every canonical table, in writing order, common columns last."""
    common = ("source", "retrieved_at", "owning_region")
    tables = {
        entity.table: (*(p.name for p in entity.properties), *common)
        for entity in known.entities.values()
    }
    for relation in known.relations.values():
        start, end = known.end_columns(relation)
        own = (p.name for p in relation.properties)
        tables[relation.table] = (*start, *end, *own, "valid_from", "valid_to", *common)
    return tables


class TableWriter:
    """One CSV file per table and week below `folder` (`week_00/merchant.csv`).

    Rows keep the order in which they were put. A weekly file that gets no row is not written; the
    folder of a week always is, because a week without change is a fact too.
    """

    def __init__(self, folder: Path, weeks: int) -> None:
        self.counts: Counter[tuple[int, str]] = Counter()
        self._columns = columns_of(ontology())
        self._place = {
            table: {column: at for at, column in enumerate(columns)}
            for table, columns in self._columns.items()
        }
        self._buffers: dict[tuple[int, str], list[str]] = {}
        self._folders = [folder / f"week_{week:02d}" for week in range(weeks + 1)]
        self._read_at: dict[tuple[int, str], str] = {}
        for week_folder in self._folders:
            week_folder.mkdir(parents=True, exist_ok=True)

    def put(self, table: str, week: int, source: str, region: str, **values: Value) -> None:
        """Add one row as read in `week` from `source`, owned by `region` (province code or 000000).

        Columns left out stay empty. KeyError for a table or column the ontology does not have.
        """
        place = self._place[table]
        cells = [""] * len(place)
        for name, value in values.items():
            if value is not None:
                cells[place[name]] = value if value.__class__ is str else _text(value)
        cells[-3:] = source, self._read_at.get((week, source)) or self._when(week, source), region
        at = (week, table)
        buffer = self._buffers.get(at)
        if buffer is None:
            buffer = self._buffers[at] = []
        buffer.append(_line(cells))
        if len(buffer) >= _FLUSH_ROWS:
            self._flush(at)

    def close(self) -> None:
        """Write what is still in memory."""
        for at in sorted(self._buffers):
            self._flush(at)

    def rows(self) -> dict[str, dict[str, int]]:
        """Rows per week folder and table, sorted; call it after `close`."""
        counted: dict[str, dict[str, int]] = {folder.name: {} for folder in self._folders}
        for (week, table), count in sorted(self.counts.items()):
            counted[self._folders[week].name][table] = count
        return counted

    def _when(self, week: int, source: str) -> str:
        hour = _READ_AT.get(source.partition(".")[0], "08:00:00")
        self._read_at[week, source] = f"{day_of(week).isoformat()}T{hour}+08:00"
        return self._read_at[week, source]

    def _flush(self, at: tuple[int, str]) -> None:
        week, table = at
        rows = self._buffers[at]
        if not rows:
            return
        path = self._folders[week] / f"{table}.csv"
        is_new = at not in self.counts
        self.counts[at] += len(rows)
        with path.open("w" if is_new else "a", encoding="utf-8", newline="") as handle:
            if is_new:
                handle.write(",".join(self._columns[table]) + "\n")
            handle.write("".join(rows))
        rows.clear()


def _line(cells: list[str]) -> str:
    """One CSV line (RFC 4180). Hardly any cell needs quotes, so the line is made without asking."""
    line = ",".join(cells)
    if '"' in line or "\n" in line or line.count(",") != len(cells) - 1:
        quoted = io.StringIO()
        csv.writer(quoted, lineterminator="\n").writerow(cells)
        return quoted.getvalue()
    return line + "\n"


def _text(value: str | int | bool) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
