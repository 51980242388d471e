"""Lists of things, things by their key, and the things that things are related to, typed by the ontology.

`listed`, `keyed` and `related` make the fields that the generated modules name, one line each; the types
they answer with (`MerchantConnection`, `StoreRelationConnection`, …) are made here.
"""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Annotated, Any

import strawberry
from strawberry.types.lazy_type import LazyType

from api import in_columns
from api.bounds import Bound
from api.context import Info
from api.entity import AsOf, Relation, shown
from api.filters import condition_of, where_argument
from api.keys import cleaned
from api.paging import After, Bounded, First, PageInfo, page_info
from api.plan.columns import Columns, takes_columns
from api.relation_names import relation_name
from api.resolved import resolved
from api.scalars import Date
from graph.errors import ValueRefused
from graph.model.ids import node_id
from graph.ontology import EntityType, ontology
from graph.store.naming import is_pseudonymous
from queries import listing
from queries.conditions import FIRST_SEEN, ID, AllOf, Compare, Step
from queries.listing import COUNT_BOUND, MAX_LIST, PARTLY_LIMIT, WITHHELD_BOUND, Listing
from queries.ordering import By
from queries.pages import DEFAULT_FIRST, Page, PageRequest
from queries.related import CURSOR, DOUBTFUL_LIMIT, End, FarEnd, RelatedList
from queries.views import NodeView

_TYPES = "api.generated.types"

FirstOfList = Annotated[
    int,
    strawberry.argument(
        description=f"条数，至多 {MAX_LIST}，受成本上限约束 / "
        f"How many, at most {MAX_LIST}, as far as the cost rule allows"
    ),
]


@strawberry.enum(description="次序 / Direction of an order")
class OrderDirection(Enum):
    """Direction of an order; missing values come last in both."""

    ASC = strawberry.enum_value("ASC", description="由小到大 / Least first")
    DESC = strawberry.enum_value("DESC", description="由大到小 / Greatest first")


@strawberry.type
class ThingConnection(Bounded):
    """What every list of things says of itself; counts are only worked out where they are asked for."""

    page: strawberry.Private[Page[NodeView]]
    listing: strawberry.Private[Listing]
    page_info: PageInfo = strawberry.field(description="分页信息 / About the page")

    @resolved(
        f"符合条件的总数，至多数到 {COUNT_BOUND} / How many match, counted to {COUNT_BOUND} at most"
    )
    async def total_count(self, info: Info) -> int:
        """How many visible things match."""
        return (await info.context.totals.load(self.listing)).count

    @resolved(
        "总数是否确切；否则为至少 / Whether the total is exact; else there are at least so many"
    )
    async def total_is_exact(self, info: Info) -> bool:
        """Whether counting ended before its bound."""
        return (await info.context.totals.load(self.listing)).is_exact

    @resolved("所受上限 / Bounds it was held to")
    def bounds(self) -> list[Bound]:
        """The bound behind `truncated`."""
        return [Bound(name="partly_visible_things", most=PARTLY_LIMIT, is_reached=self.truncated)]

    # A resolver in place of the interface's plain value: counting what is hidden reads them all.
    @resolved(  # type: ignore[misc]
        "因权限未显示的该类实体数，不论条件；不告知时为空 / How many things of this type are withheld "
        f"from you, whatever was asked of them, counted to {WITHHELD_BOUND}; null where that is not told"
    )
    async def withheld_count(  # type: ignore[override]
        self, info: Info
    ) -> int | None:
        """Hidden things of the type. Counting those that match would tell what their values are."""
        return await info.context.withheld.load(self.listing.type_name)


@strawberry.type
class RelatedConnection(Bounded):
    """What every list of related things says of itself."""

    page: strawberry.Private[Page[End | FarEnd]]
    page_info: PageInfo = strawberry.field(description="分页信息 / About the page")

    @resolved("所受上限 / Bounds it was held to")
    def bounds(self) -> list[Bound]:
        """The bound behind `truncated`."""
        return [Bound(name="judged_relations", most=DOUBTFUL_LIMIT, is_reached=self.truncated)]


def listed(type_name: str) -> Any:
    """The field that lists things of a type."""
    title = ontology().entities[type_name].title

    async def resolve(
        self: object,
        info: Info,
        *,
        first: FirstOfList,
        where: Any = None,
        order_by: Any = None,
        after: After = None,
        as_of: AsOf = None,
    ) -> Any:
        asked = listing_of(info, type_name, where, as_of, order_by)
        wanted = in_columns.wanted_of_list(info._raw_info)
        page = await listing.page(info.context.reading, asked, first, after, wanted)
        return _CONNECTIONS[type_name](
            page=page,
            listing=asked,
            page_info=page_info(page),
            truncated=page.truncated,
            as_of=Date(page.as_of),
        )

    order = _list_of(_ORDERS[type_name])
    resolve.__annotations__ |= {
        "where": where_argument(type_name),
        "order_by": Annotated[
            order | None,
            strawberry.argument(description="次序，末位总按编号 / Order; ties are broken by id"),
        ],
        "return": _CONNECTIONS[type_name],
    }
    return resolved(f"{title['zh']}列表 / A list of things: {title['en']}")(resolve)


