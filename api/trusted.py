"""Documents that are known before they are asked: who may run only those, and how they are named.

A trusted document is named by the SHA-256 of its text, as `documentId` (GraphQL over HTTP, persisted
documents appendix; `sha256:` may stand before it) or `extensions.persistedQuery.sha256Hash` (Apollo).
Nothing is learnt from clients: a hash that is not known stays unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import orjson

from api.documents import sha256_of
from api.errors import RequestRefused, Shown
from api.gate_settings import TrustedSettings
from api.request import GraphQLRequest
from graph.errors import SourceError

_NOT_FOUND = Shown("PERSISTED_QUERY_NOT_FOUND", 400, "api.error.trusted.unknown")
_MISMATCH = Shown("BAD_REQUEST", 400, "api.error.trusted.mismatch")
_SHA256 = re.compile(r"[0-9a-f]{64}")


class TrustedDocuments:
    """The trusted documents of one service, read once."""

    def __init__(self, settings: TrustedSettings) -> None:
        """Read them; SourceError for a source that cannot be read or a hash that is not the text's."""
        self.settings = settings
        self._texts: Mapping[str, str] = dict(_texts(settings.source)) if settings.source else {}

    def __len__(self) -> int:
        return len(self._texts)

    def admit(self, request: GraphQLRequest, role: str) -> GraphQLRequest:
        """The request with the text of its document.

        Raises RequestRefused (PERSISTED_QUERY_NOT_FOUND) for a name that is not known, and for a text
        that is not trusted from a strict role; (BAD_REQUEST) for a name that is not that of its text.
        """
        name, text = request.document_id, request.query
        if name is not None and text and sha256_of(text) != name:
            raise RequestRefused(_MISMATCH)
        if name is not None and not text:
            known = self._texts.get(name)
            if known is None:
                raise RequestRefused(_NOT_FOUND)
            return replace(request, query=known)
        if role in self.settings.strict_roles and sha256_of(text) not in self._texts:
            raise RequestRefused(_NOT_FOUND)
        return request

    def may_introspect(self, role: str) -> bool:
        """Whether a role may ask for the schema."""
        return role in self.settings.introspecting_roles


def _texts(source: Path) -> Iterator[tuple[str, str]]:
    if source.is_dir():
        for path in sorted(source.rglob("*.graphql")):
            text = _read(path).decode()
            yield sha256_of(text), text
        return
    try:
        given = orjson.loads(_read(source))
    except orjson.JSONDecodeError as error:
        raise SourceError(f"{source.name} is not JSON") from error
    if not isinstance(given, dict):
        raise SourceError(f"{source.name} is no object of SHA-256 to document")
    for name, text in given.items():
        digest = str(name).removeprefix("sha256:").lower()
        if not isinstance(text, str) or not _SHA256.fullmatch(digest) or sha256_of(text) != digest:
            raise SourceError(f"{source.name}: {name} is not the SHA-256 of its document")
        yield digest, text


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SourceError(f"{path.name} cannot be read") from error
