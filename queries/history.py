"""What each record said about a thing, property by property: what holds, and what it superseded.

The order is that of `graph.model.provenance`: the latest record that mentions a property wins, the
record id breaking ties. Nothing is lost by that: what a corrected record said stays readable here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from graph.model.provenance import merge_relation

Said = tuple[str, str, str]
"""One record: retrieved at, record id, payload (JSON of the properties it asserts)."""


@dataclass(frozen=True, slots=True)
class Saying:
    """A value, not masked, and the id of the record that says it."""

    value: Any
    record: str


@dataclass(frozen=True, slots=True)
class PropertyHistory:
    """All that was said of one property.

    `holds` is None for the end of a relation that the latest record no longer states. `confirmed` are
    the ids of further records with the value that holds; `superseded` what other records said
    instead; both latest first.
    """

    name: str
    holds: Saying | None
    confirmed: tuple[str, ...]
    superseded: tuple[Saying, ...]


def node_history(said: Iterable[Said]) -> tuple[PropertyHistory, ...]:
    """The properties of a node, by name; each holds what `merge_payloads` gives for it."""
    return tuple(
        _history(name, sayings, sayings[0]) for name, sayings in sorted(_by_property(said).items())
    )


def relation_history(said: Iterable[Said]) -> tuple[PropertyHistory, ...]:
    """The same for a relation, as `merge_relation` settles it: the earliest start holds, and an end
    holds only while the latest record states it."""
    records = list(said)
    if not records:
        return ()
    merged = merge_relation(records)
    found = []
    for name, sayings in sorted(_by_property(records).items()):
        holds = None
        if name in merged:
            holds = next(each for each in sayings if _same(each.value, merged[name]))
        found.append(_history(name, sayings, holds))
    return tuple(found)


def _by_property(said: Iterable[Said]) -> dict[str, list[Saying]]:
    """What was said of each property, latest first."""
    found: dict[str, list[Saying]] = {}
    for _, record, payload in sorted(said, reverse=True):
        for name, value in json.loads(payload).items():
            found.setdefault(name, []).append(Saying(value, record))
    return found


def _history(name: str, sayings: list[Saying], holds: Saying | None) -> PropertyHistory:
    others = [each for each in sayings if each is not holds]
    same = [holds is not None and _same(each.value, holds.value) for each in others]
    return PropertyHistory(
        name,
        holds,
        tuple(each.record for each, is_same in zip(others, same, strict=True) if is_same),
        tuple(each for each, is_same in zip(others, same, strict=True) if not is_same),
    )


def _same(a: Any, b: Any) -> bool:
    """Equal and of one type: for Python, 1 is True and 1.0."""
    return type(a) is type(b) and bool(a == b)
