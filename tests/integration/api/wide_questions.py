"""Every field that a reader can ask for, asked: the examples of the reference, widened by the schema."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    InlineFragmentNode,
    SelectionSetNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    get_named_type,
    is_leaf_type,
    is_required_argument,
    parse,
    print_ast,
    visit,
)

from tests.integration.api.example_world import documents

#: Fields that answer alike to everybody, or with what only the reader himself does, and why.
EXEMPT = {
    "Query.rateLimit": "what the reader has left of his own budget",
    "ExportJob.notice": "a fixed text",
    "Finding.notice": "a fixed text",
}
#: What is given for arguments that must be given, by their types.
_GIVEN = {"Date": '"2026-01-15"'}
_ALWAYS = frozenset({"edges", "node", "relation"})
_FIRST = 5
_DEEP = 6


class Widening:
    """Adds to documents whatever the types that they meet have and nobody asked for yet."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self.schema = schema
        self.asked: set[str] = set()

    def documents(self) -> Iterator[tuple[Path, str]]:
        """Each example of a query, widened."""
        queries = [path for path in documents() if path.parent.name == "query"]
        for path in queries:
            self._visit(path.read_text("utf-8"), is_widened=False)
        for path in queries:
            if f"Query.{path.stem}" not in EXEMPT:
                yield path, self._visit(path.read_text("utf-8"), is_widened=True)

    def unasked(self) -> list[str]:
        """Fields that no document asks for."""
        return sorted(self._reachable() - self.asked - EXEMPT.keys())

    def _visit(self, text: str, *, is_widened: bool) -> str:
        info = TypeInfo(self.schema)
        visitor = _Filling(self, info) if is_widened else _Noting(self, info)
        return print_ast(visit(parse(text), TypeInfoVisitor(info, visitor)))

    def note(self, parent: Any, name: str) -> None:
        """A field is asked for; of an interface, of every type that has it."""
        self.asked.add(f"{parent.name}.{name}")
        if isinstance(parent, GraphQLInterfaceType):
            for possible in self.schema.get_possible_types(parent):
                self.asked.add(f"{possible.name}.{name}")

    def filled(self, parent: Any, present: set[str], depth: int) -> list[FieldNode]:
        """Nodes for the fields of a type that nobody asked for."""
        if isinstance(parent, GraphQLUnionType) or parent is self.schema.query_type:
            return []
        return [
            node
            for name, field in parent.fields.items()
            if name not in present and self._is_wanted(parent, name, field, depth)
            if (node := self._node(parent, name, field, depth))
        ]

    def _is_wanted(self, parent: Any, name: str, field: GraphQLField, depth: int) -> bool:
        """What nobody asked for; of what is added also its plain values and the ends of its edges."""
        coordinate = f"{parent.name}.{name}"
        is_plain = name in _ALWAYS or is_leaf_type(get_named_type(field.type))
        return coordinate not in EXEMPT and (
            coordinate not in self.asked or (depth > 1 and is_plain)
        )

    def _node(self, parent: Any, name: str, field: GraphQLField, depth: int) -> FieldNode | None:
        required = {
            arg: str(get_named_type(said.type))
            for arg, said in field.args.items()
            if is_required_argument(said)
        }
        given = {arg: _GIVEN.get(kind) for arg, kind in required.items() if arg != "first"}
        given |= {"first": f"{_FIRST}"} if "first" in field.args else {}
        if depth > _DEEP or None in given.values():
            return None
        said = ", ".join(f"{arg}: {value}" for arg, value in given.items())
        arguments = f"({said})" if said else ""
        kind = get_named_type(field.type)
        if is_leaf_type(kind):
            self.note(parent, name)
            return _field(f"{name}{arguments}")
        self.note(parent, name)
        below = self._below(kind, depth + 1)
        return _field(f"{name}{arguments} {{ {' '.join(below)} }}")

    def _below(self, kind: Any, depth: int) -> list[str]:
        """What is asked of an object: its name, and what nobody asked of its type yet."""
        nodes = ["__typename"]
        if "id" in getattr(kind, "fields", {}):
            nodes.append("id")
        # Things are asked about where something of their own type is there for certain: by their key.
        is_thing = kind.name == "Entity" or "Entity" in {i.name for i in kind.interfaces}
        if not is_thing:
            nodes += map(print_ast, self.filled(kind, {"id"}, depth))
        return nodes

    def _reachable(self) -> set[str]:
        root = self.schema.query_type
        found: dict[str, Any] = {}
        waiting: list[Any] = [root]
        while waiting:
            kind = waiting.pop()
            if kind.name in found or is_leaf_type(kind):
                continue
            found[kind.name] = kind
            if isinstance(kind, GraphQLInterfaceType | GraphQLUnionType):
                waiting += self.schema.get_possible_types(kind)
            if not isinstance(kind, GraphQLUnionType):
                waiting += [get_named_type(field.type) for field in kind.fields.values()]
        return {
            f"{kind.name}.{name}"
            for kind in found.values()
            if isinstance(kind, GraphQLObjectType)
            for name in kind.fields
        }


class _Noting(Visitor):
    """Notes every field of a document."""

    def __init__(self, widening: Widening, info: TypeInfo) -> None:
        super().__init__()
        self.widening, self.info = widening, info

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        parent = self.info.get_parent_type()
        if parent is not None and not node.name.value.startswith("__"):
            self.widening.note(parent, node.name.value)


class _Filling(Visitor):
    """Adds fields wherever a selection meets a type of which some are not asked for."""

    def __init__(self, widening: Widening, info: TypeInfo) -> None:
        super().__init__()
        self.widening, self.info = widening, info

    def leave_selection_set(self, node: SelectionSetNode, *_: Any) -> SelectionSetNode | None:
        parent = self.info.get_parent_type()
        if parent is None:
            return None
        present = {
            (one.alias or one.name).value for one in node.selections if isinstance(one, FieldNode)
        }
        added = self.widening.filled(parent, present, 1)
        if not added:
            return None
        return SelectionSetNode(selections=(*node.selections, *added))


def _field(text: str) -> FieldNode:
    (definition,) = parse(f"{{ {text} }}").definitions
    node = definition.selection_set.selections[0]  # type: ignore[attr-defined]
    assert isinstance(node, FieldNode | InlineFragmentNode)
    assert isinstance(node, FieldNode)
    return node
