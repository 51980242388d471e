"""What one operation carries along: its reader, its language, and loaders that ask once for many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

import strawberry
from graphql import GraphQLResolveInfo

from api.auth import TokenInfo
from api.desk import Desk
from api.loader import Loader
from api.plan.columns import is_wanted
from api.rate import Budget
from graph.errors import SuyuanError
from queries import certificates, clusters, listing, lookup, provenance
from queries.cluster_view import ClusterView
from queries.expand import Expansion, StepPage, Summary, expand, summaries
from queries.judging import related_pages
from queries.listing import Listing, Total
from queries.pages import Cut, Page, empty_page
from queries.provenance import RecordView
from queries.reading import Reading
from queries.related import End, FarEnd, RelatedList
from queries.related_columns import RelatedColumns, related_columns
from queries.views import NodeView

_BATCH = 1_000
_T = TypeVar("_T")
_Place = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a field asks for; whether the things at the ends are, other than in edges, and the page info;
    and the `raw` that holds what its place is known by: no other object can have the same `id` as long as
    it is there."""

    related: RelatedList
    has_nodes: bool
    has_page_info: bool
    raw: GraphQLResolveInfo[Any]


@dataclass(slots=True)
class Context:
    """One operation. `language` is `zh` or `en`; `expires_on` the last day of the reader's token."""

    reading: Reading
    language: str = "zh"
    expires_at: str = ""
    token: TokenInfo | None = None
    desk: Desk | None = None
    #: What the operation cost; known once it was measured.
    budget: Budget | None = None
    nodes: Loader[str, NodeView | None] = field(init=False)
    records: Loader[str, RecordView | None] = field(init=False)
    states: Loader[str, tuple[NodeView, ...]] = field(init=False)
    clusters: Loader[str, ClusterView | None] = field(init=False)
    clusters_of: Loader[str, tuple[str, ...]] = field(init=False)
    expansions: Loader[tuple[str, Expansion], StepPage | None] = field(init=False)
    summaries: Loader[tuple[str, str], Summary | None] = field(init=False)
    totals: Loader[Listing, Total] = field(init=False)
    withheld: Loader[str, int | None] = field(init=False)
    _related: dict[RelatedList, Loader[str, Page[End | FarEnd]]] = field(default_factory=dict)
    _asked: dict[_Place, Asked] = field(default_factory=dict)
    _failed: dict[RelatedList, SuyuanError] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.nodes = Loader(self._nodes, max_batch_size=_BATCH)
        self.records = Loader(self._records, max_batch_size=_BATCH)
        self.states = Loader(self._states, max_batch_size=_BATCH)
        self.clusters = Loader(self._clusters, max_batch_size=_BATCH)
        self.clusters_of = Loader(self._clusters_of, max_batch_size=_BATCH)
        self.expansions = Loader(self._expansions, max_batch_size=_BATCH)
        self.summaries = Loader(self._summaries, max_batch_size=_BATCH)
        self.totals = Loader(self._totals)
        self.withheld = Loader(self._withheld)

    async def seen(self, ids: Sequence[str]) -> list[NodeView]:
        """Visible nodes in the order of their ids given."""
        return [view for view in await self.nodes.load_many(list(ids)) if view is not None]

    async def said(self, ids: Sequence[str]) -> tuple[RecordView, ...]:
        """Visible records, oldest first."""
        found = await self.records.load_many(list(ids))
        return provenance.oldest_first(record for record in found if record is not None)

    def related(self, asked: RelatedList) -> Loader[str, Page[End | FarEnd]]:
        """The loader of the relations of things, by their ids."""
        if asked not in self._related:
            load = partial(self._related_pages, asked)
            self._related[asked] = Loader(load, max_batch_size=_BATCH)
        return self._related[asked]

    def asked_by(self, raw: GraphQLResolveInfo[Any]) -> Asked | None:
        """What a field was found to ask for when another thing was asked for it, in the same place of
        the same operation; its arguments cannot be others there."""
        return self._asked.get(_place(raw))

    def keep_asked(self, raw: GraphQLResolveInfo[Any], related: RelatedList) -> Asked:
        """Keep it for `asked_by`."""
        parts = is_wanted(raw, "nodes"), is_wanted(raw, "pageInfo")
        self._asked[_place(raw)] = asked = Asked(related, *parts, raw)
        return asked

    async def related_columns(self, asked: RelatedList, ids: Sequence[str]) -> RelatedColumns:
        """The relations of many things at once; what fails is not tried again for each of them."""
        try:
            return await related_columns(self.reading, ids, asked)
        except SuyuanError as error:
            self._failed[asked] = error
            raise

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

    async def _expansions(self, keys: list[tuple[str, Expansion]]) -> list[StepPage | None]:
        found: dict[tuple[str, Expansion], StepPage] = {}
        for asked in dict.fromkeys(asked for _, asked in keys):
            ids = [identifier for identifier, other in keys if other == asked]
            pages = await expand(self.reading, ids, asked)
            found |= {(identifier, asked): page for identifier, page in pages.items()}
        return [found.get(key) for key in keys]

    async def _summaries(self, keys: list[tuple[str, str]]) -> list[Summary | None]:
        found: dict[tuple[str, str], Summary] = {}
        for day in dict.fromkeys(day for _, day in keys):
            ids = [identifier for identifier, other in keys if other == day]
            counted = await summaries(self.reading, ids, day)
            found |= {(identifier, day): summary for identifier, summary in counted.items()}
        return [found.get(key) for key in keys]

    async def _related_pages(self, asked: RelatedList, ids: list[str]) -> list[Page[End | FarEnd]]:
        if asked in self._failed:
            raise self._failed[asked]
        found = await related_pages(self.reading, ids, asked)
        # Whoever asks holds the thing, so it has a page, unless it was deleted since.
        nothing = Cut(asked.as_of, self.reading.withheld(0))
        return [found.get(identifier) or empty_page(nothing) for identifier in ids]

    async def _totals(self, asked: list[Listing]) -> list[Total]:
        return [await listing.total(self.reading, one) for one in asked]

    async def _withheld(self, type_names: list[str]) -> list[int | None]:
        return [await listing.withheld(self.reading, name) for name in type_names]


def _place(raw: GraphQLResolveInfo[Any]) -> _Place:
    return (raw.parent_type.name, id(raw.variable_values), *map(id, raw.field_nodes))


def _in_order(ids: Sequence[str], found: dict[str, _T]) -> list[_T | None]:
    return [found.get(identifier) for identifier in ids]


Info = strawberry.Info[Context, None]
