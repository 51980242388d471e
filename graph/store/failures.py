"""What the driver and the server complain of, in Suyuan's own words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from neo4j.exceptions import (
    AuthError,
    ConnectionAcquisitionTimeoutError,
    DatabaseUnavailable,
    DriverError,
    ForbiddenOnReadOnlyDatabase,
    Neo4jError,
    ServiceUnavailable,
    SessionExpired,
    TransientError,
)

from graph.errors import LimitExceeded, StatementFailed, StoreUnavailable, SuyuanError

# Neo4j Status Codes for Neo4j 5. The first two end a transaction that outlived its deadline, the
# others one that waited for a lock meanwhile (the server does not say which of the two it was).
_OUT_OF_TIME = (
    "Neo.ClientError.Transaction.TransactionTimedOut",
    "Neo.ClientError.Transaction.TransactionTimedOutClientConfiguration",
    "Neo.ClientError.Transaction.LockClientStopped",
    "Neo.TransientError.Transaction.LockAcquisitionTimeout",
)
# A transaction that outgrew `db.memory.transaction.max`, or the pool of all transactions.
_OUT_OF_MEMORY = (
    "Neo.TransientError.General.MemoryPoolOutOfMemoryError",
    "Neo.TransientError.General.TransactionMemoryLimit",
    "Neo.TransientError.General.OutOfMemoryError",
    "Neo.ClientError.General.TransactionOutOfMemoryError",
)
# Ended by an operator, or by the server shutting down.
_TERMINATED = "Neo.ClientError.Transaction.Terminated"
_UNREACHABLE = (ServiceUnavailable, SessionExpired, DatabaseUnavailable)
# Only complaints about the text of a statement are repeated: others quote values, which may be
# personal data, and errors end up in logs.
_ABOUT_TEXT = "Neo.ClientError.Statement."


@contextmanager
def translated(statement: str = "") -> Iterator[None]:
    """Turn the errors of the driver into ours; `statement` is the name to show.

    StoreUnavailable: not reachable, not let in, read-only, pool exhausted, or still in trouble
    after all retries. LimitExceeded: out of time or memory. StatementFailed: everything else the
    server refused, and values that cannot be sent.
    """
    with (
        sendable(statement),
        answered(statement),
    ):  # inner first: an error of the driver may be both
        yield


@contextmanager
def answered(statement: str = "") -> Iterator[None]:
    """Turn what the server and the way to it say into ours, as `translated`; nothing else."""
    try:
        yield
    except (DriverError, Neo4jError) as error:
        raise as_store_error(error, statement) from error


@contextmanager
def sendable(statement: str = "") -> Iterator[None]:
    """Turn what the driver says of values that it cannot send into StatementFailed."""
    try:
        yield
    except (TypeError, ValueError, OverflowError) as error:
        # From packing parameters; the message of the driver names the type, not the value.
        msg = f"{statement}: a parameter cannot be sent: {error}"
        raise StatementFailed(msg, statement=statement) from error


def as_store_error(error: DriverError | Neo4jError, statement: str = "") -> SuyuanError:
    """The error of ours that stands for one of the driver's or the server's."""
    label = f"{statement}: " if statement else ""
    if isinstance(error, AuthError):
        return StoreUnavailable("the database refused the user name or password", reason="auth")
    if isinstance(error, ConnectionAcquisitionTimeoutError):
        return StoreUnavailable("all connections to the database are busy", reason="busy")
    if isinstance(error, ForbiddenOnReadOnlyDatabase):
        return StoreUnavailable("the database is read-only", reason="read_only")
    if isinstance(error, _UNREACHABLE):
        return StoreUnavailable(f"the database cannot be reached: {error}", reason="unreachable")
    if isinstance(error, DriverError):
        return StatementFailed(f"{label}{type(error).__name__}: {error}", statement=statement)
    return _of_server(error, label, statement)


def _of_server(error: Neo4jError, label: str, statement: str) -> SuyuanError:
    code = error.code or "unknown"
    if code in _OUT_OF_TIME:
        return LimitExceeded(f"{label}took too long", limit="time", statement=statement)
    if code in _OUT_OF_MEMORY:
        return LimitExceeded(f"{label}needs too much memory", limit="memory", statement=statement)
    if code == _TERMINATED:
        return StoreUnavailable(f"{label}was ended from outside", reason="terminated")
    if isinstance(error, TransientError):
        msg = f"{label}the database was still in trouble after all retries ({code})"
        return StoreUnavailable(msg, reason="transient", server_code=code)
    detail = f": {error.message}" if code.startswith(_ABOUT_TEXT) else ""
    return StatementFailed(f"{label}{code}{detail}", statement=statement, server_code=code)
