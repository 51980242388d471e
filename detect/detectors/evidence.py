"""What a judgement was seen in: ids, records and regions gathered from the parts of a row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Part = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Inputs of one judgement, sorted and without repeats."""

    input_ids: tuple[str, ...]
    input_records: tuple[str, ...]
    regions: tuple[str, ...]


def gather(ids: Iterable[str], *parts: Iterable[Part]) -> Evidence:
    """Join the named nodes with the `records` and `regions` of every part that was used."""
    records: set[str] = set()
    regions: set[str] = set()
    for group in parts:
        for part in group:
            records.update(part.get("records") or ())
            regions.update(part.get("regions") or ())
    return Evidence(tuple(sorted(set(ids))), tuple(sorted(records)), tuple(sorted(regions)))
