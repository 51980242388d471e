"""Export jobs, as shown."""

from __future__ import annotations

import enum
from urllib.parse import quote

import strawberry

from api.entity import Node
from api.jobs.store import Job
from api.language import Lang, Language, described
from api.paging import Bounded, PageInfo
from api.resolved import resolved
from api.scalars import Date, DateTime, Long
from graph.model.texts import text

PREFIX = "ExportJob:"


@strawberry.enum(description="任务状态 / State of a job")
class JobState(enum.Enum):
    """State of a job."""

    QUEUED = described("queued", "等待中 / Waiting for a worker")
    RUNNING = described("running", "进行中 / In work")
    DONE = described("done", "已完成，可下载 / Done: the file can be fetched")
    FAILED = described("failed", "失败，见 errorCode / Failed, see `errorCode`")
    CANCELLED = described("cancelled", "已取消 / Cancelled by its owner")


@strawberry.enum(description="导出格式 / Format of an export")
class ExportFormat(enum.Enum):
    """Format of an export."""

    CSV = described("CSV", "ZIP，每类一个 CSV 表 / ZIP with one CSV table per type")
    XLSX = described("XLSX", "Excel 工作簿，每类一页 / Excel workbook with one sheet per type")
    GEXF = described("GEXF", "GEXF 1.2 图（Gephi） / GEXF 1.2 graph, for Gephi")
    GRAPHML = described("GRAPHML", "GraphML 图 / GraphML graph, for yEd, Cytoscape and NetworkX")
    FTM = described(
        "FTM", "FollowTheMoney，每行一个 JSON / FollowTheMoney entities, one JSON object a line"
    )
    STIX = described("STIX", "STIX 2.1 集合 / STIX 2.1 bundle")


@strawberry.enum(description="导出图谱的哪一部分 / Which part of the graph to export")
class ExportKind(enum.Enum):
    """What an export is of."""

    SEARCH = described("SEARCH", "查找结果 / What a search finds")
    THINGS = described("THINGS", "某些类型的全部实体 / Every thing of some types")
    CLUSTER = described("CLUSTER", "群组及其关联 / Clusters with members, identifiers and ties")
    NEIGHBOURHOOD = described(
        "NEIGHBOURHOOD", "若干实体的周边 / What is within some steps of things"
    )


@strawberry.type(
    description="一次导出任务；仅本人可见 / An export in the making; its owner alone sees it"
)
class ExportJob(Node):
    """One job."""

    job: strawberry.Private[Job]
    state: JobState = strawberry.field(description="状态 / State")
    format: ExportFormat = strawberry.field(description="格式 / Format")
    kind: ExportKind = strawberry.field(description="导出内容 / What is exported")
    as_of: Date = strawberry.field(description="数据截至日期 / The date the data are of")
    progress: float = strawberry.field(
        description="进度 0–1：读取自 0.1，写文件自 0.7 / Progress 0..1: reading from 0.1, writing from 0.7"
    )
    nodes: int = strawberry.field(description="已读实体数 / Things read so far")
    relations: int = strawberry.field(description="已读关系数 / Relations read so far")
    truncated: bool = strawberry.field(description="是否因上限而截断 / Whether a bound cut it")
    withheld_count: int | None = strawberry.field(
        description="因权限未包含的数量；不告知或未完成时为空 / "
        "How many are withheld from you; null where not told or not done"
    )
    created_at: DateTime = strawberry.field(description="提出时间 / When it was asked for")
    finished_at: DateTime | None = strawberry.field(description="结束时间 / When it ended")
    expires_at: DateTime = strawberry.field(description="文件保留至 / Until when the file is kept")
    file_name: str | None = strawberry.field(description="文件名 / Name of the file")
    size_bytes: Long | None = strawberry.field(description="文件字节数 / Size of the file in bytes")
    sha256: str | None = strawberry.field(
        description="文件的 SHA-256（十六进制） / SHA-256 of the file in hex"
    )
    url: str | None = strawberry.field(
        description="下载路径，用同一令牌取 / Path to fetch the file from, with the same token"
    )
    error_code: str | None = strawberry.field(
        description="失败原因代码：NOT_FOUND、LIMIT_EXCEEDED、ACCESS_ENDED、INTERRUPTED 等 / "
        "Why it failed: NOT_FOUND, LIMIT_EXCEEDED, ACCESS_ENDED, INTERRUPTED and such"
    )

    @resolved("告示 / What an export is, and what it is not")
    def notice(self, lang: Lang = Language.ZH) -> str:
        """Findings are leads, never proof."""
        return text("api.notice", lang.value)

    @classmethod
    def of(cls, job: Job) -> ExportJob:
        """The job as shown."""
        is_done = job.state == "done"
        return cls(
            id=strawberry.ID(PREFIX + job.id),
            job=job,
            state=JobState(job.state),
            format=ExportFormat(job.format),
            kind=ExportKind(job.question["kind"]),
            as_of=Date(job.question["as_of"]),
            progress=job.progress,
            nodes=job.nodes,
            relations=job.relations,
            truncated=job.is_cut,
            withheld_count=job.withheld if is_done else None,
            created_at=DateTime(job.created_at),
            finished_at=DateTime(job.finished_at) if job.finished_at else None,
            expires_at=DateTime(job.expires_at),
            file_name=job.file_name if is_done else None,
            size_bytes=Long(job.size_bytes) if is_done else None,
            sha256=job.sha256 if is_done else None,
            url=f"/exports/{job.id}/{quote(job.file_name)}" if is_done else None,
            error_code=job.error.partition(" ")[0] or None,
        )


@strawberry.type(description="任务及其游标 / A job with its cursor")
class ExportJobEdge:
    """An edge of a page of jobs."""

    cursor: str = strawberry.field(description="游标 / Cursor")
    node: ExportJob = strawberry.field(description="任务 / The job")


@strawberry.type(description="一页任务，由新到旧 / A page of jobs, newest first")
class ExportJobConnection(Bounded):
    """A page of one's own jobs: nobody sees those of others, and none of one's own is left out."""

    edges: list[ExportJobEdge] = strawberry.field(description="任务 / Jobs")
    page_info: PageInfo = strawberry.field(description="分页信息 / About the page")


def job_id(identifier: str) -> str:
    """The stored id that a global id names."""
    return identifier.removeprefix(PREFIX)
