"""Receivers on 127.0.0.1: an HTTP server that answers as it is told, and an SMTP server that keeps mail."""

from __future__ import annotations

import base64
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as modern
from http.server import BaseHTTPRequestHandler, HTTPServer


@dataclass(slots=True)
class Hook:
    """Requests as they came; `answers` are the next statuses, then 204."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    seen: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)


@contextmanager
def http_receiver() -> Iterator[Hook]:
    """An HTTP server of its own."""
    hook = Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            hook.seen.append((self.path, headers, body))
            status = hook.answers.pop(0) if hook.answers else 204
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("location", f"{hook.url}/elsewhere")
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
            """Tests are silent."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        hook.url = f"http://127.0.0.1:{server.server_address[1]}"
        with _serving(server):
            yield hook


@dataclass(slots=True)
class Mailbox:
    """Mail as it came, with the recipients of its envelope; those of `refused` are not accepted.

    `secret`: what STARTTLS is answered with (None: it is not offered). `signed_in`: users and passwords
    that came by an encrypted line; `in_the_clear`: lines of sign-in that did not.
    """

    port: int = 0
    secret: ssl.SSLContext | None = None
    signed_in: list[str] = field(default_factory=list)
    in_the_clear: list[str] = field(default_factory=list)
    is_closed: bool = False
    refused: set[str] = field(default_factory=set)
    mail: list[tuple[list[str], EmailMessage]] = field(default_factory=list)


@contextmanager
def mail_receiver() -> Iterator[Mailbox]:
    """An SMTP server of its own (RFC 5321, as much of it as a client needs)."""
    box = Mailbox()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self._say("220 test")
            recipients: list[str] = []
            is_secret = False
            while line := self.rfile.readline():
                verb = line[:4].upper()
                if verb == b"EHLO":
                    self._say("250-test")
                    self._say("250 AUTH PLAIN" if is_secret or not box.secret else "250 STARTTLS")
                elif verb == b"STAR" and box.secret is not None:
                    self._say("220 go on")
                    self.request = box.secret.wrap_socket(self.request, server_side=True)
                    self.setup()
                    is_secret = True
                elif verb == b"AUTH":
                    _, user, password = base64.b64decode(line.split()[2]).decode().split("\0")
                    (box.signed_in if is_secret else box.in_the_clear).append(f"{user}:{password}")
                    self._say("235 welcome")
                elif verb == b"RCPT":
                    address = line.decode().partition("<")[2].partition(">")[0]
                    is_refused = address in box.refused
                    self._say("550 no such box" if is_refused else "250 ok")
                    recipients += [] if is_refused else [address]
                elif verb == b"DATA":
                    if box.is_closed:
                        self._say("451 later")
                        continue
                    self._say("354 go on")
                    lines = list(iter(self.rfile.readline, b".\r\n"))
                    said = b"".join(part.removeprefix(b".") for part in lines)
                    letter = message_from_bytes(said, policy=modern)
                    box.mail.append((recipients, letter))
                    recipients = []
                    self._say("250 kept")
                elif verb == b"QUIT":
                    self._say("221 bye")
                    return
                else:
                    self._say("250 ok")

        def finish(self) -> None:
            super().finish()
            self.connection.close()  # the server closes the line it accepted, not what wraps it

        def _say(self, line: str) -> None:
            self.wfile.write(line.encode() + b"\r\n")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        box.port = server.server_address[1]
        with _serving(server):
            yield box


@contextmanager
def _serving(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
