"""Things by their id."""

from __future__ import annotations

from typing import Annotated

import strawberry

from api.cluster import Cluster
from api.context import Info
from api.entity import Entity, Node, shown
from api.finding import Finding
from api.questions.arguments import Id
from api.resolved import resolved
from graph.model.ids import type_of
from graph.ontology import ontology
from queries import findings as finding_queries
from queries.pages import MAX_FIRST, PageRequest


@strawberry.type
class Things:
    """Questions for things whose id is known."""

    @resolved("按编号取一个对象 / One thing by its id; null when absent or hidden")
    async def node(self, info: Info, id: Id) -> Node | None:  # noqa: A002 - Relay names it so
        """A node of the graph, a cluster or a finding."""
        context = info.context
        if type_of(id) in ontology().entities:
            view = await context.nodes.load(id)
            return shown(view) if view else None
        wanted = finding_queries.FindingFilter(ids=(id,), with_closed=True)
        if type_of(id) == "Finding":
            page = await finding_queries.findings(context.reading, wanted, PageRequest(1))
            return Finding.of(page.items[0]) if page.items else None
        cluster = await context.clusters.load(id)
        return Cluster.of(cluster, context.reading) if cluster else None

    @resolved(
        "按编号取多个实体，缺失或不可见者为空 / Several things by id, null where absent or hidden"
    )
    async def nodes(
        self,
        info: Info,
        ids: Annotated[
            list[strawberry.ID],
            strawberry.argument(description=f"至多 {MAX_FIRST} 个 / At most {MAX_FIRST} ids"),
        ],
    ) -> list[Entity | None]:
        """Things in the order of the ids given."""
        PageRequest.of(len(ids), None, ())
        views = await info.context.nodes.load_many([str(name) for name in ids])
        return [shown(view) if view else None for view in views]
