"""What answers share besides the graph: tokens, jobs, receipts, and the clock of one service."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from typing import TYPE_CHECKING

from api.actions.receipts import Receipts
from api.auth import TokenFile, TokenInfo
from api.gate import Gate
from api.jobs.export import Exporter
from api.jobs.files import JobFiles
from api.jobs.runner import JobRunner
from api.jobs.store import JobStore
from api.news import FINDINGS, FLAGS, News
from api.settings import ApiSettings
from graph.store.async_session import AsyncStore
from queries.reading import Reading

if TYPE_CHECKING:
    from api.context import Context


class Desk:
    """One for each service."""

    def __init__(self, store: AsyncStore, tokens: TokenFile, settings: ApiSettings) -> None:
        self.store = store
        #: Set when the service is about to end: whoever holds a connection open lets it go.
        self.closing = asyncio.Event()
        #: Open sockets and event streams for each token, by name.
        self.connections: Counter[str] = Counter()
        #: Queries and mutations that run over them.
        self.running = 0
        #: Requests that are being answered at `/graphql`.
        self.answering = 0
        self.tokens = tokens
        self.settings = settings
        self.gate = Gate(settings.gate)
        self.files = JobFiles(settings.export_folder)
        self.jobs = JobStore(store, settings.jobs.lease_s)
        self.news = News(store, FLAGS, settings.streams.poll_s)
        self.finding_news = News(store, FINDINGS, settings.streams.poll_s)
        self.receipts = Receipts(store, settings.jobs.keep_receipts)
        self.runner = JobRunner(
            store, self.jobs, Exporter(store, tokens, settings, self.files), settings, self._forget
        )

    def context(self, token: TokenInfo, language: str) -> Context:
        """For one operation of a reader, whose time begins now."""
        from api.context import Context

        return Context(self.reading(token), language, token.expires_at, token=token, desk=self)

    def reading(self, token: TokenInfo) -> Reading:
        """What a reader may see today, asked from now until his deadline."""
        deadline = time.monotonic() + self.settings.deadline_s
        return Reading(self.store, token.reader, self.settings.today(), deadline)

    def still(self, token: TokenInfo) -> TokenInfo | None:
        """The token as it is now; None when it has ended, was revoked or replaced."""
        now = self.settings.now()
        for info in self.tokens.tokens():
            if info.sha256 == token.sha256 and info.is_valid_at(now):
                return info
        return None

    def admits(self, name: str) -> bool:
        """Whether a reader may open one more connection."""
        bounds = self.settings.streams
        return (
            self.connections[name] < bounds.per_reader
            and self.connections.total() < bounds.connections
        )

    async def _forget(self) -> None:
        await self.receipts.forget(self.settings.now())
