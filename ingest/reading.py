"""The first half of a load: every row of every file becomes facts, or is refused."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from ingest.clean import Given, TableCleaner
from ingest.delimited import RawRow
from ingest.formats.opening import open_rows
from ingest.inputs import Input
from ingest.refusals import Refusal, RefusalLog, RowRefused
from ingest.report import LoadReport, Progress, TableCount
from ingest.spool import Spools

GROUP_ROWS = 2_000
"""Rows read at once: what a row costs falls no further with more, and memory stays small."""


class Reading:
    """Cleans files into spools; counts into the report, refused rows into the log."""

    def __init__(self, report: LoadReport, refusals: RefusalLog, progress: Progress) -> None:
        self._report = report
        self._refusals = refusals
        self._progress = progress

    def read(self, number: int, item: Input, given: Given, spools: Spools) -> None:
        """Clean one file, which is known by `number` from here on."""
        count = self._report.table(item.name)
        count.files += 1
        with open_rows(item.path, item.locator, item.layout) as table:
            clean = item.cleaner(table.header, given)
            pending = table.rows()
            while rows := list(islice(pending, GROUP_ROWS)):
                read = len(rows)
                count.read += read
                if isinstance(clean, TableCleaner) and clean.is_by_column:
                    rows = self._together(number, count, clean, rows, spools)
                for row in rows:
                    try:
                        if row.fault is not None:
                            raise RowRefused(row.fault)
                        cleaned = clean(row.cells)
                    except RowRefused as refused:
                        self._refuse(item, count, table.header, row, refused)
                    else:
                        count.facts += len(cleaned.entities) + len(cleaned.relations)
                        spools.add(number, row.line, cleaned)
                self._progress("read", item.name, read)

    @staticmethod
    def _together(
        number: int, count: TableCount, clean: TableCleaner, rows: list[RawRow], spools: Spools
    ) -> list[RawRow]:
        """Clean rows by column; returns those with which something is wrong."""
        sound = [at for at, row in enumerate(rows) if row.fault is None]
        if not sound:
            return rows
        facts, doubtful = clean.together(
            number, [rows[at].line for at in sound], [rows[at].cells for at in sound]
        )
        count.facts += len(facts)
        spools.add_columns(clean.table.of.name, facts)
        wrong = {sound[at] for at in doubtful}
        return [row for at, row in enumerate(rows) if row.fault is not None or at in wrong]

    def _refuse(
        self,
        item: Input,
        count: TableCount,
        header: Sequence[str],
        row: RawRow,
        refused: RowRefused,
    ) -> None:
        count.refused += 1
        cells = dict(zip(header, row.cells, strict=False))
        if len(row.cells) > len(header):
            cells["…"] = " | ".join(row.cells[len(header) :][:100])
        for fault in refused.faults:
            refusal = Refusal(item.locator, row.line, fault, cells)
            self._report.note(count, refusal)
            self._refusals.add(refusal)
