"""What some types can be asked besides the properties of the ontology; the generator adds these."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, cast

import strawberry

from api.cluster import Cluster
from api.context import Info
from api.entity import Entity, shown
from api.paging import First
from api.resolved import resolved
from api.scalars import Date
from queries.certificates import state_on
from queries.pages import DEFAULT_FIRST, PageRequest

if TYPE_CHECKING:
    from api.generated.types import CertificateStatus

_Status = Annotated["CertificateStatus", strawberry.lazy("api.generated.types")]


@strawberry.type
class CertificateFields(Entity):
    """Questions to a certificate."""

    @resolved("某日的状态；当日无状态记录时为空 / Its state on a date; null when none is recorded")
    async def status_on(
        self,
        info: Info,
        date: Annotated[Date, strawberry.argument(description="日期 / The date")],
    ) -> _Status | None:
        """The state that held on a date."""
        found = state_on(await info.context.states.load(self.view.id), date)
        return cast("CertificateStatus", shown(found)) if found else None


@strawberry.type
class MerchantFields(Entity):
    """Questions to a merchant."""

    @resolved("所在的群组 / Clusters it is seen in. Findings are leads, never proof")
    async def clusters(self, info: Info, first: First = DEFAULT_FIRST) -> list[Cluster]:
        """Clusters of which the reader sees this merchant as a member."""
        request = PageRequest.of(first, None, ())
        ids = await info.context.clusters_of.load(self.view.id)
        views = await info.context.clusters.load_many(list(ids))
        return [
            Cluster.of(view, info.context.reading)
            for view in views
            if view is not None and self.view.id in {m.merchant for m in view.members}
        ][: request.first]
