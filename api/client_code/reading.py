"""What a document asks for, as the classes and arguments that a client needs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from keyword import iskeyword
from typing import NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLCompositeType,
    GraphQLError,
    GraphQLInterfaceType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    GraphQLString,
    GraphQLUnionType,
    InlineFragmentNode,
    NonNullTypeNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    TypeNode,
    VariableDefinitionNode,
    get_named_type,
    parse,
    type_from_ast,
    validate,
)
from graphql.type import GraphQLInputType

_META = "__typename"
_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class DocumentRefused(Exception):
    """A document that no client can be made from."""


@dataclass(frozen=True, slots=True)
class Member:
    """One field of a class: its key in the answer, its type, and the class of what it holds, if any.

    `may_lack`: it stands only in some of the things that the class is of.
    """

    key: str
    type: GraphQLOutputType
    made: str | None
    may_lack: bool

    @property
    def name(self) -> str:
        """As Python has it."""
        return snake(self.key)


@dataclass(frozen=True, slots=True)
class Answer:
    """A class of answers. `members` in the order of the document."""

    name: str
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Argument:
    """A variable; one that is not `is_required` may be left out."""

    key: str
    type: GraphQLInputType
    is_required: bool

    @property
    def name(self) -> str:
        """As Python has it."""
        return snake(self.key)


@dataclass(frozen=True, slots=True)
class Operation:
    """A document: `kind` is query, mutation or subscription; `answers` inner ones first, the root last."""

    name: str
    kind: str
    about: str
    text: str
    arguments: tuple[Argument, ...]
    answers: tuple[Answer, ...]

    @property
    def module(self) -> str:
        """Its module, and its method: `merchants`, `on_weekly_flags`."""
        return f"on_{snake(self.name)}" if self.kind == "subscription" else snake(self.name)


def operation_of(schema: GraphQLSchema, name: str, text: str) -> Operation:
    """Read one document; DocumentRefused for one that is not valid or holds several operations."""
    try:
        document = parse(text)
    except GraphQLError as error:
        raise DocumentRefused(f"{name}: {error.message}") from error
    if wrong := validate(schema, document):
        raise DocumentRefused(f"{name}: {wrong[0].message}")
    found = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    if len(found) != 1:
        raise DocumentRefused(f"{name}: one operation, not {len(found)}")
    (node,) = found
    root = schema.get_root_type(node.operation)
    if root is None:
        raise DocumentRefused(f"{name}: no {node.operation.value}")
    reader = _Reader(schema, _fragments(document))
    reader.read(root, [node.selection_set], "Data")
    arguments = [_argument(schema, each) for each in node.variable_definitions or ()]
    return Operation(
        name,
        node.operation.value,
        _about(text) or name,
        text,
        tuple(sorted(arguments, key=lambda each: not each.is_required)),
        tuple(reader.answers.values()),
    )


def snake(name: str) -> str:
    """`totalCount` → `total_count`; a word of Python gets an underscore, and `__typename` loses its own."""
    said = _WORD.sub("_", name).lower().lstrip("_")
    return f"{said}_" if iskeyword(said) else said


def _about(text: str) -> str:
    """The comment that a document begins with."""
    first = text.lstrip().partition("\n")[0]
    return first.removeprefix("#").strip() if first.startswith("#") else ""


def _fragments(document: DocumentNode) -> dict[str, FragmentDefinitionNode]:
    return {
        node.name.value: node
        for node in document.definitions
        if isinstance(node, FragmentDefinitionNode)
    }


def _argument(schema: GraphQLSchema, node: VariableDefinitionNode) -> Argument:
    known = type_from_ast(schema, _type_of(node))
    if known is None:
        raise DocumentRefused(node.variable.name.value)
    is_required = isinstance(node.type, NonNullTypeNode) and node.default_value is None
    return Argument(node.variable.name.value, known, is_required)  # type: ignore[arg-type]


def _type_of(node: VariableDefinitionNode) -> TypeNode:
    return node.type


class _Asked(NamedTuple):
    """A field as it is asked for somewhere: of which type it is, and whether only of some things."""

    node: FieldNode
    of: GraphQLCompositeType
    may_lack: bool


@dataclass(slots=True)
class _Reader:
    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    answers: dict[str, Answer] = field(default_factory=dict)

    def read(
        self, of: GraphQLCompositeType, selections: Iterable[SelectionSetNode], name: str
    ) -> str:
        """The name of the class of a selection; classes that it holds are made first."""
        asked: dict[str, list[_Asked]] = {}
        for selection in selections:
            for each in self._fields(of, selection, may_lack=False):
                key = each.node.alias.value if each.node.alias else each.node.name.value
                asked.setdefault(key, []).append(each)
        members = tuple(self._member(key, each) for key, each in asked.items())
        return self._kept(name, members)

    def _kept(self, name: str, members: tuple[Member, ...]) -> str:
        """One class for what is alike; another of the same type gets a number."""
        chosen, number = name, 1
        while chosen in self.answers:
            if self.answers[chosen].members == members:
                return chosen
            number += 1
            chosen = f"{name}{number}"
        self.answers[chosen] = Answer(chosen, members)
        return chosen

    def _member(self, key: str, asked: list[_Asked]) -> Member:
        may_lack = all(each.may_lack for each in asked)
        first = asked[0]
        if first.node.name.value == _META:
            return Member(key, GraphQLNonNull(GraphQLString), None, may_lack)
        known = _field_type(first)
        inner = get_named_type(known)
        made = None
        if isinstance(inner, GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType):
            below = [each.node.selection_set for each in asked if each.node.selection_set]
            made = self.read(inner, below, inner.name)
        return Member(key, known, made, may_lack)

    def _fields(
        self, of: GraphQLCompositeType, selection: SelectionSetNode, *, may_lack: bool
    ) -> Iterator[_Asked]:
        for node in selection.selections:
            is_conditional = may_lack or any(
                each.name.value in {"skip", "include"} for each in node.directives or ()
            )
            if isinstance(node, FieldNode):
                yield _Asked(node, of, is_conditional)
                continue
            spread = self._spread(node)
            inner = self._narrowed(of, spread)
            is_narrower = is_conditional or not self._is_always(of, inner)
            yield from self._fields(inner, spread.selection_set, may_lack=is_narrower)

    def _spread(self, node: SelectionNode) -> InlineFragmentNode | FragmentDefinitionNode:
        if isinstance(node, FragmentSpreadNode):
            return self.fragments[node.name.value]
        assert isinstance(node, InlineFragmentNode)  # noqa: S101 - the third and last kind
        return node

    def _narrowed(
        self, of: GraphQLCompositeType, node: InlineFragmentNode | FragmentDefinitionNode
    ) -> GraphQLCompositeType:
        if node.type_condition is None:
            return of
        return self.schema.type_map[node.type_condition.name.value]  # type: ignore[return-value]

    def _is_always(self, of: GraphQLCompositeType, inner: GraphQLCompositeType) -> bool:
        if of is inner:
            return True
        is_object = isinstance(of, GraphQLObjectType | GraphQLInterfaceType)
        return (
            is_object
            and isinstance(inner, GraphQLInterfaceType | GraphQLUnionType)
            and self.schema.is_sub_type(inner, of)
        )


def _field_type(asked: _Asked) -> GraphQLOutputType:
    if isinstance(asked.of, GraphQLUnionType):
        raise DocumentRefused(asked.node.name.value)
    known: GraphQLOutputType = asked.of.fields[asked.node.name.value].type
    return known
