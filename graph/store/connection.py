"""Where a store is and how to talk to it: what the synchronous and asynchronous sides share."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import neo4j

from graph.errors import StoreUnavailable
from graph.store.embedded import EmbeddedServer, ServerSettings
from graph.store.jars import ProgressCallback
from graph.store.statement import Statement

OLDEST_SERVER = (5, 0)
URI_SCHEMES = ("bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc")
APPLICATION = "suyuan"
_MAX_POOL = 64
_FIRST_NUMBERS = re.compile(r"(\d+)\.(\d+)")


@dataclass(frozen=True, slots=True)
class Connection:
    """Where a server answers, and as whom to ask it. `database` None means the user's default."""

    uri: str
    auth: tuple[str, str] | None = field(repr=False)
    database: str | None = None


@dataclass(frozen=True, slots=True)
class StoreOptions:
    """How patient the store is.

    `timeout_s` ends a transaction on the server unless a call says otherwise; `retry_s` is how long
    a transaction that failed for a passing reason is tried again; `wait_s` how long a server that
    does not answer yet is waited for when opening; `acquire_s` how long for a free connection.
    """

    timeout_s: float = 120.0
    retry_s: float = 60.0
    wait_s: float = 60.0
    acquire_s: float = 30.0
    server: ServerSettings = field(default_factory=ServerSettings)
    progress: ProgressCallback | None = None


Target = str | Path | Connection


def is_uri(target: Target) -> bool:
    """Whether a target is the address of a server rather than a folder."""
    return isinstance(target, str) and target.split("://", 1)[0] in URI_SCHEMES and "://" in target


def connection_of(target: str) -> Connection:
    """The connection that a URI means, with `NEO4J_USERNAME`, `NEO4J_PASSWORD`, `NEO4J_DATABASE`.

    Without a password no authentication is tried.
    """
    password = os.environ.get("NEO4J_PASSWORD")
    user = os.environ.get("NEO4J_USERNAME") or "neo4j"
    auth = (user, password) if password else None
    return Connection(target, auth, os.environ.get("NEO4J_DATABASE") or None)


def reach(target: Target, options: StoreOptions) -> tuple[Connection, EmbeddedServer | None]:
    """The connection for a target; for a folder, a server is started and comes back with it.

    Raises StoreLocked, StoreUnavailable.
    """
    if isinstance(target, Connection):
        return target, None
    if isinstance(target, str) and is_uri(target):
        return connection_of(target), None
    if isinstance(target, str) and "://" in target:
        schemes = ", ".join(URI_SCHEMES)
        raise StoreUnavailable(f"{target}: the address must begin with one of {schemes}")
    server = EmbeddedServer(target, options.server, options.progress)
    server.start()
    return Connection(server.uri, server.auth, "neo4j"), server


def driver_settings(options: StoreOptions) -> dict[str, Any]:
    """Settings for `GraphDatabase.driver` and its asynchronous twin."""
    return {
        "max_transaction_retry_time": options.retry_s,
        "connection_acquisition_timeout": options.acquire_s,
        "connection_timeout": min(options.acquire_s, 10.0),
        "max_connection_pool_size": _MAX_POOL,
        # A connection that slept through a restart of the server is found out before it is used.
        "liveness_check_timeout": 5.0,
        "fetch_size": -1,
        "user_agent": APPLICATION,
        # Asking an empty store for a label it has not seen yet is no reason for a warning, and
        # that `id()` is deprecated is known (graph.store.scan): nothing else that is fast gives numbers.
        "notifications_disabled_classifications": [
            neo4j.NotificationDisabledClassification.UNRECOGNIZED,
            neo4j.NotificationDisabledClassification.DEPRECATION,
        ],
    }


def server_version(agent: str) -> str:
    """The version in what a server calls itself, such as `Neo4j/5.26.30`.

    Raises StoreUnavailable for a server older than 5.0 or one that states no version.
    """
    version = agent.rpartition("/")[2]
    numbers = _FIRST_NUMBERS.search(version)
    if numbers is None or (int(numbers[1]), int(numbers[2])) < OLDEST_SERVER:
        msg = f"{agent} is too old: Neo4j 5 or newer is needed"
        raise StoreUnavailable(msg, reason="version", found=agent)
    return version


_Work = TypeVar("_Work", bound=Callable[..., Any])


def as_unit_of_work(statement: Statement, timeout_s: float, work: _Work) -> _Work:
    """`work` as a transaction that the server ends after `timeout_s` and lists by its statement.

    Raises ValueError for a time that is not positive: the server takes 0 for "no limit".
    """
    return neo4j.unit_of_work(**_told(statement, timeout_s))(work)


def as_query(statement: Statement, timeout_s: float) -> neo4j.Query:
    """A statement that is a transaction by itself; raises as `as_unit_of_work`."""
    return neo4j.Query(statement.text, **_told(statement, timeout_s))


def _told(statement: Statement, timeout_s: float) -> dict[str, Any]:
    if not timeout_s > 0:
        raise ValueError(f"timeout_s must be positive, not {timeout_s}")
    metadata = {"application": APPLICATION, "statement": statement.name}
    return {"metadata": metadata, "timeout": timeout_s}
