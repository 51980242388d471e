"""The reading side for an event loop."""

from __future__ import annotations

import asyncio

import pytest

from graph.errors import LimitExceeded, StatementFailed, StoreUnavailable
from graph.store.async_session import AsyncStore
from graph.store.connection import Connection
from graph.store.session import Store
from graph.store.statement import Statement

COUNT = Statement("count_up", "UNWIND range(1, $n) AS i RETURN i")
COLUMN = Statement("column", "UNWIND range(1, $n) AS i RETURN collect(i) AS i, collect('x') AS x")
ENDLESS = Statement(
    "endless_async", "UNWIND range(1, 10000000000) AS i WITH i WHERE i % 7 = 8 RETURN count(i) AS n"
)
RUNNING = Statement(
    "running",
    "SHOW TRANSACTIONS YIELD metaData WHERE metaData.statement = 'endless_async' "
    "RETURN count(*) AS n",
)


def test_many_readers_at_once(server: Connection) -> None:
    async def scenario() -> None:
        async with await AsyncStore.open(server) as store:
            assert store.server_version.startswith("5.26")
            found = await asyncio.gather(*(store.read(COUNT, n=n) for n in range(20)))
            assert [len(rows) for rows in found] == list(range(20))
            assert await store.columns(COLUMN, n=3) == {"i": [1, 2, 3], "x": ["x"] * 3}

    asyncio.run(scenario())


def test_failures_are_the_same_as_without_a_loop(server: Connection) -> None:
    async def scenario() -> None:
        async with await AsyncStore.open(server) as store:
            with pytest.raises(LimitExceeded):
                await store.read(ENDLESS, timeout_s=0.5)
            with pytest.raises(StatementFailed, match="unknown"):
                await store.read(COUNT, n=1, m=2)
            with pytest.raises(StatementFailed):
                await store.read(Statement("write", "CREATE (t:Thing) RETURN 1 AS one"))

    asyncio.run(scenario())


def test_a_reader_that_leaves_ends_its_statement(server: Connection, store: Store) -> None:
    async def running() -> int:
        return int((await asyncio.to_thread(store.read, RUNNING))[0]["n"])

    async def until(expected: int) -> None:
        while await running() != expected:
            await asyncio.sleep(0.05)

    async def scenario() -> None:
        async with await AsyncStore.open(server) as asynchronous:
            task = asyncio.create_task(asynchronous.read(ENDLESS))
            async with asyncio.timeout(30):
                await until(1)
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
                await until(0)
            assert len(await asynchronous.read(COUNT, n=2)) == 2

    asyncio.run(scenario())


def test_a_service_may_come_up_before_its_database() -> None:
    async def scenario() -> None:
        nobody = Connection("bolt://127.0.0.1:9", ("neo4j", "x"))
        async with await AsyncStore.open(nobody, wait=False) as store:
            with pytest.raises(StoreUnavailable):
                await store.ping()

    asyncio.run(scenario())
