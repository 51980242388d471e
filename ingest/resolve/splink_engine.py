"""Splink as the engine that blocks and scores: for millions of subjects, on DuckDB or on Spark.

Splink (MIT; Linacre et al., "Splink: Free software for probabilistic record linkage at scale", IJPDS
7(3), 2022) is optional and imported when it is asked for. It only takes the place of our blocking and
scoring: names and addresses are taken apart by us, and strong keys, what must agree beside a score, and
who may join whom stay as they are, so its pairs reach the same queue with the same explanations. Training
is that of its documentation: a prior from exact rules, u from random pairs, m from passes of EM.

It compares one telephone, person and place of each subject, the first by id, where ours compares all.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from graph.errors import SuyuanError
from graph.model import divisions
from ingest.resolve import comparisons, model, records
from ingest.resolve.blocking import Pairs
from ingest.resolve.decisions import WORTH_ASKING, merchant_backing
from ingest.resolve.model import Weights
from ingest.resolve.proposals import How
from ingest.resolve.records import Features, Subject
from ingest.resolve.scoring import Plan, Scored, compare
from ingest.resolve.table import MISSING, Codes, Table

RANDOM_PAIRS = 1_000_000
_SEED = 1
_MIN_TRAINING_PAIRS = 20

#: Field → how Splink compares it: alike by Jaro-Winkler, equal, or equal with frequency.
FIELDS: Mapping[str, str] = {
    "uscc": "exact",
    "core": "words",
    "trade": "words",
    "form": "exact",
    "branch": "exact",
    "city": "rare",
    "phone": "rare",
    "person": "rare",
    "place": "rare",
}
RULES: tuple[tuple[str, ...], ...] = (
    ("uscc",),
    ("core_sound", "city"),
    ("core_sound", "trade"),
    ("phone",),
    ("person",),
    ("place",),
)
TRAINING: tuple[tuple[str, ...], ...] = (("uscc",), ("phone",), ("person",), ("core_sound", "city"))
SURE: tuple[tuple[str, ...], ...] = (("uscc",), ("core", "trade", "phone"))
SURE_RECALL = 0.7
#: Our comparison → the field whose evidence Splink weighed.
_EVIDENCE = {
    "core": "core",
    "trade": "trade",
    "form": "form",
    "region": "city",
    "place": "place",
    "phone": "phone",
    "person": "person",
}

Row = dict[str, str | None]
Database = Callable[[], Any]


class EngineMissing(SuyuanError):
    """An engine was asked for that is not installed."""

    code: ClassVar[str] = "resolve.engine_missing"


def row_of(subject: Subject, taken: Features, table: Table | None = None, at: int = 0) -> Row:
    """What Splink is given of one subject; None where it says nothing.

    With the `table` of all subjects (this one is number `at`) what too many share is left out, as in
    our own engine.
    """
    cities = sorted({divisions.city_of(code) or code for code in taken.divisions})
    shared = {
        "phone": subject.phones,
        "person": subject.people,
        "place": frozenset(place.key for place in taken.places),
    }
    if table is not None:
        shared = {name: _texts(table, name, at) for name in shared}
    return {
        "uscc": subject.uscc,
        "core": taken.name.core or None,
        "core_sound": taken.name.core_sound or None,
        "trade": taken.name.trade or None,
        "form": taken.name.form or None,
        # Splink takes an empty field for an unknown one, and a company is known to be no branch.
        "branch": taken.name.branch or "none",
        "city": cities[0] if cities else None,
        **{name: min(values, default=None) for name, values in shared.items()},
    }


def _texts(table: Table, name: str, at: int) -> frozenset[str]:
    column = table[name]
    code = int(column.codes[at])
    value = column.values[code] if code != MISSING else frozenset()
    elements: Iterable[Hashable] = value if isinstance(value, frozenset) else (value,)
    return frozenset(getattr(each, "key", None) or str(each) for each in elements)


def match(
    subjects: Sequence[Subject], database: Database | None = None
) -> tuple[Scored, list[Features]]:
    """Splink's scores of all pairs worth asking about, and the subjects taken apart.

    `database` makes one of Splink's database interfaces, DuckDB in memory unless given; for Spark:
    `lambda: SparkAPI(session)` of `splink.backends.spark`. Raises EngineMissing.
    """
    table, taken = records.columns(subjects)
    rows = [
        row_of(subject, each, table, at)
        for at, (subject, each) in enumerate(zip(subjects, taken, strict=True))
    ]
    return _scored(table, predict(rows, database or duckdb())), taken


def duckdb() -> Database:
    """Splink's interface to DuckDB; EngineMissing where one of the two is not installed."""
    try:
        from splink.backends.duckdb import DuckDBAPI
    except ImportError as error:
        raise EngineMissing(engine="splink", missing=error.name) from error
    return lambda: DuckDBAPI()  # noqa: PLW0108 - an untyped class is no typed factory


