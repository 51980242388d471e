"""Which state a certificate was in on a date."""

from __future__ import annotations

from collections.abc import Iterable

from queries.lookup import view_of
from queries.reading import Reading
from queries.statements import load
from queries.views import NodeView


async def states(reading: Reading, ids: Iterable[str]) -> dict[str, tuple[NodeView, ...]]:
    """Visible states by certificate id, earliest first, in one statement."""
    wanted = sorted(set(ids))
    found: dict[str, list[NodeView]] = {identifier: [] for identifier in wanted}
    for row in await reading.rows(load("certificate_states"), ids=wanted):
        found[row["id"]].append(view_of(reading, row))
    return {
        identifier: tuple(sorted(views, key=lambda view: str(view.properties["starts_on"])))
        for identifier, views in found.items()
    }


def state_on(views: Iterable[NodeView], day: str) -> NodeView | None:
    """The state that holds on an ISO date: the last to start whose end (exclusive) is not reached."""
    holding = [
        view
        for view in views
        if str(view.properties["starts_on"]) <= day < str(view.properties.get("ends_on") or "9999")
    ]
    return holding[-1] if holding else None
