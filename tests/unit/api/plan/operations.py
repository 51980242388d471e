"""Valid operations over a schema, as hypothesis draws them."""

from __future__ import annotations

import hashlib
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLNamedType,
    GraphQLSchema,
    get_named_type,
    is_abstract_type,
    is_input_object_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_required_argument,
)
from hypothesis import strategies as st

Draw = st.DrawFn


class Writer:
    """Writes one document: its operation, the fragments and the variables that it needs."""

    def __init__(self, draw: Draw, schema: GraphQLSchema) -> None:
        self.draw = draw
        self.schema = schema
        self.fragments: list[str] = []
        self.variables: dict[str, str] = {}
        self.values: dict[str, Any] = {}
        self.directives = 0

    def document(self) -> str:
        body = self.selection(self.schema.query_type, 4)  # type: ignore[arg-type]
        declared = ", ".join(f"${name}: {text}" for name, text in self.variables.items())
        head = f"query Q({declared})" if declared else "query Q"
        return "\n".join([f"{head} {body}", *self.fragments])

    def selection(self, kind: GraphQLNamedType, depth: int) -> str:
        parts = [self.part(kind, depth) for _ in range(self.draw(st.integers(1, 5)))]
        return "{ " + " ".join(parts) + " }"

    def part(self, kind: GraphQLNamedType, depth: int) -> str:
        fields: dict[str, Any] = getattr(kind, "fields", {})
        usable = [
            name
            for name, field in fields.items()
            if depth > 0 or is_leaf_type(get_named_type(field.type))
        ]
        choice = self.draw(st.integers(0, 11))
        if choice == 0 or not usable:
            return self.draw(st.sampled_from(["__typename", "k: __typename"])) + self.choosing()
        if choice in (1, 2) and depth > 0:
            return self.inline(kind, depth)
        if choice == 3 and depth > 0:
            return self.spread(kind, depth)
        return self.field(self.draw(st.sampled_from(usable)), fields, depth)

    def field(self, name: str, fields: dict[str, Any], depth: int) -> str:
        field = fields[name]
        given = self.arguments(field.args)
        below = get_named_type(field.type)
        text = name + (f"({given})" if given else "")
        # The same response name must always stand for the same thing: a name for each spelling.
        if given:
            text = f"a{hashlib.sha256(text.encode()).hexdigest()[:6]}: {text}"
        elif self.draw(st.integers(0, 4)) == 0:
            text = f"{name}_: {text}"
        text += self.choosing()
        return text if is_leaf_type(below) else f"{text} {self.selection(below, depth - 1)}"

    def inline(self, kind: GraphQLNamedType, depth: int) -> str:
        on = self.condition(kind)
        if on is kind and self.draw(st.booleans()):
            return f"...{self.choosing()} {self.selection(kind, depth - 1)}"
        return f"... on {on.name}{self.choosing()} {self.selection(on, depth - 1)}"

    def spread(self, kind: GraphQLNamedType, depth: int) -> str:
        name = f"F{len(self.fragments)}"
        self.fragments.append("")  # its place, as writing it may need more
        place = len(self.fragments) - 1
        on = self.condition(kind)
        self.fragments[place] = f"fragment {name} on {on.name} {self.selection(on, depth - 1)}"
        again = self.draw(st.integers(0, 3)) == 0
        return f"...{name}{self.choosing()}" + (f" ...{name}" if again else "")

    def condition(self, kind: GraphQLNamedType) -> GraphQLNamedType:
        """A type that may be the same object: itself, an interface of it, or a possible type."""
        near: list[GraphQLNamedType] = [kind, *getattr(kind, "interfaces", ())]
        if is_abstract_type(kind):
            near += self.schema.get_possible_types(kind)
        return self.draw(st.sampled_from(near))

    def choosing(self) -> str:
        if self.directives >= 4 or self.draw(st.integers(0, 5)):
            return ""
        self.directives += 1
        name = self.draw(st.sampled_from(["skip", "include"]))
        if self.draw(st.booleans()):
            return f" @{name}(if: {'true' if self.draw(st.booleans()) else 'false'})"
        variable = self.variable("Boolean!", self.draw(st.booleans()))
        return f" @{name}(if: ${variable})"

    def arguments(self, declared: dict[str, GraphQLArgument]) -> str:
        given = []
        for name, argument in declared.items():
            if is_required_argument(argument) or self.draw(st.booleans()):
                given.append(f"{name}: {self.argument(argument.type, argument)}")
        return ", ".join(given)

    def argument(self, kind: GraphQLInputType, argument: GraphQLArgument) -> str:
        choice = self.draw(st.integers(0, 3))
        if choice > 1:
            return self.literal(kind)
        value = self.draw(values(kind))
        if choice == 1:
            return f"${self.variable(str(kind), value)}"
        # A variable that may be left out takes the default of the operation, or of the argument.
        inner = kind.of_type if is_non_null_type(kind) else kind
        name = f"v{len(self.variables)}"
        if is_non_null_type(kind) and argument.default is None:
            self.variables[name] = f"{inner} = {self.literal(kind)}"
        else:
            self.variables[name] = f"{inner}"
        if self.draw(st.booleans()):
            self.values[name] = value if value is not None or self.draw(st.booleans()) else None
        return f"${name}"

    def variable(self, kind: str, value: Any) -> str:
        name = f"v{len(self.variables)}"
        self.variables[name] = kind
        self.values[name] = value
        return name

    def literal(self, kind: GraphQLInputType) -> str:
        if not is_non_null_type(kind) and self.draw(st.integers(0, 4)) == 0:
            return "null"
        return written(self.draw(values(kind, is_null=False)), kind)


def values(kind: GraphQLInputType, *, is_null: bool = True) -> st.SearchStrategy[Any]:
    """JSON values of an input type."""
    if is_non_null_type(kind):
        return values(kind.of_type, is_null=False)
    found = _values(kind)
    return found | st.none() if is_null else found


def _values(kind: GraphQLInputType) -> st.SearchStrategy[Any]:
    if is_list_type(kind):
        return st.lists(values(kind.of_type), max_size=2)
    if isinstance(kind, GraphQLEnumType):
        return st.sampled_from(sorted(kind.values))
    if is_input_object_type(kind):
        return _object(kind)
    name = get_named_type(kind).name
    if name == "Int":
        return st.integers(0, 3)
    return st.booleans() if name == "Boolean" else st.sampled_from(["", "word", "字"])


def _object(kind: GraphQLInputObjectType) -> st.SearchStrategy[Any]:
    fields = {name: values(field.type) for name, field in kind.fields.items()}
    return st.fixed_dictionaries({}, optional=fields)


def written(value: Any, kind: GraphQLInputType) -> str:
    """A JSON value as a literal of GraphQL."""
    inner = kind.of_type if is_non_null_type(kind) else kind
    if value is None:
        return "null"
    if isinstance(inner, GraphQLEnumType):
        return str(value)
    if is_input_object_type(inner):
        parts = (f"{name}: {written(one, inner.fields[name].type)}" for name, one in value.items())
        return "{" + ", ".join(parts) + "}"
    if isinstance(value, bool):
        return "true" if value else "false"
    return f'"{value}"' if isinstance(value, str) else str(value)


@st.composite
def operations(draw: Draw, schema: GraphQLSchema) -> tuple[str, dict[str, Any]]:
    """A document of one operation, and values of its variables."""
    writer = Writer(draw, schema)
    text = writer.document()
    return text, writer.values
