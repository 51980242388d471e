"""Finding things by what people type."""

from __future__ import annotations

from typing import Annotated

import strawberry

from api.context import Info
from api.hits import SearchConnection
from api.paging import After, First
from api.plan.columns import is_wanted
from api.resolved import resolved
from queries import search
from queries.pages import DEFAULT_FIRST, PageRequest


@strawberry.type
class FindingThings:
    """Questions for things whose id is not known."""

    @resolved(
        "按名称、简称、拼音、首字母或任何写法的编号查找；最多取最佳 100 项，withheldCount 最多计到 100 / "
        "Find by name, short name, pinyin, initials, or any identifier in any spelling; the best 100 at "
        "most, and withheldCount counts up to 100"
    )
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
        is_counted = is_wanted(info._raw_info, "withheldCount")
        page = await search.search(
            info.context.reading, query, types, request, is_counted=is_counted
        )
        return SearchConnection.of(page)
