"""What one can be told of as it happens: new weekly flags, and how far a job is.

The store is asked again and again, at an interval that the service sets: publications come once a week,
jobs take seconds, and a poll needs no bus between processes. Every look uses the access its reader has
at that moment.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Annotated

import strawberry

from api.context import Info
from api.export_job import ExportJob, job_id
from api.finding import Finding, WeeklyFlag
from api.news import newest_finding
from api.questions.arguments import Id
from api.questions.jobs import desk_of
from api.resolved import subscribed
from graph.errors import NotFound, ValueRefused
from queries import findings as finding_queries
from queries import flags as flag_queries
from queries.findings import FindingFilter, FindingView
from queries.flags import FlagView
from queries.pages import MAX_FIRST, PageRequest
from queries.reading import Reading

_MAX_REGIONS = 40


@strawberry.type(
    description="订阅。经 WebSocket（graphql-transport-ws）或 SSE；令牌失效即断开。 / "
    "Subscriptions, over a WebSocket (graphql-transport-ws) or SSE; they end when the token does."
)
class Subscription:
    """The root of everything that one can be told of."""

    @subscribed(
        "新发布的每周提示；不含订阅前已有者 / Weekly flags as they are published from now on"
    )
    async def weekly_flags(
        self,
        info: Info,
        regions: Annotated[
            list[str] | None,
            strawberry.argument(
                description="省级代码，默认您的全部地区 / Province codes, all of yours by default"
            ),
        ] = None,
    ) -> AsyncIterator[WeeklyFlag]:
        """New flags, oldest first."""
        if regions is not None and not 1 <= len(regions) <= _MAX_REGIONS:
            raise ValueRefused("subscription.regions", most=_MAX_REGIONS)
        wanted = None if regions is None else frozenset(regions)
        desk = desk_of(info)
        mark = await desk.news.mark()
        seen, newest = _newest(await _flags_since(_reading(info), ""))
        while True:
            await asyncio.sleep(desk.settings.streams.poll_s)
            before, mark = mark, await desk.news.mark()
            if mark == before:
                continue
            found = await _flags_since(_reading(info), newest)
            for view in reversed(found):
                if view.id not in seen and (wanted is None or wanted & set(view.regions)):
                    yield WeeklyFlag.of(view)
            if found:
                seen, newest = _newest(found)

    @subscribed(
        "新的检出；不含订阅前已有者 / Findings as they are first made from now on, worst first in a look"
    )
    async def findings(
        self,
        info: Info,
        detector: Annotated[
            str | None,
            strawberry.argument(description="检测规则编号，如 D4 / Detector, such as D4"),
        ] = None,
        severity_at_least: Annotated[
            int, strawberry.argument(description="最低严重程度 1..5 / Least severity, 1..5")
        ] = 1,
    ) -> AsyncIterator[Finding]:
        """New findings."""
        desk = desk_of(info)
        wanted = FindingFilter(detector, severity_at_least)
        mark = await desk.finding_news.mark()
        newest = await newest_finding(desk.store)
        seen = {view.id for view in await _findings_since(_reading(info), wanted, newest)}
        while True:
            await asyncio.sleep(desk.settings.streams.poll_s)
            before, mark = mark, await desk.finding_news.mark()
            if mark == before:
                continue
            found = await _findings_since(_reading(info), wanted, newest)
            for view in found:
                if view.id not in seen:
                    yield Finding.of(view)
            seen |= {view.id for view in found}
            # What is older than the newest day is not read again.
            newest = max(newest, await newest_finding(desk.store))

    @subscribed("自己任务的进度，直至结束 / How far a job of yours is, until it has ended")
    async def job_progress(self, info: Info, id: Id) -> AsyncIterator[ExportJob]:  # noqa: A002 - as in `node`
        """The job now, and whenever it has changed."""
        desk, owner = desk_of(info), info.context.reading.reader.name
        last = None
        while True:
            job = await desk.jobs.get(owner, job_id(id))
            if job is None:
                raise NotFound("no such job")
            if job != last:
                yield ExportJob.of(job)
            if job.is_over:
                return
            last = job
            await asyncio.sleep(min(1.0, desk.settings.streams.poll_s))


def _newest(found: list[FlagView]) -> tuple[frozenset[str], str]:
    """The flags of the newest date, and that date: one publication may come in several looks."""
    newest = found[0].as_of if found else ""
    return frozenset(view.id for view in found if view.as_of == newest), newest


async def _flags_since(reading: Reading, since: str) -> list[FlagView]:
    """Announced flags of a date (ISO, '' for the newest page) and later, newest first."""
    wanted = flag_queries.FlagFilter(since or None)
    found: list[FlagView] = []
    after: str | None = None
    while True:
        request = PageRequest.of(MAX_FIRST, after, flag_queries.CURSOR)
        page = await flag_queries.weekly_flags(reading, wanted, request)
        found += page.items
        # Before the first look only the newest date matters.
        is_enough = not since and page.items and page.items[-1].as_of != page.items[0].as_of
        if not page.has_next or is_enough:
            return found
        after = page.cursors[-1]


async def _findings_since(reading: Reading, wanted: FindingFilter, since: str) -> list[FindingView]:
    """Findings first made on a date (ISO) or later, worst first."""
    found: list[FindingView] = []
    after: str | None = None
    while True:
        request = PageRequest.of(MAX_FIRST, after, finding_queries.CURSOR)
        page = await finding_queries.findings(reading, replace(wanted, since=since), request)
        found += page.items
        if not page.has_next:
            return found
        after = page.cursors[-1]


def _reading(info: Info) -> Reading:
    """A reading for this look, with the access of this moment; NotFound when there is none any more."""
    desk, token = desk_of(info), info.context.token
    now = desk.still(token) if token else None
    if now is None:
        raise NotFound("the token has ended")
    return desk.context(now, info.context.language).reading
