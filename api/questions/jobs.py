"""What became of the exports one asked for."""

from __future__ import annotations

import strawberry

from api.context import Info
from api.desk import Desk
from api.export_job import ExportJob, ExportJobConnection, ExportJobEdge, job_id
from api.paging import After, First, PageInfo
from api.questions.arguments import Id
from api.resolved import resolved
from api.scalars import Date
from graph.errors import StoreUnavailable
from queries.pages import DEFAULT_FIRST, PageRequest, encode_cursor

_CURSOR = (str, str)


@strawberry.type
class Jobs:
    """Questions for one's own jobs."""

    @resolved(
        "自己的一次导出任务；缺失或非本人者为空 / One of your exports; null when absent or another's"
    )
    async def export_job(self, info: Info, id: Id) -> ExportJob | None:  # noqa: A002 - as in `node`
        """One job."""
        job = await desk_of(info).jobs.get(_owner(info), job_id(id))
        return ExportJob.of(job) if job else None

    @resolved("自己的导出任务，由新到旧 / Your exports, newest first")
    async def export_jobs(
        self, info: Info, first: First = DEFAULT_FIRST, after: After = None
    ) -> ExportJobConnection:
        """A page of jobs."""
        request = PageRequest.of(first, after, _CURSOR)
        last = (str(request.after[0]), str(request.after[1])) if request.after else None
        found = await desk_of(info).jobs.of_owner(_owner(info), after=last, limit=request.first + 1)
        chosen = found[: request.first]
        cursors = [encode_cursor((job.created_at, job.id)) for job in chosen]
        return ExportJobConnection(
            edges=[
                ExportJobEdge(cursor=cursor, node=ExportJob.of(job))
                for job, cursor in zip(chosen, cursors, strict=True)
            ],
            page_info=PageInfo(
                has_next_page=len(found) > request.first,
                has_previous_page=False,
                start_cursor=cursors[0] if cursors else None,
                end_cursor=cursors[-1] if cursors else None,
            ),
            truncated=False,
            withheld_count=0,
            as_of=Date(info.context.reading.as_of),
        )


def desk_of(info: Info) -> Desk:
    """The desk of the service; an operation run without one cannot use jobs."""
    if info.context.desk is None:
        raise StoreUnavailable("no desk")
    return info.context.desk


def _owner(info: Info) -> str:
    return info.context.reading.reader.name
