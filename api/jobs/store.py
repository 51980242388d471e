"""Jobs as they are kept: nodes of a label outside of the ontology, each known by its id and its owner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

from graph.store.async_session import AsyncStore, Run
from graph.store.statement import Statement

KEY = Statement.load(__file__, "export_job_key.cypher")
_ADD = Statement.load(__file__, "add_export_job.cypher")
_CLAIM = Statement.load(__file__, "claim_export_job.cypher")
_CHANGE = Statement.load(__file__, "change_export_job.cypher")
_CANCEL = Statement.load(__file__, "cancel_export_job.cypher")
_JOBS = Statement.load(__file__, "export_jobs.cypher")
_EXPIRE = Statement.load(__file__, "expire_export_jobs.cypher")

_EXPIRED_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Job:
    """One job. Times are ISO 8601 in UTC; `regions` those its owner could see when he asked.

    `state`: queued, running, done, failed, cancelled. `progress` is 0..1. `withheld` is None where that
    is not told; `size_bytes`, `sha256` and `file_name` are set when done, `error` when failed.
    """

    id: str
    owner: str
    format: str
    question: Mapping[str, Any]
    regions: tuple[str, ...]
    created_at: str
    expires_at: str
    updated_at: str
    state: str = "queued"
    progress: float = 0.0
    nodes: int = 0
    relations: int = 0
    withheld: int | None = None
    is_cut: bool = False
    file_name: str = ""
    size_bytes: int = 0
    sha256: str = ""
    error: str = ""
    attempts: int = 0
    started_at: str = ""
    finished_at: str = ""

    @property
    def is_over(self) -> bool:
        """Whether nothing will change any more."""
        return self.state not in {"queued", "running"}

    @property
    def attempt(self) -> str:
        """Names this attempt at it, and the folder of its files."""
        return f"{self.id}-{self.attempts}"

    def stored(self) -> dict[str, Any]:
        """As it is kept: what the store cannot hold is JSON."""
        said = {name: getattr(self, name) for name in self.__slots__}
        return {
            **said,
            "question": orjson.dumps(self.question).decode(),
            "regions": [*self.regions],
        }

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Job:
        """As it was kept."""
        said = {name: stored[name] for name in cls.__slots__ if name in stored}
        said["question"] = orjson.loads(said["question"])
        said["regions"] = tuple(said["regions"])
        return cls(**said)


def stamp(moment: datetime) -> str:
    """A time as jobs, receipts and audit lines keep it: UTC, comparable as text."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


class JobStore:
    """Reads and changes jobs."""

    def __init__(self, store: AsyncStore, lease_s: float) -> None:
        self._store = store
        self._lease_ms = round(lease_s * 1000)

    async def of_owner(
        self, owner: str, *, after: tuple[str, str] | None = None, limit: int
    ) -> list[Job]:
        """Jobs of an owner, newest first, after the one with that time and id."""
        before_at, before_id = after or ("9999", "")
        rows = await self._store.read(
            _JOBS, owner=owner, id=None, before_at=before_at, before_id=before_id, limit=limit
        )
        return [Job.of(row["job"]) for row in rows]

    async def get(self, owner: str, identifier: str) -> Job | None:
        """A job of an owner; None for one that is absent or another's, alike."""
        rows = await self._store.read(
            _JOBS, owner=owner, id=identifier, before_at="9999", before_id="", limit=1
        )
        return Job.of(rows[0]["job"]) if rows else None

    @staticmethod
    async def add(run: Run, job: Job, most: int) -> bool:
        """Queue a job within a transaction; False when its owner has `most` open already."""
        rows = await run(_ADD, id=job.id, owner=job.owner, most=most, properties=job.stored())
        return bool(rows[0]["is_added"])

    @staticmethod
    async def cancel(run: Run, owner: str, identifier: str, now: datetime) -> Job | None:
        """Cancel a job within a transaction; None for one that is absent or another's, alike."""
        rows = await run(_CANCEL, id=identifier, owner=owner, now=stamp(now))
        return Job.of(rows[0]["job"]) if rows else None

    async def claim(self, worker: str, now: datetime) -> Job | None:
        """The next job for a worker, running from now on."""
        rows = await self._store.write(
            _CLAIM, worker=worker, lease_ms=self._lease_ms, now=stamp(now)
        )
        return Job.of(rows[0]["job"]) if rows else None

    async def change(self, identifier: str, worker: str, **said: Any) -> bool:
        """Say something of a running job; False when it is no longer this worker's."""
        rows = await self._store.write(
            _CHANGE, id=identifier, worker=worker, properties=said, lease_ms=self._lease_ms
        )
        return bool(rows)

    async def expire(self, now: datetime) -> list[str]:
        """Forget jobs whose time is up; returns their ids."""
        rows = await self._store.write(_EXPIRE, now=stamp(now), limit=_EXPIRED_AT_ONCE)
        return [row["id"] for row in rows]
