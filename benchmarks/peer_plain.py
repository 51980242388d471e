"""The second peer: the same questions by strawberry as its documentation shows, one statement each.

    PORT=… NEO4J_URI=… NEO4J_USERNAME=… NEO4J_PASSWORD=… python -m benchmarks.peer_plain

It reads plainly: no regions of a reader, no masking, nothing withheld.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import strawberry
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from strawberry.asgi import GraphQL

from graph.store.async_session import AsyncStore
from graph.store.statement import Statement

_STORES = Statement.load(__file__, "peer_stores.cypher")
_MERCHANTS = Statement.load(__file__, "peer_merchants.cypher")


@strawberry.type
class Store:
    """A store with five plain fields."""

    id: strawberry.ID
    platform: str
    native_id: str
    name: str | None
    opened_on: str | None


@strawberry.type
class Merchant:
    """A merchant with its stores."""

    id: strawberry.ID
    merchant_id: str
    name: str
    division: str | None
    first_seen: str
    operates: list[Store]


@strawberry.type
class Query:
    """Two lists."""

    @strawberry.field
    async def stores(self, info: strawberry.Info[dict[str, Any], None], limit: int) -> list[Store]:
        """The first stores."""
        rows = await info.context["store"].read(_STORES, limit=limit)
        return [Store(**row) for row in rows]

    @strawberry.field
    async def merchants(
        self, info: strawberry.Info[dict[str, Any], None], limit: int
    ) -> list[Merchant]:
        """The first merchants, with all stores of each."""
        rows = await info.context["store"].read(_MERCHANTS, limit=limit)
        return [
            Merchant(**{**row, "operates": [Store(**store) for store in row["operates"]]})
            for row in rows
        ]


class _Endpoint(GraphQL[dict[str, Any], None]):
    store: AsyncStore

    async def get_context(self, request: Any, response: Any) -> dict[str, Any]:
        """The open store."""
        return {"store": self.store}


def app(uri: str) -> Starlette:
    """The service: `/graphql`, and `/health/live` once the store is open."""
    endpoint = _Endpoint(strawberry.Schema(Query))

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with await AsyncStore.open(uri) as store:
            endpoint.store = store
            yield

    async def live(_: Request) -> JSONResponse:
        return JSONResponse({})

    routes = [Route("/graphql", endpoint), Route("/health/live", live)]
    return Starlette(routes=routes, lifespan=lifespan)


async def main() -> None:
    """Serve on loopback until terminated."""
    port, uri = int(os.environ["PORT"]), os.environ["NEO4J_URI"]
    config = uvicorn.Config(app(uri), port=port, log_level="warning", access_log=False)
    await uvicorn.Server(config).serve()


if __name__ == "__main__":
    asyncio.run(main())
