"""What a whole weekly run takes, from the store to what was published: time, memory, and how both grow.

Each run is the command that people run, in a process of its own; its memory and that of the embedded
server are looked at twice a second and added up. The first run of a store knows nothing of before, the
next one has a week behind it.
"""

from __future__ import annotations

import math
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import psutil

from benchmarks.figures import Figure, at_most
from benchmarks.made_store import made_store
from synth.settings import WorldSettings, day_of

TOTAL_GOAL_S, RSS_GOAL_MIB, GROWTH_GOAL = 180.0, 6_144.0, 1.1
"""Asked for at a million merchants; growth as the exponent n of (merchants ** n)."""

_ROOT = Path(__file__).parents[1]
_LOOK_EVERY_S = 0.5
_MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Measured:
    """One run: seconds on the clock and of processors (server included), and the most memory at once."""

    as_of: date
    merchants: int
    links: int
    clusters: int
    wall_s: float
    cpu_s: float
    peak_rss_mib: float
    own_peak_rss_mib: float


class RunFailed(RuntimeError):
    """The command failed, or the date had been run before, which takes no time to speak of."""


def measure(store: Path, as_of: date) -> Measured:
    """Run `suyuan weekly` on a store and watch it. Raises RunFailed."""
    command = [sys.executable, "-m", "suyuan", "weekly", "--as-of", as_of.isoformat()]
    command += ["--store", str(store), "--json"]
    started = time.monotonic()
    child = subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    watch = _Watch(child.pid)
    watch.start()
    try:
        said, told = child.communicate()
    finally:
        watch.over.set()
        watch.join()
    wall_s = time.monotonic() - started
    if child.returncode:
        raise RunFailed(told.decode(errors="replace").strip().rpartition("\n")[2])
    result: dict[str, Any] = orjson.loads(said)
    if result["is_repeat"]:
        raise RunFailed(f"{as_of.isoformat()} had been run before")
    counts = result["counts"]
    return Measured(
        as_of,
        counts["merchants"],
        counts["links"],
        counts["clusters"],
        wall_s,
        sum(watch.cpu_s.values()),
        watch.peak / _MIB,
        watch.own_peak / _MIB,
    )


def run(sizes: Sequence[int], seed: int, folder: Path, store: Path | None = None) -> list[Figure]:
    """Figures of made-up worlds of these sizes; with `store`, of that one as the largest.

    A `store` given must never have been run for the days of the made-up weeks 1 and 2.
    """
    worlds = [WorldSettings(size, 2, seed, "medium") for size in sorted(sizes)]
    stores = [made_store(world, folder / str(world.merchants)) for world in worlds]
    stores += [store] if store else []
    return figures([[measure(each, day_of(week)) for week in (1, 2)] for each in stores])


def figures(runs: Sequence[Sequence[Measured]]) -> list[Figure]:
    """Figures of stores from the smallest to the largest, two weeks each."""
    told = [each for pair in runs for each in _of_store(pair)]
    largest = runs[-1]
    worst = max(largest, key=lambda each: each.wall_s)
    told += [
        at_most(
            "weekly.total_s", round(worst.wall_s, 1), TOTAL_GOAL_S, "s", "the slower of the two"
        ),
        at_most(
            "weekly.peak_rss_mib",
            round(max(each.peak_rss_mib for each in largest)),
            RSS_GOAL_MIB,
            "MiB",
            f"{max(each.own_peak_rss_mib for each in largest):.0f} here, the rest in the server",
        ),
    ]
    if len(runs) > 1:
        told.append(_growth(runs[0][0], largest[0]))
    return told


def _of_store(pair: Sequence[Measured]) -> list[Figure]:
    return [
        Figure(
            f"weekly.{each.merchants}.{name}_s",
            round(each.wall_s, 1),
            "s",
            note=f"{each.as_of}: {each.links} links, {each.clusters} clusters; "
            f"{each.cpu_s:.0f} CPU s, {each.peak_rss_mib:.0f} MiB",
        )
        for name, each in zip(("first", "next"), pair, strict=True)
    ]


def _growth(small: Measured, large: Measured) -> Figure:
    exponent = math.log(large.cpu_s / small.cpu_s) / math.log(large.merchants / small.merchants)
    note = f"CPU s of first runs, {small.merchants} to {large.merchants} merchants"
    return at_most("weekly.growth_exponent", round(exponent, 3), GROWTH_GOAL, "", note)


class _Watch(threading.Thread):
    """Looks at a process and its children until it is over."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.over = threading.Event()
        self.peak = self.own_peak = 0
        self.cpu_s: dict[int, float] = {}
        self._process = psutil.Process(pid)

    def run(self) -> None:
        while not self.over.wait(_LOOK_EVERY_S):
            try:
                own, *children = self._look()
            except psutil.Error:
                continue  # it ended meanwhile
            self.own_peak = max(self.own_peak, own)
            self.peak = max(self.peak, own + sum(children))

    def _look(self) -> list[int]:
        """Bytes of the process and of each child; notes what time each has used."""
        held = []
        for process in (self._process, *self._process.children(recursive=True)):
            with process.oneshot():
                used = process.cpu_times()
                self.cpu_s[process.pid] = float(used.user + used.system)
                held.append(int(process.memory_info().rss))
        return held
