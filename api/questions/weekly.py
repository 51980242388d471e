"""Questions about what the weekly run has told, and what its clusters have become since."""

from __future__ import annotations

from typing import Annotated

import strawberry

from api.context import Info
from api.questions.arguments import Id
from api.resolved import resolved
from api.scalars import Date
from api.weekly import ClusterLineage, WeeklyDigest
from queries.digests import weekly_digest
from queries.lineage import follow_cluster


@strawberry.type
class Weekly:
    """Questions about the weekly run."""

    @resolved(
        "一个地区的每周摘要；没有或不是您的地区时为空 / "
        "The weekly digest of a region; null when there is none or the region is not yours"
    )
    async def weekly_digest(
        self,
        info: Info,
        region: Annotated[
            str, strawberry.argument(description="省级代码 / Province code, one of yours")
        ],
        as_of: Annotated[
            Date | None,
            strawberry.argument(
                description="运行日期，默认最近 / Date of the run, newest by default"
            ),
        ] = None,
        edition: Annotated[
            int | None,
            strawberry.argument(
                description="同一日期的第几次，默认最后 / Edition, last by default"
            ),
        ] = None,
    ) -> WeeklyDigest | None:
        """The digest as it was published."""
        body = await weekly_digest(info.context.reading, region, as_of, edition or 0)
        return None if body is None else WeeklyDigest.of(body)

    @resolved(
        "追踪群组：经合并、分裂、重现，现为何者 / Follow a cluster: what it has become "
        "through merges, splits and rebirths; null when it is absent or hidden"
    )
    async def follow_cluster(
        self,
        info: Info,
        id: Id,  # noqa: A002 - as in `node`
        since: Annotated[
            Date | None,
            strawberry.argument(description="自何日起，默认全部 / Since a date, all by default"),
        ] = None,
    ) -> ClusterLineage | None:
        """What the cluster has become."""
        found = await follow_cluster(info.context.reading, id, since or "")
        return None if found is None else ClusterLineage.of(found)
