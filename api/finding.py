"""What the detectors said, and the weekly flags."""

from __future__ import annotations

from typing import Any

import strawberry

from api.cluster import Cluster
from api.context import Info
from api.entity import Entity, Node, shown
from api.language import Lang, Language
from api.paging import Bounded, First, PageInfo, page_info
from api.record import Record
from api.resolved import resolved
from api.scalars import JSON, Date
from detect.detectors.wording import explanation
from graph.model.texts import catalogue, text
from queries.findings import FindingView
from queries.flags import FlagView
from queries.masking import mask_deeply
from queries.pages import DEFAULT_FIRST, Page, PageRequest


@strawberry.type(
    description="一条检出：线索，不是证据 / One finding of one detector: a lead, never proof"
)
class Finding(Node):
    """How much, why, and on which values."""

    view: strawberry.Private[FindingView]
    detector: str = strawberry.field(description="检出规则编号 / Detector, D1…")
    version: int = strawberry.field(description="规则版本 / Version of the detector")
    severity: int = strawberry.field(
        description="严重程度 1–5 / Severity: 1 info, 2 low, 3 medium, 4 high, 5 critical"
    )
    is_violation: bool = strawberry.field(
        description="是否涉嫌违法；否则只是关联 / Whether a breach is suspected; otherwise only a link"
    )
    status: str = strawberry.field(
        description="open 或 closed（最近一次运行未再检出） / open, or closed: not found again"
    )
    value: float | None = strawberry.field(description="测得值 / The value found")
    threshold: float | None = strawberry.field(
        description="阈值 / The threshold it was compared with"
    )
    unit: str | None = strawberry.field(description="单位 / Unit of both")
    values: JSON = strawberry.field(description="所依据的值 / The values it rests on")
    legal_basis: list[str] = strawberry.field(description="依据条款 / Clauses it rests on")
    regions: list[str] = strawberry.field(
        description="所依据记录的地区 / Regions whose records it rests on"
    )
    as_of: Date | None = strawberry.field(
        description="检出所依据的日期 / Date the data was read as of"
    )
    first_found: Date | None = strawberry.field(description="首次检出日期 / Day first found")

    @resolved("说明 / What was seen, and what would clear it")
    def explanation(self, lang: Lang = Language.ZH) -> str:
        """The detector's text with the values of this finding."""
        return explanation_of(self.view, lang.value)

    @resolved("检出对象 / Whom or what it is about")
    async def subjects(self, info: Info, first: First = DEFAULT_FIRST) -> list[Entity]:
        """The subjects the reader may see."""
        request = PageRequest.of(first, None, ())
        seen = await info.context.seen(self.view.subject_ids[: request.first])
        return [shown(view) for view in seen]

    @resolved("所依据的记录 / Records it was seen in, oldest first")
    async def evidence(self, info: Info, first: First = DEFAULT_FIRST) -> list[Record]:
        """The first records the finding rests on."""
        request = PageRequest.of(first, None, ())
        found = await info.context.said(self.view.input_records)
        return [Record.of(record) for record in found[: request.first]]

    @resolved("告示 / What a finding is, and what it is not")
    def notice(self, lang: Lang = Language.ZH) -> str:
        """Findings are leads, never proof."""
        return text("api.notice", lang.value)

    @classmethod
    def of(cls, view: FindingView) -> Finding:
        """The finding as shown."""
        return cls(
            id=strawberry.ID(view.id),
            view=view,
            detector=view.detector,
            version=view.version,
            severity=view.severity,
            is_violation=view.is_violation,
            status=view.status,
            value=view.value,
            threshold=view.threshold,
            unit=view.unit,
            values=JSON(mask_deeply(view.values)),
            legal_basis=list(view.legal_basis),
            regions=list(view.regions),
            as_of=Date(view.as_of) if view.as_of else None,
            first_found=Date(view.first_found) if view.first_found else None,
        )


@strawberry.type(description="检出及其游标 / A finding with its cursor")
class FindingEdge:
    """An edge of a page of findings."""

    cursor: str = strawberry.field(description="游标 / Cursor")
    node: Finding = strawberry.field(description="检出 / The finding")


@strawberry.type(description="一页检出 / A page of findings")
class FindingConnection(Bounded):
    """A page of findings, worst first."""

    edges: list[FindingEdge] = strawberry.field(description="检出 / Findings")
    page_info: PageInfo = strawberry.field(description="分页信息 / About the page")

    @classmethod
    def of(cls, page: Page[FindingView]) -> FindingConnection:
        """The page as shown."""
        return cls(
            edges=[
                FindingEdge(cursor=cursor, node=Finding.of(view))
                for view, cursor in zip(page.items, page.cursors, strict=True)
            ],
            **_bounds(page),
        )


