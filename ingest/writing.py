"""The second half of a load: spooled facts become rows with their records, batch by batch."""

from __future__ import annotations

from collections.abc import Sequence

from graph.ontology import RelationType, ontology
from graph.store.columns import (
    EntityColumns,
    KeyColumns,
    RecordColumns,
    RelationColumns,
    payloads,
    record_ids,
)
from ingest.bulk_sink import WriterSink
from ingest.facts import FactColumns
from ingest.inputs import Input
from ingest.refusals import Fault, Refusal, RefusalLog
from ingest.report import LoadReport, Progress
from ingest.sink import Sink, Written
from ingest.spool import SpooledFacts, batches


class Writing:
    """Writes facts into a sink: all entities before the first relation.

    `unlinked` are the rows of sources that were refused because a relation had no end: (number of the
    input, line). A row may state several relations and is counted once.
    """

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
        self.unlinked: set[tuple[int, int]] = set()

    def write(self, facts: SpooledFacts, batch_rows: int) -> None:
        """Entities first, then relations, each type in the order it was read."""
        for type_name, segments in facts.entities.items():
            for batch in batches(segments, batch_rows):
                done = self._write_entities(type_name, batch)
                self._count(type_name, batch, done.unchanged)
        for name, segments in facts.relations.items():
            relation = ontology().relations[name]
            for batch in batches(segments, batch_rows):
                done = self._write_relations(relation, batch)
                self._refuse_unlinked(relation, batch, done.missing)
                self._count(name, batch, done.unchanged, len(done.missing))

    def _write_entities(self, type_name: str, batch: FactColumns) -> Written:
        (key,) = batch.keys
        records = self._records(batch, self._names(type_name, key))
        entities = EntityColumns(key, batch.properties, records)
        if isinstance(self._sink, WriterSink):
            return self._sink.entity_columns(type_name, entities)
        return self._sink.entities(type_name, entities.rows())

    def _write_relations(self, relation: RelationType, batch: FactColumns) -> Written:
        start, end = batch.keys
        names = (self._names(relation.start, start), self._names(relation.end, end))
        between = f" {relation.name} "
        records = self._records(batch, list(map(between.join, zip(*names, strict=True))))
        relations = RelationColumns(start, end, batch.properties, records)
        if isinstance(self._sink, WriterSink):
            return self._sink.relation_columns(relation.name, relations)
        return self._sink.relations(relation.name, relations.rows())

    def _names(self, type_name: str, key: KeyColumns) -> list[str]:
        """Ids of nodes, in which personal keys are pseudonyms."""
        if isinstance(self._sink, WriterSink):
            return self._sink.names(type_name, key)
        return [self._sink.name(type_name, parts) for parts in zip(*key, strict=True)]

    def _records(self, batch: FactColumns, asserts: list[str]) -> RecordColumns:
        """`asserts` names what each statement is about by ids."""
        source, retrieved_at, region = batch.provenance
        payload = payloads(batch.properties, len(batch))
        locators = [item.locator for item in self._inputs]
        return RecordColumns(
            source,
            [f"{locators[at]}:{line}" for at, line in zip(batch.sources, batch.lines, strict=True)],
            retrieved_at,
            region,
            asserts,
            payload,
            record_ids(source, region, retrieved_at, asserts, payload),
        )

    def _count(
        self, name: str, batch: FactColumns, unchanged: Sequence[int], missing: int = 0
    ) -> None:
        for at in unchanged:
            self._report.table(self._inputs[batch.sources[at]].name).unchanged += 1
        written = self._report.written
        written[name] = written.get(name, 0) + len(batch) - missing
        self._progress("write", name, len(batch))

    def _refuse_unlinked(
        self, relation: RelationType, batch: FactColumns, missing: Sequence[int]
    ) -> None:
        """Relations whose end does not exist: say which end, and count the row once."""
        if not missing:
            return
        columns = ontology().end_columns(relation)
        known = [
            self._sink.exists(type_name, [batch.key(end, at) for at in missing])
            for end, type_name in enumerate((relation.start, relation.end))
        ]
        for place, at in enumerate(missing):
            input_number, line = batch.sources[at], batch.lines[at]
            item = self._inputs[input_number]
            count = self._report.table(item.name)
            count.facts -= 1
            if (input_number, line) not in self.unlinked:
                count.refused += 1
                if not item.is_table:
                    self.unlinked.add((input_number, line))
            row = _as_row(columns, batch, at)
            for end in (0, 1):
                if not known[end][place]:
                    field_name = ", ".join(columns[end])
                    type_name = (relation.start, relation.end)[end]
                    fault = Fault(field_name, "endpoint", "endpoint.unknown", {"type": type_name})
                    refusal = Refusal(item.locator, line, fault, row)
                    self._report.note(count, refusal)
                    self._refusals.add(refusal)


def _as_row(
    columns: tuple[dict[str, str], dict[str, str]], batch: FactColumns, at: int
) -> dict[str, object]:
    """The relation as a row of its canonical table; the cells as read are long gone by then."""
    row: dict[str, object] = {}
    for end, names in enumerate(columns):
        row |= dict(zip(names, batch.key(end, at), strict=True))
    source, retrieved_at, region = batch.provenance
    stated = {name: column[at] for name, column in batch.properties.items()}
    return {
        **row,
        **{name: value for name, value in stated.items() if value is not None},
        "source": source[at],
        "retrieved_at": retrieved_at[at],
        "owning_region": region[at],
    }
