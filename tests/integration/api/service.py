"""The service under test, with one token per kind of reader."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import httpx

from api.app import create_app
from api.auth import TokenFile
from api.gate_settings import GateSettings
from api.limits import DEFAULT_LIMITS, Limits
from api.settings import ApiSettings
from graph.store.async_session import AsyncStore
from graph.store.connection import Connection
from tests.integration.queries.world import HERE, THERE

NOW = datetime(2026, 1, 15, 4, 0, tzinfo=UTC)
GRAPHQL = "application/graphql-response+json"
T = TypeVar("T")


@dataclass(slots=True)
class Service:
    """Asks a service of its own for every call, against the run's server."""

    server: Connection
    folder: Path
    limits: Limits = DEFAULT_LIMITS
    deadline_s: float = 240.0
    gate: GateSettings = field(default_factory=GateSettings)
    tokens: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        file = TokenFile(self.folder / "tokens.json")
        for name, regions in [("here", [HERE]), ("there", [THERE]), ("both", [HERE, THERE])]:
            self.tokens[name] = file.create(name, regions, timedelta(days=1), NOW)
        self.tokens["ended"] = file.create(
            "ended", [HERE], timedelta(days=1), NOW - timedelta(days=2)
        )

    def call(self, use: Callable[[httpx.AsyncClient], Awaitable[T]]) -> T:
        async def scenario() -> T:
            async with await AsyncStore.open(self.server, wait=False) as store:
                settings = ApiSettings(
                    self.folder / "tokens.json",
                    limits=self.limits,
                    deadline_s=self.deadline_s,
                    gate=self.gate,
                    now=lambda: NOW,
                )
                transport = httpx.ASGITransport(create_app(store, settings))
                async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
                    return await use(client)

        return asyncio.run(scenario())

    def post(
        self, query: str, reader: str = "here", accept: str = GRAPHQL, **variables: Any
    ) -> httpx.Response:
        body = {"query": query, "variables": variables}
        headers = {"authorization": f"Bearer {self.tokens[reader]}", "accept": accept}
        return self.call(lambda client: client.post("/graphql", json=body, headers=headers))

    def data(self, query: str, reader: str = "here", **variables: Any) -> Any:
        response = self.post(query, reader, **variables)
        body = response.json()
        assert "errors" not in body, body
        assert response.status_code == 200
        return body["data"]

    def code(self, query: str, reader: str = "here", **variables: Any) -> str:
        body = self.post(query, reader, **variables).json()
        return str(body["errors"][0]["extensions"]["code"])
