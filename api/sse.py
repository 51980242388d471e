"""Server-sent events: the "distinct connections mode" of graphql-sse, one operation per request.

https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md: `next` events with an execution result
each, then `complete`. Asked for at `/graphql` with `Accept: text/event-stream`, or at `/graphql/stream`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from api.auth import TokenInfo
from api.conversation import answers, refusal
from api.desk import Desk
from api.endpoint import language_of
from api.errors import RequestRefused, Shown
from api.operation import Answer
from api.request import UNAUTHENTICATED, GraphQLRequest, caller, read_request

EVENTS = "text/event-stream"
_NOT_ACCEPTABLE = Shown("BAD_REQUEST", 406, "api.error.not_acceptable")
_BUSY = Shown("SERVICE_UNAVAILABLE", 503, "api.error.busy")
_HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    # Proxies such as nginx would hold events back until a buffer is full.
    "X-Accel-Buffering": "no",
}
_COMPLETE = b"event: complete\ndata: \n\n"
_ALIVE = b":\n\n"


def wants_events(request: Request) -> bool:
    """Whether the client asks for an event stream."""
    accepted = request.headers.get("accept", "").lower()
    return any(part.partition(";")[0].strip() == EVENTS for part in accepted.split(","))


class EventStreams:
    """Answers requests for event streams."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._leaving: set[asyncio.Future[None]] = set()

    async def __call__(self, request: Request) -> Response:
        """A stream of events; a plain response when the request itself is refused."""
        language = language_of(request)
        try:
            if not wants_events(request):
                raise RequestRefused(_NOT_ACCEPTABLE)
            token = caller(request, self._desk.tokens, self._desk.settings.now())
            if not self._desk.admits(token.name):
                raise RequestRefused(_BUSY, headers={"Retry-After": "5"})
            asked = await read_request(request, self._desk.settings)
        except RequestRefused as refused:
            answer = refusal(refused, language)
            return Response(
                orjson.dumps(answer.body),
                status_code=answer.status,
                headers={**_HEADERS, **refused.headers},
                media_type="application/json",
            )
        events = self._events(token, language, asked, is_get=request.method == "GET")
        return StreamingResponse(events, headers=_HEADERS, media_type=EVENTS)

    async def _events(
        self, token: TokenInfo, language: str, asked: GraphQLRequest, *, is_get: bool
    ) -> AsyncIterator[bytes]:
        """Events until the operation, the token, the service or the client ends."""
        self._desk.connections[token.name] += 1
        stream = answers(self._desk, token, language, asked, is_get=is_get)
        closing = asyncio.ensure_future(self._desk.closing.wait())
        coming: asyncio.Future[Answer] | None = None
        bounds = self._desk.settings.streams
        silent_s = 0.0
        try:
            while True:
                coming = coming or asyncio.ensure_future(anext(stream))
                wait_s = min(bounds.access_s, bounds.keep_alive_s)
                waiting: set[asyncio.Future[Any]] = {coming, closing}
                await asyncio.wait(waiting, timeout=wait_s, return_when=asyncio.FIRST_COMPLETED)
                if coming.done():
                    try:
                        answer = coming.result()
                    except StopAsyncIteration:
                        break
                    coming, silent_s = None, 0.0
                    yield b"event: next\ndata: " + orjson.dumps(answer.body) + b"\n\n"
                    continue
                if closing.done():
                    break
                if self._desk.still(token) is None:
                    answer = refusal(RequestRefused(UNAUTHENTICATED), language)
                    yield b"event: next\ndata: " + orjson.dumps(answer.body) + b"\n\n"
                    break
                silent_s += wait_s
                if silent_s >= bounds.keep_alive_s:
                    silent_s = 0.0
                    yield _ALIVE
            yield _COMPLETE
        finally:
            self._desk.connections[token.name] -= 1
            # In a task of its own: the response is cancelled again and again until it has ended, and
            # would leave the operation half closed.
            leaving = asyncio.ensure_future(_let_go(stream, [coming, closing]))
            self._leaving.add(leaving)
            leaving.add_done_callback(self._leaving.discard)


async def _let_go(
    stream: AsyncIterator[Answer], waiting: Sequence[asyncio.Future[Any] | None]
) -> None:
    """End an operation: first what it is waited for with, because it can only be closed at rest."""
    tasks = [task for task in waiting if task is not None]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await stream.aclose()  # type: ignore[attr-defined]
