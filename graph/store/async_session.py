"""The store for code that runs in an event loop: the API. Reads, and short transactions that write."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar

import neo4j

from graph.store.connection import (
    Connection,
    StoreOptions,
    Target,
    as_query,
    as_unit_of_work,
    driver_settings,
    reach,
    server_version,
)
from graph.store.embedded import EmbeddedServer
from graph.store.failures import translated
from graph.store.native import Columns, Row, columns_of, rows_of
from graph.store.session import NOT_YET
from graph.store.statement import Statement

_WAIT_INTERVAL_S = 0.5
_T = TypeVar("_T")


class Run(Protocol):
    """Runs one statement inside a transaction and returns its rows."""

    def __call__(self, statement: Statement, /, **params: Any) -> Awaitable[list[Row]]:
        """The rows of a statement; raises StatementFailed for parameters that are not its own."""
        ...


class AsyncStore:
    """An open store; make one with `await AsyncStore.open(…)`.

    It belongs to the event loop it was opened in. A task that is cancelled in the middle of a
    statement closes its connection, upon which the server ends the transaction.
    """

    def __init__(
        self,
        driver: neo4j.AsyncDriver,
        connection: Connection,
        options: StoreOptions,
        server: EmbeddedServer | None = None,
    ) -> None:
        self._driver = driver
        self._options = options
        self.connection = connection
        self.server = server
        self.server_version = ""

    @classmethod
    async def open(
        cls, target: Target, options: StoreOptions | None = None, *, wait: bool = True
    ) -> AsyncStore:
        """Open a folder, a URI, or the `connection` of a `Store` that is open already.

        With `wait=False` the server need not answer yet: a service may come up before its database,
        and ask `ping` when it wants to know. Use the result in an `async with` block, or `close`
        it.

        Raises StoreLocked, StoreUnavailable as `Store.open`.
        """
        options = options or StoreOptions()
        connection, server = await asyncio.to_thread(reach, target, options)
        try:
            with translated():
                driver = neo4j.AsyncGraphDatabase.driver(
                    connection.uri, auth=connection.auth, **driver_settings(options)
                )
            store = cls(driver, connection, options, server)
            try:
                if wait:
                    await store._wait()
            except BaseException:
                await driver.close()
                raise
        except BaseException:
            if server is not None:
                await asyncio.to_thread(server.stop)
            raise
        return store

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections and stop the server, if it is ours."""
        try:
            await self._driver.close()
        finally:
            if self.server is not None:
                await asyncio.to_thread(self.server.stop)

    async def ping(self, timeout_s: float = 2.0) -> str:
        """The server's version, asked for now.

        Raises StoreUnavailable when it does not answer within `timeout_s` or is older than Neo4j 5.
        """
        with translated():
            try:
                async with asyncio.timeout(timeout_s):
                    info = await self._driver.get_server_info()
            except TimeoutError as error:
                msg = f"no answer within {timeout_s} s"
                raise neo4j.exceptions.ServiceUnavailable(msg) from error
        self.server_version = server_version(info.agent)
        return self.server_version

    async def read(
        self, statement: Statement, *, timeout_s: float | None = None, **params: Any
    ) -> list[Row]:
        """Run a reading statement and return its rows, column name → value.

        Raises StatementFailed, LimitExceeded (out of time or memory), StoreUnavailable.
        """
        keys, records = await self._read(statement, timeout_s, params)
        return rows_of(keys, records)

    async def columns(
        self, statement: Statement, *, timeout_s: float | None = None, **params: Any
    ) -> Columns:
        """Run a statement that collects its columns into one record; see `Store.columns`."""
        keys, records = await self._read(statement, timeout_s, params)
        return columns_of(statement.name, keys, records)

    async def transact(
        self,
        name: str,
        work: Callable[[Run], Awaitable[_T]],
        *,
        timeout_s: float | None = None,
    ) -> _T:
        """Run several statements, some of which write, in one transaction: all of them, or none.

        `work` is given a function that runs one statement of the transaction. What it raises undoes
        everything. It is run again after passing failures, also when the acknowledgement of a commit
        was lost, so it must look first whether it was done already. `name` is what the server lists.

        Raises what `work` raises, StatementFailed, LimitExceeded, StoreUnavailable.
        """

        async def whole(transaction: neo4j.AsyncManagedTransaction) -> _T:
            async def run(statement: Statement, /, **params: Any) -> list[Row]:
                statement.check(params)
                result = await transaction.run(statement.text, params)
                return rows_of(result.keys(), [record async for record in result])

            return await work(run)

        limit = self._options.timeout_s if timeout_s is None else timeout_s
        unit = as_unit_of_work(Statement(name, ""), limit, whole)
        with translated(name):
            async with self._driver.session(database=self.connection.database) as session:
                return await session.execute_write(unit)

    async def write(
        self, statement: Statement, *, timeout_s: float | None = None, **params: Any
    ) -> list[Row]:
        """Run one writing statement in a transaction of its own; it must be safe to repeat.

        Raises StatementFailed, LimitExceeded, StoreUnavailable.
        """
        return await self.transact(
            statement.name, lambda run: run(statement, **params), timeout_s=timeout_s
        )

    async def _read(
        self, statement: Statement, timeout_s: float | None, params: Mapping[str, Any]
    ) -> tuple[Sequence[str], list[neo4j.Record]]:
        statement.check(params)

        async def work(
            transaction: neo4j.AsyncManagedTransaction,
        ) -> tuple[Sequence[str], list[neo4j.Record]]:
            result = await transaction.run(statement.text, dict(params))
            return result.keys(), [record async for record in result]

        limit = self._options.timeout_s if timeout_s is None else timeout_s
        query, unit = as_query(statement, limit), as_unit_of_work(statement, limit, work)
        database, mode = self.connection.database, neo4j.READ_ACCESS
        with translated(statement.name):
            async with self._driver.session(database=database, default_access_mode=mode) as session:
                try:
                    # One way to the server and back instead of three; it is half of what a small
                    # question takes. Only a transaction of its own is tried again, though.
                    result = await session.run(query, dict(params))
                    return result.keys(), [record async for record in result]
                except (neo4j.exceptions.DriverError, neo4j.exceptions.Neo4jError) as error:
                    if not error.is_retryable():
                        raise
                return await session.execute_read(unit)

    async def _wait(self) -> None:
        deadline = time.monotonic() + self._options.wait_s
        with translated():
            while True:
                try:
                    info = await self._driver.get_server_info()
                except NOT_YET:
                    if time.monotonic() >= deadline:
                        raise
                else:
                    break
                await asyncio.sleep(_WAIT_INTERVAL_S)
        self.server_version = server_version(info.agent)
