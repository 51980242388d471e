"""The store as the rest of Suyuan sees it: statements in, plain rows and columns out.

    with Store.open("var/store") as store:          # a folder: a private server is started
        store.write(statement, id="…")
        rows = store.read(other, first=20)

A `Store` may be shared between threads. What one call wrote, the next one sees, also on a cluster.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from itertools import islice
from types import TracebackType
from typing import Any, Self, TypeVar

import neo4j
from neo4j.exceptions import DatabaseUnavailable, ServiceUnavailable, SessionExpired

from graph.store.connection import (
    Connection,
    StoreOptions,
    Target,
    as_unit_of_work,
    driver_settings,
    reach,
    server_version,
)
from graph.store.embedded import EmbeddedServer
from graph.store.failures import answered, sendable, translated
from graph.store.native import Columns, Row, columns_of, rows_of
from graph.store.statement import Statement

_WAIT_INTERVAL_S = 0.5
_SCHEMA_TIMEOUT_S = 900.0
T = TypeVar("T")

#: Runs a statement with parameters by name inside a transaction; what it wrote, the next one sees.
Run = Callable[..., list[Row]]

NOT_YET = (ServiceUnavailable, SessionExpired, DatabaseUnavailable)


@dataclass(frozen=True, slots=True)
class Step:
    """A statement with its parameters, one of several in a transaction."""

    statement: Statement
    params: Mapping[str, Any] = field(default_factory=dict)


class Store:
    """An open store; make one with `Store.open`."""

    def __init__(
        self,
        driver: neo4j.Driver,
        connection: Connection,
        options: StoreOptions,
        server: EmbeddedServer | None = None,
    ) -> None:
        self._driver = driver
        self._options = options
        self._bookmarks = neo4j.GraphDatabase.bookmark_manager()
        self.connection = connection
        self.server = server
        self.server_version = ""
        self._preparation: Future[None] | None = None

    @classmethod
    def open(cls, target: Target, options: StoreOptions | None = None) -> Store:
        """Open a folder (with a server of our own in it) or the server at a `bolt`/`neo4j` URI.

        The user name and password for a URI come from `NEO4J_USERNAME` and `NEO4J_PASSWORD`; a
        server that does not answer yet is waited for. Use the result in a `with` block, or `close`
        it.

        Raises StoreLocked when another process has the folder open, StoreUnavailable when the
        server cannot be started or reached or is older than Neo4j 5.
        """
        options = options or StoreOptions()
        connection, server = reach(target, options)
        try:
            with translated():
                driver = neo4j.GraphDatabase.driver(
                    connection.uri, auth=connection.auth, **driver_settings(options)
                )
            store = cls(driver, connection, options, server)
            try:
                store.server_version = server_version(store._greet())
            except BaseException:
                driver.close()
                raise
        except BaseException:
            if server is not None:
                server.stop()
            raise
        return store

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections and stop the server, if it is ours."""
        try:
            if self._preparation is not None:
                wait([self._preparation])
            self._driver.close()
        finally:
            if self.server is not None:
                self.server.stop()

    def read(
        self, statement: Statement, *, timeout_s: float | None = None, **params: Any
    ) -> list[Row]:
        """Run a reading statement and return its rows, column name → value.

        Raises StatementFailed, LimitExceeded (out of time or memory), StoreUnavailable.
        """
        keys, records = self._read(statement, timeout_s, params)
        return rows_of(keys, records)

    def columns(
        self, statement: Statement, *, timeout_s: float | None = None, **params: Any
    ) -> Columns:
        """Run a statement that collects its columns into one record; column name → values.

        About twenty times faster than `read` for many rows. All columns have the same length.

        Raises StatementFailed (also for columns that do not line up), LimitExceeded,
        StoreUnavailable.
        """
        keys, records = self._read(statement, timeout_s, params)
        return columns_of(statement.name, keys, records)

    def write(
        self, statement: Statement, *, timeout_s: float | None = None, **params: Any
    ) -> list[Row]:
        """Run a writing statement in a transaction of its own; returns what the statement returns.

        It is tried again after passing failures, so it must be safe to repeat (`MERGE` on a key):
        a commit whose acknowledgement was lost is repeated too.

        Raises StatementFailed, LimitExceeded, StoreUnavailable.
        """
        return self.write_together([Step(statement, params)], timeout_s=timeout_s)

    def write_together(self, steps: Sequence[Step], *, timeout_s: float | None = None) -> list[Row]:
        """Run several writing statements in one transaction: all of them happen, or none.

        Returns the rows of all of them, in order. Raises as `write`.
        """
        self.await_preparation()
        return self._write_together(steps, timeout_s)

    def write_as_one(
        self, name: str, work: Callable[[Run], T], *, timeout_s: float | None = None
    ) -> T:
        """Do `work` in one transaction: all that it writes happens, or nothing does.

        `work` is handed a function that runs a statement, and returns what this method returns. It is
        begun anew after passing failures, so it must do nothing but run statements. Raises as `write`.
        """
        self.await_preparation()

        def whole(transaction: neo4j.ManagedTransaction) -> T:
            def run(statement: Statement, **params: Any) -> list[Row]:
                statement.check(params)
                with sendable(statement.name):
                    result = transaction.run(statement.text, params)
                return rows_of(result.keys(), result)

            return work(run)

        limit = self._options.timeout_s if timeout_s is None else timeout_s
        unit = as_unit_of_work(Statement(name, ""), limit, whole)
        with answered(name), self._session() as session:  # what `work` raises is told as it is
            return session.execute_write(unit)

    def prepare_meanwhile(self, work: Callable[[Store], None]) -> None:
        """Run `work`, which makes keys and indexes, on a thread of its own.

        Reading goes on meanwhile; writing and closing wait for the end of it.
        """
        pool = ThreadPoolExecutor(max_workers=1)
        self._preparation = pool.submit(work, self)
        pool.shutdown(wait=False)

    def await_preparation(self) -> None:
        """Wait until the keys and indexes are there; raises what went wrong with them."""
        if self._preparation is not None:
            self._preparation.result()

    def _write_together(self, steps: Sequence[Step], timeout_s: float | None) -> list[Row]:
        for step in steps:
            step.statement.check(step.params)
        if not steps:
            return []
        first = steps[0].statement

        def work(transaction: neo4j.ManagedTransaction) -> list[Row]:
            rows: list[Row] = []
            for step in steps:
                result = transaction.run(step.statement.text, dict(step.params))
                rows += rows_of(result.keys(), result)
            return rows

        limit = self._options.timeout_s if timeout_s is None else timeout_s
        unit = as_unit_of_work(first, limit, work)
        with translated(first.name), self._session() as session:
            return session.execute_write(unit)

    def write_batches(
        self,
        statement: Statement,
        rows: Iterable[Mapping[str, Any]],
        batch_rows: int = 5000,
        progress: Callable[[int], None] | None = None,
        checkpoint: Callable[[int], Step] | None = None,
        **params: Any,
    ) -> int:
        """Write rows in batches, each in a transaction of its own, as `$rows` of the statement.

        `progress` is told the number of rows written so far. `checkpoint` is asked, with the number
        of rows that will have been written, for a step that belongs into the batch's transaction,
        so that a load that was cut off knows exactly where to go on. Returns the number of rows.

        Raises as `write`; batches before the failing one stay written.
        """
        done = 0
        pending = iter(rows)
        while batch := list(islice(pending, batch_rows)):
            done += len(batch)
            steps = [Step(statement, {"rows": batch, **params})]
            if checkpoint:
                steps.append(checkpoint(done))
            self.write_together(steps)
            if progress:
                progress(done)
        return done

    def run_schema(self, *statements: Statement) -> None:
        """Make or drop constraints or indexes, all of the statements in one transaction.

        Raises as `write`; building an index over a full store has a quarter of an hour.
        """
        self._write_together([Step(statement) for statement in statements], _SCHEMA_TIMEOUT_S)

    def _session(self) -> neo4j.Session:
        return self._driver.session(
            database=self.connection.database, bookmark_manager=self._bookmarks
        )

    def _read(
        self, statement: Statement, timeout_s: float | None, params: Mapping[str, Any]
    ) -> tuple[Sequence[str], list[neo4j.Record]]:
        statement.check(params)

        def work(
            transaction: neo4j.ManagedTransaction,
        ) -> tuple[Sequence[str], list[neo4j.Record]]:
            result = transaction.run(statement.text, dict(params))
            return result.keys(), list(result)

        limit = self._options.timeout_s if timeout_s is None else timeout_s
        unit = as_unit_of_work(statement, limit, work)
        with translated(statement.name), self._session() as session:
            return session.execute_read(unit)

    def _greet(self) -> str:
        """What the server calls itself, once it answers."""
        deadline = time.monotonic() + self._options.wait_s
        with translated():
            while True:
                try:
                    return self._driver.get_server_info().agent
                except NOT_YET:
                    if time.monotonic() >= deadline:
                        raise
                time.sleep(_WAIT_INTERVAL_S)
