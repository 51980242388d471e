"""From a checked operation to its result: by a plan, or by the reference where plans do not apply."""

from __future__ import annotations

import inspect
from collections.abc import MutableMapping
from typing import Any

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    execute,
)
from graphql.execution.values import VariableValues

from api.plan.executor import PlannedExecutor
from api.plan.facts import Facts
from api.plan.plan import Plan, choosing_variables

#: Plans of one document: each choice of its @skip and @include variables has its own.
_MOST_PLANS = 16
_REFERENCE_ONLY = frozenset({"experimental_disableErrorPropagation"})

Kept = MutableMapping[Any, Any]
"""Where the plans of one document are kept, as long as the document itself."""


class Runner:
    """Executes checked operations of one schema."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self.facts = Facts(schema)

    async def query(
        self,
        document: DocumentNode,
        operation: OperationDefinitionNode,
        variables: VariableValues,
        context: object,
        kept: Kept,
    ) -> ExecutionResult:
        """The result of a validated query, from its plan; the plan is made when there is none yet."""
        plan = self.plan(document, operation, variables, kept)
        return await PlannedExecutor(plan, variables, context).execute_query()

    async def reference(
        self,
        document: DocumentNode,
        operation: OperationDefinitionNode,
        variables: dict[str, Any],
        context: object,
    ) -> ExecutionResult:
        """The result of any validated operation from the reference executor; mutations serially."""
        result = execute(
            self.facts.schema,
            document,
            context_value=context,
            variable_values=variables,
            operation_name=operation.name.value if operation.name else None,
        )
        return await result if inspect.isawaitable(result) else result

    def plan(
        self,
        document: DocumentNode,
        operation: OperationDefinitionNode,
        variables: VariableValues,
        kept: Kept,
    ) -> Plan:
        """The plan of an operation for the values of its variables, made at the first asking."""
        name = operation.name.value if operation.name else ""
        choosing = kept.get(name)
        if choosing is None:
            choosing = kept[name] = choosing_variables(document, operation)
        coerced = variables.coerced
        key = (name, *(coerced.get(variable) for variable in choosing))
        plan = kept.get(key)
        if plan is None:
            while len(kept) >= _MOST_PLANS:
                kept.pop(next(iter(kept)))
            plan = kept[key] = Plan(self.facts, document, operation, variables)
        return plan


def is_planned(operation: OperationDefinitionNode) -> bool:
    """Whether an operation is one that plans are made of: a query without experiments."""
    return operation.operation is OperationType.QUERY and not any(
        directive.name.value in _REFERENCE_ONLY for directive in operation.directives or ()
    )
