"""How much memory the importer and the server get: little for a small store, more as it grows.

A store of a demonstration is served in 512 MiB of heap and 256 MiB of page cache. One of a million
merchants (40 million nodes, 18 million relations, 25 GB) cannot be imported in what does for that: the
importer holds some bytes for every node from the first to the last, and ended after sixteen minutes
for want of 384 MiB more. Both grow with what they have to do, up to a share of the machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import psutil

_MIB = 1 << 20
_GIB = 1 << 30
_CGROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")


@dataclass(frozen=True, slots=True)
class Share:
    """Mebibytes: at least `floor`, `per_gib` more for each gibibyte of data, at most 1/`of_machine`."""

    floor_mib: int
    per_gib_mib: int
    of_machine: int

    def mib(self, data_bytes: int, machine_bytes: int) -> int:
        """What data of that size gets on a machine with that much memory; never below the floor."""
        wanted = self.floor_mib + self.per_gib_mib * data_bytes // _GIB
        return max(self.floor_mib, min(wanted, machine_bytes // self.of_machine // _MIB))


IMPORT_HEAP = Share(floor_mib=384, per_gib_mib=80, of_machine=6)
"""Of the files to import. 13 GiB of them (40 million nodes) failed with 384 MiB and passed with this."""

IMPORT_OFF_HEAP = Share(floor_mib=384, per_gib_mib=200, of_machine=4)
"""Ids of nodes and chains of relations; what does not fit here is taken from the heap (an assumption)."""

SERVER_HEAP = Share(floor_mib=512, per_gib_mib=96, of_machine=6)
"""Of the store's files: what one statement reads and one transaction writes grows with them."""

SERVER_PAGE_CACHE = Share(floor_mib=256, per_gib_mib=128, of_machine=6)
"""Of the store's files; an eighth of them, as the system caches files besides."""


def machine_bytes() -> int:
    """Memory of this machine, or of the container that it is run in."""
    total = int(psutil.virtual_memory().total)
    try:
        limit = _CGROUP_LIMIT.read_text(encoding="ascii").strip()
    except OSError:
        return total
    return min(total, int(limit)) if limit.isdigit() else total


def folder_bytes(folder: Path) -> int:
    """Size of all files below a folder; 0 where there is none. Files that vanish count for nothing."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size
        except FileNotFoundError:
            continue
    return total
