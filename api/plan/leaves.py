"""Conditions under which a leaf's value is its own answer, as text of generated functions.

Sources: the coercers of graphql-core 3.3 (`graphql.type.scalars`), of which each condition is a part:
where it holds, `coerce_output_value(v)` returns `v` itself.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from graphql import (
    GRAPHQL_MAX_INT,
    GRAPHQL_MIN_INT,
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLLeafType,
    GraphQLScalarType,
    GraphQLString,
    Undefined,
    is_enum_type,
)
from strawberry.types.scalar import identity

#: Classes of values that are neither awaitables nor exceptions, whatever a custom scalar makes of them.
_SIMPLE = frozenset({str, int, float, bool, list, tuple, dict, bytes})
_UNCHANGED = (GraphQLScalarType.serialize, identity)

#: The condition on a value under which it must still be coerced.
_OTHERWISE: Mapping[GraphQLLeafType, str] = {
    GraphQLString: "{v}.__class__ is not str",
    GraphQLID: "{v}.__class__ is not str",
    GraphQLInt: f"{{v}}.__class__ is not int or not {GRAPHQL_MIN_INT} <= {{v}} <= {GRAPHQL_MAX_INT}",
    GraphQLFloat: "{v}.__class__ is not float or {v} - {v} != 0.0",
    GraphQLBoolean: "{v} is not True and {v} is not False",
}
_CUSTOM = "{v}.__class__ is not str"


class Refused(Exception):
    """A value that a generated function leaves to the reference executor."""


def refuse(value: object) -> None:
    """Give way to the reference; a coroutine that it will ask for anew is closed unawaited."""
    if inspect.iscoroutine(value):
        value.close()
    raise Refused


def otherwise(kind: GraphQLLeafType) -> str:
    """The condition, over `{v}`, under which a value that is not null goes through `coercer`."""
    if is_enum_type(kind):
        return "True"
    if kind in _OTHERWISE:
        return _OTHERWISE[kind]
    return _CUSTOM if kind.coerce_output_value in _UNCHANGED else "True"


def is_text(kind: GraphQLLeafType) -> bool:
    """Whether every str is its own answer."""
    return otherwise(kind) == _CUSTOM


def are_own_answers(kind: GraphQLLeafType, column: Sequence[Any], *, may_be_null: bool) -> bool:
    """Whether every value of a column is its own answer, found out without looking at each in Python.

    False says nothing: then each is to be looked at.
    """
    classes = set(map(type, column))
    if may_be_null:
        classes.discard(type(None))
    if classes <= {str} and is_text(kind):
        return True
    if kind is GraphQLBoolean:
        return classes <= {bool}
    if kind is GraphQLInt and classes <= {int}:
        numbers = [value for value in column if value is not None] if may_be_null else column
        return not numbers or (min(numbers) >= GRAPHQL_MIN_INT and max(numbers) <= GRAPHQL_MAX_INT)
    if kind is GraphQLFloat and classes <= {float}:
        numbers = [value for value in column if value is not None] if may_be_null else column
        return math.isfinite(sum(numbers))  # one that is not finite makes the sum such
    return kind not in _OTHERWISE and is_text(kind) and classes <= {str, int, float, bool}


def coercer(kind: GraphQLLeafType) -> Callable[[Any], Any]:
    """A function that answers as the reference would for simple values, and refuses all others."""
    coerce = kind.coerce_output_value
    members = _members(kind) if is_enum_type(kind) else {}

    def coerced(value: Any) -> Any:
        name = members.get(id(value))
        if name is not None:
            return name
        if value.__class__ not in _SIMPLE:
            refuse_unless_plain(value)
        made = coerce(value)
        if made is None or made is Undefined:
            raise Refused
        return made

    return coerced


def refuse_unless_plain(value: object) -> None:
    """Refuse what the reference would await or raise, and null."""
    if (
        value is None
        or value is Undefined
        or isinstance(value, BaseException)
        or hasattr(value, "__await__")
    ):
        refuse(value)


def _members(kind: GraphQLEnumType) -> dict[int, str]:
    """Names of the members of a strawberry enum by their identity: members live as long as it does."""
    wrapped = getattr(kind, "wrapped_cls", None)
    if wrapped is None:
        return {}
    return {id(member): kind.coerce_output_value(member) for member in wrapped}
