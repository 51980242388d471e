"""Whether anything new was published: one look at the store for all who listen."""

from __future__ import annotations

import asyncio
import time

from graph.store.async_session import AsyncStore
from graph.store.statement import Statement

_NEWS = Statement.load(__file__, "flag_news.cypher")


class FlagNews:
    """Looks at most every `poll_s` seconds, however many subscriptions there are."""

    def __init__(self, store: AsyncStore, poll_s: float) -> None:
        self._store = store
        self._poll_s = poll_s
        self._looking = asyncio.Lock()
        self._looked_at_s = float("-inf")
        self._mark = ("", 0)

    async def mark(self) -> tuple[str, int]:
        """Changes when flags of the newest date, or of a newer one, were published."""
        async with self._looking:
            if time.monotonic() - self._looked_at_s >= self._poll_s:
                rows = await self._store.read(_NEWS)
                self._mark = (rows[0]["newest"], rows[0]["announced"]) if rows else ("", 0)
                self._looked_at_s = time.monotonic()
            return self._mark
