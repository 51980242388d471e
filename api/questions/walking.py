"""From one thing to others."""

from __future__ import annotations

from typing import Annotated

import strawberry

from api.context import Info
from api.entity import (
    AsOf,
    Direction,
    ExcludeRelations,
    ExpandConnection,
    HubLimit,
    NodeTypes,
    Relations,
    WithoutHubs,
)
from api.paging import After, First
from api.path import PathResult
from api.questions.arguments import Id
from api.resolved import resolved
from api.scalars import Date
from api.shared import SharedConnection
from queries.expand import CURSOR, Expansion, Noise
from queries.expand import expand as expand_query
from queries.hubs import HUB_LIMIT
from queries.neighbours import CURSOR as SHARED_CURSOR
from queries.neighbours import LEAST_THINGS, MOST_THINGS, Sharing, common_neighbours
from queries.pages import DEFAULT_FIRST, PageRequest
from queries.path_search import Route
from queries.paths import MAX_HOPS, MAX_WITHOUT, MOST_WAYS, Allowed, shortest_paths
from queries.paths import paths as paths_query

_Hops = Annotated[
    int,
    strawberry.argument(description=f"至多步数 1–{MAX_HOPS} / Hops at most, 1..{MAX_HOPS}"),
]
_PathRelations = Annotated[
    list[str] | None,
    strawberry.argument(
        description="关系类型，默认除 ON_PLATFORM、ISSUED_BY 外全部 / Relation types, by default all but "
        "ON_PLATFORM and ISSUED_BY, which everybody has"
    ),
]
_From = Annotated[
    strawberry.ID, strawberry.argument(name="from", description="起点编号 / Id of the start")
]
_To = Annotated[strawberry.ID, strawberry.argument(description="终点编号 / Id of the end")]
_Without = Annotated[
    list[strawberry.ID] | None,
    strawberry.argument(
        description=f"不得经过的实体，至多 {MAX_WITHOUT} 个 / Things that no way may pass, at most "
        f"{MAX_WITHOUT}"
    ),
]
_FirstPaths = Annotated[
    int,
    strawberry.argument(description=f"路径条数 1–{MOST_WAYS} / How many ways, 1..{MOST_WAYS}"),
]
_PathAsOf = Annotated[
    Date | None,
    strawberry.argument(
        description="只用该日已知且未终止的关系；默认不限 / Only relations known and not ended on that "
        "date; by default all that were ever recorded"
    ),
]
_Several = Annotated[
    list[strawberry.ID],
    strawberry.argument(
        description=f"{LEAST_THINGS}–{MOST_THINGS} 个实体的编号 / Ids of {LEAST_THINGS} to "
        f"{MOST_THINGS} things"
    ),
]
_AtLeast = Annotated[
    int,
    strawberry.argument(
        description="至少由其中几个持有 / By how many of them it must be held at least"
    ),
]


@strawberry.type
class Walking:
    """Questions that follow relations."""

    @resolved(
        "一个实体的直接关系，分页；实体缺失或不可见时为空 / "
        "What a thing is related to, in pages; null when it is absent or hidden"
    )
    async def expand(
        self,
        info: Info,
        id: Id,  # noqa: A002 - as in `node`
        *,
        relations: Relations = None,
        exclude_relations: ExcludeRelations = None,
        node_types: NodeTypes = None,
        without_hubs: WithoutHubs = False,
        hub_limit: HubLimit = HUB_LIMIT,
        direction: Direction = "ANY",
        first: First = DEFAULT_FIRST,
        after: After = None,
        as_of: AsOf = None,
    ) -> ExpandConnection | None:
        """One step into the graph."""
        reading = info.context.reading
        request = PageRequest.of(first, after, CURSOR)
        noise = Noise.of(exclude_relations or (), node_types, hub_limit if without_hubs else None)
        asked = Expansion.of(relations, direction, as_of or reading.as_of, request, noise)
        page = (await expand_query(reading, [id], asked)).get(id)
        return ExpandConnection.of(page) if page else None

    @resolved(
        "两个实体间的最短路径，默认含已终止的关系 / "
        "Shortest ways between two things, by default over all relations ever recorded"
    )
    async def shortest_path(
        self,
        info: Info,
        from_: _From,
        to: _To,
        max_hops: _Hops = MAX_HOPS,
        *,
        relations: _PathRelations = None,
        exclude_relations: ExcludeRelations = None,
        without: _Without = None,
        without_hubs: WithoutHubs = True,
        hub_limit: HubLimit = HUB_LIMIT,
        as_of: _PathAsOf = None,
    ) -> PathResult:
        """All ways as short as the shortest, up to a handful."""
        allowed = Allowed.of(
            relations,
            exclude_relations or (),
            without=without or (),
            hub_limit=hub_limit if without_hubs else None,
            as_of=as_of,
        )
        ways = await shortest_paths(info.context.reading, from_, to, max_hops, allowed)
        return PathResult.of(ways)

    @resolved(
        "两个实体间由短到长的若干路径，不重复经过同一实体 / "
        "The k shortest ways between two things, none of which passes a thing twice"
    )
    async def k_shortest_paths(
        self,
        info: Info,
        from_: _From,
        to: _To,
        first: _FirstPaths,
        *,
        max_hops: _Hops = MAX_HOPS,
        relations: _PathRelations = None,
        exclude_relations: ExcludeRelations = None,
        without: _Without = None,
        without_hubs: WithoutHubs = True,
        hub_limit: HubLimit = HUB_LIMIT,
        as_of: _PathAsOf = None,
    ) -> PathResult:
        """Ways by length."""
        allowed = Allowed.of(
            relations,
            exclude_relations or (),
            without=without or (),
            hub_limit=hub_limit if without_hubs else None,
            as_of=as_of,
        )
        route = Route(str(from_), str(to), max_hops, first)
        return PathResult.of(await paths_query(info.context.reading, route, allowed))

    @resolved(
        "几个实体共有什么，最稀有者在前；网店、直播间连同其经营者 / What several things share, rarest "
        "first; stores and live rooms with what their operators hold"
    )
    async def common_neighbours(
        self,
        info: Info,
        ids: _Several,
        *,
        at_least: _AtLeast = LEAST_THINGS,
        relations: _PathRelations = None,
        exclude_relations: ExcludeRelations = None,
        node_types: NodeTypes = None,
        first: First = DEFAULT_FIRST,
        after: After = None,
        as_of: AsOf = None,
    ) -> SharedConnection:
        """A page of shared things."""
        reading = info.context.reading
        request = PageRequest.of(first, after, SHARED_CURSOR)
        noise = Noise.of(exclude_relations or (), node_types)
        day = as_of or reading.as_of
        asked = Sharing.of([str(each) for each in ids], at_least, day, relations, noise)
        return SharedConnection.of(await common_neighbours(reading, asked, request))
