"""The service on a port of this machine, with workers, sockets and everything, asked by real clients."""

from __future__ import annotations

import asyncio
import itertools
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import httpx
import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from api.app import create_app
from api.auth import INVESTIGATOR, READER, TokenFile
from api.jobs.settings import JobSettings
from api.server import DrainingServer, server_of
from api.settings import ApiSettings
from api.streams import StreamSettings
from graph.store.async_session import AsyncStore
from graph.store.connection import Connection
from tests.integration.queries.world import HERE, THERE, World

NOW = datetime(2026, 1, 15, 4, 0, tzinfo=UTC)
T = TypeVar("T")
_CONNECTIONS = 10


async def connected(store: AsyncStore) -> None:
    """Open enough connections for a test.

    Whoever is cancelled while the driver opens one leaves a socket behind (a fault of neo4j 6.4), until
    it is collected.
    """
    await asyncio.gather(*(store.ping(60) for _ in range(_CONNECTIONS)))


@dataclass(slots=True)
class Clock:
    """A clock that a test can set."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@dataclass(slots=True)
class Live:
    """A service that runs."""

    url: str
    tokens: dict[str, str]
    file: TokenFile
    server: DrainingServer
    client: httpx.AsyncClient
    clock: Clock

    def headers(self, reader: str = "writer") -> dict[str, str]:
        return {"authorization": f"Bearer {self.tokens[reader]}"}

    async def post(self, query: str, reader: str = "writer", **variables: Any) -> Any:
        response = await self.client.post(
            "/graphql", json={"query": query, "variables": variables}, headers=self.headers(reader)
        )
        return response.json()

    async def data(self, query: str, reader: str = "writer", **variables: Any) -> Any:
        body = await self.post(query, reader, **variables)
        assert "errors" not in body, body
        return body["data"]

    @asynccontextmanager
    async def socket(
        self, reader: str | None = "writer", origin: str | None = None
    ) -> AsyncIterator[Talk]:
        """A socket, greeted as a reader; not greeted for None."""
        async with connect(
            self.url.replace("http", "ws") + "/graphql",
            subprotocols=[Subprotocol("graphql-transport-ws")],
            origin=Origin(origin) if origin else None,
        ) as connection:
            talk = Talk(connection)
            if reader is not None:
                payload = {"authorization": f"Bearer {self.tokens[reader]}"}
                await talk.say(type="connection_init", payload=payload)
                assert await talk.hear() == {"type": "connection_ack"}
            yield talk


@dataclass(slots=True)
class Talk:
    """One socket as a client sees it."""

    connection: ClientConnection

    async def say(self, **message: Any) -> None:
        await self.connection.send(orjson.dumps(message).decode())

    async def hear(self) -> dict[str, Any]:
        async with asyncio.timeout(60):
            return dict(orjson.loads(await self.connection.recv()))

    async def news(self) -> dict[str, Any]:
        """The next message that tells of no beacon."""
        while is_beacon(message := await self.hear()):
            pass
        return message

    async def closed(self) -> int | None:
        async with asyncio.timeout(60):
            await self.connection.wait_closed()
        return self.connection.close_code


async def told(world: World, region: str, hear: Callable[[], Awaitable[dict[str, Any]]]) -> None:
    """Publish beacons, flags of the number 900 and up, until a subscriber is told of one.

    Nobody says when a subscription has looked for the first time, so a test cannot wait for it.
    """
    heard = asyncio.ensure_future(hear())
    for number in itertools.count(900 + 1000 * (region == THERE)):
        world.flag(number, [region])
        await asyncio.wait({heard}, timeout=0.5)
        if heard.done():
            assert is_beacon(heard.result())
            return


def is_beacon(message: dict[str, Any]) -> bool:
    """Whether a message tells of a beacon."""
    body = message.get("payload", message)
    flag = (body.get("data") or {}).get("weeklyFlags") or {}
    return int(flag.get("id", "Flag:0").partition(":")[2]) >= 900


@dataclass(slots=True)
class Lives:
    """Starts services on the run's server."""

    server: Connection
    folder: Path
    tokens: dict[str, str] = field(default_factory=dict)
    clock: Clock = field(default_factory=Clock)
    jobs: JobSettings = field(default_factory=lambda: JobSettings(poll_s=0.1, beat_s=0.1))
    streams: StreamSettings = field(
        default_factory=lambda: StreamSettings(poll_s=0.1, access_s=0.1, init_timeout_s=0.5)
    )

    def __post_init__(self) -> None:
        readers: Iterable[tuple[str, list[str], str]] = [
            ("writer", [HERE], INVESTIGATOR),
            ("other", [HERE], INVESTIGATOR),
            ("there", [THERE], INVESTIGATOR),
            ("reader", [HERE], READER),
        ]
        for name, regions, role in readers:
            self.tokens[name] = self.file.create(name, regions, timedelta(days=30), NOW, role)

    @property
    def file(self) -> TokenFile:
        return TokenFile(self.folder / "tokens.json")

    def run(self, use: Callable[[Live], Awaitable[T]]) -> T:
        async def scenario() -> T:
            async with self.live() as live:
                return await use(live)

        return asyncio.run(scenario())

    @asynccontextmanager
    async def live(self) -> AsyncIterator[Live]:
        settings = ApiSettings(
            self.folder / "tokens.json",
            deadline_s=60,
            jobs=self.jobs,
            streams=self.streams,
            now=self.clock,
        )
        with socket.create_server(("127.0.0.1", 0)) as listening:
            port = listening.getsockname()[1]
            async with await AsyncStore.open(self.server, wait=False) as store:
                await connected(store)
                server = server_of(create_app(store, settings), "127.0.0.1", port, 5)
                serving = asyncio.create_task(server.serve([listening]))
                try:
                    while not server.started:
                        await asyncio.sleep(0.02)
                    url = f"http://127.0.0.1:{port}"
                    async with httpx.AsyncClient(base_url=url, timeout=90) as client:
                        yield Live(url, self.tokens, self.file, server, client, self.clock)
                finally:
                    server.should_exit = True
                    await serving
