"""What one operation carries along: its reader, its language, and loaders that ask once for many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import strawberry
from strawberry.dataloader import DataLoader

from queries import certificates, clusters, lookup, provenance
from queries.cluster_view import ClusterView
from queries.expand import Expansion, Step, expand
from queries.pages import Page
from queries.provenance import RecordView
from queries.reading import Reading
from queries.views import NodeView

_BATCH = 1_000
_T = TypeVar("_T")


@dataclass(slots=True)
class Context:
    """One operation. `language` is `zh` or `en`; `expires_on` the last day of the reader's token."""

    reading: Reading
    language: str = "zh"
    expires_at: str = ""
    nodes: DataLoader[str, NodeView | None] = field(init=False)
    records: DataLoader[str, RecordView | None] = field(init=False)
    states: DataLoader[str, tuple[NodeView, ...]] = field(init=False)
    clusters: DataLoader[str, ClusterView | None] = field(init=False)
    clusters_of: DataLoader[str, tuple[str, ...]] = field(init=False)
    expansions: DataLoader[tuple[str, Expansion], Page[Step] | None] = field(init=False)

    def __post_init__(self) -> None:
        self.nodes = DataLoader(self._nodes, max_batch_size=_BATCH)
        self.records = DataLoader(self._records, max_batch_size=_BATCH)
        self.states = DataLoader(self._states, max_batch_size=_BATCH)
        self.clusters = DataLoader(self._clusters, max_batch_size=_BATCH)
        self.clusters_of = DataLoader(self._clusters_of, max_batch_size=_BATCH)
        self.expansions = DataLoader(self._expansions, max_batch_size=_BATCH)

    async def seen(self, ids: Sequence[str]) -> list[NodeView]:
        """Visible nodes in the order of their ids given."""
        return [view for view in await self.nodes.load_many(list(ids)) if view is not None]

    async def said(self, ids: Sequence[str]) -> tuple[RecordView, ...]:
        """Visible records, oldest first."""
        found = await self.records.load_many(list(ids))
        return provenance.oldest_first(record for record in found if record is not None)

    async def _nodes(self, ids: list[str]) -> list[NodeView | None]:
        return _in_order(ids, await lookup.nodes(self.reading, ids))

    async def _records(self, ids: list[str]) -> list[RecordView | None]:
        return _in_order(ids, await provenance.records(self.reading, ids))

    async def _states(self, ids: list[str]) -> list[tuple[NodeView, ...]]:
        found = await certificates.states(self.reading, ids)
        return [found.get(identifier, ()) for identifier in ids]

    async def _clusters(self, ids: list[str]) -> list[ClusterView | None]:
        return _in_order(ids, await clusters.by_ids(self.reading, ids))

    async def _clusters_of(self, ids: list[str]) -> list[tuple[str, ...]]:
        found = await clusters.ids_of_merchants(self.reading, ids)
        return [found.get(identifier, ()) for identifier in ids]

    async def _expansions(self, keys: list[tuple[str, Expansion]]) -> list[Page[Step] | None]:
        found: dict[tuple[str, Expansion], Page[Step]] = {}
        for asked in dict.fromkeys(asked for _, asked in keys):
            ids = [identifier for identifier, other in keys if other == asked]
            pages = await expand(self.reading, ids, asked)
            found |= {(identifier, asked): page for identifier, page in pages.items()}
        return [found.get(key) for key in keys]


def _in_order(ids: Sequence[str], found: dict[str, _T]) -> list[_T | None]:
    return [found.get(identifier) for identifier in ids]


Info = strawberry.Info[Context, None]
