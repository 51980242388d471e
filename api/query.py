"""The questions one may ask."""

from __future__ import annotations

from typing import Annotated, TypeVar, cast

import strawberry

from api.about import OntologyInfo, Viewer, ontology_info
from api.cluster import Cluster, ClusterConnection
from api.context import Info
from api.entity import (
    AsOf,
    Direction,
    Entity,
    ExpandConnection,
    Node,
    Relations,
    shown,
)
from api.finding import Finding, FindingConnection, WeeklyFlagConnection
from api.generated.types import Address, Certificate, Merchant, Store, TestLab, TestReport
from api.hits import SearchConnection
from api.language import Lang, Language
from api.paging import After, First
from api.path import PathResult
from api.record import Record
from api.resolved import resolved
from api.scalars import Date, DateTime
from graph.errors import ValueRefused
from graph.model.ids import node_id, type_of
from graph.model.texts import text
from graph.model.values import KINDS
from graph.ontology import ontology
from queries import clusters as cluster_queries
from queries import findings as finding_queries
from queries import flags as flag_queries
from queries import provenance, search
from queries.expand import CURSOR, Expansion
from queries.expand import expand as expand_query
from queries.pages import DEFAULT_FIRST, MAX_FIRST, PageRequest
from queries.paths import MAX_HOPS, shortest_paths

_E = TypeVar("_E", bound=Entity)
_Id = Annotated[strawberry.ID, strawberry.argument(description="全局编号 / Global id")]
_Hops = Annotated[
    int,
    strawberry.argument(description=f"至多步数 1–{MAX_HOPS} / Hops at most, 1..{MAX_HOPS}"),
]
_Region = Annotated[
    str | None,
    strawberry.argument(description="省级代码，默认全部 / Province code, all by default"),
]
_PathRelations = Annotated[
    list[str] | None,
    strawberry.argument(
        description="关系类型，默认除 ON_PLATFORM、ISSUED_BY 外全部 / Relation types, by default all but "
        "ON_PLATFORM and ISSUED_BY, which everybody has"
    ),
]


