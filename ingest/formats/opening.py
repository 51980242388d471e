"""The one door to rows: finds out what a file is by its content and opens it.

Delimited text, JSON, Excel and OpenDocument sheets, Parquet. A name only decides between JSON and
delimited text, which may begin alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from ingest.decode import open_lines
from ingest.delimited import RawRow, Table
from ingest.formats import json_rows, parquet, workbook
from ingest.formats.rows import IsHeader, Layout, Rows
from ingest.formats.unpack import PACKED_SUFFIXES, open_bytes, without_packing, zip_names

TEXT_SUFFIXES = (".csv", ".tsv", ".txt")
_EXCEL_97 = b"\xd0\xcf\x11\xe0"
_JSON_START = re.compile(rb"\s*(?:\{\s*\"|\[\s*[{\]])")
_BOM = b"\xef\xbb\xbf"

_PLAIN = (*TEXT_SUFFIXES, *json_rows.SUFFIXES)
SUFFIXES = (
    *_PLAIN,
    *(suffix + packed for suffix in _PLAIN for packed in PACKED_SUFFIXES),
    *workbook.SUFFIXES,
    *parquet.SUFFIXES,
)
"""Every suffix a readable file may have."""


class Format(Enum):
    """What a file is."""

    DELIMITED = "delimited"
    JSON = "json"
    WORKBOOK = "workbook"
    PARQUET = "parquet"


def format_of(path: Path) -> Format:
    """What a file is by its first bytes; SourceError when it is damaged or cannot be read."""
    if workbook.is_workbook(zip_names(path)):
        return Format.WORKBOOK
    with open_bytes(path) as stream:
        head = stream.read(1 << 12)
    if head.startswith(_EXCEL_97):
        return Format.WORKBOOK
    if head.startswith(parquet.MAGIC):
        return Format.PARQUET
    name = without_packing(path.name.lower())
    if name.endswith(json_rows.SUFFIXES):
        return Format.JSON
    if name.endswith(TEXT_SUFFIXES):
        return Format.DELIMITED
    return Format.JSON if _JSON_START.match(head.removeprefix(_BOM)) else Format.DELIMITED


@contextmanager
def open_rows(
    path: Path, file: str, layout: Layout | None = None, is_header: IsHeader | None = None
) -> Iterator[Rows]:
    """Header and rows of a file of any format; SourceError when it holds none.

    `file` names it in errors. `is_header` recognises the header of a sheet that has titles above it;
    without it, and where it never says yes, the first row that is not blank is the header.
    """
    layout = layout or Layout()
    kind = format_of(path)
    if kind is Format.WORKBOOK:
        with workbook.open_workbook(path, file, layout, is_header) as sheet:
            yield sheet
    elif kind is Format.PARQUET:
        with parquet.open_parquet(path, file, layout) as rows:
            yield rows
    elif kind is Format.JSON:
        with json_rows.open_json(path, file, layout) as items:
            yield items
    else:
        with open_lines(path) as lines:
            for _ in range((layout.header_row or 1) - 1):
                lines.take()
            yield _Delimited(Table(lines, file), layout)


@dataclass(slots=True)
class _Delimited:
    table: Table
    layout: Layout

    @property
    def header(self) -> tuple[str, ...]:
        return self.table.header

    def rows(self) -> Iterator[RawRow]:
        return self.table.rows()


def stem(name: str) -> str:
    """A file name without the suffixes of its format and packing (`a.csv.gz` → `a`)."""
    bare = without_packing(name)
    suffix = next((s for s in SUFFIXES if bare.lower().endswith(s)), "")
    return bare[: len(bare) - len(suffix)] if suffix else Path(bare).stem