def listing_of(
    info: Info, type_name: str, where: Any, as_of: str | None, order_by: Any = None
) -> Listing:
    """The list that arguments ask for; ValueRefused and LimitExceeded as `Listing.of`."""
    by = [By(one.field.value, one.direction is OrderDirection.DESC) for one in order_by or ()]
    day = as_of or info.context.reading.as_of
    return Listing.of(type_name, condition_of(type_name, where), by, day)


def keyed(type_name: str) -> Any:
    """The field that gives the one thing of a type with a key, written in any spelling."""
    entity = ontology().entities[type_name]

    async def resolve(self: object, info: Info, **key: str) -> Any:
        try:
            values = [cleaned(entity.property(name), key[name]) for name in entity.key]
        except ValueRefused:
            return None  # a key that cannot exist finds nothing
        if any(is_pseudonymous(entity, name) for name in entity.key):
            view = await _by_values(info, entity, values)
        else:
            view = await info.context.nodes.load(node_id(type_name, values))
        return shown(view) if view else None

    arguments = {name: _key_argument(entity, name) for name in entity.key}
    resolve.__annotations__ = {"info": Info, **arguments, "return": _type(type_name) | None}
    resolve.__signature__ = _signature(resolve.__annotations__)  # type: ignore[attr-defined]
    described = (
        f"{entity.title['zh']}，按标识；缺失或不可见时为空 / One {entity.title['en']} by its key"
    )
    return resolved(f"{described}; null when absent or hidden")(resolve)


async def _by_values(info: Info, entity: EntityType, values: list[str]) -> NodeView | None:
    """A thing whose id stands for a personal key, which only the store can tell."""
    asked = AllOf(
        tuple(Compare(name, "eq", value) for name, value in zip(entity.key, values, strict=True))
    )
    reading = info.context.reading
    found = await listing.page(reading, Listing.of(entity.name, asked, (), reading.as_of), 1, None)
    return found.items[0] if found.items else None


def related(relation: str, *, is_out: bool) -> Any:
    """The field that gives what a thing is related to by one relation in one direction."""
    step = Step(relation, is_out)
    title = ontology().relations[relation].title
    arrow = "→" if is_out else "←"

    @takes_columns(ID)
    async def resolve(
        self: Any,
        info: Info,
        *,
        first: First = DEFAULT_FIRST,
        after: After = None,
        as_of: AsOf = None,
        where: Any = None,
    ) -> Any:
        raw = info._raw_info
        kept = info.context.asked_by(raw)
        if kept is None:
            request = PageRequest.of(first, after, CURSOR)
            day = as_of or info.context.reading.as_of
            plain = RelatedList.of(step, condition_of(step.far, where), day, request)
            kept = info.context.keep_asked(raw, in_columns.as_wanted(raw, plain))
        if isinstance(self, Columns):
            ids: Any = self.columns[ID]
            found = await info.context.related_columns(kept.related, ids)
            return in_columns.connections(_RELATED[step.far], kept, found)
        page = await info.context.related(kept.related).load(self.view.id)
        return _RELATED[step.far](
            page=page,
            nodes=in_columns.far_things(kept.related, page.items) if kept.has_nodes else [],
            page_info=page_info(page),
            truncated=page.truncated,
            withheld_count=page.withheld,
            as_of=Date(page.as_of),
        )

    resolve.__annotations__ |= {"where": where_argument(step.far), "return": _RELATED[step.far]}
    resolve.__name__ = relation_name(step)
    return resolved(f"{title['zh']}{arrow} / {relation} {arrow} {step.far}, by id")(resolve)


def _list_of(kind: Any) -> Any:
    return list.__class_getitem__(kind)


def _type(name: str) -> Any:
    """A type that the generated module holds, which imports this one."""
    return LazyType(name, _TYPES)


def _key_argument(entity: EntityType, name: str) -> Any:
    prop = entity.property(name)
    described = f"{prop.zh} / {prop.en}"
    return Annotated[str, strawberry.argument(description=described)]


def _signature(annotations: Mapping[str, Any]) -> inspect.Signature:
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    parameters = [
        inspect.Parameter("self", kind),
        *(
            inspect.Parameter(name, kind, annotation=annotation)
            for name, annotation in annotations.items()
            if name != "return"
        ),
    ]
    return inspect.Signature(parameters, return_annotation=annotations["return"])


