"""Engines and reference methods on the same worlds, each in a process of its own.

A process has one peak of memory, so every run gets a fresh one, which reads the arrays of the world
from a file. Its names are left empty: no method reads them, and a million names weigh more than the
fast engine does.
"""

from __future__ import annotations

import multiprocessing
import resource
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from benchmarks.planted import Score, score
from benchmarks.planted_world import KINDS, LEVELS, PlantedWorld, world
from benchmarks.references import REFERENCES
from detect.network.changes import LinkChange
from detect.network.engines import ENGINES
from detect.network.incidence import Incidence
from detect.network.update import follow, update

METHODS = {**ENGINES, **REFERENCES}
CHANGED_LINKS = 1000

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Run:
    """One method on one world: quality, processor seconds and the peak of its process in MiB.

    `base_rss_mib` is what interpreter, libraries and the world's arrays take before it starts.
    """

    method: str
    score: Score
    cpu_s: float
    peak_rss_mib: float
    base_rss_mib: float


@dataclass(frozen=True, slots=True)
class UpdateRun:
    """Processor seconds to follow `changes` new links, and of the full run; `is_same`: same answer."""

    changes: int
    update_s: float
    full_s: float
    is_same: bool


def compare(
    level: str, merchants: int, seed: int, methods: Sequence[str], *, is_null: bool = False
) -> list[Run]:
    """Run every method on one world. Raises KeyError for an unknown level or method."""
    made = world(LEVELS[level], merchants, seed, is_null=is_null)
    for method in methods:
        METHODS[method]
    with tempfile.TemporaryDirectory(prefix="suyuan-bench-") as folder:
        path = Path(folder) / "world.npz"
        _save(made, path)
        del made
        return [_in_child(_run, path, method) for method in methods]


def measure_update(
    level: str, merchants: int, seed: int, changes: int = CHANGED_LINKS
) -> UpdateRun:
    """Follow a world, let strangers take up `changes` identifiers that others hold, and update."""
    return _in_child(_run_update, level, merchants, seed, changes)


def _in_child(task: Callable[..., _Result], *arguments: object) -> _Result:
    """Run a task in a fresh process (spawned, so that nothing of this one weighs on it)."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=1, mp_context=context) as pool:
        return pool.submit(task, *arguments).result()


def _save(made: PlantedWorld, path: Path) -> None:
    links = made.incidence
    np.savez(
        path,
        merchant=links.merchant,
        identifier=links.identifier,
        kind=links.kind,
        first_seen_day=links.first_seen_day,
        network=made.network,
        franchise=made.franchise,
        names=np.array([len(links.merchants), len(links.identifiers)]),
    )


def _read(path: Path) -> PlantedWorld:
    with np.load(path) as saved:
        merchants, identifiers = saved["names"].tolist()
        incidence = Incidence(
            ("",) * merchants,
            ("",) * identifiers,
            KINDS,
            saved["merchant"],
            saved["identifier"],
            saved["kind"],
            saved["first_seen_day"],
        )
        return PlantedWorld(incidence, saved["network"], saved["franchise"])


def _run(path: Path, method: str) -> Run:
    made = _read(path)
    base_rss_mib = _peak_rss_mib()
    before_s = time.process_time()
    clustering = METHODS[method](made.incidence)
    cpu_s = time.process_time() - before_s
    peak_rss_mib = _peak_rss_mib()
    return Run(method, score(made, clustering, cpu_s), cpu_s, peak_rss_mib, base_rss_mib)


def _run_update(level: str, merchants: int, seed: int, changes: int) -> UpdateRun:
    links = world(LEVELS[level], merchants, seed).incidence
    random = np.random.default_rng(seed)
    taken = random.integers(0, links.merchant.size, changes).tolist()
    gained = [
        LinkChange(
            links.merchants[int(random.integers(merchants))],
            links.identifiers[links.identifier[at]],
            links.kinds[links.kind[at]].name,
            int(links.first_seen_day[at]),
        )
        for at in taken
    ]
    last = follow(links)
    before_s = time.process_time()
    found = update(last, gained)
    update_s = time.process_time() - before_s
    before_s = time.process_time()
    full = ENGINES["corroboration"](found.incidence)
    full_s = time.process_time() - before_s
    is_same = np.array_equal(found.clustering.label, full.label) and np.array_equal(
        found.clustering.owned_by, full.owned_by
    )
    return UpdateRun(changes, update_s, full_s, is_same)


def _peak_rss_mib() -> float:
    """Peak of this program; `getrusage` would count the process it was started from, too."""
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
