"""The load: read and clean every file, judge the whole, then write entities, then relations.

Nothing reaches the sink before every file is read and every threshold holds. A refused row costs
itself alone. The same files loaded twice state the same facts, so the second load changes nothing.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from graph.errors import ValueRefused
from graph.model.provenance import Record, payload_of
from graph.ontology import RelationType, ontology
from graph.store.rows import EntityRow, RelationRow
from ingest.clean import Given
from ingest.decode import open_lines
from ingest.delimited import RawRow, Table
from ingest.inputs import Input, find_inputs
from ingest.refusals import Fault, Refusal, RefusalLog, RowRefused, reason_text, source_error
from ingest.report import LoadReport, TableCount
from ingest.sink import Sink
from ingest.spool import Spooled, Spools

PROGRESS_ROWS = 5_000

Progress = Callable[[str, str, int], None]
"""Called with the stage (`read` or `write`), the table, source or type, and rows done since last time."""


@dataclass(frozen=True, slots=True)
class LoadOptions:
    """How to load. `refused_path`: where refused rows go (None: they are only counted).

    `source` forces a mapping; `given` is what the load states for rows that do not say it themselves;
    `batch_rows` go to the sink at once; `spool_folder` takes what does not fit in memory.
    """

    refused_path: Path | None = None
    source: str | None = None
    given: Given = field(default_factory=Given)
    batch_rows: int = 4_000
    spool_folder: Path | None = None


def load(
    paths: Iterable[Path],
    sink: Sink,
    options: LoadOptions | None = None,
    progress: Progress | None = None,
) -> LoadReport:
    """Load files and folders into the sink; SourceError or ThresholdExceeded before it is touched.

    After ThresholdExceeded the refused file is there to be looked at, and nothing was written.
    """
    options = options or LoadOptions()
    try:
        given = options.given.checked()
    except ValueRefused as refused:
        detail = reason_text(Fault("", "", refused.reason, refused.params), "en")
        raise source_error("given", detail=detail) from refused
    inputs, skipped = find_inputs(paths, options.source)
    report = LoadReport(skipped=skipped)
    with (
        _without_collector(),
        Spools(options.batch_rows, options.spool_folder) as spools,
        RefusalLog(options.refused_path) as refusals,
    ):
        run = _Load(inputs, sink, report, refusals, progress or (lambda *_: None))
        for number in range(len(inputs)):
            run.read(number, given, spools)
        run.judge()
        run.write(spools)
        sink.finish()
        if refusals.written and options.refused_path is not None:
            report.refused_file = options.refused_path.name
    return report


@contextmanager
def _without_collector() -> Iterator[None]:
    """Python's cyclic garbage collector off: rows form no cycles, and it took a third of the time.

    It walks all that is kept each time a few hundred more objects were made.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class _Load:
    def __init__(
        self,
        inputs: Sequence[Input],
        sink: Sink,
        report: LoadReport,
        refusals: RefusalLog,
        progress: Progress,
    ) -> None:
        self._inputs = inputs
        self._sink = sink
        self._report = report
        self._refusals = refusals
        self._progress = progress
        self._unlinked: set[tuple[int, int]] = set()

    def read(self, number: int, given: Given, spools: Spools) -> None:
        """Clean one file into the spools."""
        item = self._inputs[number]
        count = self._report.table(item.name)
        count.files += 1
        with open_lines(item.path) as lines:
            table = Table(lines, item.locator)
            clean = item.cleaner(table.header, given)
            for read, row in enumerate(table.rows(), start=1):
                count.read += 1
                try:
                    if row.fault is not None:
                        raise RowRefused(row.fault)
                    cleaned = clean(row.cells)
                except RowRefused as refused:
                    self._refuse_row(item, count, table.header, row, refused)
                else:
                    facts = len(cleaned.entities) + len(cleaned.relations)
                    count.facts += facts
                    spools.add(number, row.line, cleaned)
                if read % PROGRESS_ROWS == 0:
                    self._progress("read", item.name, PROGRESS_ROWS)

    def judge(self) -> None:
        """Raise ThresholdExceeded for the first table or source with too many refused rows."""
        for name, threshold in {item.name: item.threshold for item in self._inputs}.items():
            count = self._report.table(name)
            threshold.check(name, count.read, count.refused)

    def write(self, spools: Spools) -> None:
        """Entities first, then relations, batch by batch."""
        for type_name in spools.entity_types():
            for batch in spools.entities(type_name):
                entities = [self._entity(type_name, fact) for fact in batch]
                done = self._sink.entities(type_name, entities)
                self._count(type_name, batch, done.unchanged)
        for name in spools.relation_types():
            relation = ontology().relations[name]
            for batch in spools.relations(name):
                links = [self._relation(relation, fact) for fact in batch]
                done = self._sink.relations(name, links)
                self._refuse_unlinked(relation, [batch[at] for at in done.missing])
                self._count(name, batch, done.unchanged, len(done.missing))

    def _entity(self, type_name: str, fact: Spooled) -> EntityRow:
        key = fact.keys[0]
        record = self._record(fact, self._sink.name(type_name, key))
        return EntityRow(key, fact.properties, record)

    def _relation(self, relation: RelationType, fact: Spooled) -> RelationRow:
        start, end = fact.keys
        names = (self._sink.name(relation.start, start), self._sink.name(relation.end, end))
        record = self._record(fact, f"{names[0]} {relation.name} {names[1]}")
        return RelationRow(start, end, fact.properties, record)

    def _record(self, fact: Spooled, asserts: str) -> Record:
        """`asserts` names what the statement is about by ids, in which personal keys are pseudonyms."""
        said = fact.provenance
        return Record(
            source=said.source,
            locator=f"{self._inputs[fact.source].locator}:{fact.line}",
            retrieved_at=said.retrieved_at,
            region=said.region,
            asserts=asserts,
            payload=payload_of(fact.properties),
        )

    def _count(
        self, name: str, batch: list[Spooled], unchanged: Sequence[int], missing: int = 0
    ) -> None:
        for at in unchanged:
            self._report.table(self._inputs[batch[at].source].name).unchanged += 1
        written = self._report.written
        written[name] = written.get(name, 0) + len(batch) - missing
        self._progress("write", name, len(batch))

    def _refuse_row(
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
            self._log(count, Refusal(item.locator, row.line, fault, cells))

    def _refuse_unlinked(self, relation: RelationType, facts: list[Spooled]) -> None:
        """Relations whose end does not exist: say which end, and count the row once."""
        if not facts:
            return
        columns = ontology().end_columns(relation)
        known = [
            self._sink.exists(type_name, [fact.keys[end] for fact in facts])
            for end, type_name in enumerate((relation.start, relation.end))
        ]
        for at, fact in enumerate(facts):
            item = self._inputs[fact.source]
            count = self._report.table(item.name)
            count.facts -= 1
            if (fact.source, fact.line) not in self._unlinked:
                count.refused += 1
                if not item.is_table:
                    self._unlinked.add((fact.source, fact.line))
            row = _as_row(columns, fact)
            for end in (0, 1):
                if not known[end][at]:
                    field_name = ", ".join(columns[end])
                    type_name = (relation.start, relation.end)[end]
                    fault = Fault(field_name, "endpoint", "endpoint.unknown", {"type": type_name})
                    self._log(count, Refusal(item.locator, fact.line, fault, row))

    def _log(self, count: TableCount, refusal: Refusal) -> None:
        count.reasons[refusal.fault.reason_code] += 1
        self._report.note(refusal)
        self._refusals.add(refusal)


def _as_row(columns: tuple[dict[str, str], dict[str, str]], fact: Spooled) -> dict[str, object]:
    """The relation as a row of its canonical table; the cells as read are long gone by then."""
    row: dict[str, object] = {}
    for names, key in zip(columns, fact.keys, strict=True):
        row |= dict(zip(names, key, strict=True))
    source, retrieved_at, region = fact.provenance
    return {
        **row,
        **fact.properties,
        "source": source,
        "retrieved_at": retrieved_at,
        "owning_region": region,
    }
