"""`suyuan reconcile`: lets OpenRefine on this machine ask a Suyuan service.

OpenRefine cannot send a token (its issue 2015), and a token in an address ends up in project files and
logs. So this small bridge stands between them: it listens on loopback under an address nobody can
guess, adds the token, and lets only OpenRefine's own page read the answers.
"""

from __future__ import annotations

import secrets
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import click

from suyuan.options import terminal_options
from suyuan.terminal import Terminal

_TIMEOUT_S = 60.0
_MAX_BODY_BYTES = 512 * 1024
_PASSED = ("content-type", "accept-language")


@click.command("reconcile", short_help="Let OpenRefine ask the service.")
@click.option("--url", default="http://127.0.0.1:8000", show_default=True, help="Suyuan service.")
@click.option(
    "--token-file",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="File that holds one token and nothing else.",
)
@click.option("--port", type=click.IntRange(0, 65535), default=8085, show_default=True)
@click.option(
    "--page",
    default="http://127.0.0.1:3333",
    show_default=True,
    help="Where OpenRefine runs; no other page may read the answers.",
)
@terminal_options
def command(url: str, token_file: Path, port: int, page: str, terminal: Terminal) -> None:
    """Serve a reconciliation service on loopback until interrupted."""
    if urlsplit(url).scheme not in {"http", "https"}:
        raise click.BadParameter(url, param_hint="--url")
    try:
        token = token_file.read_text(encoding="utf-8").strip()
    except OSError as error:
        terminal.say("reconcile.token", path=token_file)
        raise click.exceptions.Exit(2) from error
    with bridge(url, token, port, page) as server:
        terminal.say("reconcile.ready", url=server.address)
        server.serve_forever()


class Bridge(ThreadingHTTPServer):
    """The bridge; `address` is what OpenRefine is told."""

    daemon_threads = True
    address: str


def bridge(url: str, token: str, port: int, page: str) -> Bridge:
    """A bridge on loopback to the service at `url`, not serving yet; port 0 takes a free one."""
    secret = secrets.token_urlsafe(24)
    target = url.rstrip("/") + "/reconcile"

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._pass(None)

        def do_POST(self) -> None:
            length = self.headers.get("content-length", "0")
            size = int(length) if length.isdigit() else 0
            if size > _MAX_BODY_BYTES:
                self._answer(413, "text/plain", b"")
                return
            self._pass(self.rfile.read(size))

        def do_OPTIONS(self) -> None:
            self._answer(204, "text/plain", b"")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
            """Say nothing: addresses hold the secret, and queries may hold personal data."""

        def _pass(self, body: bytes | None) -> None:
            prefix = f"/{secret}"
            path, mark, query = self.path.partition("?")
            if not path.startswith(prefix) or "//" in path or ".." in path:
                self._answer(404, "text/plain", b"")
                return
            headers = {name: self.headers[name] for name in _PASSED if name in self.headers}
            headers |= {"Authorization": f"Bearer {token}", "X-Suyuan-Base": server.address}
            asked = Request(target + path[len(prefix) :].rstrip("/") + mark + query, body, headers)  # noqa: S310 - scheme was checked
            try:
                with urlopen(asked, timeout=_TIMEOUT_S) as response:  # noqa: S310 - same
                    self._answer(
                        response.status, response.headers.get_content_type(), response.read()
                    )
            except HTTPError as error:
                with error:
                    self._answer(error.code, error.headers.get_content_type(), error.read())
            except (URLError, TimeoutError):
                self._answer(502, "text/plain", b"")

        def _answer(self, status: int, media_type: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", f"{media_type}; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Access-Control-Allow-Origin", page)
            self.send_header("Access-Control-Allow-Headers", "Content-Type")
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(body)

    server = Bridge(("127.0.0.1", port), Handler)
    server.address = f"http://127.0.0.1:{server.server_address[1]}/{secret}"
    return server
