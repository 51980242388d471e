"""What every thing in the graph has in common, and how things are related."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any

import strawberry

from api.bounds import Bound, shown_bounds
from api.context import Info
from api.language import Lang, Language
from api.paging import After, Bounded, First, PageInfo, page_info
from api.record import Record
from api.resolved import resolved
from api.scalars import JSON, Date
from graph.model.texts import text
from graph.ontology import ontology
from queries.expand import CURSOR, Expansion, KindCount, Noise, StepPage, Summary
from queries.hubs import HUB_LIMIT, MAX_HUB_LIMIT
from queries.masking import mask_properties
from queries.pages import DEFAULT_FIRST, PageRequest
from queries.views import NodeView, RelationView

Relations = Annotated[
    list[str] | None,
    strawberry.argument(
        description="关系类型，默认全部 / Relation types, all by default (see `ontology`)"
    ),
]
Direction = Annotated[
    str,
    strawberry.argument(description="方向：OUT、IN、ANY / Direction: OUT, IN or ANY"),
]
AsOf = Annotated[
    Date | None,
    strawberry.argument(description="截至日期，默认今天 / As of a date, today by default"),
]
ExcludeRelations = Annotated[
    list[str] | None,
    strawberry.argument(description="不看的关系类型 / Relation types to leave out"),
]
NodeTypes = Annotated[
    list[str] | None,
    strawberry.argument(
        description="另一端的实体类型，默认全部 / Types of the other end, all by default"
    ),
]
WithoutHubs = Annotated[
    bool,
    strawberry.argument(
        description="略去合法枢纽登记中的与持有者过多的实体 / Leave out things in the register of "
        "legitimate hubs, and things with more visible holders than hubLimit"
    ),
]
HubLimit = Annotated[
    int,
    strawberry.argument(
        description=f"可见持有者至多若干，默认 {HUB_LIMIT}，至多 {MAX_HUB_LIMIT} / Visible holders "
        f"beyond which a thing is a hub, {HUB_LIMIT} by default, at most {MAX_HUB_LIMIT}"
    ),
]


@strawberry.interface(description="有全局编号的对象 / Anything with a global id")
class Node:
    """Relay's Node."""

    id: strawberry.ID = strawberry.field(description="全局编号 / Global id")