@strawberry.type(
    description="溯源图谱。检出与群组都是线索，不是证据；个人信息默认遮盖；只回答您有权看到的内容。 / "
    "The Suyuan graph. Findings and clusters are leads, never proof; personal data is masked; answers "
    "hold only what you may see."
)
class Query:
    """The root of every question."""

    @resolved("按编号取一个对象 / One thing by its id; null when absent or hidden")
    async def node(self, info: Info, id: _Id) -> Node | None:  # noqa: A002 - Relay names it so
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

    @resolved("按名称或任何写法的编号查找 / Find by name, or by any identifier in any spelling")
    async def search(
        self,
        info: Info,
        query: Annotated[str, strawberry.argument(description="查找内容 / What to look for")],
        types: Annotated[
            list[str] | None,
            strawberry.argument(description="实体类型，默认全部 / Entity types, all by default"),
        ] = None,
        first: First = DEFAULT_FIRST,
        after: After = None,
    ) -> SearchConnection:
        """Things that match, best first."""
        request = PageRequest.of(first, after, search.CURSOR)
        page = await search.search(info.context.reading, query, types, request)
        return SearchConnection.of(page)

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

    @resolved(
        "一个实体的直接关系，分页；实体缺失或不可见时为空 / "
        "What a thing is related to, in pages; null when it is absent or hidden"
    )
    async def expand(
        self,
        info: Info,
        id: _Id,  # noqa: A002 - as in `node`
        *,
        relations: Relations = None,
        direction: Direction = "ANY",
        first: First = DEFAULT_FIRST,
        after: After = None,
        as_of: AsOf = None,
    ) -> ExpandConnection | None:
        """One step into the graph."""
        reading = info.context.reading
        request = PageRequest.of(first, after, CURSOR)
        asked = Expansion.of(relations, direction, as_of or reading.as_of, request)
        page = (await expand_query(reading, [id], asked)).get(id)
        return ExpandConnection.of(page) if page else None

    @resolved(
        "两个实体间的最短路径，含已终止的关系 / "
        "Shortest ways between two things, over all relations ever recorded"
    )
    async def shortest_path(
        self,
        info: Info,
        from_: Annotated[
            strawberry.ID,
            strawberry.argument(name="from", description="起点编号 / Id of the start"),
        ],
        to: Annotated[strawberry.ID, strawberry.argument(description="终点编号 / Id of the end")],
        max_hops: _Hops = MAX_HOPS,
        relations: _PathRelations = None,
    ) -> PathResult:
        """All shortest ways, up to a handful."""
        ways = await shortest_paths(info.context.reading, from_, to, max_hops, relations)
        return PathResult.of(ways)

    @resolved(
        "群组，按分数排序；是线索，不是证据 / Clusters, highest score first; leads, never proof"
    )
    async def clusters(
        self,
        info: Info,
        label: Annotated[
            str | None,
            strawberry.argument(
                description="network、lawful_group 或 unlabelled / network, lawful_group or unlabelled"
            ),
        ] = None,
        region: _Region = None,
        first: First = DEFAULT_FIRST,
        after: After = None,
    ) -> ClusterConnection:
        """A page of clusters."""
        reading = info.context.reading
        request = PageRequest.of(first, after, cluster_queries.CURSOR)
        wanted = cluster_queries.ClusterFilter(label, region)
        return ClusterConnection.of(
            await cluster_queries.clusters(reading, wanted, request), reading
        )

    @resolved("一个群组 / One cluster; null when absent or hidden")
    async def cluster(self, info: Info, id: _Id) -> Cluster | None:  # noqa: A002 - as in `node`
        """One cluster."""
        view = await info.context.clusters.load(id)
        return Cluster.of(view, info.context.reading) if view else None

    @resolved("检出，由重到轻；是线索，不是证据 / Findings, worst first; leads, never proof")
    async def findings(
        self,
        info: Info,
        *,
        detector: Annotated[
            str | None,
            strawberry.argument(description="检出规则编号，如 D4 / Detector, such as D4"),
        ] = None,
        severity_at_least: Annotated[
            int, strawberry.argument(description="最低严重程度 1–5 / Least severity, 1..5")
        ] = 1,
        subject: Annotated[
            strawberry.ID | None,
            strawberry.argument(description="检出对象编号 / Id of a subject"),
        ] = None,
        with_closed: Annotated[
            bool,
            strawberry.argument(
                description="也看已不再检出者 / Also those that the newest run did not make again"
            ),
        ] = False,
        first: First = DEFAULT_FIRST,
        after: After = None,
    ) -> FindingConnection:
        """A page of findings."""
        request = PageRequest.of(first, after, finding_queries.CURSOR)
        wanted = finding_queries.FindingFilter(detector, severity_at_least, subject, with_closed)
        page = await finding_queries.findings(info.context.reading, wanted, request)
        return FindingConnection.of(page)

    @resolved("每周提示：新近相连与变化的群组 / Weekly flags: clusters newly linked or changed")
    async def weekly_flags(
        self,
        info: Info,
        *,
        since: Annotated[
            Date | None,
            strawberry.argument(description="自何日起，默认全部 / Since a date, all by default"),
        ] = None,
        kind: Annotated[
            str | None, strawberry.argument(description="种类，默认全部 / Kind, all by default")
        ] = None,
        region: _Region = None,
        announced_only: Annotated[
            bool, strawberry.argument(description="只看已通报 / Announced ones only")
        ] = True,
        first: First = DEFAULT_FIRST,
        after: After = None,
    ) -> WeeklyFlagConnection:
        """A page of flags."""
        request = PageRequest.of(first, after, flag_queries.CURSOR)
        wanted = flag_queries.FlagFilter(since, kind, region, announced_only)
        page = await flag_queries.weekly_flags(info.context.reading, wanted, request)
        return WeeklyFlagConnection.of(page)

    @resolved(
        "实体、关系或检出所依据的记录；缺失或不可见时为空 / "
        "Records behind a thing, a relation or a finding, oldest first; null when absent or hidden"
    )
    async def explain(
        self,
        info: Info,
        id: _Id,  # noqa: A002 - as in `node`
        first: First = DEFAULT_FIRST,
    ) -> list[Record] | None:
        """The first records behind something."""
        request = PageRequest.of(first, None, ())
        found = await provenance.explain(info.context.reading, id)
        return None if found is None else [Record.of(record) for record in found[: request.first]]

    @resolved("图谱里有什么 / What there is in the graph")
    def ontology(self) -> OntologyInfo:
        """The ontology."""
        return ontology_info()

    @resolved("提问者 / Who is asking, and what he may see")
    def viewer(self, info: Info) -> Viewer:
        """The reader behind the token."""
        reader = info.context.reading.reader
        return Viewer(
            name=reader.name,
            regions=reader.visible,
            expires_at=DateTime(info.context.expires_at),
        )

    @resolved("告示 / What these answers are, and what they are not")
    def notice(self, lang: Lang = Language.ZH) -> str:
        """Findings are leads, never proof."""
        return text("api.notice", lang.value)


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
