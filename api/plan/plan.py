"""What is kept of one operation between its executions: collected fields, and how each is answered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from graphql import (
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    VariableNode,
)
from graphql.execution.collect_fields import (
    CollectedFields,
    FieldDetailsList,
    FragmentDetails,
    GroupedFieldSet,
    collect_fields,
    collect_subfields,
)
from graphql.execution.values import VariableValues
from graphql.language import Visitor, visit

from api.plan.facts import Facts
from api.plan.projection import Projections, Value
from api.plan.tables import Tables

_CHOOSING = frozenset({"skip", "include"})


@dataclass(frozen=True, slots=True, eq=False)
class FieldPlan:
    """One field of an object type: its name in the answer, and what the reference must know of it.

    `plain` answers it from its object where it is an attribute; otherwise its resolver is called.
    """

    response: str
    name: str
    details: FieldDetailsList
    nodes: list[FieldNode]
    definition: GraphQLField
    has_arguments: bool
    plain: Value | None


@dataclass(frozen=True, slots=True, eq=False)
class ObjectPlan:
    """The fields of one selection on one object type, and the class whose attributes they may be."""

    origin: type | None
    fields: tuple[FieldPlan, ...]


class Plan:
    """One operation of a document for one choice of its `@skip` and `@include` variables.

    Selections are collected once and keep their identity, by which everything else is found again.
    """

    def __init__(
        self,
        facts: Facts,
        document: DocumentNode,
        operation: OperationDefinitionNode,
        variables: VariableValues,
    ) -> None:
        self.schema: GraphQLSchema = facts.schema
        self.operation = operation
        self.definitions = {
            part.name.value: part
            for part in document.definitions
            if isinstance(part, FragmentDefinitionNode)
        }
        self.fragments = {name: FragmentDetails(part) for name, part in self.definitions.items()}
        self.executions = 0
        self.facts = facts
        self._variables = variables
        self._collected: dict[tuple[str, int], CollectedFields] = {}
        self._objects: dict[tuple[str, int, bool], ObjectPlan] = {}
        self._fields: dict[tuple[str, int], FieldPlan] = {}
        self._kept: list[GroupedFieldSet] = []
        self.projections = Projections(facts, self._grouped)
        self.tables = Tables(facts, self._grouped, self.projections)
        # The document was validated: there is such a root, and every field is one of its type.
        self.root_type = cast("GraphQLObjectType", self.schema.get_root_type(operation.operation))
        self.root = collect_fields(
            self.schema, self.fragments, variables, self.root_type, operation
        ).grouped_field_set

    def collect(self, kind: GraphQLObjectType, details: FieldDetailsList) -> CollectedFields:
        """The fields asked of an object type; the same object at every asking."""
        key = (kind.name, id(details))
        found = self._collected.get(key)
        if found is None:
            found = self._collected[key] = collect_subfields(
                self.schema, self.fragments, self._variables, self.operation, kind, details
            )
        return found

    def object(
        self, kind: GraphQLObjectType, grouped: GroupedFieldSet, *, is_warm: bool
    ) -> ObjectPlan:
        """How the fields of a collected selection are answered.

        Functions are generated only where `is_warm`: what is asked once is not worth the making.
        """
        key = (kind.name, id(grouped), is_warm)
        found = self._objects.get(key)
        if found is None:
            origin = self.facts.origin(kind)
            fields = tuple(
                self._field(kind, response, details, is_plain=is_warm and origin is not None)
                for response, details in grouped.items()
            )
            found = self._objects[key] = ObjectPlan(origin, fields)
            self._kept.append(grouped)
        return found

    def field(self, kind: GraphQLObjectType, response: str, details: FieldDetailsList) -> FieldPlan:
        """One field that its resolver answers; the same object at every asking."""
        key = (kind.name, id(details))
        if key not in self._fields:
            self._fields[key] = self._field(kind, response, details, is_plain=False)
        return self._fields[key]

    def _grouped(
        self, kind: GraphQLObjectType, details: FieldDetailsList
    ) -> Mapping[str, FieldDetailsList]:
        return self.collect(kind, details).grouped_field_set

    def _field(
        self,
        kind: GraphQLObjectType,
        response: str,
        details: FieldDetailsList,
        *,
        is_plain: bool,
    ) -> FieldPlan:
        node = details[0].node
        definition = cast("GraphQLField", self.schema.get_field(kind, node.name.value))
        attribute = self.facts.attribute(definition) if is_plain else None
        if is_plain and node.name.value == "__typename":
            plain: Value | None = _constant(kind.name)
        else:
            plain = (
                self.projections.attribute(attribute, definition.type, details)
                if attribute
                else None
            )
        return FieldPlan(
            response,
            node.name.value,
            details,
            [one.node for one in details],
            definition,
            bool(definition.args or node.arguments),
            plain,
        )


def choosing_variables(
    document: DocumentNode, operation: OperationDefinitionNode
) -> tuple[str, ...]:
    """Names of the variables that decide which fields are asked for, in order."""
    found: set[str] = set()

    class Choices(Visitor):
        def enter_directive(self, node: DirectiveNode, *_: Any) -> None:
            if node.name.value in _CHOOSING:
                found.update(_variables_of(node))

    for part in document.definitions:
        if part is operation or isinstance(part, FragmentDefinitionNode):
            visit(part, Choices())
    return tuple(sorted(found))


def _variables_of(node: DirectiveNode) -> Iterator[str]:
    for argument in node.arguments or ():
        if isinstance(argument.value, VariableNode):
            yield argument.value.name.value


def _constant(name: str) -> Value:
    return lambda _: name
