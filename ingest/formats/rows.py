"""What every format hands out: a header and, below it, rows with the place each stands at."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from ingest.delimited import RawRow
from ingest.refusals import source_error

HEADER_WITHIN = 20
"""Rows of a sheet among which a header is looked for; titles, dates and notes stand above it."""

JOINT = "；"
"""Joins the items of a list in one cell, as the ontology's list-like texts do."""

SPREADSHEET_LIMIT = 10**15
"""IEEE 754 doubles, as spreadsheets show them, keep 15 digits: beyond this a number is spoilt."""

_WRAP = re.compile(r"\s*[\r\n]+\s*")
_WIDE_WRAP = re.compile(r"(?<=[^\x00-\x7f])\s*[\r\n]+\s*|\s*[\r\n]+\s*(?=[^\x00-\x7f])")

IsHeader = Callable[[Sequence[str]], bool]
"""Whether these cells are the header that is looked for."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the table stands in a file. `header_row` counts from 1; None means it is found out.

    `sheet` is the name of a workbook's sheet (None: the first one that is not empty). `columns` are
    those the reader expects: formats in which every row names its own cells (JSON) may leave some out.
    """

    sheet: str | None = None
    header_row: int | None = None
    columns: tuple[str, ...] = ()


class Rows(Protocol):
    """A header and the rows below it."""

    @property
    def header(self) -> tuple[str, ...]:
        """Column names, each once."""
        ...

    @property
    def layout(self) -> Layout:
        """Where they were found."""
        ...

    def rows(self) -> Iterator[RawRow]:
        """Every row that is not blank; one that has no cells to offer carries a fault."""
        ...


def checked_header(cells: Iterable[str], file: str) -> tuple[str, ...]:
    """Column names without wraps; SourceError for one that is missing or comes twice."""
    header = tuple(unwrapped(cell) for cell in cells)
    seen: set[str] = set()
    for at, column in enumerate(header):
        if not column:
            raise source_error("column_unnamed", file=file, position=at + 1)
        if column in seen:
            raise source_error("column_twice", file=file, column=column)
        seen.add(column)
    return header


def unwrapped(name: str) -> str:
    """A column name on one line: a wrap inside Chinese text is no blank, elsewhere it is one."""
    return _WRAP.sub(" ", _WIDE_WRAP.sub("", name.strip()))


def number_text(value: float) -> str:
    """A double as a spreadsheet shows it: no `.0`, 15 digits, and a spoilt number as one.

    From 1e15 on the last digits may be others than were typed: scientific notation makes that visible,
    and columns of identifiers refuse it (`value.spreadsheet_number`).
    """
    if not math.isfinite(value):
        return ""
    if abs(value) >= SPREADSHEET_LIMIT:
        return f"{value:.14E}"
    return str(int(value)) if value.is_integer() else f"{value:.15g}"
