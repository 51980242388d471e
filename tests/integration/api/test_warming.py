"""What is asked after a start: every one of these operations is answered, and none before a reader is."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import pytest

from api import warming
from api.app import create_app
from api.desk import Desk
from api.settings import ApiSettings
from graph.store.async_session import AsyncStore
from graph.store.connection import Connection
from tests.integration.api.service import NOW, Service
from tests.integration.queries.world import World

T = TypeVar("T")


def at_desk(service: Service, use: Callable[[Any], Awaitable[T]], **settings: Any) -> T:
    """Use the application of a service."""

    async def scenario() -> T:
        async with await AsyncStore.open(service.server, wait=False) as store:
            tokens = service.folder / "tokens.json"
            given = ApiSettings(tokens, deadline_s=240, now=lambda: NOW, **settings)
            return await use(create_app(store, given))

    return asyncio.run(scenario())


def test_every_operation_is_answered(
    service: Service, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warming, "_MOST_S", 500.0)
    merchant = world.thing("Merchant", ("taobao/m",), name="杭州某电子商行")
    world.link("OPERATES", merchant, world.thing("Store", ("taobao", "s"), name="店"))
    world.settle()
    answered = at_desk(service, lambda app: warming.warm(app.state.desk))
    assert answered == 1 + len(warming.OPERATIONS)


def test_whoever_asks_goes_first(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warming, "_PAUSE_S", 0.01)

    async def busy(app: Any) -> int:
        desk: Desk = app.state.desk
        desk.answering = 1
        task = asyncio.create_task(warming.warm(desk))
        await asyncio.sleep(0.1)
        assert not task.done()
        desk.closing.set()
        return await task

    assert at_desk(service, busy) == 0


@pytest.mark.parametrize("is_warming", [True, False])
def test_it_begins_with_the_service_where_that_is_set(
    server: Connection, service: Service, is_warming: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[Desk] = []

    async def noted(desk: Desk) -> int:
        begun.append(desk)
        await asyncio.sleep(3600)
        return 0

    monkeypatch.setattr("api.app.warm", noted)

    async def lived(app: Any) -> None:
        async with app.router.lifespan_context(app):
            await asyncio.sleep(0)

    at_desk(service, lived, is_warming=is_warming)
    assert len(begun) == is_warming
