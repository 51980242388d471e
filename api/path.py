"""How two things are connected, as shown."""

from __future__ import annotations

import strawberry

from api.bounds import Bound, shown_bounds
from api.entity import Entity, Relation, shown
from api.paging import Bounded
from api.scalars import Date
from queries.paths import SHOWN_HUBS, Way, Ways


@strawberry.type(description="一条路径 / One way from start to end")
class Path:
    """Nodes from start to end, and the relations between them."""

    length: int = strawberry.field(description="步数 / Hops")
    nodes: list[Entity] = strawberry.field(description="途经实体 / Things on the way, in order")
    relations: list[Relation] = strawberry.field(
        description="途经关系，比实体少一条 / Relations on the way, one fewer than nodes"
    )
    parallel: list[Relation] = strawberry.field(
        description="相邻实体间的其他关系 / Further relations between neighbours on the way"
    )

    @classmethod
    def of(cls, way: Way) -> Path:
        """The way as shown."""
        return cls(
            length=len(way.relations),
            nodes=[shown(node) for node in way.nodes],
            relations=[Relation.of(relation) for relation in way.relations],
            parallel=[Relation.of(relation) for relation in way.parallel],
        )


@strawberry.type(
    description="路径；不经过您不可见的任何内容。withheldCount 为 1 表示另有更短的路径不可见 / "
    "Shortest ways that never touch what you may not see. withheldCount 1 says that a shorter one "
    "is hidden from you"
)
class PathResult(Bounded):
    """Ways, shortest first; of one length by the ids on them."""

    paths: list[Path] = strawberry.field(description="路径，由短到长 / Ways, shortest first")
    hubs: list[Entity] = strawberry.field(
        description=f"未经过的枢纽，至多 {SHOWN_HUBS} 个，由近及远 / Hubs that were no way, the "
        f"nearest {SHOWN_HUBS}"
    )
    hub_count: int = strawberry.field(
        description="途中遇到而未经过的枢纽数 / How many hubs were met and not passed"
    )
    bounds: list[Bound] = strawberry.field(description="所受上限 / Bounds the search was held to")

    @classmethod
    def of(cls, ways: Ways) -> PathResult:
        """The ways as shown."""
        return cls(
            paths=[Path.of(way) for way in ways.ways],
            hubs=[shown(hub) for hub in ways.hubs],
            hub_count=ways.hub_count,
            bounds=shown_bounds(ways.bounds),
            truncated=ways.truncated,
            withheld_count=ways.withheld,
            as_of=Date(ways.as_of),
        )
