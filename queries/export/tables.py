"""Tables: a ZIP of CSV files, and an Excel workbook. One table per type of thing and of relation."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from graph.ontology import ontology
from queries.export.about import About
from queries.export.harmless import cell
from queries.export.spool import Spool

#: Limits of Excel: rows of a sheet, characters of a cell.
SHEET_ROWS = 1_048_576
CELL_CHARS = 32_767

Row = Sequence[Any]


def write_csv(spool: Spool, about: About, target: Path) -> None:
    """A ZIP with `about.csv` and one file per type; UTF-8 with a mark, which Excel wants."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, rows in _tables(spool, about):
            with (
                archive.open(f"{name}.csv", "w") as raw,
                io.TextIOWrapper(raw, encoding="utf-8-sig", newline="") as stream,
            ):
                csv.writer(stream).writerows(rows)


def write_xlsx(spool: Spool, about: About, target: Path) -> None:
    """A workbook with one sheet per type, written row by row to disk; texts stay texts."""
    from xlsxwriter import Workbook

    options = {"constant_memory": True, "in_memory": False}
    with Workbook(str(target), options) as book:
        for name, rows in _tables(spool, about):
            sheet = book.add_worksheet(name[:31])
            for number, row in enumerate(_first(rows, SHEET_ROWS)):
                for column, value in enumerate(row):
                    _put(sheet, number, column, value)


def _tables(spool: Spool, about: About) -> Iterator[tuple[str, Iterator[Row]]]:
    yield "about", iter([("name", "value"), *((k, cell(v)) for k, v in about.lines().items())])
    for type_name in spool.types("nodes"):
        yield ontology().entities[type_name].table, _rows(spool, "nodes", type_name)
    for type_name in spool.types("relations"):
        yield ontology().relations[type_name].table, _rows(spool, "relations", type_name)


def _rows(spool: Spool, table: Any, type_name: str) -> Iterator[Row]:
    columns = spool.columns(table, type_name)
    yield columns
    for item in spool.items(table, type_name):
        yield [cell(item.get(name)) for name in columns]


def _first(rows: Iterable[Row], most: int) -> Iterator[Row]:
    for number, row in enumerate(rows, 1):
        if number == most:
            yield ["…"]  # the bounds of an export keep below it; should they grow, it is said
            return
        yield row


def _put(sheet: Any, row: int, column: int, value: Any) -> None:
    # By type, because the library's general `write` guesses formulas, links and numbers in texts.
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value)
    elif value is not None:
        said = str(value)
        is_long = len(said) > CELL_CHARS
        sheet.write_string(row, column, said[: CELL_CHARS - 1] + "…" if is_long else said)
