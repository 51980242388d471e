"""How two things are connected, as shown."""

from __future__ import annotations

import strawberry

from api.entity import Entity, Relation, shown
from api.paging import Bounded
from api.scalars import Date
from queries.paths import Way, Ways


@strawberry.type(description="一条路径 / One way from start to end")
class Path:
    """Nodes from start to end, and the relations between them."""

    length: int = strawberry.field(description="步数 / Hops")
    nodes: list[Entity] = strawberry.field(description="途经实体 / Things on the way, in order")
    relations: list[Relation] = strawberry.field(
        description="途经关系，比实体少一条 / Relations on the way, one fewer than nodes"
    )

    @classmethod
    def of(cls, way: Way) -> Path:
        """The way as shown."""
        return cls(
            length=len(way.relations),
            nodes=[shown(node) for node in way.nodes],
            relations=[Relation.of(relation) for relation in way.relations],
        )


@strawberry.type(
    description="最短路径；不经过您不可见的任何内容。withheldCount 为 1 表示另有更短的路径不可见 / "
    "Shortest ways that never touch what you may not see. withheldCount 1 says that a shorter one "
    "is hidden from you"
)
class PathResult(Bounded):
    """All shortest ways, as alike as equals."""

    paths: list[Path] = strawberry.field(description="路径 / Ways, all of the same length")

    @classmethod
    def of(cls, ways: Ways) -> PathResult:
        """The ways as shown."""
        return cls(
            paths=[Path.of(way) for way in ways.ways],
            truncated=ways.truncated,
            withheld_count=ways.withheld,
            as_of=Date(ways.as_of),
        )
