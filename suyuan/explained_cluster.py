"""One cluster as the owner of a store may read it: the page that the service shows to who sees it all."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from typing import Any

from graph.store.async_session import AsyncStore
from graph.store.session import Store
from graph.store.statement import Statement
from queries.cluster_page import ClusterPage, cluster_page
from queries.cluster_sentences import sentences
from queries.reading import Reader, Reading

_REGIONS = Statement.load(__file__, "demo_regions.cypher")

CLUSTER = "Cluster:"
"""How the id of a cluster begins."""
_DEADLINE_S = 60.0


def explained_cluster(store: Store, identifier: str) -> ClusterPage | None:
    """The page of a cluster for a reader of every region; None when there is no such cluster."""
    (row,) = store.read(_REGIONS)
    owner = Reader("suyuan explain", frozenset(row["regions"]))

    async def read() -> ClusterPage | None:
        async with await AsyncStore.open(store.connection) as opened:
            today = datetime.now(UTC).date().isoformat()
            reading = Reading(opened, owner, today, time.monotonic() + _DEADLINE_S)
            return await cluster_page(reading, identifier)

    return asyncio.run(read())


def page_as_json(page: ClusterPage, lang: str) -> dict[str, Any]:
    """What `--json` prints: the figures, and every sentence with its records."""
    view = page.view
    return {
        "id": view.id,
        "type": "Cluster",
        "as_of": view.as_of,
        "label": view.label,
        "score": view.score,
        "score_parts": [
            {"name": part.name, "points": part.points, "maximum": part.maximum}
            for part in view.score_parts
        ],
        "members": [
            {"id": member.merchant, "roles": [role.role for role in member.roles]}
            for member in view.members
        ],
        "sentences": [
            {"section": each.section, "text": each.text, "records": list(each.records)}
            for each in sentences(page, lang)
        ],
    }
