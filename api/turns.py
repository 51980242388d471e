"""Large operations take turns, so that small ones always find a free core.

A list of ten thousand things keeps one core of the database busy, and then one of this service. Of such
operations only so many run at once; who waits is served reader by reader, whatever one reader has queued.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from api.errors import RequestRefused, Shown

LARGE = 10_000
"""Units (see `api.limits`) from which an operation is large: half of what a list of 10,000 names costs.
Measured by `suyuan bench graphql`, see docs/figures.md."""

_BUSY = Shown("SERVICE_UNAVAILABLE", 503, "api.error.busy")


def half_of_cores() -> int:
    """How many large operations may run at once by default."""
    return max(1, (os.cpu_count() or 1) // 2)


class Turns:
    """The turns of one service."""

    def __init__(self, at_once: int) -> None:
        self._free = at_once
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    @asynccontextmanager
    async def turn(self, reader: str, cost: int, deadline: float) -> AsyncIterator[bool]:
        """Wait, if the operation is large, and hold the turn for as long as the block lasts.

        Gives whether it is large. Raises RequestRefused (SERVICE_UNAVAILABLE) when no turn came before
        `deadline` (monotonic seconds).
        """
        if cost < LARGE:
            yield False
            return
        await self._take(reader, deadline)
        try:
            yield True
        finally:
            self._pass_on()

    async def _take(self, reader: str, deadline: float) -> None:
        if self._free:
            self._free -= 1
            return
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(reader, deque()).append(mine)
        try:
            async with asyncio.timeout(deadline - time.monotonic()):
                await mine
        except BaseException as error:
            if mine.done() and not mine.cancelled():
                self._pass_on()  # it came too late
            if isinstance(error, TimeoutError):
                raise RequestRefused(_BUSY, headers={"Retry-After": "5"}) from error
            raise

    def _pass_on(self) -> None:
        while self._waiting:
            reader, queue = self._waiting.popitem(last=False)
            following = queue.popleft()
            if queue:
                self._waiting[reader] = queue  # behind all others
            if not following.done():
                following.set_result(None)
                return
        self._free += 1
