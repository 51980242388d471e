"""Who reads, as of when, and the only way from a question to the store.

Every statement run through a `Reading` has `$regions`, the regions its reader may see: access is part
of the statement itself, never a filter afterwards that someone may forget.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

from graph.errors import LimitExceeded, StatementFailed
from graph.model.provenance import NATIONAL
from graph.store.async_session import AsyncStore
from graph.store.statement import Statement

Row = dict[str, Any]

AT_ONCE = 4
"""Statements of one operation that run at the same time: thirty searches in one question must not keep
the database from everybody else."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who asks: a name for the log, and the regions whose data he may see.

    `regions` are province codes (GB/T 2260); national data (000000) is seen by everybody. Whether the
    reader is told how much was left out is itself ruled (`is_told_withheld`).
    """

    name: str
    regions: frozenset[str]
    is_told_withheld: bool = True

    @property
    def visible(self) -> list[str]:
        """Every region whose data the reader may see, sorted."""
        return sorted({*self.regions, NATIONAL})


@dataclass(slots=True)
class Reading:
    """One operation of one reader: the store, the day it is asked for, and how long it may take.

    `as_of` is an ISO date; `deadline` a value of `time.monotonic()`. `statements` counts what was
    run, so that a test can hold an operation to its number.
    """

    store: AsyncStore
    reader: Reader
    as_of: str
    deadline: float
    statements: int = field(default=0)
    _turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def rows(self, statement: Statement, **params: Any) -> list[Row]:
        """Run a reading statement with the reader's regions and the time that is left.

        Raises StatementFailed for a statement without `$regions`, LimitExceeded when the time is up,
        and what `AsyncStore.read` raises.
        """
        if "regions" not in statement.parameters:
            raise StatementFailed(f"{statement.name} does not restrict what its reader may see")
        async with self._turns:
            remaining_s = self.deadline - time.monotonic()
            if remaining_s <= 0:
                raise LimitExceeded("the time for this question is up", limit="deadline")
            self.statements += 1
            return await self.store.read(
                statement, timeout_s=remaining_s, regions=self.reader.visible, **params
            )

    def one_by_one(self) -> None:
        """Ask one statement at a time from now on, as becomes a large question."""
        self._turns = asyncio.Semaphore(1)

    def withheld(self, count: int) -> int | None:
        """How much is said to have been left out: the count, or None where that is not told."""
        return count if self.reader.is_told_withheld else None
