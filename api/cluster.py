"""Clusters: merchants that act together, what ties them, and why it is said."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Annotated, cast

import strawberry

from api.cluster_page import ClusterReasons, ClusterRole
from api.context import Info
from api.entity import Entity, Node, label_of, shown
from api.language import Lang, Language
from api.paging import After, Bounded, First, FirstMembers, PageInfo, page_info
from api.record import Record
from api.resolved import resolved
from api.scalars import Date
from graph.model.texts import text
from graph.ontology import ontology
from queries.cluster_view import ClusterView, Member, Tie
from queries.pages import DEFAULT_FIRST, MAX_MEMBERS, Cut, Page, PageRequest, page_of
from queries.reading import Reading

if TYPE_CHECKING:
    from api.generated.types import Merchant

_Merchant = Annotated["Merchant", strawberry.lazy("api.generated.types")]
_MEMBER_CURSOR = (float, str)
_REASONS = 5


@strawberry.type(description="使成员相连的一个标识 / One identifier that ties a member in")
class ClusterTie:
    """One shared identifier of a member."""

    tie: strawberry.Private[Tie]
    relation: str = strawberry.field(description="关系类型 / Relation to the identifier")
    holders_inside: int = strawberry.field(
        description="本群组中持有它的成员数 / Shown members that hold it"
    )

    @resolved("标识 / The identifier")
    async def identifier(self, info: Info) -> Entity | None:
        """The identifier as a thing of the graph."""
        view = await info.context.nodes.load(self.tie.identifier)
        return shown(view) if view else None

    @resolved("可见的来源记录 / Visible records of the relation")
    async def records(self, info: Info, first: First = DEFAULT_FIRST) -> list[Record]:
        """The first records behind the tie."""
        request = PageRequest.of(first, None, ())
        found = await info.context.said(self.tie.records)
        return [Record.of(record) for record in found[: request.first]]


@strawberry.type(description="群组的一名成员 / One member of a cluster")
class ClusterMember:
    """One member with its ties."""

    member: strawberry.Private[Member]
    role: str | None = strawberry.field(
        description="角色；有隐藏部分时为空 / Its role; null where part of the cluster is hidden"
    )
    strength: float = strawberry.field(
        description="与其他成员共同行动的可信度 0–1 / Belief 0..1 that it acts with the others"
    )

    @resolved("经营主体 / The merchant")
    async def merchant(self, info: Info) -> _Merchant | None:
        """The merchant."""
        view = await info.context.nodes.load(self.member.merchant)
        return cast("Merchant", shown(view)) if view else None

    @resolved("各种角色及其依据；有隐藏部分时为空 / Its roles and why; none where part is hidden")
    def roles(self) -> list[ClusterRole]:
        """Every role, most telling first."""
        return [ClusterRole.of(role) for role in self.member.roles]

    @resolved("使其相连的标识 / What ties it in")
    def ties(self, first: First = DEFAULT_FIRST) -> list[ClusterTie]:
        """The identifiers shared with other shown members, most widely held first."""
        request = PageRequest.of(first, None, ())
        return [
            ClusterTie(tie=tie, relation=tie.relation, holders_inside=tie.holders_inside)
            for tie in self.member.ties[: request.first]
        ]


@strawberry.type(description="成员及其游标 / A member with its cursor")
class ClusterMemberEdge:
    """An edge of a page of members."""

    cursor: str = strawberry.field(description="游标 / Cursor")
    node: ClusterMember = strawberry.field(description="成员 / The member")


@strawberry.type(description="一页成员 / A page of members")
class ClusterMemberConnection(Bounded):
    """A page of members, best tied first."""

    edges: list[ClusterMemberEdge] = strawberry.field(description="成员 / Members")
    page_info: PageInfo = strawberry.field(description="分页信息 / About the page")


@strawberry.type(
    description="共同行动的一组经营主体。是线索，不是证据 / "
    "Merchants that seem to act together. A lead, never proof"
)
class Cluster(Node, Bounded, ClusterReasons):
    """One cluster as its reader sees it: everything is worked out from what is visible."""

    view: strawberry.Private[ClusterView]
    label: str = strawberry.field(
        description="network、lawful_group 或 unlabelled / network, lawful_group or unlabelled"
    )
    score: int = strawberry.field(
        description="工作排序分 0–100，不是概率 / Order for the work queue 0..100, no probability"
    )
    size: int = strawberry.field(description="可见成员数 / Members you may see")
    regions: list[str] = strawberry.field(description="可见成员的地区 / Regions of these members")
    status: str | None = strawberry.field(
        description=(
            "状态：current 现存，dormant 等待中（可能重现），gone 已消失；有隐藏部分时为空 / "
            "Status: current, dormant (may come back), gone; null where part of it is hidden"
        )
    )
    born_on: Date | None = strawberry.field(
        description="首次出现日期；有隐藏部分时为空 / First seen on; null where part of it is hidden"
    )

    @resolved("成员 / Members, best tied first")
    def members(
        self, first: FirstMembers = DEFAULT_FIRST, after: After = None
    ) -> ClusterMemberConnection:
        """A page of members."""
        request = PageRequest.of(first, after, _MEMBER_CURSOR, MAX_MEMBERS)
        cut = Cut(self.view.as_of, self.withheld_count)
        page: Page[Member] = page_of(self.view.members, request, lambda m: m.key, cut)
        return ClusterMemberConnection(
            edges=[
                ClusterMemberEdge(
                    cursor=cursor,
                    node=ClusterMember(member=member, role=member.role, strength=member.strength),
                )
                for member, cursor in zip(page.items, page.cursors, strict=True)
            ],
            page_info=page_info(page),
            truncated=False,
            withheld_count=self.withheld_count,
            as_of=self.as_of,
        )

    @resolved("成员共有的标识 / Identifiers that members share")
    async def identifiers(self, info: Info, first: First = DEFAULT_FIRST) -> list[Entity]:
        """The shared identifiers, most widely held first."""
        request = PageRequest.of(first, None, ())
        ids = [identifier for _, _, identifier in _widest(self.view)][: request.first]
        return [shown(view) for view in await info.context.seen(ids)]

    @resolved("为何认为相连 / Why they are said to act together")
    async def reasons(self, info: Info, lang: Lang = Language.ZH) -> list[str]:
        """Sentences: the most widely shared identifiers, then what the members are suspected of."""
        widest = _widest(self.view)[:_REASONS]
        seen = {
            v.id: v for v in await info.context.seen([identifier for _, _, identifier in widest])
        }
        shared = [
            text(
                "api.cluster.shares",
                lang.value,
                holders=holders,
                size=self.size,
                relation=ontology().relations[relation].title[lang.value],
                label=label_of(seen[identifier], lang.value),
            )
            for holders, relation, identifier in widest
            if identifier in seen
        ]
        suspected = [
            text("api.cluster.violations", lang.value, detector=detector, count=count)
            for detector, count in self.view.violations
        ]
        return [*shared, *suspected]

    @resolved("告示 / What a cluster is, and what it is not")
    def notice(self, lang: Lang = Language.ZH) -> str:
        """Findings are leads, never proof."""
        return text("api.notice", lang.value)

    @classmethod
    def of(cls, view: ClusterView, reading: Reading) -> Cluster:
        """The cluster as shown."""
        return cls(
            id=strawberry.ID(view.id),
            view=view,
            label=view.label,
            score=view.score,
            size=len(view.members),
            regions=list(view.regions),
            status=view.status,
            born_on=Date(view.born_on) if view.born_on else None,
            truncated=False,
            withheld_count=reading.withheld(view.withheld),
            as_of=Date(view.as_of),
        )


@strawberry.type(description="群组及其游标 / A cluster with its cursor")
class ClusterEdge:
    """An edge of a page of clusters."""

    cursor: str = strawberry.field(description="游标 / Cursor")
    node: Cluster = strawberry.field(description="群组 / The cluster")


@strawberry.type(description="一页群组 / A page of clusters")
class ClusterConnection(Bounded):
    """A page of clusters, highest score first."""

    edges: list[ClusterEdge] = strawberry.field(description="群组 / Clusters")
    page_info: PageInfo = strawberry.field(description="分页信息 / About the page")

    @classmethod
    def of(cls, page: Page[ClusterView], reading: Reading) -> ClusterConnection:
        """The page as shown."""
        return cls(
            edges=[
                ClusterEdge(cursor=cursor, node=Cluster.of(view, reading))
                for view, cursor in zip(page.items, page.cursors, strict=True)
            ],
            page_info=page_info(page),
            truncated=page.truncated,
            withheld_count=page.withheld,
            as_of=Date(page.as_of),
        )


def _widest(view: ClusterView) -> list[tuple[int, str, str]]:
    """Shared identifiers with holders and relation, most widely held first, each once."""
    found: defaultdict[str, tuple[int, str]] = defaultdict(lambda: (0, ""))
    for member in view.members:
        for tie in member.ties:
            found[tie.identifier] = max(found[tie.identifier], (tie.holders_inside, tie.relation))
    ordered = sorted(found.items(), key=lambda item: (-item[1][0], item[1][1], item[0]))
    return [(holders, relation, identifier) for identifier, (holders, relation) in ordered]
