"""Lists handed over as columns, so that a long list of plain fields needs no object per item."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import accumulate, pairwise
from typing import Any, Generic, TypeVar

from graphql import (
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLResolveInfo,
    get_named_type,
    is_object_type,
)
from graphql.execution.collect_fields import (
    FieldDetails,
    FieldDetailsList,
    FragmentDetails,
    collect_subfields,
)

from api.plan.facts import NEEDS, Facts

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])


class Columns(Generic[T]):
    """The items of a list, one column per attribute; each item is made only when it is asked for.

    `kind` is the class of the items; `columns` has, by attribute, a list of values or, for an attribute
    that is an object or a list of objects, `Columns` or `Grouped` of the same length; `make(n)` makes item
    n as it would be without columns. Where a plan needs no more than the columns, no item is ever made;
    otherwise this is a list like any other.
    """

    __slots__ = ("columns", "kind", "length", "make")

    def __init__(
        self,
        kind: type[T],
        columns: Mapping[str, Sequence[Any] | Columns[Any] | Grouped[Any]],
        length: int,
        make: Callable[[int], T],
    ) -> None:
        self.kind = kind
        self.columns = columns
        self.length = length
        self.make = make

    def __len__(self) -> int:
        return self.length

    def __iter__(self) -> Iterator[T]:
        return (self.make(n) for n in range(self.length))


class Grouped(Generic[T]):
    """A column of lists: the items of all of them end to end, and how many belong to each."""

    __slots__ = ("items", "sizes")

    def __init__(self, items: Columns[T], sizes: Sequence[int]) -> None:
        self.items = items
        self.sizes = sizes

    def __len__(self) -> int:
        return len(self.sizes)

    def split(self, answers: Sequence[Any]) -> list[Any]:
        """What became of the items, as the lists that they belong to."""
        ends = list(accumulate(self.sizes, initial=0))
        return [answers[start:end] for start, end in pairwise(ends)]


Column = Sequence[Any] | Columns[Any] | Grouped[Any]
"""One attribute of all items of a list."""


def takes_columns(*needed: str) -> Callable[[F], F]:
    """Mark a resolver that may be asked once for all items of a list: its source is then `Columns` that
    hold at least these attributes, and its answer `Columns` with an item for each.

    It must answer as if it were asked for each of them. What it raises is thrown away, and each is
    asked for itself: where that would cost much, the second asking should fail at once.
    """

    def mark(resolve: F) -> F:
        setattr(resolve, NEEDS, frozenset(needed))
        return resolve

    return mark


def wanted_properties(info: GraphQLResolveInfo[Any], *way: str) -> frozenset[str] | None:
    """Attributes that are asked for of what lies at the end of a way below a field.

    `way` are GraphQL field names, as `"edges", "node"`; the attributes are Python names, with those that
    resolvers need which take columns. None when more is asked for there (a field with another resolver,
    or of a type that is not known before): then whole objects are needed. The empty set when the way is
    not asked for at all.
    """
    kind, details = _reached(info, way)
    return _attributes(info, kind, details) if details else frozenset()


def is_wanted(info: GraphQLResolveInfo[Any], *way: str) -> bool:
    """Whether anything is asked for at the end of a way below a field; `way` as of `wanted_properties`."""
    return bool(_reached(info, way)[1])


def _reached(
    info: GraphQLResolveInfo[Any], way: Sequence[str]
) -> tuple[GraphQLNamedType, FieldDetailsList]:
    """The type at the end of a way, and where it is asked for; a way ends at a type without fields."""
    kind = get_named_type(info.return_type)
    details: FieldDetailsList = [FieldDetails(node, None) for node in info.field_nodes]
    for step in way:
        if not details or not is_object_type(kind):
            break
        details = [
            one
            for several in _below(info, kind, details).values()
            for one in several
            if one.node.name.value == step
        ]
        kind = get_named_type(kind.fields[step].type)
    return kind, details


def _attributes(
    info: GraphQLResolveInfo[Any], kind: Any, details: FieldDetailsList
) -> frozenset[str] | None:
    if not is_object_type(kind):
        return None
    facts, names = Facts(info.schema), set[str]()
    for several in _below(info, kind, details).values():
        name = several[0].node.name.value
        if name == "__typename":
            continue
        needed = facts.needs(kind.fields[name])
        if needed is not None:
            names |= needed
            continue
        attribute = facts.attribute(kind.fields[name])
        if attribute is None or several[0].node.selection_set is not None:
            return None
        names.add(attribute)
    return frozenset(names)


def _below(
    info: GraphQLResolveInfo[Any], kind: GraphQLObjectType, details: FieldDetailsList
) -> dict[str, FieldDetailsList]:
    fragments = {name: FragmentDetails(node) for name, node in info.fragments.items()}
    return collect_subfields(
        info.schema, fragments, info.variable_values, info.operation, kind, details
    ).grouped_field_set
