"""What a detector says: how much, why, and on which values. A finding is a lead, never proof."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graph.model.ids import digest


@dataclass(frozen=True, slots=True)
class Finding:
    """One hit of one detector on one set of subjects.

    `value` was compared with `threshold` (both in `unit`); `values` fill the explanation text
    `finding.<detector>.explanation`; `input_ids` and `input_records` are what it was seen in;
    `checks` are the exculpatory checks that were run and did not clear it.
    Severity: 1 info, 2 low, 3 medium, 4 high, 5 critical.
    """

    detector: str
    version: int
    severity: int
    subject_ids: tuple[str, ...]
    value: float
    threshold: float
    unit: str
    values: Mapping[str, Any]
    input_ids: tuple[str, ...]
    input_records: tuple[str, ...]
    legal_basis: tuple[str, ...]
    is_violation: bool
    checks: tuple[str, ...] = ()
    regions: tuple[str, ...] = field(default=())

    @property
    def id(self) -> str:
        """Stable as long as the same detector says it of the same inputs."""
        return f"Finding:{self.detector}-" + digest(
            self.detector, *sorted(self.subject_ids), "|", *sorted(self.input_ids)
        )
