"""Keys and indexes, derived from the ontology; made once when a store is first used."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from graph.ontology import Ontology, ontology
from graph.store.session import Store
from graph.store.statement import Statement

#: Labels that our own analysis and bookkeeping write; each is known by `id`.
ANALYSIS_LABELS = ("Record", "Finding", "Cluster", "WeeklyRun", "Flag", "SuyuanMeta")

SEARCH_INDEX = "entity_search"


def constraint_statements(of: Ontology) -> Iterator[Statement]:
    """A unique id per label; each statement is safe to repeat."""
    # Records first: there are more of them than of all else together, so their key takes longest.
    for label in ("Record", *sorted({*of.entities, *ANALYSIS_LABELS} - {"Record"})):
        yield _statement(
            f"CREATE CONSTRAINT {label.lower()}_id IF NOT EXISTS "
            f"FOR (n:{label}) REQUIRE n.id IS UNIQUE"
        )


def index_statements(of: Ontology) -> Iterator[Statement]:
    """Every index beside the keys, each statement safe to repeat:

    one on each searchable property for exact look-up, and one full-text index over all searchable
    properties with the `cjk` analyzer, which cuts Chinese into overlapping pairs of characters.
    """
    for name, entity in sorted(of.entities.items()):
        for prop in entity.search:
            yield _statement(
                f"CREATE INDEX {name.lower()}_{prop} IF NOT EXISTS FOR (n:{name}) ON (n.{prop})"
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


_INDEXES = Statement(
    "indexes",
    "SHOW INDEXES YIELD name, state RETURN collect(name) AS name, collect(state) AS state",
)
_AWAIT = Statement("await_indexes", "CALL db.awaitIndexes($within_s)")
_WITHIN_S = 900


def prepare(store: Store) -> None:
    """Make every missing key and index, and wait until they are online.

    Keys are made by two threads, because each statement waits until its index is built; the other
    indexes in one transaction, because their nodes are then read once for all of them.
    """
    of = ontology()
    known = store.columns(_INDEXES)
    names = set(known["name"])
    keys = [statement for statement in constraint_statements(of) if statement.name not in names]
    indexes = [statement for statement in index_statements(of) if statement.name not in names]
    with ThreadPoolExecutor(max_workers=2) as pool:
        list(pool.map(store.run_schema, keys))
    store.run_schema(*indexes)
    if keys or indexes or set(known["state"]) != {"ONLINE"}:
        store.read(_AWAIT, within_s=_WITHIN_S, timeout_s=_WITHIN_S)


def _statement(text: str) -> Statement:
    """Named as what it makes."""
    return Statement(text.partition(" IF ")[0].split()[-1], text)
