"""The sinks of a first load: everything goes through Neo4j's offline importer at once."""

from __future__ import annotations

from collections.abc import Sequence

from graph.store.bulk import BulkWriter
from graph.store.bulk_import import BulkLoad
from graph.store.columns import EntityColumns, KeyColumns, RelationColumns
from graph.store.rows import EntityRow, RelationRow
from ingest.facts import Key
from ingest.sink import Written


class WriterSink:
    """Writes batches into import files."""

    def __init__(self, writer: BulkWriter) -> None:
        self.writer = writer

    def name(self, type_name: str, key: Key) -> str:
        """The id of the node with that key."""
        return self.writer.namer.entity(type_name, key)

    def names(self, type_name: str, key: KeyColumns) -> list[str]:
        """The ids of the nodes with those keys."""
        return self.writer.namer.column(type_name, key)

    def entities(self, type_name: str, rows: Sequence[EntityRow]) -> Written:
        """Add nodes of one type."""
        return self.entity_columns(type_name, EntityColumns.of(rows)) if rows else Written()

    def relations(self, relation: str, rows: Sequence[RelationRow]) -> Written:
        """Add relations whose two ends were added."""
        return self.relation_columns(relation, RelationColumns.of(rows)) if rows else Written()

    def entity_columns(self, type_name: str, facts: EntityColumns) -> Written:
        """Add nodes of one type."""
        return Written(unchanged=self.writer.add_entities(type_name, facts).unchanged)

    def relation_columns(self, relation: str, facts: RelationColumns) -> Written:
        """Add relations whose two ends were added."""
        done = self.writer.add_relations(relation, facts)
        return Written(done.missing, done.unchanged)

    def exists(self, type_name: str, keys: Sequence[Key]) -> Sequence[bool]:
        """Which of these nodes were added."""
        return self.writer.existing(type_name, keys)

    def finish(self) -> None:
        """Nothing: whoever has the writer takes its files."""


class BulkSink(WriterSink):
    """Writes batches into the import files of a bulk load; `finish` makes the database of them."""

    def __init__(self, bulk: BulkLoad) -> None:
        super().__init__(bulk.writer)
        self.bulk = bulk

    def finish(self) -> None:
        """Run the importer; nothing is in the store before."""
        self.bulk.finish()
