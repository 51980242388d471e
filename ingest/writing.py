"""The second half of a load: spooled facts become rows with their records, batch by batch."""

from __future__ import annotations

from collections.abc import Sequence

from graph.model.provenance import Record, payload_of
from graph.ontology import RelationType, ontology
from graph.store.rows import EntityRow, RelationRow
from ingest.inputs import Input
from ingest.refusals import Fault, Refusal, RefusalLog
from ingest.report import LoadReport, Progress
from ingest.sink import Sink
from ingest.spool import Spooled, SpooledFacts, batches


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
                entities = [self._entity(type_name, fact) for fact in batch]
                done = self._sink.entities(type_name, entities)
                self._count(type_name, batch, done.unchanged)
        for name, segments in facts.relations.items():
            relation = ontology().relations[name]
            for batch in batches(segments, batch_rows):
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
            if (fact.source, fact.line) not in self.unlinked:
                count.refused += 1
                if not item.is_table:
                    self.unlinked.add((fact.source, fact.line))
            row = _as_row(columns, fact)
            for end in (0, 1):
                if not known[end][at]:
                    field_name = ", ".join(columns[end])
                    type_name = (relation.start, relation.end)[end]
                    fault = Fault(field_name, "endpoint", "endpoint.unknown", {"type": type_name})
                    refusal = Refusal(item.locator, fact.line, fault, row)
                    self._report.note(count, refusal)
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
