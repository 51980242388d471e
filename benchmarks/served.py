"""Services as processes of their own on loopback: what is measured or audited answers over a real port."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from api.auth import TokenFile
from graph.store.connection import Connection, StoreOptions
from graph.store.embedded import ServerSettings

ROOT = Path(__file__).parents[1]
#: What is measured is a server as `suyuan serve` starts it.
LASTING = StoreOptions(wait_s=300, server=ServerSettings(is_lasting=True))
_START_TIMEOUT_S = 240.0
_STOP_TIMEOUT_S = 20.0
_POLL_S = 0.1


@dataclass(frozen=True, slots=True)
class Served:
    """A service: the address where it answers, and its process."""

    url: str
    pid: int


@contextmanager
def served(connection: Connection, token_file: Path) -> Iterator[Served]:
    """`suyuan serve` over a server that runs already; `url` is that of its `/graphql`."""
    port = free_port()
    command = [sys.executable, "-m", "suyuan", "serve", "--store", connection.uri]
    command += ["--port", str(port), "--tokens", str(token_file), "--no-warm"]
    live = f"http://127.0.0.1:{port}/health/live"
    with process(command, credentials(connection), live) as child:
        yield Served(f"http://127.0.0.1:{port}/graphql", child.pid)


def credentials(connection: Connection) -> dict[str, str]:
    """The environment that tells a child process how to sign in at the server."""
    user, password = connection.auth or ("", "")
    found = {"NEO4J_URI": connection.uri, "NEO4J_USERNAME": user, "NEO4J_PASSWORD": password}
    return {**found, "NEO4J_DATABASE": connection.database or ""}


@contextmanager
def process(
    command: Sequence[str], environment: Mapping[str, str], live: str
) -> Iterator[subprocess.Popen[bytes]]:
    """A child process, once the address `live` answers; it is ended with the block.

    Raises RuntimeError when it ends before, or is not there in time.
    """
    # Its output is dropped: ours may be the one JSON object of a command.
    child = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.DEVNULL
    )
    try:
        _wait_for(live, child)
        yield child
    finally:
        child.terminate()
        try:
            child.wait(_STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def free_port() -> int:
    """A port of loopback that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _wait_for(live: str, child: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _START_TIMEOUT_S
    while time.monotonic() < until:
        if child.poll() is not None:
            raise RuntimeError(f"{child.args!r} ended with {child.returncode}")
        try:
            with urllib.request.urlopen(live, timeout=5):  # noqa: S310 - our own loopback address
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(_POLL_S)
    raise RuntimeError(f"{live} does not answer")


class KeptConnection:
    """One connection that is kept over requests; made anew when the service has closed it meanwhile.

    Services close a connection that was idle for some seconds, which is no failure of theirs.
    """

    def __init__(self, url: str, accept: str, patience_s: float = 120.0) -> None:
        at = urlsplit(url)
        self._path = at.path
        self._headers = {"Content-Type": "application/json", "Accept": accept}
        self._connection = http.client.HTTPConnection(at.netloc, timeout=patience_s)

    def post(self, body: bytes, token: str = "") -> tuple[int, bytes]:
        """Status and body of the answer to the bearer of `token`. Raises OSError when none comes."""
        headers = {**self._headers, "Authorization": f"Bearer {token}"} if token else self._headers
        try:
            return self._post(body, headers)
        except (ConnectionError, http.client.CannotSendRequest):
            self._connection.close()  # the next request opens it again
            return self._post(body, headers)

    def close(self) -> None:
        """Close it."""
        self._connection.close()

    def _post(self, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        self._connection.request("POST", self._path, body, dict(headers))
        response = self._connection.getresponse()
        return response.status, response.read()


def readers(token_file: Path, count: int, regions: Sequence[str]) -> list[str]:
    """Tokens of so many readers: what one may spend in a while is not what is measured here."""
    file, now = TokenFile(token_file), datetime.now(UTC)
    return [file.create(f"reader{at}", regions, timedelta(hours=12), now) for at in range(count)]
