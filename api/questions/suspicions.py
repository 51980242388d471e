"""What the analysis says: clusters, findings, weekly flags, and the records behind it all."""

from __future__ import annotations

from typing import Annotated

import strawberry

from api.cluster import Cluster, ClusterConnection
from api.context import Info
from api.finding import FindingConnection, WeeklyFlagConnection
from api.paging import After, First
from api.questions.arguments import Id
from api.record import Record
from api.resolved import resolved
from api.scalars import Date
from queries import clusters as cluster_queries
from queries import findings as finding_queries
from queries import flags as flag_queries
from queries import provenance
from queries.pages import DEFAULT_FIRST, PageRequest

_Region = Annotated[
    str | None,
    strawberry.argument(description="省级代码，默认全部 / Province code, all by default"),
]


@strawberry.type
class Suspicions:
    """Questions for leads, and for what they rest on."""

    @resolved(
        "群组，按分数排序；是线索，不是证据 / Clusters, highest score first; leads, never proof"
    )
    async def clusters(
        self,
        info: Info,
        label: Annotated[
            str | None,
            strawberry.argument(
                description="network、lawful_group 或 unlabelled / network, lawful_group or unlabelled"
            ),
        ] = None,
        region: _Region = None,
        first: First = DEFAULT_FIRST,
        after: After = None,
    ) -> ClusterConnection:
        """A page of clusters."""
        reading = info.context.reading
        request = PageRequest.of(first, after, cluster_queries.CURSOR)
        wanted = cluster_queries.ClusterFilter(label, region)
        return ClusterConnection.of(
            await cluster_queries.clusters(reading, wanted, request), reading
        )

    @resolved("一个群组 / One cluster; null when absent or hidden")
    async def cluster(self, info: Info, id: Id) -> Cluster | None:  # noqa: A002 - as in `node`
        """One cluster."""
        view = await info.context.clusters.load(id)
        return Cluster.of(view, info.context.reading) if view else None

    @resolved("检出，由重到轻；是线索，不是证据 / Findings, worst first; leads, never proof")
    async def findings(
        self,
        info: Info,
        *,
        detector: Annotated[
            str | None,
            strawberry.argument(description="检出规则编号，如 D4 / Detector, such as D4"),
        ] = None,
        severity_at_least: Annotated[
            int, strawberry.argument(description="最低严重程度 1–5 / Least severity, 1..5")
        ] = 1,
        subject: Annotated[
            strawberry.ID | None,
            strawberry.argument(description="检出对象编号 / Id of a subject"),
        ] = None,
        with_closed: Annotated[
            bool,
            strawberry.argument(
                description="也看已不再检出者 / Also those that the newest run did not make again"
            ),
        ] = False,
        first: First = DEFAULT_FIRST,
        after: After = None,
    ) -> FindingConnection:
        """A page of findings."""
        request = PageRequest.of(first, after, finding_queries.CURSOR)
        wanted = finding_queries.FindingFilter(detector, severity_at_least, subject, with_closed)
        page = await finding_queries.findings(info.context.reading, wanted, request)
        return FindingConnection.of(page)

    @resolved("每周提示：新近相连与变化的群组 / Weekly flags: clusters newly linked or changed")
    async def weekly_flags(
        self,
        info: Info,
        *,
        since: Annotated[
            Date | None,
            strawberry.argument(description="自何日起，默认全部 / Since a date, all by default"),
        ] = None,
        kind: Annotated[
            str | None, strawberry.argument(description="种类，默认全部 / Kind, all by default")
        ] = None,
        region: _Region = None,
        announced_only: Annotated[
            bool, strawberry.argument(description="只看已通报 / Announced ones only")
        ] = True,
        first: First = DEFAULT_FIRST,
        after: After = None,
    ) -> WeeklyFlagConnection:
        """A page of flags."""
        request = PageRequest.of(first, after, flag_queries.CURSOR)
        wanted = flag_queries.FlagFilter(since, kind, region, announced_only)
        page = await flag_queries.weekly_flags(info.context.reading, wanted, request)
        return WeeklyFlagConnection.of(page)

    @resolved(
        "实体、关系或检出所依据的记录；缺失或不可见时为空 / "
        "Records behind a thing, a relation or a finding, oldest first; null when absent or hidden"
    )
    async def explain(
        self,
        info: Info,
        id: Id,  # noqa: A002 - as in `node`
        first: First = DEFAULT_FIRST,
    ) -> list[Record] | None:
        """The first records behind something."""
        request = PageRequest.of(first, None, ())
        found = await provenance.explain(info.context.reading, id)
        return None if found is None else [Record.of(record) for record in found[: request.first]]
