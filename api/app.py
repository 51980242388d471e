"""The service put together: the one place that knows all its parts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.websockets import WebSocket

from api.auth import TokenFile
from api.desk import Desk
from api.endpoint import GraphQLEndpoint
from api.graphiql import FOLDER, Assets
from api.jobs.download import Downloads
from api.reconciliation.routes import Reconciliation
from api.settings import ApiSettings
from api.sockets import SocketEndpoint
from api.sse import EventStreams, wants_events
from api.warming import warm
from graph.errors import StoreError
from graph.store.async_session import AsyncStore

_READY_TIMEOUT_S = 2.0
_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def create_app(store: AsyncStore, settings: ApiSettings) -> Starlette:
    """The service over an open store, in the event loop the store was opened in.

    `/graphql` answers questions and shows GraphiQL to a browser; `/health/live` says that the process
    answers, `/health/ready` that the database does.
    """
    desk = Desk(store, TokenFile(settings.token_file), settings)
    endpoint = GraphQLEndpoint(desk)
    downloads = Downloads(desk.jobs, desk.files, desk.tokens, settings)
    sockets = SocketEndpoint(desk)
    events = EventStreams(desk)

    async def graphql(request: Request) -> Response:
        return await (events(request) if wants_events(request) else endpoint(request))

    async def export(request: Request) -> Response:
        return await downloads(request)

    async def stream(request: Request) -> Response:
        return await events(request)

    async def socket(connection: WebSocket) -> None:
        await sockets(connection)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await desk.runner.start()
        warming = asyncio.create_task(warm(desk)) if settings.is_warming else None
        try:
            yield
        finally:
            if warming is not None:
                warming.cancel()
                await asyncio.gather(warming, return_exceptions=True)
            await desk.runner.stop()

    async def live(_: Request) -> Response:
        return JSONResponse({"status": "live"}, headers={"Cache-Control": "no-store"})

    async def ready(_: Request) -> Response:
        try:
            await store.ping(_READY_TIMEOUT_S)
        except StoreError:
            return JSONResponse(
                {"status": "database unavailable"},
                status_code=503,
                headers={"Cache-Control": "no-store", "Retry-After": "2"},
            )
        return JSONResponse({"status": "ready"}, headers={"Cache-Control": "no-store"})

    app = Starlette(
        routes=[
            Route("/graphql", graphql, methods=_METHODS),
            WebSocketRoute("/graphql", socket),
            Route("/graphql/stream", stream, methods=_METHODS),
            Route("/exports/{job_id}/{name}", export),
            Route("/health/live", live),
            Route("/health/ready", ready),
            Mount("/static/graphiql", Assets(directory=FOLDER)),
            *Reconciliation(desk).routes(),
        ],
        lifespan=lifespan,
    )
    app.state.desk = desk
    return app
