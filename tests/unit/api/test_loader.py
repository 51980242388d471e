"""An answer that several wait for is there for those who stay."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from api.loader import Loader


class Batches:
    """Answers each batch when it may; `ended` says how each batch ended."""

    def __init__(self) -> None:
        self.may = asyncio.Event()
        self.ended: list[str] = []

    async def __call__(self, keys: list[str]) -> list[Any]:
        try:
            await self.may.wait()
        except asyncio.CancelledError:
            self.ended.append("cancelled")
            raise
        self.ended.append("answered")
        if "bad" in keys:
            raise ValueError("bad")
        return [key.upper() for key in keys]


async def one_leaves(*stay: str) -> tuple[list[Any], Batches]:
    """Somebody waits for "a" and "b" and gives up; others stay for what they name."""
    batches = Batches()
    loader: Loader[str, str] = Loader(batches)

    async def wait() -> None:
        await loader.load_many(["a", "b"])

    leaving = asyncio.create_task(wait())
    staying = [asyncio.ensure_future(loader.load(key)) for key in stay]
    await asyncio.sleep(0.01)
    leaving.cancel()
    await asyncio.sleep(0.01)
    batches.may.set()
    found = await asyncio.gather(*staying, return_exceptions=True)
    await asyncio.sleep(0.01)
    assert leaving.cancelled()
    return found, batches


def test_who_stays_gets_what_another_gave_up() -> None:
    found, batches = asyncio.run(one_leaves("a", "a", "c"))
    assert found == ["A", "A", "C"]
    assert batches.ended == ["answered"]


def test_nothing_is_asked_on_for_nobody() -> None:
    found, batches = asyncio.run(one_leaves())
    assert found == []
    assert batches.ended == ["cancelled"]


def test_errors_reach_all_who_stay() -> None:
    found, batches = asyncio.run(one_leaves("a", "bad"))
    assert [type(error) for error in found] == [ValueError, ValueError]
    assert batches.ended == ["answered"]


def test_an_answer_is_asked_for_once() -> None:
    async def scenario() -> tuple[list[str], int]:
        batches = Batches()
        batches.may.set()
        loader: Loader[str, str] = Loader(batches)
        found = [*await loader.load_many(["a", "a"]), await loader.load("a")]
        return found, len(batches.ended)

    assert asyncio.run(scenario()) == (["A", "A", "A"], 1)


@pytest.mark.parametrize("patience_s", [0.0, 0.02])
def test_who_asks_again_after_all_left_is_answered(patience_s: float) -> None:
    async def scenario() -> str:
        batches = Batches()
        loader: Loader[str, str] = Loader(batches)
        leaving = asyncio.ensure_future(loader.load("a"))
        await asyncio.sleep(patience_s)
        leaving.cancel()
        await asyncio.sleep(0.01)
        batches.may.set()
        return await loader.load("a")

    assert asyncio.run(scenario()) == "A"
