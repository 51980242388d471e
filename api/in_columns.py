"""Things of one type as columns, for lists of which nothing but plain fields is asked.

Masks are those of `queries.masking`, laid on whole columns at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import strawberry
from graphql import GraphQLResolveInfo

from api.entity import Entity, shown
from api.plan.columns import Columns, wanted_properties
from queries.masking import mask_column
from queries.views import NodeView

#: Fewer things are not worth the columns.
_WORTH = 50


def things(
    raw: GraphQLResolveInfo[Any], type_name: str, views: Sequence[NodeView]
) -> Columns[Entity] | list[Entity]:
    """What a field that answers with a list of things returns: columns where they are enough."""
    if len(views) < _WORTH:
        return [shown(view) for view in views]
    # Without columns these are still made one by one, with the event loop free between slices.
    return columns_of(type_name, views, wanted_properties(raw) or frozenset())


def edges(
    raw: GraphQLResolveInfo[Any],
    kind: type[Any],
    type_name: str,
    views: Sequence[NodeView],
    cursors: Sequence[str],
) -> Columns[Any] | list[Any]:
    """The same for edges of a cursor and a node."""

    def edge(n: int) -> Any:
        return kind(cursor=cursors[n], node=shown(views[n]))

    if len(views) < _WORTH:
        return [edge(n) for n in range(len(views))]
    nodes = columns_of(type_name, views, wanted_properties(raw, "node") or frozenset())
    return Columns(kind, {"cursor": cursors, "node": nodes}, len(views), edge)


def columns_of(
    type_name: str, views: Sequence[NodeView], wanted: frozenset[str]
) -> Columns[Entity]:
    """The wanted attributes of things of one type, each as it is shown."""
    from api.generated.types import TYPES  # it extends Entity, as `api.entity` says

    columns = {name: _column(type_name, views, name) for name in wanted}
    return Columns(TYPES[type_name], columns, len(views), lambda n: shown(views[n]))


def _column(type_name: str, views: Sequence[NodeView], name: str) -> Sequence[Any]:
    if name == "id":
        return [strawberry.ID(view.id) for view in views]
    if name == "type":
        return [type_name] * len(views)
    if name == "first_seen":
        return [view.first_seen for view in views]
    if name == "regions":
        return [list(view.regions) for view in views]
    return mask_column(type_name, name, [view.properties.get(name) for view in views])
