"""The workers of the service: each takes the next job, does it, and says how far it is."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress

from api.errors import shown_as
from api.jobs.export import AccessEnded, Exporter, Progress
from api.jobs.store import KEY, Job, JobStore, stamp
from api.settings import ApiSettings
from graph.errors import StoreError, SuyuanError
from graph.store.async_session import AsyncStore

_LOG = logging.getLogger("suyuan.api.jobs")
_CLEAN_EVERY_S = 300.0
_STOP_S = 5.0


class JobRunner:
    """Runs `settings.jobs.workers` jobs at once; start it and stop it with the service.

    Jobs that a stopped service left queued or running are taken up again: at once when it could say so,
    after their lease when it could not.
    """

    def __init__(
        self,
        store: AsyncStore,
        jobs: JobStore,
        exporter: Exporter,
        settings: ApiSettings,
        clean: Callable[[], Awaitable[None]],
    ) -> None:
        self._store = store
        self._jobs = jobs
        self._exporter = exporter
        self._settings = settings
        self._clean = clean
        self._wake = asyncio.Event()
        self._is_stopping = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._is_prepared = False
        self._preparing = asyncio.Lock()

    async def start(self) -> None:
        """Start the workers; the database need not answer yet."""
        name = secrets.token_hex(8)
        self._tasks = [
            asyncio.create_task(self._work(f"{name}-{number}"))
            for number in range(self._settings.jobs.workers)
        ]
        self._tasks.append(asyncio.create_task(self._tidy()))

    async def stop(self) -> None:
        """Stop them; jobs in work go back into the queue.

        Who only looks for work is let finish his look: a connection that is being opened would be left
        open by a cancellation.
        """
        self._is_stopping.set()
        self._wake.set()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=_STOP_S)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    def wake(self) -> None:
        """Look for work now."""
        self._wake.set()

    async def prepare(self) -> None:
        """Make the key on jobs, once."""
        async with self._preparing:
            if not self._is_prepared:
                await self._store.write(KEY)
                self._is_prepared = True

    async def _work(self, worker: str) -> None:
        while not self._is_stopping.is_set():
            try:
                await self.prepare()
                job = await self._jobs.claim(worker, self._settings.now())
            except StoreError:
                job = None
            if job is None:
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._settings.jobs.poll_s):
                        await self._wake.wait()
                if not self._is_stopping.is_set():
                    self._wake.clear()
                continue
            try:
                await self._do(job, worker)
            except StoreError:
                # Its lease runs out, and it is taken up again by whoever looks then.
                _LOG.warning("job %s: the database did not answer", job.id)

    async def _do(self, job: Job, worker: str) -> None:
        if job.attempts > self._settings.jobs.attempts:
            await asyncio.to_thread(self._exporter.files.forget, job.id)
            await self._end(job, worker, state="failed", error="INTERRUPTED")
            return
        progress = Progress()
        task = asyncio.create_task(self._attempt(job, worker, progress))
        try:
            while not task.done():
                await asyncio.wait({task}, timeout=self._settings.jobs.beat_s)
                if self._is_stopping.is_set() and not progress.is_ending and not task.done():
                    raise asyncio.CancelledError
                if task.done() or progress.is_ending or await self._beat(job, worker, progress):
                    continue
                # It is no longer ours; unless it has ended by itself while we asked.
                if not progress.is_ending:
                    task.cancel()
                    await asyncio.wait({task})
                    await asyncio.to_thread(self._exporter.files.remove, job.attempt)
            if not task.cancelled():
                await task
        except asyncio.CancelledError:
            task.cancel()
            await asyncio.wait({task})
            with suppress(StoreError):
                await self._jobs.change(job.id, worker, state="queued", attempts=job.attempts - 1)
            raise
        finally:
            if not task.done():
                task.cancel()

    async def _beat(self, job: Job, worker: str, progress: Progress) -> bool:
        try:
            return await self._jobs.change(
                job.id, worker, **progress.said(stamp(self._settings.now()))
            )
        except StoreError:
            return True  # not known; the work itself will find out

    async def _attempt(self, job: Job, worker: str, progress: Progress) -> None:
        try:
            made = await self._exporter.make(job, progress)
        except AccessEnded:
            await self._fail(job, worker, "ACCESS_ENDED")
        except StoreError:
            raise
        except SuyuanError as error:
            await self._fail(job, worker, shown_as(error)[0].code)
        except Exception:
            incident = secrets.token_hex(6)
            _LOG.exception("job %s: incident %s", job.id, incident)
            await self._fail(job, worker, f"INTERNAL_SERVER_ERROR {incident}")
        else:
            progress.is_ending = True
            if not await self._end(job, worker, state="done", **made):
                await asyncio.to_thread(self._exporter.files.remove, job.attempt)

    async def _fail(self, job: Job, worker: str, error: str) -> None:
        await asyncio.to_thread(self._exporter.files.remove, job.attempt)
        await self._end(job, worker, state="failed", error=error)

    async def _end(self, job: Job, worker: str, *, state: str, **said: object) -> bool:
        """Say what became of a job, and then that it is over.

        Two transactions: Neo4j shows a commit property by property, and who reads meanwhile would see a
        job that is done and has no file.
        """
        now = stamp(self._settings.now())
        return await self._jobs.change(
            job.id, worker, finished_at=now, updated_at=now, **said
        ) and await self._jobs.change(job.id, worker, state=state)

    async def _tidy(self) -> None:
        """Now and then remove what has had its time."""
        while not self._is_stopping.is_set():
            try:
                await self.prepare()
                for job_id in await self._jobs.expire(self._settings.now()):
                    await asyncio.to_thread(self._exporter.files.forget, job_id)
                await self._clean()
            except StoreError:
                pass
            except OSError:
                _LOG.exception("expired exports could not be removed")
            with suppress(TimeoutError):
                async with asyncio.timeout(_CLEAN_EVERY_S):
                    await self._is_stopping.wait()
