"""Lists in pages, after the Relay connection specification, with what was left out."""

from __future__ import annotations

from typing import Annotated, Any

import strawberry

from api.scalars import Date
from queries.pages import DEFAULT_FIRST, MAX_FIRST, MAX_MEMBERS, Page

First = Annotated[
    int,
    strawberry.argument(
        description=f"条数，默认 {DEFAULT_FIRST}，至多 {MAX_FIRST} / "
        f"How many, {DEFAULT_FIRST} by default, at most {MAX_FIRST}"
    ),
]
FirstMembers = Annotated[
    int,
    strawberry.argument(
        description=f"条数，默认 {DEFAULT_FIRST}，至多 {MAX_MEMBERS} / "
        f"How many, {DEFAULT_FIRST} by default, at most {MAX_MEMBERS}"
    ),
]
After = Annotated[
    str | None,
    strawberry.argument(description="上一页的 endCursor / endCursor of the page before"),
]


@strawberry.type(description="分页信息 / About the page")
class PageInfo:
    """The PageInfo of Relay; we page forwards only."""

    has_next_page: bool = strawberry.field(description="后面是否还有 / Whether more follow")
    has_previous_page: bool = strawberry.field(description="恒为 false / Always false")
    start_cursor: str | None = strawberry.field(description="首条游标 / Cursor of the first item")
    end_cursor: str | None = strawberry.field(description="末条游标 / Cursor of the last item")


@strawberry.interface(
    description="说明自己遗漏了什么的答案 / An answer that says what it leaves out"
)
class Bounded:
    """Every list, path and expansion says what it leaves out."""

    truncated: bool = strawberry.field(
        description="是否因上限而截断，翻页也取不到 / "
        "Whether a bound cut it; paging will not reach the rest"
    )
    withheld_count: int | None = strawberry.field(
        description="因权限未显示的数量；不告知时为空 / "
        "How many are withheld from you; null where that is not told"
    )
    as_of: Date = strawberry.field(description="答案的日期 / The date the answer is of")


def page_info(page: Page[Any]) -> PageInfo:
    """The PageInfo of a page."""
    return PageInfo(
        has_next_page=page.has_next,
        has_previous_page=False,
        start_cursor=page.cursors[0] if page.cursors else None,
        end_cursor=page.cursors[-1] if page.cursors else None,
    )
