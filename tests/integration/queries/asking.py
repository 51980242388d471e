"""Runs the queries of a test against the run's server, as one reader."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from graph.store.async_session import AsyncStore
from graph.store.connection import Connection
from queries.reading import Reader, Reading
from tests.integration.queries.world import HERE

TODAY = "2026-01-15"
T = TypeVar("T")


def ask(
    server: Connection,
    question: Callable[[Reading], Awaitable[T]],
    *regions: str,
    deadline_s: float = 60.0,
) -> T:
    """The answer for a reader of `regions` (by default of HERE)."""

    async def scenario() -> T:
        async with await AsyncStore.open(server) as store:
            reader = Reader("tester", frozenset(regions or (HERE,)))
            return await question(Reading(store, reader, TODAY, time.monotonic() + deadline_s))

    return asyncio.run(scenario())
