"""The private server: what it leaves on disk, who may open it, and every way for it to end."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from graph.errors import StoreLocked, StoreUnavailable
from graph.store.embedded import EmbeddedServer, ServerSettings
from graph.store.lock import FileLock
from graph.store.session import Store
from graph.store.statement import Statement

CHECKOUT = Path(__file__).parents[4]
PATIENCE_S = 120
REMEMBER = Statement("remember", "CREATE (:Memory {text: $text})")
MEMORIES = Statement("memories", "MATCH (m:Memory) RETURN m.text AS text ORDER BY text")

pytestmark = pytest.mark.store


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("embedded")


@pytest.fixture(scope="module")
def embedded(folder: Path) -> Iterator[Store]:
    with Store.open(folder) as opened:
        yield opened


@pytest.fixture
def owner(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that has the store in `tmp_path / "store"` open, and waits."""
    program = f"""
        from graph.store.embedded import EmbeddedServer
        with EmbeddedServer({str(tmp_path / "store")!r}) as server:
            print(server.pid, server._supervisor.pid, flush=True)
            input()
    """
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program)],
        cwd=CHECKOUT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        yield process
        process.kill()


def pids_of(owner: subprocess.Popen[str]) -> tuple[int, int]:
    """Process ids of the database and of its supervisor."""
    assert owner.stdout is not None
    database, supervisor = map(int, owner.stdout.readline().split())
    return database, supervisor


def eventually(holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE_S
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.05)
    return holds()


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_it_listens_on_one_port_of_this_machine_only(embedded: Store) -> None:
    assert embedded.server is not None
    connections = psutil.Process(embedded.server.pid).net_connections("all")
    listening = [found for found in connections if found.status == psutil.CONN_LISTEN]
    port = int(embedded.server.uri.rpartition(":")[2])
    assert {found.laddr.port for found in listening} == {port}
    assert {found.laddr.ip.removeprefix("::ffff:") for found in listening} == {"127.0.0.1"}


def test_its_folder_is_the_users_alone(embedded: Store, folder: Path) -> None:
    home = folder / "neo4j"
    assert {"conf", "data", "logs", "password"} <= {path.name for path in home.iterdir()}
    assert mode_of(home) == 0o700
    assert mode_of(home / "password") == 0o600
    assert not list((home / "conf").glob("*.args"))


def test_its_password_is_random_and_on_no_command_line(embedded: Store, folder: Path) -> None:
    password = (folder / "neo4j" / "password").read_text(encoding="ascii")
    assert len(password) >= 32
    server = embedded.server
    assert server is not None
    assert server.auth == ("neo4j", password)
    process = psutil.Process(server.pid)
    assert not any(password in argument for argument in process.cmdline())
    assert password not in process.environ().values()


def test_it_reports_nothing_home(embedded: Store) -> None:
    setting = Statement("setting", "SHOW SETTINGS 'dbms.usage_report.enabled' YIELD value")
    assert embedded.read(setting) == [{"value": "false"}]


def test_a_second_opening_is_refused_and_names_the_first(embedded: Store, folder: Path) -> None:
    program = f"""
        from graph.errors import StoreLocked
        from graph.store.embedded import EmbeddedServer
        try:
            EmbeddedServer({str(folder)!r}).start()
        except StoreLocked as error:
            print(error)
    """
    other = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert f"{folder} is in use by process {os.getpid()}" in other.stdout
    with pytest.raises(StoreLocked):
        Store.open(folder)
    assert embedded.read(MEMORIES) is not None


def test_a_database_that_is_killed_comes_back_with_all_it_acknowledged(embedded: Store) -> None:
    assert embedded.server is not None
    embedded.write(REMEMBER, text="before")
    killed = embedded.server.pid
    os.kill(killed, signal.SIGKILL)
    embedded.write(REMEMBER, text="while it was away")
    assert embedded.server.pid != killed
    assert {"before", "while it was away"} <= {row["text"] for row in embedded.read(MEMORIES)}


def test_a_server_that_lasts_is_compiled_to_the_end(embedded: Store, tmp_path: Path) -> None:
    first_compiler_only = "-XX:TieredStopAtLevel=1"
    assert embedded.server is not None
    assert first_compiler_only in psutil.Process(embedded.server.pid).cmdline()
    with EmbeddedServer(tmp_path / "store", ServerSettings(is_lasting=True)) as server:
        assert first_compiler_only not in psutil.Process(server.pid).cmdline()


def test_what_was_written_is_there_the_next_time(tmp_path: Path) -> None:
    with Store.open(tmp_path) as first:
        first.write(REMEMBER, text="kept")
        assert first.server is not None
        database = psutil.Process(first.server.pid)
    assert not database.is_running()
    assert not FileLock(tmp_path / "neo4j" / "lock").is_held()
    with Store.open(tmp_path) as second:
        assert second.read(MEMORIES) == [{"text": "kept"}]


def test_it_ends_with_its_owner_even_when_that_is_killed(
    owner: subprocess.Popen[str], tmp_path: Path
) -> None:
    database, _ = pids_of(owner)
    owner.kill()
    owner.wait()
    # At once: the next owner waits for the old database to end instead of being refused.
    with EmbeddedServer(tmp_path / "store") as server:
        assert not psutil.pid_exists(database)
        assert server.is_running()


@pytest.mark.skipif(sys.platform != "linux", reason="relies on the parent-death signal of Linux")
def test_it_ends_with_its_supervisor_too(owner: subprocess.Popen[str], tmp_path: Path) -> None:
    database, supervisor = pids_of(owner)
    os.kill(supervisor, signal.SIGKILL)
    assert eventually(lambda: not psutil.pid_exists(database))
    owner.kill()
    owner.wait()
    assert not FileLock(tmp_path / "store" / "neo4j" / "lock").is_held()


def test_a_start_that_fails_shows_the_end_of_the_log(tmp_path: Path) -> None:
    (tmp_path / "neo4j" / "data").mkdir(parents=True)
    (tmp_path / "neo4j" / "data" / "databases").write_text("in the way", encoding="ascii")
    with pytest.raises(StoreUnavailable, match=r"Caused by:[^\n]*databases"):
        EmbeddedServer(tmp_path).start()
    assert not FileLock(tmp_path / "neo4j" / "lock").is_held()


def test_a_start_that_takes_too_long_is_given_up_and_leaves_nothing(tmp_path: Path) -> None:
    settings = ServerSettings(start_timeout_s=0.1)
    layout = EmbeddedServer(tmp_path).layout
    layout.make()
    # As if a server had run here, so that the short time is spent on the server itself.
    (layout.data / "databases" / "system").mkdir(parents=True)
    layout.write_private(layout.password, "made-up-password")
    with pytest.raises(StoreUnavailable, match="did not start"):
        EmbeddedServer(tmp_path, settings).start()
    assert not FileLock(layout.lock).is_held()


def test_a_store_without_its_password_is_not_opened(tmp_path: Path) -> None:
    layout = EmbeddedServer(tmp_path).layout
    (layout.data / "databases" / "system").mkdir(parents=True)
    with pytest.raises(StoreUnavailable, match="password"):
        EmbeddedServer(tmp_path).start()
    assert not layout.password.exists()
