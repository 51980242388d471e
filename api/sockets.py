"""The protocol graphql-transport-ws, over WebSockets at `/graphql`.

https://github.com/graphql/graphql-over-http/blob/main/rfcs/GraphQLOverWebSocket.md: messages, close codes
and their order. The token comes in the payload of `connection_init`, as
`{"authorization": "Bearer sy_…"}`: browsers cannot set headers on a socket, and a token in an address
ends up in logs.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import orjson
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from api.auth import TokenInfo, bearer
from api.conversation import answers, refusal
from api.desk import Desk
from api.errors import RequestRefused, Shown
from api.operation import Answer
from api.request import GraphQLRequest, request_of

PROTOCOL = "graphql-transport-ws"
_MANY = Shown("LIMIT_EXCEEDED", 400, "api.error.limit")
_MAX_ID_CHARS = 256


class Closing(Exception):
    """The socket is to be closed, with a code and a reason of the protocol."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class SocketEndpoint:
    """Answers WebSockets at `/graphql`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def __call__(self, socket: WebSocket) -> None:
        """One connection. A page of another origin is refused before the handshake (CSWSH)."""
        if not self._is_own_origin(socket):
            await socket.close(1008)
            return
        if PROTOCOL not in socket.scope.get("subprotocols", ()):
            await socket.accept()
            await socket.close(4406, "Subprotocol not acceptable")
            return
        await socket.accept(PROTOCOL)
        language = "en" if socket.headers.get("accept-language", "").lower()[:2] == "en" else "zh"
        await _Connection(self._desk, socket, language).serve()

    def _is_own_origin(self, socket: WebSocket) -> bool:
        origins = socket.headers.getlist("origin")
        if not origins:
            return True  # not a browser: nobody's cookies or addresses are misused
        if len(origins) > 1:
            return False
        is_ours = urlsplit(origins[0]).netloc.lower() == socket.headers.get("host", "").lower()
        return is_ours or origins[0] in self._desk.settings.streams.origins


class _Connection:
    """One socket from its opening to its end."""

    def __init__(self, desk: Desk, socket: WebSocket, language: str) -> None:
        self._desk = desk
        self._socket = socket
        self._language = language
        self._bounds = desk.settings.streams
        self._token: TokenInfo | None = None
        self._running: dict[str, asyncio.Task[None]] = {}
        self._failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sending = asyncio.Lock()

    async def serve(self) -> None:
        """Until either side closes it."""
        tasks: set[asyncio.Future[None]] = {
            asyncio.ensure_future(self._listen()),
            asyncio.ensure_future(self._watch()),
            self._failed,
        }
        closing = None
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                try:
                    task.result()
                except Closing as wanted:
                    closing = wanted
                except WebSocketDisconnect:
                    pass
        finally:
            await self._end([*tasks, *self._running.values()])
            if self._token is not None:
                self._desk.connections[self._token.name] -= 1
        if closing is not None and self._socket.application_state is WebSocketState.CONNECTED:
            with suppress(WebSocketDisconnect, RuntimeError, OSError):
                await self._socket.close(closing.code, closing.reason)

    async def _end(self, tasks: list[asyncio.Future[None]]) -> None:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _listen(self) -> None:
        try:
            async with asyncio.timeout(self._bounds.init_timeout_s):
                while self._token is None:
                    await self._take(await self._receive())
        except TimeoutError as error:
            raise Closing(4408, "Connection initialisation timeout") from error
        while True:
            await self._take(await self._receive())

    async def _watch(self) -> None:
        """Close when the service ends, or when the token does."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._bounds.access_s):
                    await self._desk.closing.wait()
                    raise Closing(1001, "Going away")
            if self._token is not None and self._desk.still(self._token) is None:
                raise Closing(4403, "Forbidden")

    async def _receive(self) -> Mapping[str, Any]:
        try:
            text = await self._socket.receive_text()
        except KeyError as error:
            raise Closing(4400, "Messages must be text") from error
        raw = text.encode("utf-8", "surrogatepass")
        if len(raw) > self._bounds.message_bytes:
            raise Closing(1009, "Message too big")
        try:
            message = orjson.loads(raw)
        except orjson.JSONDecodeError as error:
            raise Closing(4400, "Messages must be JSON") from error
        if not isinstance(message, dict):
            raise Closing(4400, "Messages must be JSON objects")
        return message

    async def _take(self, message: Mapping[str, Any]) -> None:
        kind, payload = message.get("type"), message.get("payload")
        if payload is not None and not isinstance(payload, dict):
            raise Closing(4400, "The payload must be an object")
        if kind == "connection_init":
            await self._init(payload or {})
        elif kind == "ping":
            await self._send("pong", **({} if payload is None else {"payload": payload}))
        elif kind == "pong":
            return
        elif kind == "subscribe":
            await self._subscribe(_id_of(message), payload)
        elif kind == "complete":
            if task := self._running.pop(_id_of(message), None):
                task.cancel()
        else:
            raise Closing(4400, "Invalid message type")

    async def _init(self, payload: Mapping[str, Any]) -> None:
        if self._token is not None:
            raise Closing(4429, "Too many initialisation requests")
        given = payload.get("authorization", payload.get("Authorization"))
        header = given if isinstance(given, str) else ""
        token = self._desk.tokens.check(bearer(header), self._desk.settings.now())
        if token is None:
            raise Closing(4403, "Forbidden")
        if not self._desk.admits(token.name):
            raise Closing(1013, "Too many connections")
        self._desk.connections[token.name] += 1
        self._token = token
        await self._send("connection_ack")

    async def _subscribe(self, identifier: str, payload: Mapping[str, Any] | None) -> None:
        token = self._token
        if token is None:
            raise Closing(4401, "Unauthorized")
        if payload is None:
            raise Closing(4400, "The payload must be an object")
        if identifier in self._running:
            raise Closing(4409, f"Subscriber for {identifier[:80]} already exists")
        if len(self._running) >= self._bounds.per_connection:
            refused = RequestRefused(_MANY, limit=f"operations {self._bounds.per_connection}")
            await self._error(identifier, refusal(refused, self._language))
            return
        try:
            asked = request_of(payload)
        except RequestRefused as refused:
            await self._error(identifier, refusal(refused, self._language))
            return
        self._running[identifier] = asyncio.create_task(self._operate(identifier, token, asked))

    async def _operate(self, identifier: str, token: TokenInfo, asked: GraphQLRequest) -> None:
        mine = asyncio.current_task()
        stream = answers(self._desk, token, self._language, asked)
        try:
            async for answer in stream:
                if "data" not in answer.body:
                    self._forget(identifier, mine)
                    await self._error(identifier, answer)
                    return
                await self._send("next", id=identifier, payload=answer.body)
            # Gone before the client hears of it: it may use the id again at once.
            self._forget(identifier, mine)
            await self._send("complete", id=identifier)
        except (Closing, WebSocketDisconnect) as ended:
            if not self._failed.done():
                self._failed.set_exception(ended)
        finally:
            self._forget(identifier, mine)
            await stream.aclose()  # type: ignore[attr-defined]

    def _forget(self, identifier: str, task: asyncio.Task[None] | None) -> None:
        # A client that completed an operation may have begun another under the same id.
        if self._running.get(identifier) is task:
            del self._running[identifier]

    async def _error(self, identifier: str, answer: Answer) -> None:
        await self._send("error", id=identifier, payload=answer.body["errors"])

    async def _send(self, kind: str, **rest: Any) -> None:
        text = orjson.dumps({"type": kind, **rest}).decode()
        try:
            async with asyncio.timeout(self._bounds.send_timeout_s), self._sending:
                await self._socket.send_text(text)
        except TimeoutError as error:
            raise Closing(1008, "The client does not read") from error
        except (RuntimeError, OSError) as error:
            raise WebSocketDisconnect(1006) from error


def _id_of(message: Mapping[str, Any]) -> str:
    identifier = message.get("id")
    if not isinstance(identifier, str) or not 1 <= len(identifier) <= _MAX_ID_CHARS:
        raise Closing(4400, "The message must have an id")
    return identifier
