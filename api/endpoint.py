"""The `/graphql` endpoint: who asks, what he asks, and the answer; nothing of it can fail with a 500
that says more than an incident number."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping
from contextlib import suppress
from typing import Any, TypeVar

import orjson
from starlette.requests import Request
from starlette.responses import Response

from api.auth import TokenInfo
from api.desk import Desk
from api.errors import RequestRefused, Shown, message
from api.graphiql import page, wants_page
from api.operation import Answer, run, status_in
from api.request import JSON_TYPE, caller, read_request, response_type

_BUSY = Shown("SERVICE_UNAVAILABLE", 503, "api.error.busy")
_TIMEOUT = Shown("LIMIT_EXCEEDED", 400, "api.error.limit")
_HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
_CLIENT_GONE = 499
#: The database is told the deadline and ends a statement itself; this much later we stop waiting.
_GRACE_S = 1.0
_T = TypeVar("_T")


class GraphQLEndpoint:
    """Answers `/graphql`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._settings = desk.settings

    async def __call__(self, request: Request) -> Response:
        """One request, one response."""
        if wants_page(request):
            return page()
        language, media_type = language_of(request), JSON_TYPE
        try:
            media_type = response_type(request.headers.get("accept"))
            token = caller(request, self._desk.tokens, self._settings.now())
            if self._desk.answering >= self._settings.concurrent:
                raise RequestRefused(_BUSY, headers={"Retry-After": "1"})
            self._desk.answering += 1
            try:
                answer = await self._answer(request, token, language)
            finally:
                self._desk.answering -= 1
        except RequestRefused as refused:
            return _refusal(refused, language, media_type)
        if answer is None:
            return Response(status_code=_CLIENT_GONE)
        return _response(answer.body, status_in(answer, media_type), media_type, answer.headers)

    async def _answer(self, request: Request, token: TokenInfo, language: str) -> Answer | None:
        """The answer; None when the client has left meanwhile."""
        asked = await read_request(request, self._settings)
        deadline_s = self._settings.deadline_s
        context = self._desk.context(token, language)
        work = run(asked, context, self._settings.limits, is_get=request.method == "GET")
        try:
            async with asyncio.timeout(deadline_s + _GRACE_S):
                return await _unless_gone(request, work)
        except TimeoutError as error:
            raise RequestRefused(_TIMEOUT, limit=f"deadline {deadline_s:g} s") from error


def language_of(request: Request) -> str:
    """The language of messages: English when it is preferred, else Chinese."""
    return "en" if request.headers.get("accept-language", "").lower().startswith("en") else "zh"


async def _unless_gone(request: Request, work: Awaitable[_T]) -> _T | None:
    """The result of some work, which is cancelled when the client leaves (then None)."""
    task = asyncio.ensure_future(work)
    gone = asyncio.ensure_future(_disconnected(request))
    try:
        await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
        return await task if task.done() else None
    finally:
        for pending in (task, gone):
            if not pending.done():
                pending.cancel()
                with suppress(asyncio.CancelledError):
                    await pending


async def _disconnected(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _refusal(refused: RequestRefused, language: str, media_type: str) -> Response:
    shown = refused.shown
    error = {
        "message": message(shown.text, language, refused.params),
        "extensions": {"code": shown.code},
    }
    return _response({"errors": [error]}, shown.status, media_type, refused.headers)


def _response(
    body: Mapping[str, Any], status: int, media_type: str, headers: Mapping[str, str] | None = None
) -> Response:
    return Response(
        orjson.dumps(body),
        status_code=status,
        headers={**_HEADERS, **(headers or {})},
        media_type=f"{media_type}; charset=utf-8",
    )
