"""How much one operation may ask for, measured before anything is run.

Every rule is linear in the size of the document: a fragment is measured once and remembered, however
often it is spread, and counts stop growing at a ceiling. (Limiters that walk every spread anew take
exponential time on fragments that double each other: a query of 700 bytes then stops the server.)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    Lexer,
    ListValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    Source,
    TokenKind,
    VariableNode,
    get_named_type,
    is_interface_type,
    is_object_type,
)

from graph.errors import LimitExceeded
from queries.pages import DEFAULT_FIRST

_CEILING = 1_000_000_000
_OPENING = frozenset({TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L})
_CLOSING = frozenset({TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R})


@dataclass(frozen=True, slots=True)
class Limits:
    """The most one operation may have.

    `cost`: fields, each times the page sizes above it (introspection has pages of none). `depth`:
    fields below each other. `nesting`: brackets within each other, also in values. GraphiQL's own
    introspection query has depth 13 and about 400 tokens.
    """

    tokens: int = 2_000
    nesting: int = 60
    depth: int = 16
    aliases: int = 30
    directives: int = 9
    cost: int = 50_000
    body_bytes: int = 256 * 1024


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Size:
    """What a selection measures; counts stop at a ceiling."""

    cost: int = 0
    depth: int = 0
    aliases: int = 0
    directives: int = 0

    def beside(self, other: Size) -> Size:
        """Both selections together."""
        return Size(
            min(self.cost + other.cost, _CEILING),
            max(self.depth, other.depth),
            min(self.aliases + other.aliases, _CEILING),
            min(self.directives + other.directives, _CEILING),
        )


def check_text(source: Source, limits: Limits) -> None:
    """Count tokens and brackets before parsing, which recurses; LimitExceeded or a syntax error."""
    lexer, count, nesting = Lexer(source), 0, 0
    while (token := lexer.advance()).kind is not TokenKind.EOF:
        count += 1
        if count > limits.tokens:
            raise _exceeded("tokens", limits.tokens)
        if token.kind in _OPENING:
            nesting += 1
            if nesting > limits.nesting:
                raise _exceeded("nesting", limits.nesting)
        elif token.kind in _CLOSING:
            nesting -= 1


def check_operation(
    document: DocumentNode,
    operation: OperationDefinitionNode,
    pages: Mapping[str, int],
    variables: Mapping[str, Any],
    limits: Limits,
) -> Size:
    """Measure an operation; LimitExceeded when it asks for too much.

    `pages` are the fields that come in pages (see `paged_fields`).
    """
    size = _Ruler(document, pages, _defaults(operation) | dict(variables)).measure(operation)
    for name in ("depth", "aliases", "directives", "cost"):
        if getattr(size, name) > getattr(limits, name):
            raise _exceeded(name, getattr(limits, name))
    return size


def paged_fields(schema: GraphQLSchema) -> dict[str, int]:
    """Names of fields that return many things: those with an argument `first`, or `ids`.

    By name alone: a field of that name counts as paged wherever it stands. Values are the page size
    when the argument is not given.
    """
    pages: dict[str, int] = {}
    for kind in schema.type_map.values():
        if not (is_object_type(kind) or is_interface_type(kind)):
            continue
        for name, field in kind.fields.items():
            if get_named_type(field.type).name.startswith("__"):
                continue
            if "first" in field.args:
                pages[name] = max(pages.get(name, 0), _first_of(field.args["first"].default_value))
            elif "ids" in field.args:
                pages.setdefault(name, 1)
    return pages


def _first_of(default: Any) -> int:
    return default if isinstance(default, int) else DEFAULT_FIRST


class _Ruler:
    """Measures one document; every fragment once."""

    def __init__(
        self, document: DocumentNode, pages: Mapping[str, int], variables: Mapping[str, Any]
    ) -> None:
        self._fragments = {
            node.name.value: node
            for node in document.definitions
            if isinstance(node, FragmentDefinitionNode)
        }
        self._pages = pages
        self._variables = variables
        self._measured: dict[str, Size] = {}
        self._open: set[str] = set()

    def measure(self, operation: OperationDefinitionNode) -> Size:
        size = self._selection(operation.selection_set)
        return size.beside(Size(directives=len(operation.directives or ())))

    def _selection(self, selection: SelectionSetNode | None) -> Size:
        size = Size()
        for node in selection.selections if selection else ():
            if isinstance(node, FieldNode):
                size = size.beside(self._field(node))
            elif isinstance(node, FragmentSpreadNode):
                size = size.beside(self._fragment(node.name.value))
            elif isinstance(node, InlineFragmentNode):
                size = size.beside(self._selection(node.selection_set))
            size = size.beside(Size(directives=len(node.directives or ())))
        return size

    def _field(self, node: FieldNode) -> Size:
        inner = self._selection(node.selection_set)
        return Size(
            min(1 + self._page(node) * inner.cost, _CEILING),
            inner.depth + 1,
            min(inner.aliases + (node.alias is not None), _CEILING),
            inner.directives,
        )

    def _fragment(self, name: str) -> Size:
        if name in self._measured:
            return self._measured[name]
        # Unknown fragments and cycles are for validation to report; here they measure nothing.
        if name not in self._fragments or name in self._open:
            return Size()
        self._open.add(name)
        node = self._fragments[name]
        size = self._selection(node.selection_set).beside(
            Size(directives=len(node.directives or ()))
        )
        self._open.discard(name)
        self._measured[name] = size
        return size

    def _page(self, node: FieldNode) -> int:
        page = self._pages.get(node.name.value, 1)
        for argument in node.arguments or ():
            value: Any = argument.value
            if isinstance(value, VariableNode):
                value = self._variables.get(value.name.value)
            if argument.name.value == "first":
                page = _whole(value, page)
            elif argument.name.value == "ids":
                page = len(value.values) if isinstance(value, ListValueNode) else _length(value)
        return max(0, page)


def _whole(value: Any, default: int) -> int:
    if isinstance(value, IntValueNode):
        # A number of many digits is refused by validation; its value does not matter.
        return int(value.value) if len(value.value) < 10 else _CEILING
    # A variable 200.0 is accepted as the Int 200.
    return int(min(value, _CEILING)) if isinstance(value, int | float) else default


def _length(value: Any) -> int:
    return len(value) if isinstance(value, list) else 1


def _defaults(operation: OperationDefinitionNode) -> dict[str, Any]:
    return {
        definition.variable.name.value: definition.default_value
        for definition in operation.variable_definitions or ()
        if definition.default_value is not None
    }


def _exceeded(name: str, most: int) -> GraphQLError:
    cause = LimitExceeded(f"{name} > {most}", limit=f"{name} {most}")
    return GraphQLError(str(cause), original_error=cause)
