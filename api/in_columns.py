"""Things of one type as columns, for lists of which nothing but plain fields is asked.

Masks are those of `queries.masking`, laid on whole columns at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import strawberry
from graphql import GraphQLResolveInfo

from api.context import Asked
from api.entity import Entity, shown
from api.paging import PageInfo
from api.plan.columns import Column, Columns, Grouped, is_wanted, wanted_properties
from api.plan.leaves import Refused
from queries.masking import mask_column
from queries.related import End, FarEnd, RelatedList
from queries.related_columns import RelatedColumns
from queries.thing_columns import ThingColumns, Wanted
from queries.views import NodeView

#: Fewer things are not worth the columns.
_WORTH = 50
_UNMASKED = frozenset({"id", "type", "first_seen", "regions"})


def wanted_of_list(raw: GraphQLResolveInfo[Any]) -> frozenset[str] | None:
    """What a field that answers with a connection needs to know of its things.

    None where whole things are needed, for a resolver of theirs.
    """
    nodes, in_edges = wanted_properties(raw, "nodes"), wanted_properties(raw, "edges", "node")
    return None if nodes is None or in_edges is None else nodes | in_edges


def as_wanted(raw: GraphQLResolveInfo[Any], asked: RelatedList) -> RelatedList:
    """The relations that a field asks for, with no more read of them than it needs."""
    is_counted = is_wanted(raw, "withheldCount")
    names = None if is_wanted(raw, "edges") else wanted_properties(raw, "nodes")
    wanted = None if names is None else Wanted.of(asked.step.far, names)
    return replace(asked, wanted=wanted, is_withheld_counted=is_counted)


def far_things(asked: RelatedList, ends: Sequence[End | FarEnd]) -> Columns[Entity] | list[Entity]:
    """What lies at the other ends: columns of what is wanted, or whole things."""
    if asked.wanted is None:
        return [shown(end.node) for end in ends if isinstance(end, End)]
    views = ThingColumns(asked.wanted, [end.row for end in ends if isinstance(end, FarEnd)])
    return columns_of(asked.step.far, views, asked.wanted.attributes)


def connections(kind: type[Any], asked: Asked, found: RelatedColumns) -> Columns[Any]:
    """What a field that answers with a connection returns for many things at once."""
    pages = found.pages
    columns: dict[str, Column] = {
        "truncated": [page.truncated for page in pages],
        "withheld_count": [page.withheld for page in pages],
        "as_of": [asked.related.as_of] * len(pages),
    }
    if asked.has_nodes:
        far, views = found.wanted.type_name, found.things
        items = columns_of(far, views, found.wanted.attributes)
        columns["nodes"] = Grouped(items, found.sizes)
    if asked.has_page_info:
        about: dict[str, Column] = {
            "has_next_page": [page.has_next for page in pages],
            "has_previous_page": [False] * len(pages),
            "start_cursor": [page.cursor(0) for page in pages],
            "end_cursor": [page.cursor(-1) for page in pages],
        }
        columns["page_info"] = Columns(PageInfo, about, len(pages), _never)
    return Columns(kind, columns, len(pages), _never)


def _never(_: int) -> Any:
    # Of what a resolver answers for many things only columns are read.
    raise Refused


def things(
    raw: GraphQLResolveInfo[Any], type_name: str, views: Sequence[NodeView]
) -> Columns[Entity] | list[Entity]:
    """What a field that answers with a list of things returns: columns where they are enough."""
    if isinstance(views, ThingColumns):
        return columns_of(type_name, views, views.attributes)
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

    if isinstance(views, ThingColumns):
        wanted = views.attributes
    elif len(views) < _WORTH:
        return [edge(n) for n in range(len(views))]
    else:
        wanted = wanted_properties(raw, "node") or frozenset()
    nodes = columns_of(type_name, views, wanted)
    return Columns(kind, {"cursor": cursors, "node": nodes}, len(views), edge)


def columns_of(
    type_name: str, views: Sequence[NodeView], wanted: frozenset[str]
) -> Columns[Entity]:
    """The wanted attributes of things of one type, each as it is shown."""
    from api.generated.types import TYPES  # it extends Entity, as `api.entity` says

    columns = {name: _column(type_name, views, name) for name in wanted}
    return Columns(TYPES[type_name], columns, len(views), lambda n: shown(views[n]))


def _column(type_name: str, views: Sequence[NodeView], name: str) -> Sequence[Any]:
    if isinstance(views, ThingColumns):
        column = views.column(name)
        return column if name in _UNMASKED else mask_column(type_name, name, column)
    if name == "id":
        return [strawberry.ID(view.id) for view in views]
    if name == "type":
        return [type_name] * len(views)
    if name == "first_seen":
        return [view.first_seen for view in views]
    if name == "regions":
        return [list(view.regions) for view in views]
    return mask_column(type_name, name, [view.properties.get(name) for view in views])
