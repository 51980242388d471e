"""What the weekly run leaves behind: the digest of a region, and what clusters have become."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import strawberry

from api.cluster import Cluster
from api.context import Info
from api.language import Lang, Language
from api.paging import First
from api.resolved import resolved
from api.scalars import JSON, Date
from detect.weekly.digest_text import digest_text, relation_title
from graph.model.texts import text
from queries.lineage import ClusterStep, Lineage
from queries.pages import DEFAULT_FIRST, PageRequest


@strawberry.type(
    description="一个地区的每周摘要，发布后不再改动。是线索，不是证据 / "
    "The weekly digest of a region, never changed once published. Leads, never proof"
)
class WeeklyDigest:
    """What was told to a region on a date."""

    stored: strawberry.Private[Mapping[str, Any]]
    id: strawberry.ID = strawberry.field(description="编号 / Id")
    as_of: Date = strawberry.field(description="运行日期 / Date of the run")
    edition: int = strawberry.field(
        description="同一日期的第几次提示 / Which edition of the same date, from 1"
    )
    region: str = strawberry.field(description="地区 / Province code")
    body: JSON = strawberry.field(
        description="全部内容（JSON） / Everything it says, as JSON: entries, links, records"
    )
    withheld_count: int | None = strawberry.field(
        description="因权限未显示的提示数 / How many flags are withheld; null where that is not told"
    )

    @resolved("文字（Markdown） / The digest as text (Markdown)")
    def text(self, lang: Lang = Language.ZH) -> str:
        """The digest as text."""
        return digest_text(self.stored, lang.value)

    @resolved("不完整的数据源 / Feeds that were incomplete, whose losses are held back")
    def incomplete_feeds(self, lang: Lang = Language.ZH) -> list[str]:
        """What people call the links of the feeds."""
        return [relation_title(name, lang.value) for name in self.stored["incomplete"]]

    @resolved("告示 / What a digest is, and what it is not")
    def notice(self, lang: Lang = Language.ZH) -> str:
        """Leads, never proof."""
        return text("api.notice", lang.value)

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> WeeklyDigest:
        """The digest as shown."""
        return cls(
            stored=body,
            id=strawberry.ID(body["id"]),
            as_of=Date(body["as_of"]),
            edition=body["edition"],
            region=body["region"],
            body=JSON(dict(body)),
            withheld_count=body["withheld"],
        )


@strawberry.type(description="群组变迁的一步 / One step in what became of a cluster")
class ClusterStepView:
    """One step."""

    as_of: Date = strawberry.field(description="发现日期 / Day of the run that saw it")
    kind: str = strawberry.field(
        description="merged（并入）、split（分出）、dissolved（解散）或 reborn（重现） / "
        "merged (from went into to), split (to came out of from), dissolved or reborn"
    )
    start: strawberry.ID = strawberry.field(description="起点群组 / From cluster")
    end: strawberry.ID = strawberry.field(description="终点群组 / To cluster")
    is_announced: bool = strawberry.field(
        description="是否曾提示；否则没有记录能说明 / Whether it was told; else no record explained it"
    )

    @classmethod
    def of(cls, step: ClusterStep) -> ClusterStepView:
        """The step as shown."""
        return cls(
            as_of=Date(step.as_of),
            kind=step.kind,
            start=strawberry.ID(step.start),
            end=strawberry.ID(step.end),
            is_announced=step.is_announced,
        )


@strawberry.type(
    description="群组经合并、分裂、重现后的现状 / "
    "What a cluster has become, through merges, splits and rebirths"
)
class ClusterLineage:
    """What became of a cluster."""

    found: strawberry.Private[Lineage]
    id: strawberry.ID = strawberry.field(description="所问群组 / The cluster asked for")
    present_ids: list[strawberry.ID] = strawberry.field(
        description="现今承接它的群组 / Clusters that carry it on now"
    )
    dormant_ids: list[strawberry.ID] = strawberry.field(
        description="最近未见、可能再现的群组 / Clusters not found lately, which may come back"
    )
    ended_ids: list[strawberry.ID] = strawberry.field(
        description="已解散的群组 / Clusters that have dissolved"
    )
    steps: list[ClusterStepView] = strawberry.field(
        description="经过，由早到晚 / What happened, oldest first"
    )
    withheld_count: int | None = strawberry.field(
        description="因权限未显示的步骤与群组数；不告知时为空 / "
        "Steps and clusters withheld from you; null where that is not told"
    )
    truncated: bool = strawberry.field(description="是否被上限截断 / Whether a bound cut it")

    @resolved("现今承接它的群组 / The clusters that carry it on now")
    async def present(self, info: Info, first: First = DEFAULT_FIRST) -> list[Cluster]:
        """The first of them."""
        request = PageRequest.of(first, None, ())
        views = await info.context.clusters.load_many(list(self.found.present[: request.first]))
        return [Cluster.of(view, info.context.reading) for view in views if view is not None]

    @classmethod
    def of(cls, found: Lineage) -> ClusterLineage:
        """The lineage as shown."""
        return cls(
            found=found,
            id=strawberry.ID(found.id),
            present_ids=[strawberry.ID(name) for name in found.present],
            dormant_ids=[strawberry.ID(name) for name in found.dormant],
            ended_ids=[strawberry.ID(name) for name in found.ended],
            steps=[ClusterStepView.of(step) for step in found.steps],
            withheld_count=found.withheld,
            truncated=found.truncated,
        )
