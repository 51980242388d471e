"""What files would give, without any store: facts by type, refusals by reason, a few examples.

The same rooms are gone through as in a load (recognition, cleaning, thresholds), and nothing is kept
but counts, keys, and the first few facts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from graph.ontology import ontology
from ingest.clean import Given
from ingest.facts import CleanRow, EntityFact, Key, RelationFact
from ingest.formats.opening import open_rows
from ingest.inputs import Input, find_inputs
from ingest.refusals import Fault, Refusal, RowRefused

EXAMPLES = 5
"""Facts, and refusals, that are shown."""


@dataclass(slots=True)
class FileCheck:
    """One file: what it was taken for, its rows, and why some of them would be refused.

    `reasons` counts rows by (column, reason); one row may break several. `first` are the first refusals.
    """

    file: str
    source: str
    is_allowed: bool = True
    share: float = 0.0
    rows: int = 0
    read: int = 0
    refused: int = 0
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)
    faults: dict[tuple[str, str], Fault] = field(default_factory=dict)
    first: list[Refusal] = field(default_factory=list)

    @property
    def loaded(self) -> int:
        """Rows that would be loaded."""
        return self.read - self.refused


@dataclass(slots=True)
class Check:
    """All files: facts by type, things they are about, relations that lead outside, examples."""

    files: list[FileCheck] = field(default_factory=list)
    facts: Counter[str] = field(default_factory=Counter)
    keys: dict[str, set[tuple[Key, ...]]] = field(default_factory=dict)
    examples: list[EntityFact | RelationFact] = field(default_factory=list)

    @property
    def is_fine(self) -> bool:
        """Whether a load would go through and load something."""
        loads = any(file.loaded for file in self.files)
        return loads and all(file.is_allowed for file in self.files)

    def distinct(self, name: str) -> int:
        """Different things of an entity type, or different pairs of a relation."""
        return len(self.keys.get(name, ()))

    def outside(self) -> dict[str, int]:
        """Relation → how many of its pairs have an end that no row of these files states."""
        found = {}
        for name, relation in ontology().relations.items():
            starts, ends = (self.keys.get(t, set()) for t in (relation.start, relation.end))
            pairs = self.keys.get(name, set())
            missing = sum((start,) not in starts or (end,) not in ends for start, end in pairs)
            if missing:
                found[name] = missing
        return found


def check(paths: Iterable[Path], source: str | None = None, given: Given | None = None) -> Check:
    """Go through the files as a load would; SourceError where a load could not even begin."""
    done = Check()
    inputs, _ = find_inputs(paths, source)
    for item in inputs:
        done.files.append(_file(item, (given or Given()).checked(), done))
    return done


def _file(item: Input, given: Given, done: Check) -> FileCheck:
    found = FileCheck(item.locator, item.name)
    shown: set[str] = set()
    with open_rows(item.path, item.locator, item.layout) as table:
        clean = item.cleaner(table.header, given)
        for row in table.rows():
            found.read += 1
            try:
                if row.fault is not None:
                    raise RowRefused(row.fault)
                _add(clean(row.cells), done, shown)
            except RowRefused as refused:
                found.refused += 1
                cells = dict(zip(table.header, row.cells, strict=False))
                for fault in refused.faults:
                    _note(found, Refusal(item.locator, row.line, fault, cells))
    threshold = item.threshold
    found.is_allowed = threshold.allows(found.read, found.refused)
    found.share, found.rows = threshold.share, threshold.rows
    return found


def _note(found: FileCheck, refusal: Refusal) -> None:
    reason = (refusal.fault.field, refusal.fault.reason_code)
    found.reasons[reason] += 1
    found.faults.setdefault(reason, refusal.fault)
    if len(found.first) < EXAMPLES:
        found.first.append(refusal)


def _add(row: CleanRow, done: Check, shown: set[str]) -> None:
    """Count the facts of a row; one of each type, while there are few, is kept as an example."""
    facts: list[tuple[str, tuple[Key, ...], EntityFact | RelationFact]] = [
        *((fact.type_name, (fact.key,), fact) for fact in row.entities),
        *((fact.relation, (fact.start, fact.end), fact) for fact in row.relations),
    ]
    for name, keys, fact in facts:
        done.facts[name] += 1
        done.keys.setdefault(name, set()).add(keys)
        if name not in shown and len(done.examples) < EXAMPLES:
            shown.add(name)
            done.examples.append(fact)
