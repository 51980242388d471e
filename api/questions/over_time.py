"""What happened to a thing, what changed in it, and all that is known of a merchant."""

from __future__ import annotations

from typing import Annotated

import strawberry

from api.context import Info
from api.difference import ClusterDifference, Difference
from api.dossier import Dossier
from api.entity import AsOf
from api.paging import After, First
from api.questions.arguments import Id
from api.resolved import resolved
from api.scalars import Date
from api.timeline import EventKind, TimelineConnection
from queries import difference as differences
from queries import dossier as dossiers
from queries import timeline as timelines
from queries.pages import DEFAULT_FIRST, PageRequest

_Since = Annotated[
    Date | None, strawberry.argument(description="起始日期（含） / From this day on, inclusive")
]
_Until = Annotated[
    Date | None, strawberry.argument(description="截止日期（含） / Up to this day, inclusive")
]
_Kinds = Annotated[
    list[EventKind] | None,
    strawberry.argument(description="事件种类，默认全部 / Kinds of events, all by default"),
]
_NewestFirst = Annotated[
    bool, strawberry.argument(description="是否由新到旧 / Whether the newest come first")
]
_Before = Annotated[
    Date,
    strawberry.argument(
        name="from", description="起始日期（不含当日所得） / The first day, exclusive"
    ),
]
_UpTo = Annotated[
    Date, strawberry.argument(description="截止日期（含） / The second day, inclusive")
]


@strawberry.type
class OverTime:
    """Questions about days."""

    @resolved(
        "一个实体的时间线；事实时间与得知时间分开 / What happened to a thing, fact time and knowledge "
        "time told apart; null when it is absent or hidden"
    )
    async def timeline(
        self,
        info: Info,
        id: Id,  # noqa: A002 - as in `node`
        *,
        kinds: _Kinds = None,
        since: _Since = None,
        until: _Until = None,
        newest_first: _NewestFirst = True,
        first: First = DEFAULT_FIRST,
        after: After = None,
    ) -> TimelineConnection | None:
        """A page of events."""
        request = PageRequest.of(first, after, timelines.CURSOR)
        wanted = timelines.TimelineRange.of(
            None if kinds is None else [str(kind.value) for kind in kinds],
            since,
            until,
            is_newest_first=newest_first,
        )
        found = await timelines.timeline(info.context.reading, id, wanted, request)
        return TimelineConnection.of(found) if found else None

    @resolved(
        "一个实体在两日之间的变化及其依据 / What changed in a thing between two days, and who says so; "
        "null when it is absent or hidden"
    )
    async def difference(
        self,
        info: Info,
        id: Id,  # noqa: A002 - as in `node`
        from_: _Before,
        to: _UpTo,
        *,
        first: First = DEFAULT_FIRST,
        after: After = None,
    ) -> Difference | None:
        """Changed values and relations."""
        window = differences.window_of(from_, to)
        request = PageRequest.of(first, after, differences.CURSOR)
        found = await differences.difference(info.context.reading, id, window, request)
        return Difference.of(found, window) if found else None

    @resolved(
        "一个群组在两日之间的变化 / What changed in a cluster between two days; null when it is absent "
        "or hidden"
    )
    async def cluster_difference(
        self,
        info: Info,
        id: Id,  # noqa: A002 - as in `node`
        from_: _Before,
        to: _UpTo,
    ) -> ClusterDifference | None:
        """Who joined."""
        window = differences.window_of(from_, to)
        reading = info.context.reading
        found = await differences.cluster_difference(reading, id, window)
        return ClusterDifference.of(found, reading) if found else None

    @resolved(
        "一个经营主体的卷宗 / All that is known of a merchant, at once; null when it is absent or hidden"
    )
    async def dossier(
        self,
        info: Info,
        id: Id,  # noqa: A002 - as in `node`
        as_of: AsOf = None,
    ) -> Dossier | None:
        """The dossier of a merchant."""
        reading = info.context.reading
        found = await dossiers.dossier(reading, id, as_of or reading.as_of)
        return Dossier.of(found, reading) if found else None
