"""What a search found, as shown."""

from __future__ import annotations

import strawberry

from api.entity import Entity, shown
from api.language import Lang, Language
from api.paging import Bounded, PageInfo, page_info
from api.resolved import resolved
from api.scalars import Date
from graph.model.texts import text
from graph.ontology import ontology
from queries.pages import Page
from queries.search import Hit


@strawberry.type(description="一条查找结果 / One thing found")
class SearchEdge:
    """An edge of a page of hits."""

    hit: strawberry.Private[Hit]
    cursor: str = strawberry.field(description="游标 / Cursor")
    node: Entity = strawberry.field(description="找到的实体 / The thing found")
    score: int = strawberry.field(description="匹配程度 0–100 / How well it matches, 0..100")
    property: str = strawberry.field(description="匹配的属性 / Property that matches")

    @resolved("匹配的理由 / Why it matches")
    def reason(self, lang: Lang = Language.ZH) -> str:
        """A sentence that says which property matches, and how."""
        prop = ontology().entities[self.hit.node.type].property(self.hit.match.property)
        title = prop.zh if lang is Language.ZH else prop.en
        return text(f"api.search.{self.hit.match.reason}", lang.value, property=title)


@strawberry.type(description="一页查找结果 / A page of things found")
class SearchConnection(Bounded):
    """A page of hits, best first."""

    edges: list[SearchEdge] = strawberry.field(description="结果 / Hits")
    page_info: PageInfo = strawberry.field(description="分页信息 / About the page")

    @classmethod
    def of(cls, page: Page[Hit]) -> SearchConnection:
        """The page as shown."""
        return cls(
            edges=[
                SearchEdge(
                    hit=hit,
                    cursor=cursor,
                    node=shown(hit.node),
                    score=hit.match.score,
                    property=hit.match.property,
                )
                for hit, cursor in zip(page.items, page.cursors, strict=True)
            ],
            page_info=page_info(page),
            truncated=page.truncated,
            withheld_count=page.withheld,
            as_of=Date(page.as_of),
        )
