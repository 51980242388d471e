"""Compiled plans beside graphql-core's executor and strawberry's own, over the same objects in one run."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import orjson
import strawberry
from graphql import OperationDefinitionNode, execute, parse
from graphql.execution.values import get_variable_values

from api.plan.columns import Columns
from api.plan.executor import PlannedExecutor
from api.plan.running import Runner
from benchmarks.figures import Figure, at_most

OBJECTS = 10_000
RATIO_GOAL, HOLD_GOAL_MS = 10.0, 50.0
_QUERY = "{ rows { id name division count isOpen } }"
_RESOLVED = "{ rows { id label } }"


@strawberry.type
class Row:
    """An object of five plain fields, and one that is worked out."""

    id: strawberry.ID
    name: str
    division: str | None
    count: int
    is_open: bool

    @strawberry.field
    def label(self) -> str:
        """A resolver of almost no work: its cost is that of calling it."""
        return self.name


@strawberry.type
class Query:
    """One list."""

    rows: list[Row]


def run(repetitions: int) -> list[Figure]:
    """Median CPU times of 10,000 objects to bytes, as ratios; and the longest time the loop was held."""
    return asyncio.run(_run(repetitions))


async def _run(repetitions: int) -> list[Figure]:
    schema = strawberry.Schema(Query)
    runner, kept = Runner(schema._schema), dict[Any, Any]()
    made = [
        Row(id=strawberry.ID(f"S{n}"), name=f"n{n}", division=None, count=n, is_open=n % 2 == 0)
        for n in range(OBJECTS)
    ]
    names = ("id", "name", "division", "count", "is_open")
    columns = {name: [getattr(row, name) for row in made] for name in names}
    rows: Any = Columns(Row, columns, OBJECTS, lambda n: made[n])

    async def planned(query: str, root: Query) -> bytes:
        document = parse(query)
        operation = document.definitions[0]
        variables = get_variable_values(schema._schema, (), {})
        if not isinstance(operation, OperationDefinitionNode) or isinstance(variables, list):
            raise TypeError(query)
        plan = runner.plan(document, operation, variables, kept.setdefault(query, {}))
        result = await PlannedExecutor(plan, variables, None, root).execute_query()
        return orjson.dumps({"data": result.data})

    async def by_core() -> bytes:
        result: Any = execute(schema._schema, parse(_QUERY), Query(rows=made))
        return orjson.dumps({"data": result.data})

    async def by_strawberry() -> bytes:
        result = await schema.execute(_QUERY, root_value=Query(rows=made))
        return orjson.dumps({"data": result.data})

    ways: dict[str, Callable[[], Awaitable[bytes]]] = {
        "plan": lambda: planned(_QUERY, Query(rows=made)),
        "columns": lambda: planned(_QUERY, Query(rows=rows)),
        "core": by_core,
        "strawberry": by_strawberry,
    }
    cpu_s = await _cpu_s(ways, repetitions)
    held_ms = [
        await _held_ms(partial(planned, query, Query(rows=made))) for query in (_QUERY, _RESOLVED)
    ]
    return _figures(cpu_s, held_ms)


async def _cpu_s(
    ways: dict[str, Callable[[], Awaitable[bytes]]], repetitions: int
) -> dict[str, float]:
    """Median CPU seconds of each way, asked in turns; RuntimeError when their bytes differ."""
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(repetitions + 2):
        answers = set()
        for name, way in ways.items():
            started = time.process_time()
            answers.add(await way())
            taken[name].append(time.process_time() - started)
        if len(answers) != 1:
            raise RuntimeError("the answers differ")
    return {name: statistics.median(times[2:]) for name, times in taken.items()}


async def _held_ms(way: Callable[[], Awaitable[bytes]]) -> float:
    """CPU milliseconds of the longest time in which the event loop did nothing but this."""
    await way()
    await way()
    longest, last = 0.0, time.process_time()

    async def tick() -> None:
        nonlocal longest, last
        while True:
            await asyncio.sleep(0)
            longest, last = max(longest, time.process_time() - last), time.process_time()

    ticking = asyncio.create_task(tick())
    await asyncio.sleep(0)
    await way()
    await asyncio.sleep(0)
    ticking.cancel()
    return longest * 1_000


def _figures(cpu_s: dict[str, float], held_ms: list[float]) -> list[Figure]:
    ratio = cpu_s["core"] / cpu_s["plan"]
    note = f"{OBJECTS} objects of 5 fields to bytes, {cpu_s['plan'] * 1_000:.1f} CPU ms"
    return [
        Figure(
            "graphql.projection_ratio_to_graphql_core",
            round(ratio, 1),
            "times less CPU",
            f">= {RATIO_GOAL:g}",
            ratio >= RATIO_GOAL,
            note,
        ),
        Figure(
            "graphql.projection_ratio_to_strawberry",
            round(cpu_s["strawberry"] / cpu_s["plan"], 1),
            "times less CPU",
        ),
        Figure(
            "graphql.columns_ratio_to_graphql_core",
            round(cpu_s["core"] / cpu_s["columns"], 1),
            "times less CPU",
            note=f"{cpu_s['columns'] * 1_000:.1f} CPU ms",
        ),
        at_most(
            "graphql.longest_hold_ms",
            round(max(held_ms), 1),
            HOLD_GOAL_MS,
            "CPU ms",
            f"plain {held_ms[0]:.1f}, with a resolver for each of {OBJECTS} objects {held_ms[1]:.1f}",
        ),
    ]
