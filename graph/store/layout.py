"""What lies where in a store folder, and the configuration that the embedded server reads."""

from __future__ import annotations

import json
import os
import signal
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class DatabaseProcess:
    """A database that was started here; `started_at` in seconds since 1970."""

    pid: int
    started_at: float

    def terminate(self) -> None:
        """Ask it to stop. Nothing happens where it is gone already."""
        try:
            os.kill(self.pid, signal.SIGTERM)
        except ProcessLookupError:
            return


@dataclass(frozen=True, slots=True)
class StoreLayout:
    """The paths of one store folder."""

    folder: Path

    @property
    def home(self) -> Path:
        """Everything that is the server's."""
        return self.folder / "neo4j"

    @property
    def data(self) -> Path:
        """The database files."""
        return self.home / "data"

    @property
    def conf(self) -> Path:
        """The server's configuration, written anew at every start."""
        return self.home / "conf"

    @property
    def logs(self) -> Path:
        """The server's logs."""
        return self.home / "logs"

    @property
    def console(self) -> Path:
        """What the server wrote to its terminal since the last start."""
        return self.logs / "console.log"

    @property
    def lock(self) -> Path:
        """The lock file of the store."""
        return self.home / "lock"

    @property
    def password(self) -> Path:
        """The password of user `neo4j`, in a file only its owner can read."""
        return self.home / "password"

    @property
    def initial_credential(self) -> Path:
        """What a database that is made takes its first password from."""
        return self.data / "dbms" / "auth.ini"

    @property
    def process(self) -> Path:
        """What the supervisor says: one line of JSON per start of the database."""
        return self.home / "process.jsonl"

    def make(self) -> None:
        """Create the folders that are missing."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.home.mkdir(mode=0o700, exist_ok=True)
        for path in (self.data, self.conf, self.logs):
            path.mkdir(exist_ok=True)

    def has_database(self) -> bool:
        """Whether a server has run here before, so that its users exist."""
        return (self.data / "databases" / "system").is_dir()

    def write_private(self, path: Path, text: str) -> None:
        """Write a file that nobody else can read, whole or not at all."""
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(path)

    def read_process(self) -> DatabaseProcess | None:
        """The database started last; None when none was, or nothing legible is there."""
        try:
            last = self.process.read_text(encoding="ascii").splitlines()[-1]
            return DatabaseProcess(**json.loads(last))
        except (OSError, ValueError, TypeError, IndexError):
            return None

    def console_tail(self, lines: int) -> str:
        """The last lines of the server's terminal output; empty when there is none."""
        try:
            text = self.console.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return ""
        return "\n".join(text.splitlines()[-lines:])


def write_configuration(layout: StoreLayout, port: int, page_cache_mib: int) -> None:
    """Write `neo4j.conf`: Bolt on loopback at `port`, everything else off.

    Setting names after the Neo4j 5 Operations Manual, chapter "Configuration settings".
    """
    settings = {
        "server.directories.data": layout.data,
        "server.directories.logs": layout.logs,
        "server.directories.run": layout.home / "run",
        "server.directories.import": layout.home / "import",
        "server.directories.plugins": layout.home / "plugins",
        "server.default_listen_address": "127.0.0.1",
        "server.bolt.enabled": "true",
        "server.bolt.listen_address": f"127.0.0.1:{port}",
        "server.bolt.advertised_address": f"127.0.0.1:{port}",
        "server.bolt.tls_level": "DISABLED",
        "server.http.enabled": "false",
        "server.https.enabled": "false",
        "server.memory.pagecache.size": f"{page_cache_mib}m",
        "dbms.security.auth_enabled": "true",
        "dbms.security.allow_csv_import_from_file_urls": "false",
        "dbms.usage_report.enabled": "false",
        # A quarter of a gigabyte per log would be set aside for a store of a few megabytes.
        "db.tx_log.preallocate": "false",
        # Netty waits this long for more work before it stops, five seconds by default, twice over;
        # a private server has no other clients to be polite to.
        "internal.dbms.bolt.netty_server_shutdown_quiet_period": "0",
        "db.tx_log.rotation.retention_policy": "256M size",
    }
    text = "".join(f"{name}={value}\n" for name, value in settings.items())
    layout.write_private(layout.conf / "neo4j.conf", text)
