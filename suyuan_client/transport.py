"""Sends documents over HTTP and reads answers; events come as a stream (graphql-sse, distinct mode)."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

_JSON = "application/graphql-response+json"
_EVENTS = "text/event-stream"
_CHUNK_BYTES = 1 << 16


class ServiceError(Exception):
    """The service could not be reached, or gave no answer that can be read."""


class ServiceRefused(ServiceError):
    """The answer has errors. `errors` are as they came, `data` what there is besides, `status` of HTTP.

    `code` is the stable code of the first (`NOT_FOUND`, `RATE_LIMITED`, …); `retry_after_s` is how long
    to wait where the service says so.
    """

    def __init__(
        self,
        errors: list[dict[str, Any]],
        data: Mapping[str, Any] | None,
        status: int,
        retry_after_s: float | None = None,
    ) -> None:
        first = errors[0] if errors else {}
        self.errors, self.data, self.status = errors, data, status
        self.code = str(first.get("extensions", {}).get("code", ""))
        self.retry_after_s = retry_after_s
        super().__init__(f"{self.code}: {first.get('message', '')}")


class Connection:
    """Where the service is and who asks. Answers are waited for `timeout_s` seconds."""

    def __init__(self, url: str, token: str, timeout_s: float = 60.0, language: str = "zh") -> None:
        if urlsplit(url).scheme not in {"http", "https"}:
            msg = f"not an HTTP address: {url}"
            raise ValueError(msg)
        self._url, self._timeout_s = url.rstrip("/") + "/", timeout_s
        self._headers = {"Authorization": f"Bearer {token}", "Accept-Language": language}

    def ask(self, document: str, variables: Mapping[str, Any]) -> Mapping[str, Any]:
        """The data of the answer; variables that are None are left out.

        Raises ServiceRefused, ServiceError.
        """
        with self._open(self._request(document, variables, _JSON)) as response:
            return _data(_read(response), response.status, _retry_after(response))

    def listen(self, document: str, variables: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        """The data of each event until the stream ends; close the iterator to stop it.

        Raises as `ask`.
        """
        with self._open(self._request(document, variables, _EVENTS)) as response:
            if response.headers.get_content_type() != _EVENTS:
                _data(_read(response), response.status, _retry_after(response))
                return
            event = ""
            for line in _lines(response):
                name, _, value = line.partition(":")
                if name == "event":
                    event = value.strip()
                    if event == "complete":
                        return
                elif name == "data" and event == "next":
                    yield _data(json.loads(value), response.status, None)

    def download(self, url: str, target: Path) -> None:
        """Fetch the file of an export job, whose `url` is a path of the service, into a new file."""
        request = urllib.request.Request(urljoin(self._url, url), headers=self._headers)  # noqa: S310
        with self._open(request) as response, target.open("xb") as file:
            if response.status != 200:
                msg = f"HTTP {response.status}"
                raise ServiceError(msg)
            while chunk := response.read(_CHUNK_BYTES):
                file.write(chunk)

    def _request(
        self, document: str, variables: Mapping[str, Any], accept: str
    ) -> urllib.request.Request:
        given = {name: value for name, value in variables.items() if value is not None}
        body = json.dumps({"query": document, "variables": given}, ensure_ascii=False)
        headers = {**self._headers, "Content-Type": "application/json", "Accept": accept}
        return urllib.request.Request(  # noqa: S310 - the scheme was looked at
            urljoin(self._url, "graphql"), body.encode(), headers
        )

    @contextmanager
    def _open(self, request: urllib.request.Request) -> Iterator[HTTPResponse]:
        """The answer, whatever its status."""
        try:
            try:
                response = urllib.request.urlopen(request, timeout=self._timeout_s)  # noqa: S310
            except urllib.error.HTTPError as error:
                response = error
            with response:
                yield response
        except (OSError, HTTPException) as error:
            raise ServiceError(str(error)) from error


def _lines(response: HTTPResponse) -> Iterator[str]:
    for line in response:
        yield line.decode().rstrip("\r\n")


def _read(response: HTTPResponse) -> Any:
    try:
        return json.loads(response.read())
    except ValueError as error:
        msg = f"HTTP {response.status}: no JSON"
        raise ServiceError(msg) from error


def _data(answer: Any, status: int, retry_after_s: float | None) -> Mapping[str, Any]:
    if not isinstance(answer, dict):
        msg = f"HTTP {status}: no answer of GraphQL"
        raise ServiceError(msg)
    data = answer.get("data")
    if errors := answer.get("errors"):
        raise ServiceRefused(errors, data, status, retry_after_s)
    if not isinstance(data, dict):
        msg = f"HTTP {status}: no data"
        raise ServiceError(msg)
    return data


def _retry_after(response: HTTPResponse) -> float | None:
    said = response.headers.get("Retry-After", "")
    return float(said) if said.isdigit() else None