@strawberry.type(
    description="每周运行的一条提示：线索，不是证据 / One flag of the weekly run: a lead, never proof"
)
class WeeklyFlag(Node):
    """What changed, or was newly linked, in one week."""

    view: strawberry.Private[FlagView]
    kind: str = strawberry.field(
        description="种类，如 newly_linked、merged、born / Kind, such as newly_linked, merged, born"
    )
    as_of: Date = strawberry.field(description="发现日期 / Day it was noticed")
    regions: list[str] = strawberry.field(
        description="涉及地区中您可见者 / Regions it touches, of those you may see"
    )
    withheld_count: int | None = strawberry.field(
        description="其中因权限未显示的关联与主体数 / Links and merchants of it that are withheld from you"
    )
    values: JSON = strawberry.field(description="所依据的值 / The values it rests on")
    is_announced: bool = strawberry.field(description="是否已通报 / Whether it was announced")
    member_ids: list[strawberry.ID] = strawberry.field(
        description="涉及主体编号 / Ids of the merchants concerned"
    )
    cluster_ids: list[strawberry.ID] = strawberry.field(
        description="涉及群组编号 / Ids of the clusters concerned"
    )

    @resolved("涉及群组 / Clusters concerned, those you may see")
    async def clusters(self, info: Info, first: First = DEFAULT_FIRST) -> list[Cluster]:
        """The clusters as they are now."""
        request = PageRequest.of(first, None, ())
        ids = list(self.view.cluster_ids[: request.first])
        views = await info.context.clusters.load_many(ids)
        return [Cluster.of(view, info.context.reading) for view in views if view is not None]

    @resolved("涉及主体 / Merchants concerned, those you may see")
    async def members(self, info: Info, first: First = DEFAULT_FIRST) -> list[Entity]:
        """The first merchants concerned."""
        request = PageRequest.of(first, None, ())
        seen = await info.context.seen(self.view.member_ids[: request.first])
        return [shown(view) for view in seen]

    @resolved("告示 / What a flag is, and what it is not")
    def notice(self, lang: Lang = Language.ZH) -> str:
        """Findings are leads, never proof."""
        return text("api.notice", lang.value)

    @classmethod
    def of(cls, view: FlagView) -> WeeklyFlag:
        """The flag as shown."""
        return cls(
            id=strawberry.ID(view.id),
            view=view,
            kind=view.kind,
            as_of=Date(view.as_of),
            regions=list(view.regions),
            withheld_count=view.withheld,
            values=JSON(mask_deeply(view.values)),
            is_announced=view.is_announced,
            member_ids=[strawberry.ID(name) for name in view.member_ids],
            cluster_ids=[strawberry.ID(name) for name in view.cluster_ids],
        )


@strawberry.type(description="提示及其游标 / A flag with its cursor")
class WeeklyFlagEdge:
    """An edge of a page of flags."""

    cursor: str = strawberry.field(description="游标 / Cursor")
    node: WeeklyFlag = strawberry.field(description="提示 / The flag")


@strawberry.type(description="一页每周提示 / A page of weekly flags")
class WeeklyFlagConnection(Bounded):
    """A page of flags, newest first."""

    edges: list[WeeklyFlagEdge] = strawberry.field(description="提示 / Flags")
    page_info: PageInfo = strawberry.field(description="分页信息 / About the page")

    @classmethod
    def of(cls, page: Page[FlagView]) -> WeeklyFlagConnection:
        """The page as shown."""
        return cls(
            edges=[
                WeeklyFlagEdge(cursor=cursor, node=WeeklyFlag.of(view))
                for view, cursor in zip(page.items, page.cursors, strict=True)
            ],
            **_bounds(page),
        )


def explanation_of(view: FindingView, lang: str) -> str:
    """The detector's explanation with its places filled, no phone number in it.

    A finding of a detector whose text is unknown here, or wants other values, says at least its
    figures.
    """
    if f"detector.{view.detector}.explanation" in catalogue():
        try:
            return str(mask_deeply(explanation(view.detector, view.values, lang)))
        except (KeyError, IndexError, TypeError, ValueError):
            pass
    return text(
        "api.finding.plain",
        lang,
        detector=view.detector,
        value=view.value,
        threshold=view.threshold,
        unit=view.unit or "",
    )


def _bounds(page: Page[Any]) -> dict[str, Any]:
    return {
        "page_info": page_info(page),
        "truncated": page.truncated,
        "withheld_count": page.withheld,
        "as_of": Date(page.as_of),
    }
