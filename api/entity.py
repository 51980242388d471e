"""What every thing in the graph has in common, and how things are related."""

from __future__ import annotations

from typing import Annotated, Any

import strawberry

from api.context import Info
from api.language import Lang, Language
from api.paging import After, Bounded, First, PageInfo, page_info
from api.record import Record
from api.resolved import resolved
from api.scalars import JSON, Date
from graph.model.texts import text
from graph.ontology import ontology
from queries.expand import CURSOR, Expansion, Step
from queries.masking import mask_properties
from queries.pages import DEFAULT_FIRST, Page, PageRequest
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
        direction: Direction = "ANY",
        first: First = DEFAULT_FIRST,
        after: After = None,
        as_of: AsOf = None,
    ) -> ExpandConnection | None:
        """One step into the graph."""
        request = PageRequest.of(first, after, CURSOR)
        day = as_of or info.context.reading.as_of
        asked = Expansion.of(relations, direction, day, request)
        page = await info.context.expansions.load((self.view.id, asked))
        return ExpandConnection.of(page) if page else None


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

    @classmethod
    def of(cls, page: Page[Step]) -> ExpandConnection:
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
            truncated=page.truncated,
            withheld_count=page.withheld,
            as_of=Date(page.as_of),
        )


def shown(view: NodeView) -> Entity:
    """A node as the type of the API that its label names, personal properties masked."""
    from api.generated.types import TYPES  # it extends Entity, so it cannot be imported above

    masked = mask_properties(view.type, view.properties)
    names = {p.name for p in ontology().entities[view.type].properties}
    values: dict[str, Any] = {name: masked.get(name) for name in names}
    return TYPES[view.type](
        id=strawberry.ID(view.id),
        view=view,
        type=view.type,
        first_seen=Date(view.first_seen),
        regions=list(view.regions),
        **values,
    )


def label_of(view: NodeView, lang: str) -> str:
    """What a thing is called on screen, personal data masked."""
    entity = ontology().entities[view.type]
    value = mask_properties(view.type, view.properties).get(entity.display)
    if value is None:
        return text("api.unnamed", lang, type=entity.title[lang])
    return str(value)


def _date(value: str | None) -> Date | None:
    return Date(value) if value is not None else None
