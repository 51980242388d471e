"""What a load did, counted per table and per reason; plain values throughout."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ingest.refusals import Refusal

Progress = Callable[[str, str, int], None]
"""Called with the stage (`read` or `write`), the table, source or type, and rows done since last time."""

EXAMPLES = 20
"""Refusals shown in the report itself; all of them are in the refused file."""


@dataclass(slots=True)
class TableCount:
    """Rows of one table or source: `read` = `loaded` + `refused`.

    `facts` are the entities and relations those rows stated (one per row in a canonical table);
    `unchanged` those of them that the store had already.
    """

    files: int = 0
    read: int = 0
    refused: int = 0
    facts: int = 0
    unchanged: int = 0
    reasons: Counter[str] = field(default_factory=Counter)

    @property
    def loaded(self) -> int:
        """Rows that were not refused."""
        return self.read - self.refused

    def absorb(self, other: TableCount) -> None:
        """Add the rows of another count of the same table."""
        self.files += other.files
        self.read += other.read
        self.refused += other.refused
        self.facts += other.facts
        self.unchanged += other.unchanged
        self.reasons += other.reasons

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "files": self.files,
            "read": self.read,
            "loaded": self.loaded,
            "refused": self.refused,
            "facts": self.facts,
            "unchanged": self.unchanged,
            "reasons": dict(sorted(self.reasons.items())),
        }


@dataclass(slots=True)
class LoadReport:
    """One load: counts per table or source, the first refusals, and where the others are.

    `skipped` names files in folders that hold no table; `refused_file` is None when nothing was.
    """

    tables: dict[str, TableCount] = field(default_factory=dict)
    examples: list[Refusal] = field(default_factory=list)
    refused_file: str | None = None
    skipped: tuple[str, ...] = ()
    written: dict[str, int] = field(default_factory=dict)

    def table(self, name: str) -> TableCount:
        """The count of that table or source, made at first use."""
        return self.tables.setdefault(name, TableCount())

    def note(self, count: TableCount, refusal: Refusal) -> None:
        """Count the reason, and keep the refusal as an example while there are few."""
        count.reasons[refusal.fault.reason_code] += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append(refusal)

    def absorb(self, other: LoadReport) -> None:
        """Add what another process counted of the same load."""
        for name, count in other.tables.items():
            self.table(name).absorb(count)
        self.examples = [*self.examples, *other.examples][:EXAMPLES]
        for name, facts in other.written.items():
            self.written[name] = self.written.get(name, 0) + facts

    @property
    def read(self) -> int:
        """Rows read."""
        return sum(count.read for count in self.tables.values())

    @property
    def loaded(self) -> int:
        """Rows loaded."""
        return sum(count.loaded for count in self.tables.values())

    @property
    def refused(self) -> int:
        """Rows refused."""
        return sum(count.refused for count in self.tables.values())

    @property
    def unchanged(self) -> int:
        """Facts the store had already."""
        return sum(count.unchanged for count in self.tables.values())

    def as_json(self) -> dict[str, Any]:
        """Plain values, without any cell of a refused row."""
        return {
            "read": self.read,
            "loaded": self.loaded,
            "refused": self.refused,
            "unchanged": self.unchanged,
            "tables": {name: count.as_json() for name, count in sorted(self.tables.items())},
            "written": dict(sorted(self.written.items())),
            "refused_file": self.refused_file,
            "skipped": list(self.skipped),
            "examples": [refusal.as_json() for refusal in self.examples],
        }
