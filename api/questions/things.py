"""Things by their id or key."""

from __future__ import annotations

from typing import Annotated, TypeVar, cast

import strawberry

from api.cluster import Cluster
from api.context import Info
from api.entity import Entity, Node, shown
from api.finding import Finding
from api.generated.types import Address, Certificate, Merchant, Store, TestLab, TestReport
from api.questions.arguments import Id
from api.resolved import resolved
from graph.errors import ValueRefused
from graph.model.ids import node_id, type_of
from graph.model.values import KINDS
from graph.ontology import ontology
from queries import findings as finding_queries
from queries.pages import MAX_FIRST, PageRequest

_E = TypeVar("_E", bound=Entity)


@strawberry.type
class Things:
    """Questions for things whose id or key is known."""

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

    @resolved("经营主体 / A merchant by its id, or by its credit code")
    async def merchant(
        self,
        info: Info,
        merchant_id: Annotated[
            str,
            strawberry.argument(
                description="统一社会信用代码或"
                "平台/平台内编号 / Unified social credit code or platform/native id"
            ),
        ],
    ) -> Merchant | None:
        """One merchant."""
        try:
            key = str(KINDS["uscc"].clean(merchant_id))
        except ValueRefused:
            key = merchant_id
        return await _by_key(info, Merchant, (key,))

    @resolved("网店 / A store by platform and id")
    async def store(
        self,
        info: Info,
        platform: Annotated[str, strawberry.argument(description="平台代码 / Platform code")],
        native_id: Annotated[
            str, strawberry.argument(description="平台内店铺编号 / Store id given by the platform")
        ],
    ) -> Store | None:
        """One store."""
        return await _by_key(info, Store, (platform, native_id))

    @resolved("检验检测机构 / A test lab by its id")
    async def test_lab(
        self,
        info: Info,
        lab_id: Annotated[str, strawberry.argument(description="机构编号 / Lab id")],
    ) -> TestLab | None:
        """One lab."""
        return await _by_key(info, TestLab, (lab_id,))

    @resolved("认证证书 / A certificate by its number")
    async def certificate(
        self,
        info: Info,
        certificate_no: Annotated[
            str, strawberry.argument(description="证书编号 / Certificate number")
        ],
    ) -> Certificate | None:
        """One certificate."""
        return await _by_key(info, Certificate, (certificate_no,))

    @resolved("检验检测报告 / A test report by lab and number")
    async def test_report(
        self,
        info: Info,
        lab_id: Annotated[str, strawberry.argument(description="机构编号 / Lab id")],
        report_no: Annotated[str, strawberry.argument(description="报告编号 / Report number")],
    ) -> TestReport | None:
        """One report."""
        return await _by_key(info, TestReport, (lab_id, report_no))

    @resolved("地址，可用编号或全文 / An address by its id or its full text")
    async def address(
        self,
        info: Info,
        address_id: Annotated[
            str, strawberry.argument(description="编号或地址全文 / Id or full text")
        ],
    ) -> Address | None:
        """One address."""
        return await _by_key(info, Address, (address_id,))


async def _by_key(info: Info, kind: type[_E], key: tuple[str, ...]) -> _E | None:
    """A thing by its key in any accepted spelling; a key that cannot exist finds nothing."""
    entity = ontology().entities[kind.__name__]
    try:
        cleaned = [
            str(KINDS[entity.property(name).kind].clean(raw))
            for name, raw in zip(entity.key, key, strict=True)
        ]
    except ValueRefused:
        return None
    view = await info.context.nodes.load(node_id(entity.name, cleaned))
    return cast("_E", shown(view)) if view else None
