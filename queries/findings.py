"""What the detectors said. A finding is shown only to who may see all it was seen in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from graph.errors import ValueRefused
from queries.pages import Cut, Page, PageRequest, page_of
from queries.reading import Reading
from queries.statements import load

CURSOR = (int, str)


@dataclass(frozen=True, slots=True)
class FindingView:
    """One finding; the fields mean what they mean in `graph.model.findings.Finding`."""

    id: str
    detector: str
    version: int
    severity: int
    is_violation: bool
    subject_ids: tuple[str, ...]
    value: float | None
    threshold: float | None
    unit: str | None
    values: Mapping[str, Any]
    legal_basis: tuple[str, ...]
    input_ids: tuple[str, ...]
    input_records: tuple[str, ...]
    regions: tuple[str, ...]
    as_of: str | None
    first_found: str | None
    status: str

    @property
    def key(self) -> tuple[int, str]:
        """Worst first, then by id."""
        return (-self.severity, self.id)


@dataclass(frozen=True, slots=True)
class FindingFilter:
    """Which findings; None means all. `severity` 1..5 is the least shown.

    A finding that the newest run did not make again is closed, and left out unless `with_closed`. `since`
    is the day it was first made (ISO date, inclusive; '' for any).
    """

    detector: str | None = None
    severity: int = 1
    subject: str | None = None
    with_closed: bool = False
    ids: tuple[str, ...] | None = None
    since: str = ""


async def findings(
    reading: Reading, wanted: FindingFilter, request: PageRequest
) -> Page[FindingView]:
    """Findings, worst first, in one statement; ValueRefused for a severity outside 1..5."""
    if not 1 <= wanted.severity <= 5:
        raise ValueRefused("finding.severity")
    after = request.after or (-9, "")
    (row,) = await reading.rows(
        load("findings"),
        ids=None if wanted.ids is None else list(wanted.ids),
        detector=wanted.detector,
        severity=wanted.severity,
        subject=wanted.subject,
        with_closed=wanted.with_closed,
        since=wanted.since,
        after_severity=-int(after[0]),
        after_id=str(after[1]),
        limit=request.first + 1,
    )
    found = [finding_view(stored) for stored in row["page"]]
    cut = Cut(reading.as_of, reading.withheld(row["withheld"]))
    return page_of(found, request, lambda f: f.key, cut)


def finding_view(stored: Mapping[str, Any]) -> FindingView:
    """A finding from the properties of its node."""
    return FindingView(
        id=stored["id"],
        detector=stored["detector"],
        version=stored.get("version", 1),
        severity=stored["severity"],
        is_violation=bool(stored.get("is_violation", False)),
        subject_ids=_texts(stored, "subject_ids"),
        value=stored.get("value"),
        threshold=stored.get("threshold"),
        unit=stored.get("unit"),
        values=json_object(stored.get("values")),
        legal_basis=_texts(stored, "legal_basis"),
        input_ids=_texts(stored, "input_ids"),
        input_records=_texts(stored, "input_records"),
        regions=tuple(sorted(_texts(stored, "regions"))),
        as_of=stored.get("as_of"),
        first_found=stored.get("first_found"),
        status=stored.get("status") or "open",
    )


def _texts(stored: Mapping[str, Any], name: str) -> tuple[str, ...]:
    values: Sequence[str] | None = stored.get(name)
    return tuple(values or ())


def json_object(text: str | None) -> dict[str, Any]:
    """A JSON object kept as text on a node; empty where there is none."""
    value = orjson.loads(text) if text else {}
    return value if isinstance(value, dict) else {"value": value}