@strawberry.interface(description="图谱中的一个实体 / One thing in the graph")
class Entity(Node):
    """One thing in the graph, as its reader sees it. Personal properties are masked."""

    view: strawberry.Private[NodeView]
    type: str = strawberry.field(description="实体类型 / Type of the thing")
    first_seen: Date = strawberry.field(description="首次得知的日期 / Day we first learned of it")
    regions: list[str] = strawberry.field(
        description="提供记录的地区（可见者） / Regions whose records speak of it, those you may see"
    )

    @resolved("名称，个人信息已遮盖 / Its name, personal data masked")
    def label(self, lang: Lang = Language.ZH) -> str:
        """The display property, masked; the title of the type for a thing without one."""
        return label_of(self.view, lang.value)

    @resolved("可见的来源记录，由旧到新 / Visible records that speak of it, oldest first")
    async def sources(self, info: Info, first: First = DEFAULT_FIRST) -> list[Record]:
        """The first records behind the thing."""
        request = PageRequest.of(first, None, ())
        found = await info.context.said(self.view.records)
        return [Record.of(record) for record in found[: request.first]]

    @resolved("直接关系，分页 / What it is related to, in pages")
    async def expand(
        self,
        info: Info,
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
        request = PageRequest.of(first, after, CURSOR)
        day = as_of or info.context.reading.as_of
        noise = Noise.of(exclude_relations or (), node_types, hub_limit if without_hubs else None)
        asked = Expansion.of(relations, direction, day, request, noise)
        page = await info.context.expansions.load((self.view.id, asked))
        return ExpandConnection.of(page) if page else None

    @resolved("有多少直接关系，按种类计 / How many relations of each kind it has")
    async def relation_counts(self, info: Info, as_of: AsOf = None) -> RelationCounts | None:
        """What there is, before one opens it."""
        day = as_of or info.context.reading.as_of
        found = await info.context.summaries.load((self.view.id, day))
        return RelationCounts.of(found) if found else None


@strawberry.type(description="一条关系 / One relation")
class Relation(Node):
    """One relation, as its reader sees it."""

    view: strawberry.Private[RelationView]
    type: str = strawberry.field(description="关系类型 / Type of the relation")
    start_id: strawberry.ID = strawberry.field(description="起点编号 / Id of its start")
    end_id: strawberry.ID = strawberry.field(description="终点编号 / Id of its end")
    properties: JSON = strawberry.field(description="属性 / Its properties")
    valid_from: Date | None = strawberry.field(description="事实起始日期 / First day the fact held")
    valid_to: Date | None = strawberry.field(
        description="事实终止日期（不含） / Day the fact ended, exclusive"
    )
    first_seen: Date = strawberry.field(description="首次得知的日期 / Day we first learned of it")
    end_seen: Date | None = strawberry.field(
        description="得知其终止的日期 / Day we learned that it ended"
    )
    regions: list[str] = strawberry.field(
        description="提供记录的地区（可见者） / Regions whose records speak of it, those you may see"
    )

    @resolved("关系名称 / What the relation is called")
    def title(self, lang: Lang = Language.ZH) -> str:
        """The title of the relation type."""
        return ontology().relations[self.view.type].title[lang.value]

    @resolved("可见的来源记录，由旧到新 / Visible records that assert it, oldest first")
    async def records(self, info: Info, first: First = DEFAULT_FIRST) -> list[Record]:
        """The first records behind the relation."""
        request = PageRequest.of(first, None, ())
        found = await info.context.said(self.view.records)
        return [Record.of(record) for record in found[: request.first]]

    @classmethod
    def of(cls, view: RelationView) -> Relation:
        """The relation as shown."""
        return cls(
            id=strawberry.ID(view.id),
            view=view,
            type=view.type,
            start_id=strawberry.ID(view.start),
            end_id=strawberry.ID(view.end),
            properties=JSON(mask_properties(view.type, view.properties)),
            valid_from=_date(view.valid_from),
            valid_to=_date(view.valid_to),
            first_seen=Date(view.first_seen),
            end_seen=_date(view.end_seen),
            regions=list(view.regions),
        )


@strawberry.type(description="一条关系及其另一端 / One relation and the thing at its other end")
class ExpandEdge:
    """An edge of an expansion."""

    cursor: str = strawberry.field(description="游标 / Cursor")
    direction: str = strawberry.field(
        description="OUT 自本实体出发，IN 指向本实体 / OUT leaves this thing, IN leads to it"
    )
    relation: Relation = strawberry.field(description="关系 / The relation")
    node: Entity = strawberry.field(description="另一端 / The thing at its other end")


@strawberry.type(description="一页直接关系 / A page of relations")
class ExpandConnection(Bounded):
    """A page of relations of one thing."""

    edges: list[ExpandEdge] = strawberry.field(description="关系 / Relations")
    page_info: PageInfo = strawberry.field(description="分页信息 / About the page")
    bounds: list[Bound] = strawberry.field(description="所受上限 / Bounds it was held to")

    @classmethod
    def of(cls, page: StepPage) -> ExpandConnection:
        """The page as shown."""
        return cls(
            edges=[
                ExpandEdge(
                    cursor=cursor,
                    direction=step.direction,
                    relation=Relation.of(step.relation),
                    node=shown(step.other),
                )
                for step, cursor in zip(page.items, page.cursors, strict=True)
            ],
            page_info=page_info(page),
            bounds=shown_bounds(page.bounds),
            truncated=page.truncated,
            withheld_count=page.withheld,
            as_of=Date(page.as_of),
        )


@strawberry.type(
    description="一种关系的条数 / How many relations there are of one type, direction and other end"
)
class RelationCount:
    """One kind of relation of one thing."""

    relation: str = strawberry.field(description="关系类型 / Type of the relation")
    direction: str = strawberry.field(
        description="OUT 自本实体出发，IN 指向本实体 / OUT leaves this thing, IN leads to it"
    )
    other_type: str = strawberry.field(description="另一端的实体类型 / Type of the other end")
    count: int = strawberry.field(description="可见条数 / How many you may see")

    @classmethod
    def of(cls, kind: KindCount) -> RelationCount:
        """The count as shown."""
        return cls(
            relation=kind.relation,
            direction=kind.direction,
            other_type=kind.other_type,
            count=kind.count,
        )


@strawberry.type(description="各种直接关系的条数 / How many relations of each kind a thing has")
class RelationCounts(Bounded):
    """What there is around a thing. Beyond a bound the counts are too small, and `truncated` says so."""

    kinds: list[RelationCount] = strawberry.field(description="各种，由多到少 / Largest first")
    bounds: list[Bound] = strawberry.field(description="所受上限 / Bounds it was held to")

    @classmethod
    def of(cls, found: Summary) -> RelationCounts:
        """The counts as shown."""
        return cls(
            kinds=[RelationCount.of(kind) for kind in found.kinds],
            bounds=shown_bounds(found.bounds),
            truncated=found.truncated,
            withheld_count=found.withheld,
            as_of=Date(found.as_of),
        )


def shown(view: NodeView) -> Entity:
    """A node as the type of the API that its label names, personal properties masked."""
    from api.generated.types import TYPES  # it extends Entity, so it cannot be imported above

    masked = mask_properties(view.type, view.properties)
    values: dict[str, Any] = {name: masked.get(name) for name in _properties(view.type)}
    return TYPES[view.type](
        id=strawberry.ID(view.id),
        view=view,
        type=view.type,
        first_seen=Date(view.first_seen),
        regions=list(view.regions),
        **values,
    )


@cache
def _properties(type_name: str) -> tuple[str, ...]:
    return tuple(p.name for p in ontology().entities[type_name].properties)


def label_of(view: NodeView, lang: str) -> str:
    """What a thing is called on screen, personal data masked."""
    entity = ontology().entities[view.type]
    value = mask_properties(view.type, view.properties).get(entity.display)
    if value is None:
        return text("api.unnamed", lang, type=entity.title[lang])
    return str(value)


def _date(value: str | None) -> Date | None:
    return Date(value) if value is not None else None
