"""What the last run remembers, kept in the store in parts beside the run.

A million merchants make a picture of 85 MB. Within the publishing transaction, which holds all that it
writes in memory until it commits, that alone asked for over a gigabyte of the server. So the picture is
written before it, part by part, under a name that only the run knows: nobody reads it until the run is
published.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date

from detect.network.fragility import Studied
from detect.weekly.archive import pack, unpack
from detect.weekly.snapshot import Snapshot
from detect.weekly.tracks import TrackerState
from graph.store.session import Store
from graph.store.statement import Statement

_RUN_BEFORE = Statement.load(__file__, "run_before.cypher")
_PARTS = Statement.load(__file__, "memory_parts.cypher")
_STAGE = Statement.load(__file__, "stage_memory.cypher")
_LEFT = Statement.load(__file__, "memory_left.cypher")

PART_BYTES = 2 << 20
_PARTS_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Remembered:
    """The state of the tracks, the picture, and what its clusters hang on; of no run all are empty."""

    state: TrackerState = field(default_factory=TrackerState)
    snapshot: Snapshot | None = None
    studied: Studied = field(default_factory=dict)


def remembered(store: Store, as_of: date) -> Remembered:
    """What the last run before `as_of` remembered. Raises ValueError for a state of another version."""
    rows = store.read(_RUN_BEFORE, as_of=as_of.isoformat())
    if not rows:
        return Remembered()
    content = rows[0]["snapshot"]  # runs of before the parts have it themselves
    if content is None:
        content = _joined(store, rows[0]["memory"])
    snapshot, studied = unpack(content)
    return Remembered(TrackerState.from_dict(json.loads(rows[0]["state"])), snapshot, studied)


@dataclass(frozen=True, slots=True)
class StagedMemory:
    """A memory that waits for its run: the name to publish with it, and how many parts it has."""

    name: str = ""
    parts: int = 0


def stage_memory(store: Store, run_id: str, snapshot: Snapshot, studied: Studied) -> StagedMemory:
    """Write the picture where nobody looks.

    What runs that were cut off left is removed, the same run's included.
    """
    while store.write(_LEFT, limit=_PARTS_AT_ONCE)[0]["removed"]:
        pass
    content = pack(snapshot, studied)
    memory = f"{run_id}:{snapshot.digest}"
    starts = range(0, len(content), PART_BYTES)
    for at, start in enumerate(starts):
        store.write(
            _STAGE,
            id=f"{memory}:{at:05d}",
            memory=memory,
            at=at,
            content=content[start : start + PART_BYTES],
        )
    return StagedMemory(memory, len(starts))


def _joined(store: Store, memory: str) -> bytes:
    """The parts one by one: together they may be more than one statement should answer."""
    parts: list[bytes] = []
    while rows := store.read(_PARTS, memory=memory, start=len(parts), limit=_PARTS_AT_ONCE):
        parts += [row["content"] for row in rows]
    return b"".join(parts)
