"""How long a search for ways takes on a large graph with heavy hubs and hidden parts.

Beside it, in the same run and through the same driver, the store's bare `shortestPath`, which sees
everything and passes hubs.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.paths_world import READER_REGION, PathWorld, make
from benchmarks.served import LASTING
from graph.store.async_session import AsyncStore
from graph.store.connection import Connection
from graph.store.constraints import prepare_analysis
from graph.store.session import Store
from graph.store.statement import Statement
from queries.path_search import Route
from queries.paths import MAX_HOPS, Allowed, Ways, paths, shortest_paths
from queries.reading import Reader, Reading
from synth.figures import Figure

GOAL_MS = 100.0
WAYS = 5
_DAY = "2026-01-01"
_DEADLINE_S = 60.0
_WARM_UP = 20
_BARE = Statement.load(__file__, "paths_bare.cypher")

Pair = tuple[str, str]
Ask = Callable[[Pair], Awaitable[int | None]]
"""Asks for a pair and answers the hops of the shortest way found."""


@dataclass(frozen=True, slots=True)
class _Timed:
    """Milliseconds (wall) and hops found, pair by pair."""

    ms: tuple[float, ...]
    hops: tuple[int | None, ...]

    def percentile(self, share: float) -> float:
        return sorted(self.ms)[min(len(self.ms) - 1, int(share * len(self.ms)))]


def run(edges: int, seed: int, folder: Path) -> list[Figure]:
    """Make a graph of about `edges` relations below `folder`, which must be empty, and walk it."""
    started = time.monotonic()
    world = make(edges, seed, folder)
    made_s = time.monotonic() - started
    # The first start of a store this size also builds its keys.
    with Store.open(folder / "store", LASTING) as store:
        prepare_analysis(store)
        return [
            *asyncio.run(measure(store.connection, world)),
            Figure("paths.edges", world.edges, "relations", note=f"filled in {made_s:.0f} s"),
        ]


async def measure(server: Connection, world: PathWorld) -> list[Figure]:
    """The figures of a graph that is there."""
    async with await AsyncStore.open(server) as store:
        reader = Reader("bench", frozenset({READER_REGION}))

        def reading() -> Reading:
            return Reading(store, reader, _DAY, time.monotonic() + _DEADLINE_S)

        async def ours(pair: Pair) -> int | None:
            return _hops(await shortest_paths(reading(), *pair, MAX_HOPS))

        async def several(pair: Pair) -> int | None:
            return _hops(await paths(reading(), Route(*pair, MAX_HOPS, WAYS), Allowed.of()))

        async def bare(pair: Pair) -> int | None:
            rows = await store.read(_BARE, start=pair[0], end=pair[1])
            return int(rows[0]["hops"]) if rows else None

        planted = [(pair, hops) for hops, pairs in world.planted.items() for pair in pairs]
        pairs = [*(pair for pair, _ in planted), *world.ordinary]
        for ask in (ours, several, bare):
            await _time(ask, pairs[:: max(1, len(pairs) // _WARM_UP)])
        timed = [await _time(ask, pairs) for ask in (ours, several, bare)]
    right = sum(found == hops for found, (_, hops) in zip(timed[0].hops, planted, strict=False))
    return _figures(timed, right / len(planted))


async def _time(ask: Ask, pairs: Sequence[Pair]) -> _Timed:
    taken, hops = [], []
    for pair in pairs:
        started = time.perf_counter()
        hops.append(await ask(pair))
        taken.append((time.perf_counter() - started) * 1e3)
    return _Timed(tuple(taken), tuple(hops))


def _figures(timed: Sequence[_Timed], right: float) -> list[Figure]:
    ours, several, bare = timed
    p95 = ours.percentile(0.95)
    found = sum(hops is not None for hops in ours.hops)
    return [
        Figure(
            "paths.p95_ms",
            p95,
            "ms",
            f"<= {GOAL_MS:g}",
            p95 <= GOAL_MS,
            f"{len(ours.ms)} pairs, {found} with a way of at most {MAX_HOPS} hops; access filter, "
            "hubs left out, records and names read",
        ),
        Figure("paths.p50_ms", statistics.median(ours.ms), "ms"),
        Figure("paths.k5_p95_ms", several.percentile(0.95), "ms", note=f"{WAYS} shortest ways"),
        Figure("paths.bare_p50_ms", statistics.median(bare.ms), "ms"),
        Figure(
            "paths.bare_p95_ms", bare.percentile(0.95), "ms", note="shortestPath, nothing left out"
        ),
        Figure("paths.p95_ratio_to_bare", p95 / bare.percentile(0.95), "times its time"),
        Figure(
            "paths.planted_found",
            right,
            "share",
            "= 1",
            right == 1,
            "planted ways of 2, 4 and 6 hops that were found at their length",
        ),
    ]


def _hops(ways: Ways) -> int | None:
    return len(ways.ways[0].relations) if ways.ways else None
