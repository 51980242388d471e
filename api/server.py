"""The HTTP server of the service: one that lets go of open connections before it ends."""

from __future__ import annotations

import asyncio
import socket
import sys
import time
from collections.abc import Callable

import uvicorn
from starlette.applications import Starlette

from api.desk import Desk

_LET_GO_S = 2.0
_LOOK_EVERY_S = 0.02


class DrainingServer(uvicorn.Server):
    """Sockets are closed with 1001 and event streams completed; then requests in flight are waited for."""

    def __init__(self, config: uvicorn.Config, desk: Desk) -> None:
        super().__init__(config)
        self._desk = desk

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let go, and shut down."""
        self._desk.closing.set()
        deadline = time.monotonic() + _LET_GO_S
        while self._desk.connections.total() > 0 and time.monotonic() < deadline:
            await asyncio.sleep(_LOOK_EVERY_S)
        await super().shutdown(sockets)


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop]:
    """Makes the event loop of the service: uvloop's, except on Windows, which it does not know."""
    if sys.platform == "win32":
        return asyncio.new_event_loop
    import uvloop

    return uvloop.new_event_loop


def server_of(app: Starlette, host: str, port: int, drain_s: int) -> DrainingServer:
    """A server for the service; requests in flight have `drain_s` seconds to end."""
    desk: Desk = app.state.desk
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=drain_s,
        ws_max_size=desk.settings.streams.message_bytes,
    )
    return DrainingServer(config, desk)
