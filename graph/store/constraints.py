"""Keys and indexes, derived from the ontology; made once when a store is first used."""

from __future__ import annotations

from collections.abc import Iterator

from graph.ontology import Ontology, ontology
from graph.store.session import Store
from graph.store.statement import Statement

#: Labels that our own analysis and bookkeeping write; each is known by `id`.
ANALYSIS_LABELS = ("Record", "Finding", "Cluster", "WeeklyRun", "Flag", "SuyuanMeta")

SEARCH_INDEX = "entity_search"


def constraint_statements(of: Ontology) -> Iterator[Statement]:
    """Every statement needed, each safe to repeat:

    a unique id per label, an index on each searchable property for exact look-up, an index on
    `stale` (see `graph.store.upsert`), and one full-text index over all searchable properties with
    the `cjk` analyzer, which cuts Chinese into overlapping pairs of characters.
    """
    for label in (*sorted(of.entities), *ANALYSIS_LABELS):
        yield _statement(
            f"CREATE CONSTRAINT {label.lower()}_id IF NOT EXISTS "
            f"FOR (n:{label}) REQUIRE n.id IS UNIQUE"
        )
    for name, entity in sorted(of.entities.items()):
        for prop in (*entity.search, "stale"):
            yield _statement(
                f"CREATE INDEX {name.lower()}_{prop} IF NOT EXISTS FOR (n:{name}) ON (n.{prop})"
            )
    for name in sorted(of.relations):
        yield _statement(
            f"CREATE INDEX {name.lower()}_stale IF NOT EXISTS FOR ()-[r:{name}]-() ON (r.stale)"
        )
    yield _statement("CREATE INDEX finding_detector IF NOT EXISTS FOR (n:Finding) ON (n.detector)")
    yield _statement("CREATE INDEX flag_as_of IF NOT EXISTS FOR (n:Flag) ON (n.as_of)")
    labels = "|".join(sorted(name for name, entity in of.entities.items() if entity.search))
    props = sorted({prop for entity in of.entities.values() for prop in entity.search})
    yield _statement(
        f"CREATE FULLTEXT INDEX {SEARCH_INDEX} IF NOT EXISTS FOR (n:{labels}) "
        f"ON EACH [{', '.join(f'n.{prop}' for prop in props)}] "
        "OPTIONS {indexConfig: {`fulltext.analyzer`: 'cjk'}}"
    )


_AWAIT = Statement("await_indexes", "CALL db.awaitIndexes($within_s)")


def prepare(store: Store, timeout_s: int = 300) -> None:
    """Make every missing constraint and index, and wait until they are online."""
    for statement in constraint_statements(ontology()):
        store.run_schema(statement)
    store.read(_AWAIT, within_s=timeout_s, timeout_s=timeout_s)


def _statement(text: str) -> Statement:
    return Statement(text.partition(" IF ")[0].lower(), text)
