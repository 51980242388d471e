"""Parquet files, one batch of rows at a time.

Columns are typed, so cells become text without loss: days and instants ISO 8601, decimals with their
digits, lists joined by `；`. Identifiers kept as doubles have lost digits beyond 15 and are refused
where they matter, as in spreadsheets. A column of structures has no place in a table.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

from ingest.delimited import RawRow
from ingest.formats.rows import JOINT, Layout, checked_header, number_text
from ingest.refusals import Fault, source_error

SUFFIXES = (".parquet",)
MAGIC = b"PAR1"
BATCH_ROWS = 2_000


@contextmanager
def open_parquet(path: Path, file: str, layout: Layout) -> Iterator[ParquetRows]:
    """The rows of a Parquet file; SourceError when it is damaged or holds structures."""
    from pyarrow.parquet import ParquetFile

    with _explained(file):
        opened = ParquetFile(path)
    with opened:
        yield ParquetRows(opened, file, layout)


@contextmanager
def _explained(file: str) -> Iterator[None]:
    """Around what reads the file and nothing else: errors of whoever uses the rows are their own."""
    from pyarrow import ArrowException

    try:
        yield
    except (ArrowException, OSError, UnicodeDecodeError) as error:
        detail = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise source_error("parquet_unreadable", file=file, detail=detail) from error


class ParquetRows:
    """A header and the rows below it; `line` of a row counts from 1."""

    def __init__(self, opened: Any, file: str, layout: Layout) -> None:
        from pyarrow import types

        self._opened = opened
        self._file = file
        self.layout = layout
        with _explained(file):
            schema = opened.schema_arrow
            names = schema.names
        for column in schema:
            inner = column.type.value_type if types.is_list(column.type) else column.type
            if types.is_nested(inner):
                raise source_error("parquet_nested", file=file, column=column.name)
        self.header = checked_header(names, file)

    def rows(self) -> Iterator[RawRow]:
        """Every row in order; a cell of bytes that are no text refuses its row."""
        batches = self._opened.iter_batches(BATCH_ROWS)
        line = 0
        while True:
            with _explained(self._file):
                batch = next(batches, None)
            if batch is None:
                return
            with _explained(self._file):
                columns = [_values(column) for column in batch.columns]
            for values in zip(*columns, strict=True):
                line += 1
                yield _row(line, values)


def _values(column: Any) -> list[Any]:
    """Python values of a column; texts that are none come as bytes, so that their rows are refused."""
    try:
        return list(column.to_pylist())
    except UnicodeDecodeError:
        from pyarrow import binary

        return list(column.cast(binary()).to_pylist())


def _row(line: int, values: tuple[Any, ...]) -> RawRow:
    try:
        return RawRow(line, [_text(value) for value in values])
    except UnicodeDecodeError:
        cells = [repr(value)[:200] for value in values]
        return RawRow(line, cells, Fault("", "row", "row.encoding"))


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, bytes):
        return value.decode("utf-8")
    if isinstance(value, list):
        return JOINT.join(filter(None, map(_text, value)))
    return str(value)
