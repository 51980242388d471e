"""Large operations wait for each other, small ones for nobody, and no turn is ever lost."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.errors import RequestRefused
from api.turns import LARGE, Turns

LATER_S = 60.0


class Desk:
    """Runs operations by name until they are told to end; notes which ran, and how many at once."""

    def __init__(self, at_once: int = 1) -> None:
        self.turns = Turns(at_once)
        self.order: list[str] = []
        self.running: set[str] = set()
        self.most = 0
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._ends: dict[str, asyncio.Event] = {}

    async def begin(self, name: str, cost: int = LARGE, patience_s: float = LATER_S) -> None:
        """Let the reader of the first letter ask."""
        self._ends[name] = asyncio.Event()
        self._tasks[name] = asyncio.create_task(self._run(name, cost, patience_s))
        await settled()

    async def end(self, *names: str) -> None:
        for name in names:
            self._ends[name].set()
            await settled()

    async def leave(self, name: str, *, as_ends: str | None = None) -> None:
        """Have somebody leave; with `as_ends` in the very moment in which that one's turn is his."""
        if as_ends is not None:
            self._ends[as_ends].set()
            await asyncio.sleep(0)
        self._tasks[name].cancel()
        await settled()

    async def refused(self, name: str) -> BaseException | None:
        await asyncio.wait({self._tasks[name]})
        return self._tasks[name].exception()

    async def _run(self, name: str, cost: int, patience_s: float) -> None:
        async with self.turns.turn(name[0], cost, time.monotonic() + patience_s):
            self.order.append(name)
            self.running.add(name)
            self.most = max(self.most, len(self.running))
            try:
                await self._ends[name].wait()
            finally:
                self.running.remove(name)


async def settled() -> None:
    for _ in range(6):
        await asyncio.sleep(0)


def test_small_operations_wait_for_nobody() -> None:
    async def scenario() -> None:
        desk = Desk()
        await desk.begin("a1")
        await desk.begin("b1", LARGE - 1)
        assert desk.running == {"a1", "b1"}
        await desk.end("a1", "b1")

    asyncio.run(scenario())


def test_readers_take_turns_whatever_one_of_them_has_queued() -> None:
    async def scenario() -> None:
        desk = Desk()
        names = ["a1", "a2", "a3", "b1", "c1", "a4"]
        for name in names:
            await desk.begin(name)
        assert desk.order == ["a1"]
        await desk.end("a1", "a2", "b1", "c1", "a3", "a4")
        assert desk.order == ["a1", "a2", "b1", "c1", "a3", "a4"]
        assert desk.most == 1

    asyncio.run(scenario())


def test_who_waits_too_long_is_told_so_and_loses_nobody_a_turn() -> None:
    async def scenario() -> None:
        desk = Desk()
        await desk.begin("a1")
        await desk.begin("b1", patience_s=0.01)
        await desk.begin("c1")
        error = await desk.refused("b1")
        assert isinstance(error, RequestRefused)
        assert (error.shown.code, error.shown.status) == ("SERVICE_UNAVAILABLE", 503)
        await desk.end("a1")
        assert desk.order == ["a1", "c1"]
        await desk.end("c1")
        await desk.begin("d1")
        assert desk.running == {"d1"}
        await desk.end("d1")

    asyncio.run(scenario())


def test_a_turn_that_comes_as_its_waiter_leaves_goes_on_to_the_next() -> None:
    async def scenario() -> None:
        desk = Desk()
        for name in ("a1", "b1", "c1"):
            await desk.begin(name)
        await desk.leave("b1", as_ends="a1")
        assert desk.order == ["a1", "c1"]
        await desk.end("c1")

    asyncio.run(scenario())


STEPS = st.lists(st.tuples(st.sampled_from("bel"), st.integers(0, 5)), max_size=40)


@pytest.mark.parametrize("at_once", [1, 2])
@given(steps=STEPS)
def test_every_turn_comes_back(at_once: int, steps: Sequence[tuple[str, int]]) -> None:
    """Whoever begins, ends or leaves, and whenever: never too many at once, and all is free at last."""

    async def scenario() -> None:
        desk, begun = Desk(at_once), []
        for step, (kind, at) in enumerate(steps):
            if kind == "b":
                begun.append(f"{'abc'[at % 3]}{step}")
                await desk.begin(begun[-1])
            elif begun and kind == "e":
                await desk.end(begun[at % len(begun)])
            elif begun:
                await desk.leave(begun[at % len(begun)])
            assert len(desk.running) <= at_once
        await desk.end(*begun)
        assert not desk.running
        for number in range(at_once):
            await desk.begin(f"z{number}")
        assert len(desk.running) == at_once
        for number in range(at_once):
            await desk.end(f"z{number}")

    asyncio.run(scenario())
