"""What may be assumed of a strawberry schema: which fields are plain attributes of which class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from graphql import (
    GraphQLAbstractType,
    GraphQLField,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    is_object_type,
)
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.cast import TYPE_CAST_ATTRIBUTE
from strawberry.types.field import StrawberryField

CAST = TYPE_CAST_ATTRIBUTE
#: Where a resolver says which attributes it needs of columns that it is asked for all at once.
NEEDS = "needs_of_columns"
_BACKREF = GraphQLCoreConverter.DEFINITION_BACKREF


@dataclass(frozen=True, slots=True)
class _Probe:
    """As much of a GraphQLResolveInfo as strawberry's own type resolvers look at."""

    schema: GraphQLSchema
    field_name: str = ""


@dataclass(slots=True, eq=False)
class Facts:
    """Facts of one schema, found out when they are first needed."""

    schema: GraphQLSchema
    _origins: dict[str, type | None] = field(default_factory=dict)
    _types: dict[tuple[str, type], GraphQLObjectType | None] = field(default_factory=dict)

    def origin(self, kind: GraphQLObjectType) -> type | None:
        """The class whose instances are, by their class alone, of an object type.

        None for types made by generics, with an `is_type_of` of their own, or whose instances cannot
        carry plain attributes: what such an object is, the reference must find out each time.
        """
        if kind.name not in self._origins:
            self._origins[kind.name] = _origin(kind)
        return self._origins[kind.name]

    def attribute(self, of: GraphQLField) -> str | None:
        """The attribute that a field is, and nothing more than that; None for any other field."""
        made = of.extensions.get(_BACKREF)
        is_plain = (
            isinstance(made, StrawberryField)
            and made.is_basic_field
            and made.default_resolver is getattr
            and type(made).get_result is StrawberryField.get_result
            and getattr(of.resolve, "_is_default", False)
            and not of.args
            and made.python_name.isidentifier()
        )
        return made.python_name if is_plain and made else None

    def needs(self, of: GraphQLField) -> frozenset[str] | None:
        """Attributes that a field's resolver needs of `Columns`; None where it takes objects only."""
        made = of.extensions.get(_BACKREF)
        if not isinstance(made, StrawberryField) or made.base_resolver is None or made.extensions:
            return None
        needed: frozenset[str] | None = getattr(made.base_resolver.wrapped_func, NEEDS, None)
        return needed

    def possible(self, kind: GraphQLAbstractType) -> Sequence[GraphQLObjectType]:
        """The object types that may stand where an interface or union is declared."""
        return self.schema.get_possible_types(kind)

    def concrete(self, abstract: GraphQLAbstractType, value: object) -> GraphQLObjectType | None:
        """The object type that every instance of a value's class has where `abstract` stands."""
        key = (abstract.name, type(value))
        if key not in self._types:
            self._types[key] = self._concrete(abstract, value)
        return self._types[key]

    def _concrete(self, abstract: GraphQLAbstractType, value: object) -> GraphQLObjectType | None:
        made: Any = abstract.extensions.get(_BACKREF)
        own = getattr(type(value), "__strawberry_definition__", None)
        possible = self.schema.get_possible_types(abstract)
        is_known = (
            made is not None
            and isinstance(own, StrawberryObjectDefinition)
            # An interface may say itself what its objects are; then it is asked each time.
            and getattr(made, "resolve_type", None) is None
            and abstract.resolve_type is not None
            and all(self.origin(kind) is not None for kind in possible)
        )
        if not is_known or abstract.resolve_type is None:
            return None
        try:
            probe = cast("GraphQLResolveInfo[Any]", _Probe(self.schema))
            name = abstract.resolve_type(value, probe, abstract)
        except Exception:
            return None  # the reference says what is wrong with it
        kind = self.schema.get_type(name) if isinstance(name, str) else None
        if not is_object_type(kind) or not self.schema.is_sub_type(abstract, kind):
            return None
        return kind if self.origin(kind) is type(value) else None


def _origin(kind: GraphQLObjectType) -> type | None:
    made: object = kind.extensions.get(_BACKREF)
    if not isinstance(made, StrawberryObjectDefinition):
        return None
    is_by_class = (
        made.is_type_of is None
        and made.concrete_of is None
        and not made.is_graphql_generic
        and made.name == kind.name
        and isinstance(made.origin, type)
        and not issubclass(made.origin, Exception)
        and not hasattr(made.origin, "__await__")
        # A cast is written to the instance's own attributes, where it is looked for.
        and made.origin.__dictoffset__ != 0
        and getattr(made.origin, "__strawberry_definition__", None) is made
    )
    return cast("type", made.origin) if is_by_class else None
