"""JSON: one object per line (JSON Lines, NDJSON), or one array of objects (RFC 8259).

Numbers keep the digits they were written with. An object inside an object becomes columns `outer.inner`,
a list of plain values one cell joined by `；`; a list of objects has no place in a table, so its row is
refused. The columns are those that any object has: one pass finds them, a second one hands out rows.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ingest.decode import MAX_LINE_CHARS, detect, open_lines
from ingest.delimited import RawRow
from ingest.formats.rows import JOINT, Layout, checked_header
from ingest.formats.unpack import open_bytes
from ingest.refusals import Fault, source_error

SUFFIXES = (".jsonl", ".ndjson", ".json")
MAX_ARRAY_BYTES = 256 << 20
"""An array is held as a whole; a larger one can be written as JSON Lines, which is read as a stream."""

MAX_COLUMNS = 4_096
"""Objects with more names than this use values as names."""

Item = tuple[int, str, dict[str, str] | None, str]
"""Line, text as read, cells by column, and the reason why there are none (empty when there are)."""


class _Refused(Exception):
    """An object that is no row; the message is a reason code."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Refused("row.json_name_twice")
    return found


def _not_a_number(_: str) -> str:
    raise _Refused("row.json")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=str, parse_float=str, parse_constant=_not_a_number
)


@contextmanager
def open_json(path: Path, file: str, layout: Layout) -> Iterator[JsonRows]:
    """The rows of a JSON file; SourceError when it is empty, too large, or no list of objects."""
    if _is_array(path):
        items = list(_array(path, file))
        yield JsonRows(lambda: iter(items), file, layout)
    else:
        yield JsonRows(lambda: _lines(path), file, layout)


class JsonRows:
    """A header and the rows below it; `line` of a row is the line on which its object begins."""

    def __init__(self, items: Callable[[], Iterator[Item]], file: str, layout: Layout) -> None:
        self._items = items
        self.layout = layout
        columns: dict[str, None] = {}
        for _, _, cells, _ in items():
            columns.update(dict.fromkeys(cells or ()))
            if len(columns) > MAX_COLUMNS:
                raise source_error("json_columns", file=file, count=MAX_COLUMNS)
        if not columns:
            raise source_error("header_unreadable", file=file, detail="row.json")
        columns.update(dict.fromkeys(layout.columns))
        self.header = checked_header(columns, file)

    def rows(self) -> Iterator[RawRow]:
        """Every object in order; a line that is none carries a fault."""
        for line, raw, cells, reason in self._items():
            if cells is None:
                yield RawRow(line, [raw[:2_000]], Fault("", "row", reason))
            else:
                yield RawRow(line, [cells.get(column, "") for column in self.header])


def _is_array(path: Path) -> bool:
    with open_lines(path) as lines:
        while (item := lines.take()) is not None:
            if text := item[1].strip():
                return text.startswith("[")
    return False


def _lines(path: Path) -> Iterator[Item]:
    with open_lines(path) as lines:
        while (item := lines.take()) is not None:
            line, text = item
            if not text.strip():
                continue
            if reason := lines.fault(text):
                yield line, text, None, reason
            else:
                yield _item(line, text.strip())


def _item(line: int, text: str) -> Item:
    try:
        value = _DECODER.decode(text)
    except _Refused as refused:
        return line, text, None, str(refused)
    except (ValueError, RecursionError):
        return line, text, None, "row.json"
    return _as_item(line, text, value)


def _as_item(line: int, text: str, value: Any) -> Item:
    if not isinstance(value, dict):
        return line, text, None, "row.json_no_object"
    cells: dict[str, str] = {}
    try:
        _flatten("", value, cells)
    except _Refused as refused:
        return line, text, None, str(refused)
    return line, text, cells, ""


def _flatten(prefix: str, value: Mapping[str, Any], cells: dict[str, str]) -> None:
    for name, inner in value.items():
        column = f"{prefix}{name.strip()}"
        if isinstance(inner, dict):
            _flatten(f"{column}.", inner, cells)
        elif column in cells:
            raise _Refused("row.json_name_twice")
        else:
            cells[column] = _cell(inner)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if any(isinstance(item, dict | list) for item in value):
        raise _Refused("row.json_nested")
    return JOINT.join(filter(None, map(_cell, value)))


def _array(path: Path, file: str) -> Iterator[Item]:
    """The items of an array with their lines. What follows a broken item cannot be told apart."""
    encoding = detect(path)
    if not encoding.is_clean:
        raise source_error("encoding", file=file)
    with open_bytes(path) as stream:
        raw = stream.read(MAX_ARRAY_BYTES + 1)
    if len(raw) > MAX_ARRAY_BYTES:
        raise source_error("json_large", file=file, mib=MAX_ARRAY_BYTES >> 20)
    text = raw.decode(encoding.codec)
    at, line, counted = text.index("[") + 1, 1, 0
    while True:
        at = _skip(text, at, " \t\r\n,")
        line, counted = line + text.count("\n", counted, at), at
        if text[at : at + 1] == "]":
            return
        try:
            value, end = _DECODER.raw_decode(text, at)
        except (_Refused, ValueError, RecursionError) as error:
            raise source_error("json_damaged", file=file, line=line) from error
        yield _as_item(line, text[at : min(end, at + MAX_LINE_CHARS)], value)
        at = end


def _skip(text: str, at: int, blanks: str) -> int:
    while text[at : at + 1] and text[at] in blanks:
        at += 1
    return at
