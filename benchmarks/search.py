"""How fast things are found by what people type, beside the bare full-text index in the same run.

The store is the benchmark's own: a made-up register (`benchmarks.search_world`), loaded offline. Queries
are asked one after the other by a reader of one province, in this process: statements, masking of
regions, matching and ordering are in the time, HTTP and GraphQL are not.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles

from benchmarks.figures import Figure, at_most
from benchmarks.search_world import HOME, fill, questions
from benchmarks.served import LASTING
from graph.store.async_session import AsyncStore
from graph.store.bulk_import import bulk_load
from graph.store.connection import Connection
from graph.store.constraints import SEARCH_INDEX, prepare
from graph.store.naming import Namer
from graph.store.session import Store
from graph.store.statement import Statement
from queries.pages import PageRequest
from queries.reading import Reader, Reading
from queries.search import search

GOAL_MS = 30.0
# The first search of a server waits for its plans, on a busy machine for minutes.
_WARM_UP_EACH, _DEADLINE_S = 15, 300.0
_TODAY = "2026-01-15"
_BARE = Statement.load(__file__, "search_bare.cypher")


@dataclass(frozen=True, slots=True)
class _Times:
    """What one way of asking took for every query, in ms."""

    by_kind: dict[str, list[float]]

    @property
    def all(self) -> list[float]:
        return [ms for times in self.by_kind.values() for ms in times]


def run(merchants: int, seed: int, each: int, folder: Path) -> list[Figure]:
    """Make a register of `merchants` below `folder`, which must be empty; ask `each` queries a kind."""
    started = time.monotonic()
    with bulk_load(folder) as bulk:
        nodes = fill(bulk.writer, Namer(bulk.secret), merchants, seed)
        bulk.finish()
    loaded_s = time.monotonic() - started
    with Store.open(folder, LASTING) as store:
        started = time.monotonic()
        prepare(store)
        indexed_s = time.monotonic() - started
        asked = asyncio.run(_ask(store.connection, merchants, seed, each))
    return [
        *_figures(*asked),
        Figure("search.load_s", round(loaded_s, 1), "s", note=f"{nodes} nodes and their records"),
        Figure("search.index_s", round(indexed_s, 1), "s", note="keys and indexes, all of them"),
    ]


async def _ask(
    connection: Connection, merchants: int, seed: int, each: int
) -> tuple[_Times, _Times, int]:
    """Times of the search and of the bare index, and how many queries found nothing."""
    async with await AsyncStore.open(connection) as store:
        reader = Reader("benchmark", frozenset({HOME}))
        empty = 0

        async def ours(query: str) -> None:
            nonlocal empty
            reading = Reading(store, reader, _TODAY, time.monotonic() + _DEADLINE_S)
            page = await search(reading, query, None, PageRequest())
            empty += not page.items and not page.withheld

        async def bare(query: str) -> None:
            await store.read(_BARE, index=SEARCH_INDEX, lucene=f'search_text:"{query}"')

        every = questions(merchants, seed, each + _WARM_UP_EACH)
        for way in (ours, bare):
            await _timed(way, {kind: asked[:_WARM_UP_EACH] for kind, asked in every.items()}, seed)
        empty = 0
        measured = {kind: asked[_WARM_UP_EACH:] for kind, asked in every.items()}
        return await _timed(ours, measured, seed), await _timed(bare, measured, seed), empty


async def _timed(
    way: Callable[[str], Awaitable[None]], queries: dict[str, list[str]], seed: int
) -> _Times:
    mixed = [(kind, query) for kind, asked in queries.items() for query in asked]
    random.Random(seed).shuffle(mixed)
    times: dict[str, list[float]] = {kind: [] for kind in queries}
    for kind, query in mixed:
        started = time.perf_counter()
        await way(query)
        times[kind].append((time.perf_counter() - started) * 1000)
    return _Times(times)


def _figures(ours: _Times, bare: _Times, empty: int) -> list[Figure]:
    p50, p95, p99 = _points(ours.all)
    bare_p50, bare_p95, _ = _points(bare.all)
    return [
        Figure("search.p50_ms", round(p50, 1), "ms"),
        at_most(
            "search.p95_ms", round(p95, 1), GOAL_MS, "ms", f"{len(ours.all)} queries of 7 kinds"
        ),
        Figure("search.p99_ms", round(p99, 1), "ms"),
        *(
            Figure(f"search.{kind}.p95_ms", round(_points(times)[1], 1), "ms")
            for kind, times in ours.by_kind.items()
        ),
        Figure("search.bare_p95_ms", round(bare_p95, 1), "ms", note=f"median {bare_p50:.1f}"),
        Figure("search.ratio_to_bare", p95 / bare_p95, "times its p95"),
        Figure("search.empty", empty, "queries", note="that found and withheld nothing"),
    ]


def _points(times: Sequence[float]) -> tuple[float, float, float]:
    cuts = quantiles(times, n=100, method="inclusive")
    return cuts[49], cuts[94], cuts[98]
