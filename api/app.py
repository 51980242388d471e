"""The service put together: the one place that knows all its parts."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from api.auth import TokenFile
from api.endpoint import GraphQLEndpoint
from api.graphiql import FOLDER, Assets
from api.settings import ApiSettings
from graph.errors import StoreError
from graph.store.async_session import AsyncStore

_READY_TIMEOUT_S = 2.0
_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def create_app(store: AsyncStore, settings: ApiSettings) -> Starlette:
    """The service over an open store, in the event loop the store was opened in.

    `/graphql` answers questions and shows GraphiQL to a browser; `/health/live` says that the process
    answers, `/health/ready` that the database does.
    """
    endpoint = GraphQLEndpoint(store, TokenFile(settings.token_file), settings)

    async def graphql(request: Request) -> Response:
        return await endpoint(request)

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

    return Starlette(
        routes=[
            Route("/graphql", graphql, methods=_METHODS),
            Route("/health/live", live),
            Route("/health/ready", ready),
            Mount("/static/graphiql", Assets(directory=FOLDER)),
        ]
    )
