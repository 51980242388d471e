"""The GraphiQL page, served whole from here: it loads nothing from anywhere else.

The files in `static/graphiql` come from the packages named in `scripts/vendor_graphiql.sh`; their
checksums are in `SHA256SUMS`.
"""

from __future__ import annotations

from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

FOLDER = Path(__file__).parent / "static" / "graphiql"

_HEADERS = {
    # GraphiQL sets inline styles; scripts are ours alone, and connect to this service alone.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def wants_page(request: Request) -> bool:
    """Whether a browser asks for the page: a GET without a query that prefers HTML."""
    accept = request.headers.get("accept", "")
    return request.method == "GET" and "query" not in request.query_params and "text/html" in accept


def page() -> Response:
    """The page. It holds no data, so anybody may have it; the token is typed into it."""
    html = (FOLDER / "index.html").read_text(encoding="utf-8")
    return HTMLResponse(html, headers={**_HEADERS, "Cache-Control": "no-cache"})


class Assets(StaticFiles):
    """The page's files, with the same rules as the page."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """A file of the folder."""
        response = await super().get_response(path, scope)
        response.headers.update(_HEADERS)
        return response
