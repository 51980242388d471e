"""Makes the file of one export job, page by page, as its owner may see the graph while it is made."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from api.auth import TokenFile
from api.jobs.files import JobFiles
from api.jobs.settings import JobSettings
from api.jobs.store import Job, stamp
from api.settings import ApiSettings
from graph.store.async_session import AsyncStore
from queries.export.about import About
from queries.export.formats import FORMATS
from queries.export.question import Question
from queries.export.spool import Spool
from queries.reading import Reader, Reading

_READING, _WRITING = 0.1, 0.7
_T = TypeVar("_T")


class AccessEnded(Exception):
    """The owner of a job may no longer ask: his token was revoked or has ended."""


@dataclass(slots=True)
class Progress:
    """How far a job is; the worker tells the store now and then, until the job itself says the end."""

    progress: float = 0.0
    nodes: int = 0
    relations: int = 0
    is_ending: bool = False

    def said(self, now: str) -> dict[str, Any]:
        """As it is kept."""
        return {
            "progress": self.progress,
            "nodes": self.nodes,
            "relations": self.relations,
            "updated_at": now,
        }


@dataclass(frozen=True, slots=True)
class Exporter:
    """What an export needs."""

    store: AsyncStore
    tokens: TokenFile
    settings: ApiSettings
    files: JobFiles

    async def make(self, job: Job, progress: Progress) -> dict[str, Any]:
        """Make the file; returns what is to be said of the job that is done.

        Raises AccessEnded, and what the questions raise.
        """
        question, form = Question.of(job.question), FORMATS[job.format]
        folder = await asyncio.to_thread(self.files.start, job.attempt)
        progress.progress = _READING
        with Spool(folder / "spool.db", self._jobs.bounds) as spool:
            await self._read(job, question, spool, progress)
            progress.progress = _WRITING
            reader = self._reader(job)
            about = About(
                question.words,
                question.as_of,
                stamp(self.settings.now()),
                job.owner,
                tuple(reader.visible),
                spool.counts["nodes"],
                spool.counts["relations"],
                spool.withheld,
                spool.is_cut,
            )
            draft = folder / "draft"
            await _in_thread(lambda: form.write(spool, about, draft))
        name = f"suyuan-{question.kind.lower()}-{question.as_of}.{form.ending}"
        size, digest = await _in_thread(lambda: self.files.keep(Path(draft), name))
        self._reader(job)
        return {
            "file_name": name,
            "size_bytes": size,
            "sha256": digest,
            "nodes": spool.counts["nodes"],
            "relations": spool.counts["relations"],
            "withheld": spool.withheld,
            "is_cut": spool.is_cut,
            "progress": 1.0,
        }

    async def _read(self, job: Job, question: Question, spool: Spool, progress: Progress) -> None:
        def fresh() -> Reading:
            deadline = time.monotonic() + self._jobs.page_timeout_s
            return Reading(self.store, self._reader(job), question.as_of, deadline)

        async for piece in question.pieces(fresh):
            await _in_thread(lambda piece=piece: spool.add(piece))  # type: ignore[misc]
            progress.nodes = spool.counts["nodes"]
            progress.relations = spool.counts["relations"]
            if spool.is_full:
                spool.is_cut = True
                return

    def _reader(self, job: Job) -> Reader:
        """Its owner now, seeing no more than when he asked; AccessEnded when he may no longer ask."""
        for info in self.tokens.tokens():
            if info.name == job.owner and info.is_valid_at(self.settings.now()):
                regions = frozenset(info.regions) & frozenset(job.regions)
                return Reader(info.name, regions, info.is_told_withheld)
        raise AccessEnded

    @property
    def _jobs(self) -> JobSettings:
        return self.settings.jobs


async def _in_thread(work: Callable[[], _T]) -> _T:
    """Run blocking work beside the loop. A job that is cancelled waits for its end: a thread cannot be
    stopped, and must not write into a folder that is being removed."""
    task = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task})
        if not task.cancelled():
            task.exception()  # looked at, so that nobody is told of it again
        raise
