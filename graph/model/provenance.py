"""Where a fact comes from: every node and relation names the records that assert it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

import orjson

from graph.model.ids import digest

NATIONAL = "000000"
"""The owning region of facts that every region may see, such as the public company register."""


@dataclass(frozen=True, slots=True)
class Record:
    """One statement of one source about one node or relation.

    `id` is derived from the content (source, subject, properties, time), so the same statement read
    from two files is one record; `locator` says where it was read first (file and line).
    `region` owns the statement: a province code of GB/T 2260, or 000000.
    """

    source: str
    locator: str
    retrieved_at: str
    region: str
    asserts: str
    payload: str
    #: What was said, whoever read it from where.
    content_hash: str = field(init=False, compare=False)

    def __post_init__(self) -> None:
        # Asked for several times per record, and as dear as the rest of making one.
        said = digest(self.source, self.region, self.retrieved_at, self.asserts, self.payload)
        object.__setattr__(self, "content_hash", said)

    @property
    def id(self) -> str:
        """The record's name in the graph."""
        return self.content_hash


# Defines the form. orjson writes values of these types alike and several times faster; some floats
# (1e16, 1e-07) it does not.
_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
_WRITTEN_ALIKE = frozenset({str, int, bool})


def payload_of(properties: Mapping[str, Any]) -> str:
    """Properties as canonical JSON: sorted keys, no spaces, Chinese kept readable."""
    if _WRITTEN_ALIKE.issuperset(map(type, properties.values())):
        try:
            return orjson.dumps(properties, option=orjson.OPT_SORT_KEYS).decode()
        except TypeError:
            pass  # another mapping than a dict, a number beyond 64 bits, half of a surrogate pair
    return _CANONICAL.encode(properties)


def payloads_of(rows: Sequence[Mapping[str, Any]], types: AbstractSet[type[Any]]) -> list[str]:
    """`payload_of` of many rows whose names come sorted and whose values are of these types."""
    if _WRITTEN_ALIKE.issuperset(types):
        try:
            return [orjson.dumps(row).decode() for row in rows]
        except TypeError:
            pass
    return list(map(payload_of, rows))


def merge_payloads(payloads: list[tuple[str, str, str]]) -> dict[str, Any]:
    """What several records say together: `(retrieved_at, record id, payload)` in any order.

    Property by property the latest record that mentions it wins, the record id breaking ties: the
    result does not depend on the order in which the records arrived.
    """
    merged: dict[str, Any] = {}
    for _, _, payload in sorted(payloads):
        merged.update(json.loads(payload))
    return merged


def merge_relation(payloads: list[tuple[str, str, str]]) -> dict[str, Any]:
    """The same for a relation, whose end may be taken back: only the latest record says if it ended.

    Adds `first_seen` (day of the earliest record) and `end_seen` (day of the record that ended it).
    """
    ordered = sorted(payloads)
    merged = merge_payloads(ordered)
    last = json.loads(ordered[-1][2])
    starts = [s for s in (json.loads(p).get("valid_from") for _, _, p in ordered) if s]
    if starts:
        merged["valid_from"] = min(starts)
    if "valid_to" not in last:
        merged.pop("valid_to", None)
    merged["first_seen"] = ordered[0][0][:10]
    if "valid_to" in merged:
        merged["end_seen"] = ordered[-1][0][:10]
    return merged
