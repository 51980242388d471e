"""Keys and indexes, derived from the ontology; made once when a store is first used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

from graph.ontology import Ontology, ontology
from graph.store.search_values import SEARCH_PROPERTIES, is_in_words, looked_up
from graph.store.session import Store
from graph.store.statement import Statement

#: Labels that our own analysis and bookkeeping write; each is known by `id`.
ANALYSIS_LABELS = (
    "Finding",
    "StagedFinding",
    "Cluster",
    "WeeklyRun",
    "WeeklyPart",
    "WeeklyDigest",
    "Flag",
    "Delivery",
    "SuyuanMeta",
)

SEARCH_INDEX = "entity_words"
RECORD = "Record"


def key_statements(of: Ontology) -> Iterator[Statement]:
    """A unique id per label but `Record`; each statement is safe to repeat."""
    for label in sorted({*of.entities, *ANALYSIS_LABELS}):
        yield _key_statement(label)


def _key_statement(label: str) -> Statement:
    return _statement(
        f"CREATE CONSTRAINT {label.lower()}_id IF NOT EXISTS FOR (n:{label}) REQUIRE n.id IS UNIQUE"
    )


def index_statements(of: Ontology) -> Iterator[Statement]:
    """Every index beside the keys, each statement safe to repeat:

    one on each searchable or identifying property, and one full-text index over what
    `graph.store.search_values` writes, with the `cjk` analyzer, which cuts Chinese into overlapping
    pairs of characters. The regions of a node are in it, so that a query proposes only visible things.
    """
    for name, entity in sorted(of.entities.items()):
        for prop in sorted({*entity.search, *looked_up(entity)}):
            yield _statement(
                f"CREATE INDEX {name.lower()}_{prop} IF NOT EXISTS FOR (n:{name}) ON (n.{prop})"
            )
    yield _statement("CREATE INDEX finding_detector IF NOT EXISTS FOR (n:Finding) ON (n.detector)")
    yield _statement("CREATE INDEX flag_as_of IF NOT EXISTS FOR (n:Flag) ON (n.as_of)")
    labels = "|".join(sorted(name for name, entity in of.entities.items() if is_in_words(entity)))
    yield _statement(
        f"CREATE FULLTEXT INDEX {SEARCH_INDEX} IF NOT EXISTS FOR (n:{labels}) "
        f"ON EACH [{', '.join(f'n.{prop}' for prop in (*SEARCH_PROPERTIES, 'regions'))}] "
        "OPTIONS {indexConfig: {`fulltext.analyzer`: 'cjk'}}"
    )


_INDEXES = Statement(
    "indexes",
    "SHOW INDEXES YIELD name, state RETURN collect(name) AS name, collect(state) AS state",
)
_AWAIT = Statement("await_indexes", "CALL db.awaitIndexes($within_s)")
_WITHIN_S = 900


def prepare(store: Store) -> None:
    """Make every missing key and index, and wait until they are online."""
    of = ontology()
    # Records first: there are more of them than of all else together, so their key takes longest.
    _make(store, [_key_statement(RECORD), *key_statements(of)], index_statements(of))


def prepare_analysis(store: Store) -> None:
    """Make what detecting and publishing need: the keys of things and of what is said about them.

    The key of records and the indexes of searching, half of the work on a full store, are left to
    the next `prepare`: whoever loads more, serves or explains needs them, a detector does not.
    """
    _make(store, key_statements(ontology()), ())


def prepare_records(store: Store) -> None:
    """Make the key of records, for who looks up what some of them said: without it he reads them all."""
    _make(store, [_key_statement(RECORD)], ())


def _make(store: Store, keys: Iterable[Statement], indexes: Iterable[Statement]) -> None:
    """Keys by two threads, because each statement waits until its index is built; the other indexes
    in one transaction, because their nodes are then read once for all of them."""
    known = store.columns(_INDEXES)
    names = set(known["name"])
    missing_keys = [statement for statement in keys if statement.name not in names]
    missing = [statement for statement in indexes if statement.name not in names]
    with ThreadPoolExecutor(max_workers=2) as pool:
        list(pool.map(store.run_schema, missing_keys))
    store.run_schema(*missing)
    if missing or set(known["state"]) != {"ONLINE"}:
        store.read(_AWAIT, within_s=_WITHIN_S, timeout_s=_WITHIN_S)


def _statement(text: str) -> Statement:
    """Named as what it makes."""
    return Statement(text.partition(" IF ")[0].split()[-1], text)
