"""Reading a GraphQL request off the wire, after the GraphQL over HTTP specification.

Whatever arrives ends in a `GraphQLRequest` or in `RequestRefused`, never in a fault of ours: the body is
counted while it arrives, must be UTF-8 and one JSON object, and every parameter must have its type.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from starlette.requests import ClientDisconnect, Request

from api.auth import TokenFile, TokenInfo, bearer
from api.errors import RequestRefused, Shown
from api.settings import ApiSettings

JSON_TYPE = "application/json"
_MAX_ID_CHARS = 80
GRAPHQL_TYPE = "application/graphql-response+json"

METHOD = Shown("BAD_REQUEST", 405, "api.error.method")
UNAUTHENTICATED = Shown("UNAUTHENTICATED", 401, "api.error.unauthenticated")
_MEDIA_TYPE = Shown("BAD_REQUEST", 415, "api.error.media_type")
_NOT_ACCEPTABLE = Shown("BAD_REQUEST", 406, "api.error.not_acceptable")
_BODY_JSON = Shown("BAD_REQUEST", 400, "api.error.body_json")
_BODY_LARGE = Shown("BAD_REQUEST", 413, "api.error.body_large")
_BODY_SLOW = Shown("BAD_REQUEST", 408, "api.error.body_slow")
_PARAMETER = Shown("BAD_REQUEST", 400, "api.error.parameter")


@dataclass(frozen=True, slots=True)
class GraphQLRequest:
    """The parameters of one request; `query` is empty where only `document_id` (SHA-256) was given."""

    query: str
    variables: Mapping[str, Any] = field(default_factory=dict)
    operation_name: str | None = None
    document_id: str | None = None


def response_type(accept: str | None) -> str:
    """The media type to answer in; RequestRefused when none that is accepted can be given.

    `application/json` when the client has no preference, as clients older than the specification
    expect.
    """
    if not accept:
        return JSON_TYPE
    best, best_quality = "", 0.0
    for part in accept.split(","):
        name, *parameters = (item.strip().lower() for item in part.split(";"))
        offered = {"*/*": JSON_TYPE, "application/*": JSON_TYPE}.get(name, name)
        if offered not in {JSON_TYPE, GRAPHQL_TYPE} or not _is_utf8(parameters):
            continue
        quality = _quality(parameters)
        if quality > best_quality:
            best, best_quality = offered, quality
    if not best:
        raise RequestRefused(_NOT_ACCEPTABLE)
    return best


async def read_request(request: Request, settings: ApiSettings) -> GraphQLRequest:
    """The request of a POST body or of a GET query string; RequestRefused for anything else."""
    if request.method == "GET":
        return _from_url(request)
    if request.method != "POST":
        raise RequestRefused(METHOD, headers={"Allow": "GET, POST"})
    name, *parameters = (
        item.strip().lower() for item in request.headers.get("content-type", "").split(";")
    )
    if name != JSON_TYPE or not _is_utf8(parameters):
        raise RequestRefused(_MEDIA_TYPE)
    try:
        async with asyncio.timeout(settings.body_timeout_s):
            body = await body_of(request, settings.limits.body_bytes)
    except TimeoutError as error:
        raise RequestRefused(_BODY_SLOW) from error
    return _from_object(_json_object(body))


def request_of(given: Mapping[str, Any]) -> GraphQLRequest:
    """The request of parameters that came as an object, as over a socket; RequestRefused when wrong."""
    return _from_object(given)


def caller(request: Request, tokens: TokenFile, now: datetime) -> TokenInfo:
    """Whose bearer token a request carries; RequestRefused (401) without just one that is valid."""
    given = request.headers.getlist("authorization")
    token = tokens.check(bearer(given[0] if len(given) == 1 else None), now)
    if token is None:
        raise RequestRefused(UNAUTHENTICATED, headers={"WWW-Authenticate": "Bearer"})
    return token


async def body_of(request: Request, most: int) -> bytes:
    """The body, refused as soon as it is known to be too large."""
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced[:19]) > most:
        raise RequestRefused(_BODY_LARGE, most=most)
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > most:
                raise RequestRefused(_BODY_LARGE, most=most)
    except ClientDisconnect as error:
        raise RequestRefused(_BODY_JSON) from error
    return bytes(body)


def _from_url(request: Request) -> GraphQLRequest:
    given = request.query_params
    variables, extensions = given.get("variables"), given.get("extensions")
    return _from_object(
        {
            "query": given.get("query"),
            "operationName": given.get("operationName"),
            "variables": _json_object(variables.encode()) if variables else None,
            "documentId": given.get("documentId"),
            "extensions": _json_object(extensions.encode()) if extensions else None,
        }
    )


def _json_object(raw: bytes) -> dict[str, Any]:
    # orjson is strict: UTF-8 only, no NaN, no lone surrogates, bounded nesting.
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise RequestRefused(_BODY_JSON) from error
    if not isinstance(value, dict):
        raise RequestRefused(_BODY_JSON)
    return value


def _from_object(given: Mapping[str, Any]) -> GraphQLRequest:
    query, variables = given.get("query"), given.get("variables")
    name, extensions = given.get("operationName"), given.get("extensions")
    if extensions is not None and not isinstance(extensions, dict):
        raise RequestRefused(_PARAMETER, name="extensions")
    document_id = _document_id(given, extensions or {})
    if document_id is not None and query is None:
        query = ""
    elif not isinstance(query, str) or not query.strip():
        raise RequestRefused(_PARAMETER, name="query")
    if variables is not None and not isinstance(variables, dict):
        raise RequestRefused(_PARAMETER, name="variables")
    if name is not None and not isinstance(name, str):
        raise RequestRefused(_PARAMETER, name="operationName")
    return GraphQLRequest(query, variables or {}, name or None, document_id)


def _document_id(given: Mapping[str, Any], extensions: Mapping[str, Any]) -> str | None:
    """The name of a trusted document, in either of the ways clients give it."""
    persisted = extensions.get("persistedQuery")
    apollo = persisted.get("sha256Hash") if isinstance(persisted, dict) else None
    found = given.get("documentId", apollo) or apollo
    if found is None:
        return None
    if not isinstance(found, str) or len(found) > _MAX_ID_CHARS:
        raise RequestRefused(_PARAMETER, name="documentId")
    return found.removeprefix("sha256:").lower()


def _is_utf8(parameters: list[str]) -> bool:
    charsets = [p.partition("=")[2].strip('" ') for p in parameters if p.startswith("charset=")]
    return all(charset in {"utf-8", "utf8"} for charset in charsets)


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return float(parameter[2:])
            except ValueError:
                return 0.0
    return 1.0