@dataclass(frozen=True, slots=True)
class Predicted:
    """Pairs as columns: row numbers, bits with the prior, and bits of each field's evidence."""

    left: Codes
    right: Codes
    bits: np.ndarray[Any, np.dtype[np.float64]]
    evidence: Mapping[str, np.ndarray[Any, np.dtype[np.float64]]]


def predict(rows: Sequence[Row], database: Database) -> Predicted:
    """Run Splink over rows: train, block, score; pairs of at least `WORTH_ASKING`."""
    import pyarrow
    from splink import Linker, SettingsCreator, block_on

    numbered = [{"unique_id": at, **row} for at, row in enumerate(rows)]
    names = sorted({name for row in rows for name in row})
    schema = pyarrow.schema(
        [("unique_id", pyarrow.int64()), *((name, pyarrow.string()) for name in names)]
    )
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[_comparison(name, kind) for name, kind in FIELDS.items()],
        blocking_rules_to_generate_predictions=[block_on(*rule) for rule in RULES],
        retain_intermediate_calculation_columns=True,
    )
    data = pyarrow.Table.from_pylist(numbered, schema)
    linker = Linker(database().register(data), settings)
    logging.getLogger("splink").setLevel(logging.ERROR)  # it tells of every round it learns
    if sure := [block_on(*rule) for rule in SURE if _pairs_on(rows, rule)]:
        linker.training.estimate_probability_two_random_records_match(sure, recall=SURE_RECALL)
    linker.training.estimate_u_using_random_sampling(max_pairs=RANDOM_PAIRS, seed=_SEED)
    for rule in (each for each in TRAINING if _pairs_on(rows, each) >= _MIN_TRAINING_PAIRS):
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(*rule))
    found = linker.inference.predict(threshold_match_probability=WORTH_ASKING)
    return _predicted(found.as_pyarrow_table())


def _pairs_on(rows: Sequence[Row], rule: Sequence[str]) -> int:
    """Pairs of rows that agree on all fields of a rule; Splink refuses to learn from none."""
    keys = (tuple(row[name] for name in rule) for row in rows)
    return sum(
        count * (count - 1) // 2
        for count in Counter(key for key in keys if None not in key).values()
    )


def _predicted(found: Any) -> Predicted:
    def numbers(name: str) -> Any:
        return found.column(name).to_numpy()

    one, other = numbers("unique_id_l"), numbers("unique_id_r")
    left, right = np.minimum(one, other), np.maximum(one, other)
    order = np.lexsort((right, left))
    evidence = {}
    for field in FIELDS:
        bits = numbers(f"mw_{field}").astype(np.float64)
        adjustment = f"mw_tf_adj_{field}"
        if adjustment in found.column_names:
            bits = bits + np.nan_to_num(numbers(adjustment).astype(np.float64))
        evidence[field] = bits[order]
    return Predicted(
        left[order].astype(np.int64), right[order].astype(np.int64),
        numbers("match_weight").astype(np.float64)[order], evidence,
    )  # fmt: skip


def _comparison(name: str, kind: str) -> Any:
    """Splink's ready-made comparison for a kind of field."""
    import splink.comparison_library as library

    if kind == "words":
        made = library.JaroWinklerAtThresholds(name, [0.92, 0.8])
        return made.configure(term_frequency_adjustments=True)
    if kind == "rare":
        return library.ExactMatch(name).configure(term_frequency_adjustments=True)
    return library.ExactMatch(name)


def _scored(table: Table, found: Predicted) -> Scored:
    """Splink's pairs in the form of our own: our levels, its bits."""
    plan = Plan(comparisons.COMPARISONS, (), ())  # Splink has blocked and learned already
    pairs = Pairs(found.left, found.right)
    levels = compare(table, plan.comparisons, pairs)
    part_bits = np.column_stack([found.evidence[_EVIDENCE[c.name]] for c in plan.comparisons])
    part_bits[levels < 0] = 0.0
    nothing = Weights((), (), 0.0)
    return Scored(
        table, plan, pairs, levels, part_bits, nothing, found.bits, model.probability(found.bits)
    )


SPLINK = How(match, merchant_backing)
