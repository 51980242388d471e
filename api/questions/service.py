"""What the service says of itself."""

from __future__ import annotations

import strawberry

from api.about import OntologyInfo, Viewer, ontology_info
from api.auth import READER
from api.context import Info
from api.language import Lang, Language
from api.resolved import resolved
from api.scalars import DateTime
from graph.model.texts import text


@strawberry.type
class Service:
    """Questions about the graph, the reader and the answers themselves."""

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
            role=info.context.token.role if info.context.token else READER,
        )

    @resolved("告示 / What these answers are, and what they are not")
    def notice(self, lang: Lang = Language.ZH) -> str:
        """Findings are leads, never proof."""
        return text("api.notice", lang.value)
