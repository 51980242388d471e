"""From one thing to others."""

from __future__ import annotations

from typing import Annotated

import strawberry

from api.context import Info
from api.entity import AsOf, Direction, ExpandConnection, Relations
from api.paging import After, First
from api.path import PathResult
from api.questions.arguments import Id
from api.resolved import resolved
from queries.expand import CURSOR, Expansion
from queries.expand import expand as expand_query
from queries.pages import DEFAULT_FIRST, PageRequest
from queries.paths import MAX_HOPS, shortest_paths

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
        direction: Direction = "ANY",
        first: First = DEFAULT_FIRST,
        after: After = None,
        as_of: AsOf = None,
    ) -> ExpandConnection | None:
        """One step into the graph."""
        reading = info.context.reading
        request = PageRequest.of(first, after, CURSOR)
        asked = Expansion.of(relations, direction, as_of or reading.as_of, request)
        page = (await expand_query(reading, [id], asked)).get(id)
        return ExpandConnection.of(page) if page else None

    @resolved(
        "两个实体间的最短路径，含已终止的关系 / "
        "Shortest ways between two things, over all relations ever recorded"
    )
    async def shortest_path(
        self,
        info: Info,
        from_: Annotated[
            strawberry.ID,
            strawberry.argument(name="from", description="起点编号 / Id of the start"),
        ],
        to: Annotated[strawberry.ID, strawberry.argument(description="终点编号 / Id of the end")],
        max_hops: _Hops = MAX_HOPS,
        relations: _PathRelations = None,
    ) -> PathResult:
        """All shortest ways, up to a handful."""
        ways = await shortest_paths(info.context.reading, from_, to, max_hops, relations)
        return PathResult.of(ways)
