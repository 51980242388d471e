"""Every error Suyuan raises on purpose, in one tree.

    SuyuanError
    ├── OntologyError          the ontology files contradict themselves
    ├── ValueRefused           one value is not well formed (carries a code and the value kind)
    ├── SourceError            a file or folder cannot be read as a source at all
    │   └── ThresholdExceeded  more rows were refused than the source allows; nothing was written
    ├── StoreError
    │   ├── StoreUnavailable   the store could not be reached or started
    │   ├── StoreLocked        another process owns this store folder
    │   └── StatementFailed    the server understood and said no
    └── QueryError
        ├── NotFound           no such thing, or not visible to the reader (indistinguishable on purpose)
        └── LimitExceeded      the question asks for more than is allowed

Each error names a stable `code`. What an HTTP status or GraphQL extension it becomes is decided in
`api.errors` alone; which exit code, in `suyuan.cli` alone.
"""

from __future__ import annotations

from typing import Any, ClassVar


class SuyuanError(Exception):
    """Root of the tree. `params` fill the catalogue text `error.<code>` (zh/en)."""

    code: ClassVar[str] = "suyuan.error"

    def __init__(self, message: str = "", **params: Any) -> None:
        super().__init__(message or self.code)
        self.params = params


class OntologyError(SuyuanError):
    """The ontology files contradict themselves."""

    code = "graph.ontology"


class ValueRefused(SuyuanError):
    """One value is not well formed.

    `reason` is a stable code such as `uscc.check_digit`; its texts are in the catalogue under
    `refusal.<reason>`. The value itself is kept out of the message: it may be personal data.
    """

    code = "graph.value_refused"

    def __init__(self, reason: str, **params: Any) -> None:
        super().__init__(reason, **params)
        self.reason = reason


class SourceError(SuyuanError):
    """A file or folder cannot be read as a source at all."""

    code = "ingest.source"


class ThresholdExceeded(SourceError):
    """More rows were refused than the source allows; nothing was written."""

    code = "ingest.threshold"


class StoreError(SuyuanError):
    """Something about the store."""

    code = "store.error"


class StoreUnavailable(StoreError):
    """The store could not be reached or started."""

    code = "store.unavailable"


class StoreLocked(StoreError):
    """Another process owns this store folder."""

    code = "store.locked"


class StatementFailed(StoreError):
    """The server understood and said no."""

    code = "store.statement_failed"


class QueryError(SuyuanError):
    """A question that cannot be answered."""

    code = "query.error"


class NotFound(QueryError):
    """No such thing, or not visible to the reader (indistinguishable on purpose)."""

    code = "query.not_found"


class LimitExceeded(QueryError):
    """The question asks for more than is allowed."""

    code = "query.limit_exceeded"
