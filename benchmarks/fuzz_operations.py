"""Operations over any schema, made by chance: most of them valid, some broken, some hostile.

All chance comes from one `random.Random`, so a seed says which operations were asked, and hypothesis can
hand in its own to make a failing operation small.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    GraphQLUnionType,
    OperationType,
    get_named_type,
    is_leaf_type,
)

from benchmarks.fuzz_values import HOSTILE_STRINGS, EnumName, Values

_MAX_FIELDS = 40
_MAX_DEPTH = 7
_BROKEN = 0.04
_MUTATIONS = 0.15
Composite = GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType


@dataclass(frozen=True, slots=True)
class Operation:
    """One request as its client means it; `body` is what goes over the wire."""

    query: Any
    variables: Any = field(default_factory=dict)
    operation_name: Any = None

    @property
    def body(self) -> bytes:
        """The JSON of a POST."""
        request = {"query": self.query, "variables": self.variables}
        if self.operation_name is not None:
            request["operationName"] = self.operation_name
        return json.dumps(request).encode()


@dataclass(frozen=True, slots=True)
class Operations:
    """Makes operations against one schema."""

    schema: GraphQLSchema
    values: Values

    def operation(self, rng: random.Random) -> Operation:
        """The next operation."""
        is_mutation = self.schema.mutation_type is not None and rng.random() < _MUTATIONS
        keyword = "mutation" if is_mutation else "query"
        root = self.schema.get_root_type(OperationType(keyword))
        if root is None:
            raise ValueError(f"the schema has no {keyword}")
        writer = _Writer(self.schema, self.values, rng)
        selection = writer.selection(root, 0)
        declared = ", ".join(f"${name}: {kind}" for name, kind in writer.types.items())
        head = f"{keyword} Q{f'({declared})' if declared else ''}"
        query = "\n".join([f"{head} {selection}", *writer.fragments])
        if rng.random() < _BROKEN:
            return _broken(rng, Operation(query, writer.variables))
        return Operation(query, writer.variables)


@dataclass(slots=True)
class _Writer:
    """Writes one document."""

    schema: GraphQLSchema
    values: Values
    rng: random.Random
    types: dict[str, str] = field(default_factory=dict)
    variables: dict[str, Any] = field(default_factory=dict)
    fragments: list[str] = field(default_factory=list)
    aliases: int = 0
    marks: int = 0
    left: int = _MAX_FIELDS

    def selection(self, kind: Composite, depth: int) -> str:
        """`{ … }` of a type, with at least one field."""
        parts = [self._field(kind, depth) for _ in range(self.rng.randint(1, 5))]
        if depth < _MAX_DEPTH and isinstance(kind, GraphQLInterfaceType | GraphQLUnionType):
            parts += [
                f"... on {concrete.name}{self.directives()} {self.selection(concrete, depth + 1)}"
                for concrete in self._possible(kind)
            ]
        text = "{ " + " ".join(parts) + " }"
        if depth and self.rng.random() < 0.08:
            name = f"F{len(self.fragments)}"
            self.fragments.append(f"fragment {name} on {kind.name} {text}")
            return "{ ..." + name + " ..." + name + " }"
        return text

    def directives(self) -> str:
        """Nothing mostly, else `@include` or `@skip`."""
        if self.marks >= 6 or self.rng.random() > 0.04:
            return ""
        self.marks += 1
        name = self.rng.choice(("include", "skip"))
        return f" @{name}(if: {self.rng.choice(('true', 'false'))})"

    def _possible(self, kind: GraphQLInterfaceType | GraphQLUnionType) -> list[GraphQLObjectType]:
        possible = sorted(self.schema.get_possible_types(kind), key=lambda each: each.name)
        return self.rng.sample(possible, min(len(possible), self.rng.randint(0, 2)))

    def _field(self, kind: Composite, depth: int) -> str:
        self.left -= 1
        fields = {} if isinstance(kind, GraphQLUnionType) else kind.fields
        names = [name for name in fields if self._may_ask(fields[name].type, depth)]
        if not names or self.rng.random() < 0.05:
            return "__typename"
        name = self.rng.choice(names)
        text = f"{name}{self._arguments(fields[name])}{self.directives()}"
        # Two fields of one name may differ in their arguments, so most have an alias of their own.
        if self.aliases < 25 and (fields[name].args or self.rng.random() < 0.05):
            self.aliases += 1
            text = f"a{self.aliases}: {text}"
        named = get_named_type(fields[name].type)
        if isinstance(named, Composite):
            return f"{text} {self.selection(named, depth + 1)}"
        return text

    def _may_ask(self, kind: GraphQLOutputType, depth: int) -> bool:
        return is_leaf_type(get_named_type(kind)) or (depth < _MAX_DEPTH and self.left > 0)

    def _arguments(self, asked: GraphQLField) -> str:
        parts = []
        for name, argument in asked.args.items():
            is_needed = isinstance(argument.type, GraphQLNonNull)
            is_page = name in {"first", "last"}
            if not (is_needed or is_page) and self.rng.random() < 0.6:
                continue
            value = self.values.value(self.rng, argument.type, name)
            if self.rng.random() < 0.3:
                variable = f"v{len(self.types)}"
                self.types[variable], self.variables[variable] = str(argument.type), value
                parts.append(f"{name}: ${variable}")
            else:
                parts.append(f"{name}: {literal(value)}")
        return f"({', '.join(parts)})" if parts else ""


def literal(value: Any) -> str:
    """A value in the syntax of a document."""
    if isinstance(value, EnumName):
        return str(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {literal(item)}" for name, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(literal, value)) + "]"
    return json.dumps(value)


def _broken(rng: random.Random, whole: Operation) -> Operation:
    """An operation with one thing wrong in it."""
    query, at = whole.query, rng.randrange(len(whole.query))
    match rng.randrange(8):
        case 0:
            return Operation(query[:at], whole.variables)
        case 1:
            return Operation(query[:at] + rng.choice(HOSTILE_STRINGS) + query[at:], whole.variables)
        case 2:
            return Operation(query.replace("{", "{ nothing", 1), whole.variables)
        case 3:
            return Operation(query + " query Q { __typename }", whole.variables)
        case 4:
            return Operation(query, whole.variables, rng.choice((*HOSTILE_STRINGS, 1, [], {})))
        case 5:
            return Operation(query, rng.choice((None, [], 1, "x", {"v0": {"a": [None]}})))
        case 6:
            return Operation(rng.choice((None, 1, [], {}, "", "#", "{", "query Q")))
        case _:
            return Operation(f"{query} fragment Loop on Query {{ ...Loop }}", whole.variables)