def _made(name: str, bases: tuple[type, ...], body: dict[str, Any], description: str) -> type:
    body = {"__module__": __name__, **body}
    made: type = strawberry.type(
        types.new_class(name, bases, {}, lambda space: space.update(body)), description=description
    )
    return made


def _nodes(self: Any, info: Info) -> Any:
    return in_columns.things(info._raw_info, self.listing.type_name, self.page.items)


def _edge_types(entity: EntityType) -> tuple[type, type]:
    cursor: Any = strawberry.field(description="游标 / Cursor")
    node: Any = strawberry.field(description="实体 / The thing")
    far: Any = strawberry.field(description="另一端 / The thing at the other end")
    relation: Any = strawberry.field(description="关系 / The relation")
    title = entity.title
    edge = {
        "__annotations__": {"cursor": str, "node": _type(entity.name)},
        "cursor": cursor,
        "node": node,
    }
    related_edge = {
        "__annotations__": {"cursor": str, "relation": Relation, "node": _type(entity.name)},
        "cursor": strawberry.field(description="游标 / Cursor"),
        "relation": relation,
        "node": far,
    }
    return (
        _made(f"{entity.name}Edge", (), edge, f"列表中的{title['zh']} / A {title['en']} in a list"),
        _made(
            f"{entity.name}RelationEdge",
            (),
            related_edge,
            f"一条关系及另一端的{title['zh']} / A relation and the {title['en']} at its other end",
        ),
    )


def _connections(entity: EntityType) -> tuple[type, type]:
    edge, related_edge = _edge_types(entity)
    title = entity.title

    def edges(self: Any, info: Info) -> Any:
        page = self.page
        return in_columns.edges(info._raw_info, edge, entity.name, page.items, page.cursors)

    def related_edges(self: Any, info: Info) -> Any:
        return [
            related_edge(cursor=cursor, relation=Relation.of(end.relation), node=shown(end.node))
            for end, cursor in zip(self.page.items, self.page.cursors, strict=True)
        ]

    nodes = _list_of(_type(entity.name))
    far_nodes: Any = strawberry.field(description="另一端的实体 / Things at the other ends")
    return (
        _made(
            f"{entity.name}Connection",
            (ThingConnection,),
            {
                "edges": _field(edges, _list_of(edge), "各条及其游标 / Things with their cursors"),
                "nodes": _field(_nodes, nodes, "各实体 / The things"),
            },
            f"一页{title['zh']} / A page of things: {title['en']}",
        ),
        _made(
            f"{entity.name}RelationConnection",
            (RelatedConnection,),
            {
                # Not worked out by a resolver: the page of each of many things is then a plain object.
                "__annotations__": {"edges": _list_of(related_edge), "nodes": nodes},
                "edges": _field(related_edges, _list_of(related_edge), "关系及另一端 / Relations"),
                "nodes": far_nodes,
            },
            f"一页通向{title['zh']}的关系 / A page of relations to things: {title['en']}",
        ),
    )


def _field(method: Callable[..., Any], kind: Any, description: str) -> Any:
    def resolve(self: Any, info: Info) -> Any:
        return method(self, info)

    resolve.__annotations__ = {"info": Info, "return": kind}
    return resolved(description)(resolve)


def _order(entity: EntityType) -> type:
    """The input that orders a list of a type: properties that are not personal, id and first seen."""
    members = {
        ID.upper(): strawberry.enum_value(ID, description="全局编号 / Global id"),
        FIRST_SEEN.upper(): strawberry.enum_value(
            FIRST_SEEN, description="首次得知的日期 / Day we first learned of it"
        ),
    } | {
        prop.name.upper(): strawberry.enum_value(prop.name, description=f"{prop.zh} / {prop.en}")
        for prop in entity.properties
        if not prop.personal
    }
    title = entity.title
    names: Any = Enum(f"{entity.name}OrderField", members)  # type: ignore[misc]
    made = strawberry.enum(
        names, description=f"{title['zh']}列表可按何排序 / What to order by: {title['en']}"
    )
    body = {
        "__module__": __name__,
        "__annotations__": {"field": made, "direction": OrderDirection},
        "field": strawberry.field(description="属性 / The property"),
        "direction": strawberry.field(
            default=OrderDirection.ASC,
            description="次序，缺失者总在末 / Direction; missing values are last in both",
        ),
    }
    kind: type = strawberry.input(
        types.new_class(f"{entity.name}Order", (), {}, lambda space: space.update(body)),
        description=f"{title['zh']}列表的次序 / An order of things: {title['en']}",
    )
    return kind


_ORDERS = {entity.name: _order(entity) for entity in ontology().entities.values()}
_BOTH = {entity.name: _connections(entity) for entity in ontology().entities.values()}
_CONNECTIONS = {name: both[0] for name, both in _BOTH.items()}
_RELATED = {name: both[1] for name, both in _BOTH.items()}
