"""`/reconcile`: the addresses of the reconciliation service, and who may ask there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from graphql import GraphQLError
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from api.desk import Desk
from api.endpoint import language_of
from api.errors import RequestRefused, Shown, fault_of, message
from api.limits import PRICES
from api.reconciliation import answers
from api.reconciliation.manifest import columns_of, manifest, searchable_types, type_item
from api.reconciliation.protocol import extension_of, rows_of
from api.request import body_of, caller
from graph.errors import SuyuanError
from queries.reading import Reading
from queries.reconcile import looked_for

PREFIX = "/reconcile"
BASE_HEADER = "x-suyuan-base"
"""A bridge on the investigator's own machine says here under which address it is reached."""

_NOT_FOUND = Shown("NOT_FOUND", 404, "api.error.not_found")
_PARAMETER = Shown("BAD_REQUEST", 400, "api.error.parameter")
_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
_PREVIEW_HEADERS = {
    **_HEADERS,
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
}
_FORM_BYTES = 512 * 1024
_Answer = Callable[[Request, Reading, str], Awaitable[Any]]


class Reconciliation:
    """The service over an open store; `routes` are its addresses."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[Route]:
        """Addresses below `/reconcile`; a browser reaches them through `suyuan reconcile` only."""
        return [
            Route(PREFIX, self._answered(self._root), methods=["GET", "POST"]),
            Route(f"{PREFIX}/suggest/entity", self._answered(self._things)),
            Route(f"{PREFIX}/suggest/type", self._answered(self._types)),
            Route(f"{PREFIX}/suggest/property", self._answered(self._properties)),
            Route(f"{PREFIX}/propose", self._answered(self._propose)),
            Route(f"{PREFIX}/preview", self._answered(self._preview)),
        ]

    def _answered(self, answer: _Answer) -> Callable[[Request], Awaitable[Response]]:
        async def respond(request: Request) -> Response:
            lang = language_of(request)
            try:
                body = await answer(request, self._reading(request), lang)
            except RequestRefused as refused:
                said = message(refused.shown.text, lang, refused.params)
                return _error(refused.shown.code, said, refused.shown.status, refused.headers)
            except SuyuanError as error:
                fault = fault_of(GraphQLError(str(error), original_error=error), lang)
                code, said = fault.body["extensions"]["code"], fault.body["message"]
                return _error(code, said, fault.status)
            return body if isinstance(body, Response) else JSONResponse(body, headers=_HEADERS)

        return respond

    def _reading(self, request: Request) -> Reading:
        return self._desk.reading(caller(request, self._desk.tokens, self._desk.settings.now()))

    def _charge(self, reading: Reading, cost: int) -> None:
        """Take from the budget that the reader has for GraphQL too; RequestRefused without enough."""
        self._desk.gate.buckets.take(reading.reader.name, cost)

    async def _root(self, request: Request, reading: Reading, lang: str) -> Any:
        given = await _parameters(request)
        if "queries" in given:
            rows = rows_of(given["queries"])
            lookups = sum(len(looked_for(row)) for row in rows.values())
            self._charge(reading, lookups * PRICES["search"])
            return {
                key: {"result": await answers.candidate_items(reading, row, lang)}
                for key, row in rows.items()
            }
        if "extend" in given:
            asked = extension_of(given["extend"])
            self._charge(reading, len(asked.ids) * len(asked.columns) * answers.MAX_VALUES)
            return await answers.columns(reading, asked, lang)
        base = request.headers.get(BASE_HEADER) or str(request.url).partition("?")[0]
        return manifest(base.rstrip("/"), lang)

    async def _things(self, request: Request, reading: Reading, lang: str) -> Any:
        prefix = _prefix(request)
        self._charge(reading, PRICES["search"])
        found = await answers.suggested_things(reading, prefix, lang) if prefix.strip() else []
        return {"result": found}

    async def _types(self, request: Request, reading: Reading, lang: str) -> Any:
        return {"result": answers.suggested_types(_prefix(request), lang)}

    async def _properties(self, request: Request, reading: Reading, lang: str) -> Any:
        return {"result": answers.suggested_properties(_prefix(request), lang)}

    async def _propose(self, request: Request, reading: Reading, lang: str) -> Any:
        name = request.query_params.get("type", "Merchant")
        if name not in searchable_types():
            raise RequestRefused(_PARAMETER, name="type")
        return {"type": type_item(name, lang)["id"], "properties": columns_of(name, lang)}

    async def _preview(self, request: Request, reading: Reading, lang: str) -> Any:
        shown = await answers.preview(reading, request.query_params.get("id", ""), lang)
        if shown is None:
            raise RequestRefused(_NOT_FOUND)
        return HTMLResponse(shown, headers=_PREVIEW_HEADERS)


def _prefix(request: Request) -> str:
    return request.query_params.get("prefix", "")[:200]


async def _parameters(request: Request) -> dict[str, str]:
    """Parameters of the address, or of a form; the body is counted while it arrives."""
    if request.method == "GET":
        return dict(request.query_params)
    return _form(await body_of(request, _FORM_BYTES))


def _form(body: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(body.decode("utf-8"), errors="strict", max_num_fields=20)
    except ValueError as error:
        raise RequestRefused(_PARAMETER, name="form") from error
    return dict(pairs)


def _error(code: str, said: str, status: int, headers: Mapping[str, str] | None = None) -> Response:
    return JSONResponse(
        {"status": "error", "code": code, "message": said},
        status_code=status,
        headers={**_HEADERS, **(headers or {})},
    )
