"""Which files a load reads, and what each of them is: a canonical table or a mapped source."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from graph.errors import SourceError
from ingest.clean import BEIJING, Given, TableCleaner
from ingest.decode import open_lines
from ingest.delimited import Table
from ingest.facts import RowCleaner
from ingest.mapped import MappedCleaner
from ingest.mapping import SourceMapping, mappings
from ingest.refusals import source_error
from ingest.tables import TableSpec, nearest, tables
from ingest.thresholds import CANONICAL, Threshold

SUFFIXES = (".csv", ".csv.gz", ".tsv", ".tsv.gz", ".txt", ".txt.gz")
_FOLDER_SUFFIXES = (".csv", ".csv.gz", ".tsv", ".tsv.gz")
_DIGITS = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True)
class Input:
    """One file to read: where it is, how it is named in records and refusals, and what it holds.

    `name` is that of the table or source it counts under. `locator` is relative to what was asked to
    load, so that no path of a machine gets into the graph.
    """

    path: Path
    locator: str
    of: TableSpec | SourceMapping

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
    is one; any other is recognised by its header, unless `source` names a mapping. SourceError for a
    path that is missing, a table nobody knows, or a folder without any table.
    """
    found: list[Input] = []
    skipped: list[str] = []
    for path in paths:
        if path.is_dir():
            inside, others = _in_folder(path, source)
            if not inside:
                raise source_error("folder_empty", file=path.name)
            found += inside
            skipped += others
        elif path.is_file():
            found.append(Input(path, path.name, _recognise(path, source)))
        else:
            raise source_error("missing", file=str(path))
    return found, tuple(skipped)


def _in_folder(folder: Path, source: str | None) -> tuple[list[Input], list[str]]:
    found, skipped = [], []
    files = [path for path in folder.rglob("*") if path.is_file()]
    for path in sorted(files, key=lambda p: _natural(p.relative_to(folder).as_posix())):
        locator = path.relative_to(folder).as_posix()
        if path.name.endswith(_FOLDER_SUFFIXES) and not path.name.startswith("."):
            found.append(Input(path, locator, _recognise(path, source)))
        else:
            skipped.append(locator)
    return found, skipped


def _natural(name: str) -> list[tuple[int, str]]:
    """Sort key under which week_2 comes before week_10."""
    return [
        (int(part), "") if part.isdigit() else (-1, part) for part in _DIGITS.split(name) if part
    ]


def _stem(path: Path) -> str:
    suffix = next((s for s in sorted(SUFFIXES, key=len, reverse=True) if path.name.endswith(s)), "")
    return path.name[: len(path.name) - len(suffix)] if suffix else path.stem


def _recognise(path: Path, source: str | None) -> TableSpec | SourceMapping:
    known, stem = tables(), _stem(path)
    if source is not None:
        mapping = mappings().get(source)
        if mapping is None:
            legal = frozenset(mappings())
            raise source_error("unknown_source", source=source, nearest=nearest(source, legal))
        return mapping
    if stem in known:
        return known[stem]
    with open_lines(path) as lines:
        header = Table(lines, path.name).header
    fitting = [mapping for mapping in mappings().values() if mapping.fits(header)]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        names = ", ".join(mapping.name for mapping in fitting)
        raise source_error("ambiguous", file=path.name, names=names)
    raise _unrecognised(path, stem)


def _unrecognised(path: Path, stem: str) -> SourceError:
    close = nearest(stem, frozenset(tables()))
    if "," in close:  # nothing near: all sixty names would help nobody
        return source_error("unrecognised", file=path.name)
    return source_error("unrecognised_near", file=path.name, nearest=close)
