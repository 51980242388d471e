"""Server-sent events, in the distinct connections mode of graphql-sse, against a real server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from api.streams import StreamSettings
from graph.store.connection import Connection
from tests.integration.api.live import Live, Lives, told
from tests.integration.queries.world import HERE, World

FLAGS = "subscription { weeklyFlags { id } }"
EVENTS = {"accept": "text/event-stream"}


@pytest.fixture
def lives(server: Connection, tmp_path: Path) -> Lives:
    return Lives(server, tmp_path)


@asynccontextmanager
async def stream(live: Live, query: str, path: str = "/graphql") -> AsyncIterator[httpx.Response]:
    headers = {**live.headers(), **EVENTS}
    async with live.client.stream("POST", path, json={"query": query}, headers=headers) as opened:
        assert opened.status_code == 200
        assert opened.headers["content-type"].startswith("text/event-stream")
        yield opened


async def events(opened: httpx.Response) -> AsyncIterator[tuple[str, Any]]:
    """Name and data of each event; the name `alive` for a comment."""
    name = ""
    async for line in opened.aiter_lines():
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data:"):
            said = line.removeprefix("data:").strip()
            yield name, orjson.loads(said) if said else None
        elif line == ":":
            yield "alive", None


def test_a_query_is_one_event_and_then_complete(lives: Lives, world: World) -> None:
    async def use(live: Live) -> None:
        for path in ("/graphql", "/graphql/stream"):
            async with stream(live, "{ __typename }", path) as opened:
                heard = [event async for event in events(opened)]
            assert heard == [("next", {"data": {"__typename": "Query"}}), ("complete", None)]
        async with stream(live, "{ nothing }") as opened:
            heard = [event async for event in events(opened)]
        assert [name for name, _ in heard] == ["next", "complete"]
        assert heard[0][1]["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"

    lives.run(use)


def test_requests_that_are_none_are_refused_before_any_event(lives: Lives, world: World) -> None:
    async def use(live: Live) -> None:
        body = {"query": FLAGS}
        ours = {**live.headers(), **EVENTS}
        post = live.client.post
        assert (await post("/graphql", json=body, headers=EVENTS)).status_code == 401
        assert (await post("/graphql/stream", json=body, headers=live.headers())).status_code == 406
        assert (await post("/graphql", json={}, headers=ours)).status_code == 400
        assert (await post("/graphql", content=b"x", headers=ours)).status_code == 415
        assert (await live.client.put("/graphql", headers=ours)).status_code == 405
        plain = await post("/graphql", json=body, headers=live.headers())
        assert plain.json()["errors"][0]["extensions"]["code"] == "BAD_REQUEST"

    lives.run(use)


def test_flags_and_signs_of_life_until_the_token_ends(lives: Lives, world: World) -> None:
    lives.streams = StreamSettings(poll_s=0.1, access_s=0.1, keep_alive_s=0.3)

    async def use(live: Live) -> None:
        async with stream(live, FLAGS) as opened, asyncio.timeout(60):
            heard = events(opened)
            while (await anext(heard))[0] != "alive":
                pass
            await told(world, HERE, lambda: said(heard))
            lives.file.revoke("writer")
            last = [event async for event in upto(heard, "complete")]
            assert last[-2][1]["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"

    lives.run(use)


async def said(heard: AsyncIterator[tuple[str, Any]]) -> dict[str, Any]:
    async for name, event in heard:
        if name == "next":
            return dict(event)
    raise AssertionError("the stream ended")


async def upto(heard: AsyncIterator[tuple[str, Any]], last: str) -> AsyncIterator[tuple[str, Any]]:
    async for name, said in heard:
        if name != "alive":
            yield name, said
        if name == last:
            return


def test_a_stream_ends_with_its_service_and_with_its_client(lives: Lives, world: World) -> None:
    async def use(live: Live) -> None:
        desk = live.server._desk
        async with stream(live, FLAGS) as opened:
            heard = events(opened)
            await told(world, HERE, lambda: said(heard))
            assert desk.connections["writer"] == 1
        async with asyncio.timeout(60):
            while desk.connections["writer"]:
                await asyncio.sleep(0.02)
        async with stream(live, FLAGS) as opened, asyncio.timeout(60):
            live.server.should_exit = True
            assert [name async for name, _ in events(opened) if name != "alive"] == ["complete"]

    lives.run(use)
