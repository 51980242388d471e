"""How much one connection that stays open may take."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StreamSettings:
    """Bounds of sockets and event streams.

    `init_timeout_s` is how long a socket may stay without `connection_init` (close code 4408);
    `per_connection` operations run on one socket, `per_reader` connections are open for one token,
    `connections` altogether. `message_bytes` is the largest message taken. `poll_s` is how often the store
    is asked for news, `access_s` how often the token is looked at; `keep_alive_s` how often an idle event
    stream says that it is there (graphql-sse: 12 s). `send_timeout_s` ends a connection whose client does
    not read. Browsers may open sockets from pages of the service itself and of `origins` (such as
    `https://desk.example.cn`).
    """

    init_timeout_s: float = 10.0
    per_connection: int = 100
    per_reader: int = 20
    connections: int = 1_000
    message_bytes: int = 256 * 1024
    poll_s: float = 2.0
    access_s: float = 5.0
    keep_alive_s: float = 12.0
    send_timeout_s: float = 15.0
    origins: tuple[str, ...] = ()
