"""Lines to rows: delimiter-separated values after RFC 4180, refusing what only looks like a row.

`csv` alone lets NUL through, and one quote that is never closed makes it swallow every row up to the
next quote. Here a row that does not end within bounds is refused at the line where it starts, and
reading resumes on the very next line: one bad quote costs one row.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import count
from typing import NamedTuple

from ingest.decode import Lines
from ingest.refusals import Fault, source_error

DELIMITERS = (",", "\t", ";", "|")
MAX_FIELD_CHARS = 131_072
MAX_ROW_LINES = 1_000
MAX_BROKEN_QUOTES = 1_000
"""Beyond so many unclosed quotes a file is quoted by some other rule; reading on would only be slow."""


class RawRow(NamedTuple):
    """One row: the line it starts on, its cells, and what is wrong with its shape (None when fine)."""

    line: int
    cells: list[str]
    fault: Fault | None = None


class Table:
    """A header and the rows below it, as they come; `header` cells are stripped of blanks."""

    def __init__(self, lines: Lines, file: str) -> None:
        self._lines = lines
        self._file = file
        self._broken_quotes = 0
        self._delimiter = self._find_delimiter()
        self.header = self._read_header()

    def rows(self) -> Iterator[RawRow]:
        """Every row that is not blank; a row of another width than the header carries a fault."""
        width = len(self.header)
        for row in self._records():
            if row.fault is None and len(row.cells) != width:
                params = {"expected": width, "found": len(row.cells)}
                yield row._replace(fault=Fault("", "row", "row.ragged", params))
            else:
                yield row

    def _find_delimiter(self) -> str:
        """The delimiter of the header line; Excel's "Unicode text" for one is separated by tabs."""
        first = self._lines.take()
        while first is not None and not first[1].strip():
            first = self._lines.take()
        if first is None:
            raise source_error("empty", file=self._file)
        self._lines.put_back([first])
        return max(DELIMITERS, key=first[1].count)

    def _read_header(self) -> tuple[str, ...]:
        first = next(self._records(), None)
        if first is None or first.fault is not None:
            reason = first.fault.reason_code if first is not None and first.fault else "row.empty"
            raise source_error("header_unreadable", file=self._file, detail=reason)
        header = tuple(cell.strip() for cell in first.cells)
        seen: set[str] = set()
        for at, column in enumerate(header):
            if not column:
                raise source_error("column_unnamed", file=self._file, position=at + 1)
            if column in seen:
                raise source_error("column_twice", file=self._file, column=column)
            seen.add(column)
        return header

    def _records(self) -> Iterator[RawRow]:
        take, fault_of, delimiter = self._lines.take, self._lines.fault, self._delimiter
        while True:
            if (plain := self._lines.take_plain()) is not None:
                number, lines = plain
                yield from map(RawRow, count(number), [line.split(delimiter) for line in lines])
                continue
            if (item := take()) is None:
                return
            number, line = item
            if reason := fault_of(line):
                yield _shapeless(number, line, reason)
            elif '"' in line:
                yield self._quoted(number, line)
            elif text := line.rstrip("\r\n"):
                cells = text.split(delimiter)
                if len(text) > MAX_FIELD_CHARS and max(map(len, cells)) > MAX_FIELD_CHARS:
                    yield _shapeless(number, line, "row.field_too_long")
                else:
                    yield RawRow(number, cells)

    def _quoted(self, number: int, first: str) -> RawRow:
        taken = [(number, first)]
        ended = False

        def feed() -> Iterator[str]:
            nonlocal ended
            yield first
            while len(taken) < MAX_ROW_LINES and (item := self._lines.take()) is not None:
                taken.append(item)
                if self._lines.fault(item[1]):
                    break
                yield item[1]
            ended = True

        try:
            cells = next(csv.reader(feed(), delimiter=self._delimiter, strict=True))
        except csv.Error as error:
            self._lines.put_back(taken[1:])
            if ended or len(taken) > 1:
                self._count_broken_quote()
                return _shapeless(number, first, "row.unterminated_quote")
            too_long = "field limit" in str(error)
            return _shapeless(
                number, first, "row.field_too_long" if too_long else "row.stray_quote"
            )
        if len(taken) > 1 and self._swallowed(cells):
            self._lines.put_back(taken[1:])
            self._count_broken_quote()
            return _shapeless(number, first, "row.unterminated_quote")
        return RawRow(number, cells)

    def _swallowed(self, cells: list[str]) -> bool:
        """Whether a quote that was never closed ran on to the quote that opens a later row's cell.

        Such a cell holds a line end and stops right behind a delimiter, which no writer's text does;
        the row may even have the right number of cells.
        """
        return any(
            cell.endswith(self._delimiter) and ("\n" in cell or "\r" in cell) for cell in cells
        )

    def _count_broken_quote(self) -> None:
        self._broken_quotes += 1
        if self._broken_quotes > MAX_BROKEN_QUOTES:
            raise source_error("quotes", file=self._file, count=MAX_BROKEN_QUOTES)


def _shapeless(number: int, line: str, reason: str) -> RawRow:
    """A line that never became cells: kept as one cell, cut to what a person can look at."""
    return RawRow(number, [line.rstrip("\r\n")[:2_000]], Fault("", "row", reason))
