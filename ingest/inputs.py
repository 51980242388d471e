"""Which files a load reads, and what each of them is: a canonical table or a mapped source."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from graph.errors import SourceError
from ingest.clean import BEIJING, Given, TableCleaner
from ingest.facts import RowCleaner
from ingest.formats.opening import SUFFIXES, Format, format_of, open_rows, stem
from ingest.formats.rows import Layout
from ingest.formats.unpack import PACKED_SUFFIXES
from ingest.mapped import MappedCleaner
from ingest.mapping import SourceMapping, find_mapping, mappings
from ingest.refusals import source_error
from ingest.tables import TableSpec, nearest, tables
from ingest.thresholds import CANONICAL, Threshold

_JSON_NOTES = (".json", *(".json" + packed for packed in PACKED_SUFFIXES))
# In a folder, text and JSON are as often notes and settings as tables: they are read when named.
_FOLDER_SUFFIXES = tuple(
    suffix for suffix in SUFFIXES if not suffix.startswith(".txt") and suffix not in _JSON_NOTES
)
_DIGITS = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True)
class Input:
    """One file to read: where it is, how it is named in records and refusals, and what it holds.

    `name` is that of the table or source it counts under. `locator` is relative to what was asked to
    load, so that no path of a machine gets into the graph; of a workbook it names the sheet
    (`book.xlsx#Sheet1`). `layout` says where in the file the table stands.
    """

    path: Path
    locator: str
    of: TableSpec | SourceMapping
    layout: Layout = field(default_factory=Layout)

    @property
    def name(self) -> str:
        """Name of the canonical table or of the source."""
        return self.of.name

    @property
    def is_table(self) -> bool:
        """Whether it is a canonical table, each row of which states exactly one fact."""
        return isinstance(self.of, TableSpec)

    @property
    def threshold(self) -> Threshold:
        """How many refused rows stop the load."""
        return self.of.threshold if isinstance(self.of, SourceMapping) else CANONICAL

    def cleaner(self, header: Sequence[str], given: Given) -> RowCleaner:
        """The compiled cleaner for this file's header; SourceError when the header does not fit."""
        if isinstance(self.of, TableSpec):
            return TableCleaner(self.of, header, self.locator, given)
        for column in self.of.columns:
            if column not in header:
                raise source_error(
                    "column_missing", file=self.locator, column=column, table=self.of.name
                )
        stated = Given(given.source, given.retrieved_at or file_time(self.path), given.region)
        return MappedCleaner(self.of, header, stated)


def file_time(path: Path) -> str:
    """When a file was last changed, ISO 8601 at +08:00 to the second: the same from load to load."""
    return datetime.fromtimestamp(int(path.stat().st_mtime), BEIJING).isoformat()


def find_inputs(
    paths: Iterable[Path], source: str | None = None
) -> tuple[list[Input], tuple[str, ...]]:
    """The files to read, in order, and the names of those in folders that are no tables.

    Folders are read recursively, `week_2` before `week_10`. A file whose stem names a canonical table
    is one; any other is recognised by its header, unless `source` names a mapping or a folder that
    holds one. SourceError for a path that is missing, a table nobody knows, or a folder without any.
    """
    wanted = None if source is None else find_mapping(source)
    found: list[Input] = []
    skipped: list[str] = []
    for path in paths:
        if path.is_dir():
            inside, others = _in_folder(path, wanted)
            if not inside:
                raise source_error("folder_empty", file=path.name)
            found += inside
            skipped += others
        elif path.is_file():
            found.append(_input(path, path.name, wanted))
        else:
            raise source_error("missing", file=str(path))
    return found, tuple(skipped)


def _in_folder(folder: Path, wanted: SourceMapping | None) -> tuple[list[Input], list[str]]:
    found, skipped = [], []
    files = [path for path in folder.rglob("*") if path.is_file()]
    for path in sorted(files, key=lambda p: _natural(p.relative_to(folder).as_posix())):
        locator = path.relative_to(folder).as_posix()
        # Excel keeps a lock named ~$book.xlsx beside a workbook that is open.
        if path.name.lower().endswith(_FOLDER_SUFFIXES) and not path.name.startswith((".", "~$")):
            found.append(_input(path, locator, wanted))
        else:
            skipped.append(locator)
    return found, skipped


def _natural(name: str) -> list[tuple[int, str]]:
    """Sort key under which week_2 comes before week_10."""
    return [
        (int(part), "") if part.isdigit() else (-1, part) for part in _DIGITS.split(name) if part
    ]


def _input(path: Path, locator: str, wanted: SourceMapping | None) -> Input:
    kind = format_of(path)
    of = wanted or tables().get(stem(path.name))
    if of is None:
        of, layout = _recognise(path, kind)
    elif kind is Format.WORKBOOK:
        layout = _locate(path, of)
    else:
        layout = _layout(of)
    if layout.sheet is not None and kind is Format.WORKBOOK:
        locator = f"{locator}#{layout.sheet}"
    return Input(path, locator, of, layout)


def _layout(of: TableSpec | SourceMapping) -> Layout:
    return of.layout if isinstance(of, SourceMapping) else Layout()


def _locate(path: Path, of: TableSpec | SourceMapping) -> Layout:
    """Sheet and header row of what a workbook is known to hold."""
    is_header = of.fits if isinstance(of, SourceMapping) else of.is_header
    with open_rows(path, path.name, _layout(of), is_header) as rows:
        return rows.layout


def _recognise(path: Path, kind: Format) -> tuple[SourceMapping, Layout]:
    """The one source whose header this file has."""
    known = mappings().values()

    def fits(mapping: SourceMapping, header: Sequence[str]) -> bool:
        return mapping.fits_partly(header) if kind is Format.JSON else mapping.fits(header)

    with open_rows(path, path.name, None, lambda h: any(m.fits(h) for m in known)) as rows:
        header, layout = rows.header, rows.layout
    fitting = [mapping for mapping in known if fits(mapping, header)]
    exact = [mapping for mapping in fitting if mapping.fits(header)]
    fitting = exact or fitting
    if len(fitting) == 1:
        columns = fitting[0].columns
        return fitting[0], Layout(layout.sheet, layout.header_row, columns)
    if fitting:
        names = ", ".join(mapping.name for mapping in fitting)
        raise source_error("ambiguous", file=path.name, names=names)
    raise _unrecognised(path, stem(path.name))


def _unrecognised(path: Path, name: str) -> SourceError:
    close = nearest(name, frozenset(tables()))
    if "," in close:  # nothing near: all sixty names would help nobody
        return source_error("unrecognised", file=path.name)
    return source_error("unrecognised_near", file=path.name, nearest=close)
