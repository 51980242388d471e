"""The first half of a load: every row of every file becomes facts, or is refused."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.clean import Given
from ingest.delimited import RawRow
from ingest.formats.opening import open_rows
from ingest.inputs import Input
from ingest.refusals import Refusal, RefusalLog, RowRefused
from ingest.report import LoadReport, Progress, TableCount
from ingest.spool import Spools

PROGRESS_ROWS = 5_000


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
            for read, row in enumerate(table.rows(), start=1):
                count.read += 1
                try:
                    if row.fault is not None:
                        raise RowRefused(row.fault)
                    cleaned = clean(row.cells)
                except RowRefused as refused:
                    self._refuse(item, count, table.header, row, refused)
                else:
                    facts = len(cleaned.entities) + len(cleaned.relations)
                    count.facts += facts
                    spools.add(number, row.line, cleaned)
                if read % PROGRESS_ROWS == 0:
                    self._progress("read", item.name, PROGRESS_ROWS)

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
