"""One real Neo4j server for the whole run: a container where Docker can give one, else embedded.

`SUYUAN_TEST_STORE=embedded` or `=container` forces one of the two. A server of the user's own
(`NEO4J_URI`) is never touched: the tests delete everything they find.
"""

from __future__ import annotations

import gc
import os
import secrets
import warnings
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from graph.store.connection import Connection, StoreOptions
from graph.store.embedded import EmbeddedServer
from graph.store.session import Store
from graph.store.statement import Statement

CHOICE_VARIABLE = "SUYUAN_TEST_STORE"
IMAGE = "neo4j:5.26.30-community"
_STORE_FIXTURES = frozenset({"server", "store", "clean_store"})
_DELETED_PER_TRANSACTION = 10_000
_DELETE_SOME = Statement(
    "delete_some",
    "MATCH (n) WITH n LIMIT $limit DETACH DELETE n RETURN count(*) AS deleted",
)


def pytest_report_header() -> str:
    kind, reason = chosen_store()
    return f"store: {kind} ({reason})"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if _STORE_FIXTURES.intersection(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.store)


@cache
def chosen_store() -> tuple[str, str]:
    """`container` or `embedded`, and why."""
    forced = os.environ.get(CHOICE_VARIABLE)
    if forced in {"container", "embedded"}:
        return forced, f"{CHOICE_VARIABLE} says so"
    if forced:
        pytest.exit(f"{CHOICE_VARIABLE} must be 'container' or 'embedded', not {forced!r}", 4)
    return ("container", IMAGE) if (why_not := no_container()) is None else ("embedded", why_not)


def no_container() -> str | None:
    """Why no container can be had; None when one can."""
    import docker  # type: ignore[import-untyped]
    from docker.errors import (  # type: ignore[import-untyped]
        DockerException,
        ImageNotFound,
    )

    try:
        client = docker.from_env(timeout=5)
    except DockerException:
        client = None
    if client is None:
        _collect_the_refused_socket()
        return "Docker does not answer"
    try:
        client.images.get(IMAGE)
    except ImageNotFound:
        try:
            client.images.get_registry_data(IMAGE)
        except DockerException:
            return f"{IMAGE} is neither here nor to be pulled"
    except DockerException as error:
        return f"Docker does not work: {error}"
    finally:
        client.close()
    return None


def _collect_the_refused_socket() -> None:
    """docker-py leaves a socket open in a cycle when nobody listens: its warning belongs to no test."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    """The server that this run owns."""
    if chosen_store()[0] == "container":
        yield from _container()
    else:
        yield from _embedded(tmp_path_factory.mktemp("store"))


@pytest.fixture(scope="session")
def store(server: Connection) -> Iterator[Store]:
    """A store on the run's server, with whatever earlier tests left in it."""
    if server.uri == os.environ.get("NEO4J_URI"):
        pytest.exit("refusing to run tests against NEO4J_URI", 4)
    with Store.open(server, StoreOptions(timeout_s=60, retry_s=30)) as opened:
        yield opened


@pytest.fixture
def clean_store(store: Store) -> Store:
    """The run's store without any node; constraints and indexes stay."""
    return cleared(store)


def cleared(store: Store) -> Store:
    """A store without its nodes."""
    while store.write(_DELETE_SOME, limit=_DELETED_PER_TRANSACTION)[0]["deleted"]:
        pass
    return store


def _embedded(folder: Path) -> Iterator[Connection]:
    with EmbeddedServer(folder) as embedded:
        yield Connection(embedded.uri, embedded.auth, "neo4j")


def _container() -> Iterator[Connection]:
    # The reaper is one more image to pull, for a container that we stop ourselves.
    os.environ.setdefault("TESTCONTAINERS_RYUK_DISABLED", "true")
    from testcontainers.community.neo4j import Neo4jContainer

    password = secrets.token_urlsafe(16)
    with Neo4jContainer(IMAGE, username="neo4j", password=password) as container:
        yield Connection(container.get_connection_url(), ("neo4j", password), "neo4j")
