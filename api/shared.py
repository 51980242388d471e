"""What several things share, as shown."""

from __future__ import annotations

import strawberry

from api.bounds import Bound, shown_bounds
from api.entity import Entity, Relation, shown
from api.paging import Bounded, PageInfo, page_info
from api.scalars import Date
from queries.neighbours import HOLDERS_COUNTED, Held, SharedPage, SharedThing


@strawberry.type(description="谁持有它 / Who holds it")
class SharedBy:
    """One of the things asked for, and the relation by which it holds the shared one."""

    id: strawberry.ID = strawberry.field(description="所问实体的编号 / Id of the thing asked for")
    through_id: strawberry.ID | None = strawberry.field(
        description="经其经营者持有时，该经营者的编号 / Id of who runs it, where he is the holder"
    )
    relation: Relation = strawberry.field(description="关系 / The relation")

    @classmethod
    def of(cls, held: Held) -> SharedBy:
        """The holding as shown."""
        return cls(
            id=strawberry.ID(held.thing),
            through_id=strawberry.ID(held.through) if held.through else None,
            relation=Relation.of(held.relation),
        )


@strawberry.type(description="一个共有的实体 / One shared thing")
class SharedEdge:
    """An edge of a page of shared things."""

    cursor: str = strawberry.field(description="游标 / Cursor")
    node: Entity = strawberry.field(description="共有的实体 / The shared thing")
    holders: int = strawberry.field(
        description=f"可见持有者数，数到 {HOLDERS_COUNTED} 为止（更多时为 {HOLDERS_COUNTED + 1}） / "
        f"How many visible relations lead to it, counted to {HOLDERS_COUNTED} "
        f"({HOLDERS_COUNTED + 1} means more)"
    )
    shared_by: list[SharedBy] = strawberry.field(
        description="谁持有它 / Who of those asked holds it"
    )

    @classmethod
    def of(cls, shared: SharedThing, cursor: str) -> SharedEdge:
        """The shared thing as shown."""
        return cls(
            cursor=cursor,
            node=shown(shared.node),
            holders=shared.holders,
            shared_by=[SharedBy.of(held) for held in shared.held],
        )


@strawberry.type(description="一页共有的实体，最稀有者在前 / A page of shared things, rarest first")
class SharedConnection(Bounded):
    """A page of shared things. withheldCount counts relations of the things asked for."""

    edges: list[SharedEdge] = strawberry.field(description="共有的实体 / Shared things")
    page_info: PageInfo = strawberry.field(description="分页信息 / About the page")
    bounds: list[Bound] = strawberry.field(description="所受上限 / Bounds it was held to")

    @classmethod
    def of(cls, page: SharedPage) -> SharedConnection:
        """The page as shown."""
        return cls(
            edges=[
                SharedEdge.of(shared, cursor)
                for shared, cursor in zip(page.items, page.cursors, strict=True)
            ],
            page_info=page_info(page),
            bounds=shown_bounds(page.bounds),
            truncated=page.truncated,
            withheld_count=page.withheld,
            as_of=Date(page.as_of),
        )
