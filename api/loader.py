"""A loader of which one answer serves several fields of an operation, some of which may give up."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable
from functools import partial
from typing import Any, TypeVar

from strawberry.dataloader import DataLoader

K = TypeVar("K")
T = TypeVar("T")


class Loader(DataLoader[K, T]):
    """Strawberry's loader, in which nobody's giving up is the end of what others wait for.

    There, a field that is cancelled because another one beside it failed would cancel the answer itself,
    and with it every field of the operation that asked for the same thing. Here an answer is given up
    when all who wait for it have.
    """

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self._waiting: Counter[asyncio.Future[T]] = Counter()

    def load(self, key: K) -> Awaitable[T]:
        """The thing of a key; raises what its batch raised."""
        answer = asyncio.ensure_future(super().load(key))
        if answer.done():
            return answer
        mine = asyncio.shield(answer)
        self._waiting[answer] += 1
        mine.add_done_callback(partial(self._left, answer))
        return mine

    def _left(self, answer: asyncio.Future[T], _: asyncio.Future[T]) -> None:
        self._waiting[answer] -= 1
        if not self._waiting[answer]:
            del self._waiting[answer]
            answer.cancel()  # nothing, when it is there
