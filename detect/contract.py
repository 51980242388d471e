"""What a detector is: a statement that returns rows, and a pure rule that judges each row.

A rule answers how much, why, and on which values; it reads no clock and no store. A link detector
alone accuses nobody: only `is_violation` detectors do, and even those give leads, never proof.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from graph.model.findings import Finding
from graph.store.statement import Statement

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One adjustable number of a rule: its default, unit, allowed range, and why it is what it is."""

    name: str
    default: float
    unit: str
    minimum: float
    maximum: float
    reason: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a rule says of one row. The fields mean what they mean in `Finding`."""

    subject_ids: tuple[str, ...]
    severity: int
    value: float
    threshold: float
    unit: str
    values: Mapping[str, Any]
    input_ids: tuple[str, ...]
    input_records: tuple[str, ...]
    regions: tuple[str, ...]
    checks: tuple[str, ...] = ()


Parameters = Mapping[str, float]
Judge = Callable[[Row, Parameters], "list[Judgement]"]


@dataclass(frozen=True, slots=True)
class Detector:
    """One rule with its statement. `id` is D1…D29; texts are `detector.<id>.title` / `.explanation`."""

    id: str
    name: str
    version: int
    is_violation: bool
    legal_basis: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    statement: Statement
    judge: Judge

    def defaults(self) -> dict[str, float]:
        """The parameters' default values by name."""
        return {p.name: p.default for p in self.parameters}

    def findings(self, row: Row, parameters: Parameters) -> list[Finding]:
        """The findings of one row."""
        return [
            Finding(
                detector=self.id,
                version=self.version,
                severity=j.severity,
                subject_ids=tuple(sorted(j.subject_ids)),
                value=j.value,
                threshold=j.threshold,
                unit=j.unit,
                values=j.values,
                input_ids=tuple(sorted(set(j.input_ids))),
                input_records=tuple(sorted(set(j.input_records))),
                legal_basis=self.legal_basis,
                is_violation=self.is_violation,
                checks=j.checks,
                regions=tuple(sorted(set(j.regions))),
            )
            for j in self.judge(row, parameters)
        ]
