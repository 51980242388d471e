"""Sheets of Excel (xlsx, xlsb, xls) and OpenDocument (ods) files, as the person who made them sees them.

A cell becomes text: a date ISO 8601, a whole number without `.0`, TRUE or FALSE. Cells that show an
error (#N/A, #REF!) are absent: the reader hands them out as empty. A cell merged downwards stands for
every row it covers; one merged sideways could belong to any of its columns, so its rows are refused.
Hidden rows and columns are read like others. The whole sheet is in memory, so its size is bounded.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.delimited import RawRow
from ingest.formats.rows import (
    HEADER_WITHIN,
    IsHeader,
    Layout,
    checked_header,
    number_text,
    unwrapped,
)
from ingest.formats.unpack import BAD_LIST
from ingest.refusals import Fault, source_error

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

SUFFIXES = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
MAX_BYTES = 512 << 20
"""Unpacked size of a workbook: beyond it, export the table as text, which is read as a stream."""

_PARTS = frozenset(("xl/workbook.xml", "xl/workbook.bin", "content.xml"))

Cell = int | float | str | bool | time | date | datetime | timedelta
Merge = tuple[tuple[int, int], tuple[int, int]]


def is_workbook(names: frozenset[str]) -> bool:
    """Whether a ZIP with these members is a workbook."""
    return bool(_PARTS & names)


@contextmanager
def open_workbook(
    path: Path, file: str, layout: Layout, is_header: IsHeader | None
) -> Iterator[Sheet]:
    """One sheet of a workbook; SourceError when there is none, or it cannot be read."""
    _check_size(path, file)
    from python_calamine import CalamineError, load_workbook

    try:
        workbook = load_workbook(path)
        try:
            sheet = _choose(workbook, layout.sheet, file)
            cells = sheet.to_python(skip_empty_area=False)
            merges = sheet.merged_cell_ranges or []
        finally:
            workbook.close()
    except CalamineError as error:
        raise source_error("workbook_unreadable", file=file, detail=str(error)) from error
    yield Sheet(cells, merges, file, _located(sheet.name, cells, layout, is_header))


def _check_size(path: Path, file: str) -> None:
    try:
        size = path.stat().st_size
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                size = sum(info.file_size for info in archive.infolist())
    except BAD_LIST as error:
        raise source_error("damaged", file=file) from error
    if size > MAX_BYTES:
        raise source_error("workbook_large", file=file, mib=MAX_BYTES >> 20)


def _choose(workbook: CalamineWorkbook, name: str | None, file: str) -> CalamineSheet:
    names = workbook.sheet_names
    if name is not None:
        if name not in names:
            raise source_error("sheet_missing", file=file, sheet=name, names=", ".join(names))
        return workbook.get_sheet_by_name(name)
    for candidate in names:
        sheet = workbook.get_sheet_by_name(candidate)
        if sheet.start is not None:
            return sheet
    raise source_error("empty", file=file)


def _located(
    sheet: str, cells: list[list[Cell]], layout: Layout, is_header: IsHeader | None
) -> Layout:
    """The layout with sheet and header row filled in."""
    if layout.header_row is not None:
        return Layout(sheet, layout.header_row, layout.columns)
    first = None
    for number, row in enumerate(cells[:HEADER_WITHIN], start=1):
        names = _names(row)
        if not names:
            continue
        first = first or number
        if is_header is None:
            break
        if is_header(names):
            first = number
            break
    return Layout(sheet, first or 1, layout.columns)


def _names(row: Sequence[Cell]) -> list[str]:
    """The cells of a row that say something, as column names."""
    return [name for cell in row if (name := unwrapped(_text(cell)))]


class Sheet:
    """A header and the rows below it; `line` of a row is its number in the sheet."""

    def __init__(
        self, cells: list[list[Cell]], merges: Sequence[Merge], file: str, layout: Layout
    ) -> None:
        self.layout = layout
        self._file = file
        top = layout.header_row or 1
        if top > len(cells) or not _names(cells[top - 1]):
            raise source_error("header_unreadable", file=file, detail="row.empty")
        self._body = cells[top:]
        self._first_line = top + 1
        self._downwards, self._sideways = _merges(merges, top)
        self._columns = self._used_columns(cells[top - 1])
        names = cells[top - 1]
        self.header = checked_header((_text(names[at]) for at in self._columns), file)
        self._timed = self._columns_with_time()

    def rows(self) -> Iterator[RawRow]:
        """Every row that is not blank; refused are those under a cell merged sideways."""
        above: dict[int, Cell] = {}
        for line, row in enumerate(self._body, start=self._first_line):
            self._fill(line, row, above)
            texts = [_text(row[at], at in self._timed) for at in self._columns]
            if line in self._sideways:
                if any(texts):
                    yield RawRow(line, texts, Fault("", "row", "row.merged_cells"))
            elif any(texts):
                yield RawRow(line, texts)

    def _fill(self, line: int, row: list[Cell], above: dict[int, Cell]) -> None:
        """Give a row what the cells merged down into it show; a blank row stays blank."""
        is_blank = not any(cell != "" for cell in row)
        for column, (first, last) in self._downwards.get(line, {}).items():
            if line == first:
                above[column] = row[column]
            elif line <= last and not is_blank and column in above:
                row[column] = above[column]

    def _used_columns(self, names: Sequence[Cell]) -> list[int]:
        """Columns with a name or with anything below it: an empty one only keeps two others apart."""
        width = max(map(len, self._body), default=0)
        used = {at for at, name in enumerate(names) if unwrapped(_text(name))}
        for row in self._body:
            used.update(at for at, cell in enumerate(row) if cell != "")
        padded = [at for at in sorted(used) if at < len(names)]
        if any(at >= len(names) for at in used):
            raise source_error("column_unnamed", file=self._file, position=width)
        return padded

    def _columns_with_time(self) -> frozenset[int]:
        """Columns of which some cell has a time of day: their midnights are instants too."""
        return frozenset(
            at for row in self._body for at, cell in enumerate(row) if isinstance(cell, datetime)
        )


def _merges(
    merges: Sequence[Merge], header_row: int
) -> tuple[dict[int, dict[int, tuple[int, int]]], frozenset[int]]:
    """Line → column → first and last line of a merge downwards; and the lines of merges sideways."""
    downwards: dict[int, dict[int, tuple[int, int]]] = {}
    sideways: set[int] = set()
    for (top, left), (bottom, right) in merges:
        lines = range(max(top + 1, header_row + 1), bottom + 2)
        if left != right:
            sideways.update(lines)
        elif top + 1 > header_row:
            for line in lines:
                downwards.setdefault(line, {})[left] = (top + 1, bottom + 1)
    return downwards, frozenset(sideways)


def _text(cell: Cell, is_timed: bool = False) -> str:
    """A cell as text; `is_timed` for one of a column of instants, where a bare day is its midnight."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "seconds")
    if isinstance(cell, date):
        return f"{cell.isoformat()} 00:00:00" if is_timed else cell.isoformat()
    if isinstance(cell, time):
        return cell.isoformat("seconds")
    if isinstance(cell, timedelta):
        return str(cell)
    return number_text(float(cell)) if isinstance(cell, float) else str(cell)
