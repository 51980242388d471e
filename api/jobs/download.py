"""`/exports/<job>/<name>`: the file of a job, for its owner alone."""

from __future__ import annotations

import orjson
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from api.auth import TokenFile
from api.endpoint import language_of
from api.errors import RequestRefused, Shown, message
from api.jobs.files import JobFiles
from api.jobs.store import JobStore, stamp
from api.request import caller
from api.settings import ApiSettings
from graph.errors import StoreError
from queries.export.formats import FORMATS

_NOT_FOUND = Shown("NOT_FOUND", 404, "api.error.not_found")
_UNAVAILABLE = Shown("SERVICE_UNAVAILABLE", 503, "api.error.unavailable")
_HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
}


class Downloads:
    """Answers `/exports/{job_id}/{name}`."""

    def __init__(
        self, jobs: JobStore, files: JobFiles, tokens: TokenFile, settings: ApiSettings
    ) -> None:
        self._jobs = jobs
        self._files = files
        self._tokens = tokens
        self._settings = settings

    async def __call__(self, request: Request) -> Response:
        """The file; 404 alike for what is absent, another's, not done, expired, or made for regions that
        its owner may no longer see."""
        now = self._settings.now()
        try:
            token = caller(request, self._tokens, now)
        except RequestRefused as refused:
            return _refusal(request, refused.shown, refused.headers)
        job_id, name = request.path_params["job_id"], request.path_params["name"]
        try:
            job = await self._jobs.get(token.name, job_id)
        except StoreError:
            return _refusal(request, _UNAVAILABLE, {"Retry-After": "2"})
        is_there = (
            job is not None
            and job.state == "done"
            and job.file_name == name
            and job.expires_at > stamp(now)
            and set(job.regions) <= set(token.regions)
        )
        path = self._files.path(job.attempt, name) if job is not None and is_there else None
        if job is None or path is None:
            return _refusal(request, _NOT_FOUND, {})
        return FileResponse(
            path,
            headers={**_HEADERS, "ETag": f'"{job.sha256}"'},
            media_type=FORMATS[job.format].media_type,
            filename=name,
        )


def _refusal(request: Request, shown: Shown, headers: dict[str, str]) -> Response:
    error = {
        "message": message(shown.text, language_of(request), {}),
        "extensions": {"code": shown.code},
    }
    return Response(
        orjson.dumps({"errors": [error]}),
        status_code=shown.status,
        headers={**_HEADERS, **headers},
        media_type="application/json",
    )
