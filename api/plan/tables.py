"""Long lists whose items are asked for more than attributes, answered a column at a time.

A list of things of which each is asked what it is related to would be an object, a resolver and a task
for every thing. Where the resolvers take columns, each is called once for all. Whatever is not exactly
as expected raises, and the caller lets the reference executor ask each item for itself.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    GraphQLObjectType,
    GraphQLOutputType,
    get_named_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)
from graphql.execution.collect_fields import FieldDetailsList
from graphql.pyutils import gather_with_cancel

from api.plan.columns import Columns, Grouped
from api.plan.facts import Facts
from api.plan.leaves import Refused
from api.plan.projection import Collect, Projections, Value, column_of


@dataclass(frozen=True, slots=True, eq=False)
class TableColumn:
    """One field of the items: an `attribute` of their columns, what the resolver of `asked` answers, or,
    where it is neither, the name of their type.

    `plain` turns the column into answers where no resolver is asked for below; `below` says how otherwise.
    """

    response: str
    kind: GraphQLOutputType
    attribute: str | None = None
    asked: FieldDetailsList | None = None
    plain: Value | None = None
    below: Table | None = None

    @property
    def is_at_hand(self) -> bool:
        """Whether nothing has to be waited for."""
        return self.asked is None and self.below is None


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """How the items of a list are answered: objects of type `kind`, of which `origin` is the class."""

    kind: GraphQLObjectType
    origin: type
    columns: tuple[TableColumn, ...]


Ask = Callable[[GraphQLObjectType, str, FieldDetailsList, Columns[Any]], Awaitable[Any]]
"""Calls the resolver of a field of a type, of that response name, once for all items."""


class Tables:
    """The tables of one plan, each made when it is first needed."""

    def __init__(self, facts: Facts, collect: Collect, projections: Projections) -> None:
        self._facts = facts
        self._collect = collect
        self._projections = projections
        self._made: dict[tuple[str, int], Table | None] = {}

    def of_items(self, kind: GraphQLOutputType, details: FieldDetailsList) -> Table | None:
        """How a list of items of a type is answered; None where a field needs the items one by one."""
        inner = _bare(kind)
        return self._of(inner, details) if is_object_type(inner) else None

    def _of(self, kind: GraphQLObjectType, details: FieldDetailsList) -> Table | None:
        key = (kind.name, id(details))
        if key not in self._made:
            self._made[key] = self._table(kind, self._collect(kind, details))
        return self._made[key]

    def _table(
        self, kind: GraphQLObjectType, grouped: Mapping[str, FieldDetailsList]
    ) -> Table | None:
        origin = self._facts.origin(kind)
        columns = [self._column(kind, *each) for each in grouped.items()] if origin else []
        known = tuple(column for column in columns if column is not None)
        return Table(kind, origin, known) if origin and len(known) == len(grouped) else None

    def _column(
        self, kind: GraphQLObjectType, response: str, details: FieldDetailsList
    ) -> TableColumn | None:
        name = details[0].node.name.value
        if name == "__typename":
            return TableColumn(response, kind)
        definition = kind.fields[name]
        attribute = self._facts.attribute(definition)
        if attribute is None and self._facts.needs(definition) is None:
            return None
        of, asked = definition.type, details if attribute is None else None
        value = self._projections.value(of, details)
        if value is not None:
            plain = column_of(of, value, self._projections, details)
            return TableColumn(response, of, attribute, asked, plain)
        named = get_named_type(of)
        below = self._of(named, details) if is_object_type(named) else None
        return TableColumn(response, of, attribute, asked, None, below) if below else None


async def rows(table: Table, given: Columns[Any], ask: Ask) -> list[Any]:
    """The answers of all items. Raises Refused, and whatever a resolver raises."""
    if given.kind is not table.origin:
        raise Refused
    at_once = {one.response: _at_once(table, one, given) for one in table.columns if one.is_at_hand}
    others = [one for one in table.columns if not one.is_at_hand]
    later = await gather_with_cancel(*(_later(table, one, given, ask) for one in others))
    found = at_once | {one.response: answers for one, answers in zip(others, later, strict=True)}
    if any(len(column) != given.length for column in found.values()):
        raise Refused
    names = [column.response for column in table.columns]
    in_order = [found[name] for name in names]
    return [dict(zip(names, row, strict=True)) for row in zip(*in_order, strict=True)]


def _at_once(table: Table, column: TableColumn, given: Columns[Any]) -> list[Any]:
    if column.attribute is None:
        return [table.kind.name] * given.length
    if column.plain is None:
        raise Refused
    answers: list[Any] = column.plain(given.columns[column.attribute])
    return answers


async def _later(table: Table, column: TableColumn, given: Columns[Any], ask: Ask) -> Any:
    if column.asked is not None:
        found = await ask(table.kind, column.response, column.asked, given)
    elif column.attribute is not None:
        found = given.columns[column.attribute]
    else:
        raise Refused
    if column.plain is not None:
        return column.plain(found)
    below, is_list = column.below, is_list_type(_bare(column.kind))
    if below is not None and found.__class__ is Columns and not is_list:
        return await rows(below, found, ask)
    if below is not None and found.__class__ is Grouped and is_list:
        return found.split(await rows(below, found.items, ask))
    raise Refused


def _bare(kind: GraphQLOutputType) -> GraphQLOutputType:
    return kind.of_type if is_non_null_type(kind) else kind
