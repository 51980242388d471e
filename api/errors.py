"""What each error becomes for the one who asks: a code, an HTTP status and a text. One table.

Codes follow what GraphQL clients know (`BAD_USER_INPUT`, `GRAPHQL_VALIDATION_FAILED`, …), with the
stable code of Suyuan as `reason`. An error that is not in the table is a fault of ours: it is logged
under an incident number, and nothing else of it leaves the house.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import GraphQLError

from graph.errors import (
    LimitExceeded,
    NotFound,
    OntologyError,
    QueryError,
    SourceError,
    StatementFailed,
    StoreError,
    StoreLocked,
    StoreUnavailable,
    SuyuanError,
    ThresholdExceeded,
    ValueRefused,
)
from graph.model.texts import catalogue

_LOG = logging.getLogger("suyuan.api")


@dataclass(frozen=True, slots=True)
class Shown:
    """How an error class is shown: GraphQL code, HTTP status, key of its text."""

    code: str
    status: int
    text: str


_INTERNAL = Shown("INTERNAL_SERVER_ERROR", 500, "api.error.internal")
_UNAVAILABLE = Shown("SERVICE_UNAVAILABLE", 503, "api.error.unavailable")

#: Every error class of graph.errors; `tests` hold it complete.
TABLE: Mapping[type[SuyuanError], Shown] = {
    SuyuanError: _INTERNAL,
    OntologyError: _INTERNAL,
    ValueRefused: Shown("BAD_USER_INPUT", 400, "api.error.input"),
    SourceError: Shown("BAD_REQUEST", 400, "api.error.source"),
    ThresholdExceeded: Shown("BAD_REQUEST", 400, "api.error.source"),
    StoreError: _INTERNAL,
    StoreUnavailable: _UNAVAILABLE,
    StoreLocked: _UNAVAILABLE,
    StatementFailed: _INTERNAL,
    QueryError: Shown("BAD_REQUEST", 400, "api.error.query"),
    NotFound: Shown("NOT_FOUND", 404, "api.error.not_found"),
    LimitExceeded: Shown("LIMIT_EXCEEDED", 400, "api.error.limit"),
}


class RequestRefused(Exception):
    """A request that is answered before anything is run; becomes a response of its own."""

    def __init__(
        self,
        shown: Shown,
        *,
        headers: Mapping[str, str] | None = None,
        **params: Any,
    ) -> None:
        super().__init__(shown.code)
        self.shown = shown
        self.headers = dict(headers or {})
        self.params = params


@dataclass(frozen=True, slots=True)
class Fault:
    """One error as it is answered, and the HTTP status it stands for."""

    status: int
    body: dict[str, Any] = field(default_factory=dict)


def fault_of(error: GraphQLError, language: str, code: str = "BAD_USER_INPUT") -> Fault:
    """How an error of parsing, validating or executing is answered.

    `code` is that of errors which GraphQL itself raises, such as a null where none may be.
    """
    cause = error.original_error
    while isinstance(cause, GraphQLError) and cause.original_error:
        cause = cause.original_error
    if cause is None or isinstance(cause, GraphQLError):
        return Fault(400, _body(error, error.message, {"code": code}))
    shown, params = shown_as(cause)
    if isinstance(cause, ValueRefused):
        params |= {"reason": cause.reason}
    extensions = {"code": shown.code, **_reason(cause)}
    if shown is _INTERNAL:
        incident = secrets.token_hex(6)
        _LOG.error("incident %s", incident, exc_info=cause)
        params |= {"incident": incident}
        extensions["incident"] = incident
    return Fault(shown.status, _body(error, message(shown.text, language, params), extensions))


def shown_as(error: BaseException) -> tuple[Shown, dict[str, Any]]:
    """The row of the table for an error, and the values of its text."""
    for kind in type(error).__mro__:
        if kind in TABLE and isinstance(error, SuyuanError):
            return TABLE[kind], dict(error.params)
    return _INTERNAL, {}


def message(key: str, language: str, params: Mapping[str, Any]) -> str:
    """A text of the catalogue, with a dash for every value that is not known."""
    reason = f"refusal.{params.get('reason')}"
    known = dict(params)
    if reason in catalogue():
        known["reason"] = catalogue()[reason][language].format_map(_Dashes(params))
    return catalogue()[key][language].format_map(_Dashes(known))


class _Dashes(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "–"


def _reason(error: BaseException) -> dict[str, str]:
    if isinstance(error, ValueRefused):
        return {"reason": error.reason}
    return {"reason": error.code} if isinstance(error, SuyuanError) else {}


def _body(error: GraphQLError, said: str, extensions: Mapping[str, Any]) -> dict[str, Any]:
    body: dict[str, Any] = {"message": said, "extensions": dict(extensions)}
    if error.locations:
        body["locations"] = [{"line": at.line, "column": at.column} for at in error.locations]
    if error.path:
        body["path"] = error.path
    return body
