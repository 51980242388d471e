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
_ITEMS = frozenset({"edges", "nodes"})
"""Where the items of a connection stand (Relay's connection specification)."""
_OPENING = frozenset({TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L})
_CLOSING = frozenset({TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R})


@dataclass(frozen=True, slots=True)
class Limits:
    """The most one operation may have.

    `cost`: fields, each at its price (see `PRICES`) times the page sizes above it. `depth`:
    fields below each other. `nesting`: brackets within each other, also in values. GraphiQL's own
    introspection query has depth 13 and about 400 tokens. `repeats` and `fragments` bound validation,
    which compares every two fields of one name that meet: names written again beside themselves, and
    fragments spread or inlined, in the whole document.
    """

    tokens: int = 2_000
    nesting: int = 60
    depth: int = 16
    aliases: int = 30
    directives: int = 9
    repeats: int = 20
    fragments: int = 80
    cost: int = 90_000
    body_bytes: int = 256 * 1024


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Size:
    """What a selection measures; counts stop at a ceiling.

    `per_item` is the part of the cost that stands below `edges` and `nodes`.
    """

    cost: int = 0
    depth: int = 0
    aliases: int = 0
    directives: int = 0
    per_item: int = 0

    def beside(self, other: Size) -> Size:
        """Both selections together."""
        return Size(
            min(self.cost + other.cost, _CEILING),
            max(self.depth, other.depth),
            min(self.aliases + other.aliases, _CEILING),
            min(self.directives + other.directives, _CEILING),
            min(self.per_item + other.per_item, _CEILING),
        )


#: What a field costs besides its own fields, beside a plain one, which costs 1.
#: 10,000 things of 5 fields with their cursors, the largest list there is, are 80,001 units.
PRICES: Mapping[str, int] = {
    "shortestPath": 5_000,  # searches from both ends; p95 100 ms on 5 M relations is the goal
    "kShortestPaths": 5_000,  # the same search, and a detour for each way found
    "commonNeighbours": 1_000,  # reads the relations of every given thing
    "search": 1_500,  # full text in two spellings, ranked; p95 30 ms on 1 M merchants is the goal
    "dossier": 2_000,  # about a dozen statements about one thing
    "timeline": 500,  # every record of one thing and of its relations
    "difference": 500,  # what is known of one thing on two days
    "clusterDifference": 500,  # the same of a cluster
    "followCluster": 500,  # the steps of up to 200 clusters, and those of today
    "totalCount": 2_000,  # counts up to 100,000 things that match
    "totalIsExact": 1,  # the same count; a loader shares it
    "withheldCount": 20,  # in lists it counts up to 10,000 hidden things; elsewhere it is known
    "explain": 200,  # the records behind one finding or cluster
}
#: Aggregates read up to 100,000 things, whatever they are grouped by.
_AGGREGATE = 5_000


def price_of(name: str) -> int:
    """The price of a field by its name, in cost units."""
    return _AGGREGATE if name.endswith("Aggregate") else PRICES.get(name, 1)


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


def check_document(document: DocumentNode, limits: Limits) -> None:
    """Count what makes validation quadratic, over all definitions; LimitExceeded as GraphQLError."""
    repeats = fragments = 0
    pending: list[SelectionSetNode] = [
        part.selection_set
        for part in document.definitions
        if isinstance(part, OperationDefinitionNode | FragmentDefinitionNode)
    ]
    while pending:
        names: set[str] = set()
        for node in pending.pop().selections:
            if isinstance(node, FieldNode):
                name = (node.alias or node.name).value
                repeats += name in names
                names.add(name)
            else:
                fragments += 1
            below = getattr(node, "selection_set", None)
            if below is not None:
                pending.append(below)
    if repeats > limits.repeats:
        raise _exceeded("repeats", limits.repeats)
    if fragments > limits.fragments:
        raise _exceeded("fragments", limits.fragments)


def check_operation(
    document: DocumentNode,
    operation: OperationDefinitionNode,
    paged: Paged,
    variables: Mapping[str, Any],
    limits: Limits,
) -> Size:
    """Measure an operation; LimitExceeded when it asks for too much."""
    size = _Ruler(document, paged, _defaults(operation) | dict(variables)).measure(operation)
    for name in ("depth", "aliases", "directives", "cost"):
        if getattr(size, name) > getattr(limits, name):
            raise _exceeded(name, getattr(limits, name))
    return size


@dataclass(frozen=True, slots=True)
class Paged:
    """Fields that return many things, by name alone: such a name counts so wherever it stands.

    `sizes`: the page size of each when the argument is not given. `connections`: those of them whose
    every field of that name answers with a connection, whose items stand below `edges` and `nodes`.
    """

    sizes: Mapping[str, int]
    connections: frozenset[str]


def paged_fields(schema: GraphQLSchema) -> Paged:
    """The fields of a schema that have an argument `first`, or `ids`."""
    sizes: dict[str, int] = {}
    plain: set[str] = set()
    for kind in schema.type_map.values():
        if not (is_object_type(kind) or is_interface_type(kind)):
            continue
        for name, field in kind.fields.items():
            answer = get_named_type(field.type)
            if answer.name.startswith("__"):
                continue
            if "first" in field.args:
                sizes[name] = max(sizes.get(name, 0), _first_of(field.args["first"].default_value))
            elif "ids" in field.args:
                sizes.setdefault(name, 1)
            if not (is_object_type(answer) and answer.fields.keys() & _ITEMS):
                plain.add(name)
    return Paged(sizes, frozenset(sizes.keys() - plain))


def _first_of(default: Any) -> int:
    return default if isinstance(default, int) else DEFAULT_FIRST


class _Ruler:
    """Measures one document; every fragment once."""

    def __init__(self, document: DocumentNode, paged: Paged, variables: Mapping[str, Any]) -> None:
        self._fragments = {
            node.name.value: node
            for node in document.definitions
            if isinstance(node, FragmentDefinitionNode)
        }
        self._paged = paged
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
        inner, name = self._selection(node.selection_set), node.name.value
        # What a connection says of itself, such as its total, it says once and not of every item.
        repeated = inner.per_item if name in self._paged.connections else inner.cost
        page = self._page(node)
        # The page is read, whatever is shown of it.
        below = max(inner.cost + (page - 1) * repeated, page if name in self._paged.sizes else 0)
        cost = min(price_of(name) + below, _CEILING)
        return Size(
            cost,
            inner.depth + 1,
            min(inner.aliases + (node.alias is not None), _CEILING),
            inner.directives,
            cost if name in _ITEMS else 0,
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
        page = self._paged.sizes.get(node.name.value, 1)
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
