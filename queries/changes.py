"""What the records of some days changed in what was known of a thing or relation.

Pure. What was known on a day is what the records retrieved up to that day say together, by the rule
that stores them (`graph.model.provenance`): so a correction, or an end that was taken back, shows on the
day it came and not before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from graph.model.provenance import merge_payloads, merge_relation

Said = Sequence[tuple[str, str, str]]

ADDED, ENDED, CHANGED, CAME_AND_WENT = "added", "ended", "changed", "came_and_went"

_DERIVED = frozenset({"first_seen", "end_seen"})


@dataclass(frozen=True, slots=True)
class ValueChange:
    """A property with its value before and after (None: none); `records` are ids of those that say so."""

    name: str
    before: Any
    after: Any
    records: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Window:
    """After the day `before` up to the day `after` (ISO dates)."""

    before: str
    after: str

    def up_to(self, said: Said, day: str) -> list[tuple[str, str, str]]:
        """The records known on a day."""
        return sorted((at, record, payload) for at, record, payload in said if at[:10] <= day)

    def inside(self, said: Said) -> list[tuple[str, str, str]]:
        """The records of the window."""
        return [each for each in self.up_to(said, self.after) if each[0][:10] > self.before]


def node_changes(said: Said, window: Window) -> tuple[ValueChange, ...]:
    """What changed in a thing's properties, by name."""
    before = merge_payloads(window.up_to(said, window.before))
    after = merge_payloads(window.up_to(said, window.after))
    return _changes(before, after, window.inside(said))


def relation_change(said: Said, window: Window) -> tuple[str, tuple[ValueChange, ...]] | None:
    """What became of a relation, with changed values; None when it is as it was."""
    before = _known(window.up_to(said, window.before), window.before)
    after = _known(window.up_to(said, window.after), window.after)
    inside = window.inside(said)
    if not inside:
        return None
    if before is None:
        return (CAME_AND_WENT if after is None else ADDED), ()
    if after is None:
        return ENDED, _changes(before, merge_relation(window.up_to(said, window.after)), inside)
    changes = _changes(before, after, inside)
    return (CHANGED, changes) if changes else None


def _known(said: Said, day: str) -> Mapping[str, Any] | None:
    """A relation as it was known on a day; None where it was not, or had ended."""
    if not said:
        return None
    merged = merge_relation(list(said))
    return None if merged.get("end_seen", "9999") <= day else merged


def _changes(
    before: Mapping[str, Any], after: Mapping[str, Any], inside: Said
) -> tuple[ValueChange, ...]:
    found = []
    for name in sorted((before.keys() | after.keys()) - _DERIVED):
        old, new = before.get(name), after.get(name)
        if old != new:
            found.append(ValueChange(name, old, new, _behind(inside, name, new)))
    return tuple(found)


def _behind(inside: Said, name: str, value: Any) -> tuple[str, ...]:
    """The records that say the new value; where it is none, those that no longer say the old one."""
    return tuple(
        record for _, record, payload in inside if orjson.loads(payload).get(name) == value
    )
