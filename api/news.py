"""Whether anything new was published: one look at the store for all who listen."""

from __future__ import annotations

import asyncio
import time

from graph.store.async_session import AsyncStore
from graph.store.statement import Statement

FLAGS = Statement.load(__file__, "flag_news.cypher")
FINDINGS = Statement.load(__file__, "finding_news.cypher")
_NEWEST_FINDING = Statement.load(__file__, "newest_finding.cypher")


async def newest_finding(store: AsyncStore) -> str:
    """The newest day that a finding was first made (ISO date), '' for none."""
    (row,) = await store.read(_NEWEST_FINDING)
    return str(row["newest"])


class News:
    """Looks with one statement (`FLAGS` or `FINDINGS`), at most every `poll_s` seconds, however many
    subscriptions there are."""

    def __init__(self, store: AsyncStore, statement: Statement, poll_s: float) -> None:
        self._store = store
        self._statement = statement
        self._poll_s = poll_s
        self._looking = asyncio.Lock()
        self._looked_at_s = float("-inf")
        self._mark = ("", 0)

    async def mark(self) -> tuple[str, int]:
        """Changes when something of the newest date, or of a newer one, was published."""
        async with self._looking:
            if time.monotonic() - self._looked_at_s >= self._poll_s:
                rows = await self._store.read(self._statement)
                self._mark = (rows[0]["newest"], rows[0]["published"]) if rows else ("", 0)
                self._looked_at_s = time.monotonic()
            return self._mark
