"""Running one operation: parse, measure, validate, execute, and say what became of it."""

from __future__ import annotations

import inspect
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from graphql import (
    ExecutionResult,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    create_source_event_stream,
    execute_subscription_event,
    map_source_to_response_event,
)
from graphql.execution import Executor
from graphql.execution.values import VariableValues, get_variable_values

from api.context import Context
from api.documents import Document, Documents
from api.errors import RequestRefused, Shown, fault_of
from api.limits import Limits, Size, check_operation, paged_fields
from api.plan.running import Runner, is_planned
from api.request import GRAPHQL_TYPE, METHOD, GraphQLRequest
from api.schema import executable

_MAX_ERRORS = 10
_OPERATION = Shown("BAD_REQUEST", 400, "api.error.operation")
_READ_ONLY = Shown("BAD_REQUEST", 400, "api.error.read_only")
_INTROSPECTION = Shown("GRAPHQL_VALIDATION_FAILED", 400, "api.error.introspection")
#: What parsing and validating in vain takes at most, in cost units.
_COST_OF_REFUSAL = 100
_STREAM = Shown("BAD_REQUEST", 400, "api.error.stream")


@dataclass(frozen=True, slots=True)
class Answer:
    """The body of a response, its HTTP status, and header fields that belong to it."""

    status: int
    body: dict[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Checked:
    document: Document
    operation: OperationDefinitionNode
    variables: VariableValues


class Engine:
    """Runs operations over one schema; what it learnt of a document serves the next asking."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self.schema = schema
        self._documents = Documents()
        self._pages = paged_fields(schema)
        self._runner = Runner(schema)

    async def run(
        self, request: GraphQLRequest, context: Context, limits: Limits, *, is_get: bool
    ) -> Answer:
        """Run one query or mutation; the fields of a mutation one after the other.

        A request that fails before execution has no `data` and a status of 4xx; one that was executed is
        200, unless nothing came of it at all, then the status of its worst error. Raises RequestRefused
        where no single operation can be told, for a mutation by GET, and for a subscription.
        """
        checked = self._checked(request, context, limits, is_get=is_get)
        if isinstance(checked, Answer):
            return checked
        if checked.operation.operation is OperationType.SUBSCRIPTION:
            raise RequestRefused(_STREAM)
        if context.budget is None or context.desk is None:
            return await self._answer(checked, request, context)
        turns, budget, reading = context.desk.gate.turns, context.budget, context.reading
        async with turns.turn(reading.reader.name, budget.cost, reading.deadline) as is_large:
            if is_large:
                reading.one_by_one()
            answer = await self._answer(checked, request, context)
        return replace(answer, headers=budget.headers)

    async def _answer(self, checked: _Checked, request: GraphQLRequest, context: Context) -> Answer:
        document, operation = checked.document, checked.operation
        if is_planned(operation):
            result = await self._runner.query(
                document.node, operation, checked.variables, context, document.plans
            )
        else:
            result = await self._runner.reference(
                document.node, operation, dict(request.variables), context
            )
        return _answer(result, context.language)

    async def subscribe(
        self,
        request: GraphQLRequest,
        context: Context,
        limits: Limits,
        *,
        fresh: Callable[[], Context] | None = None,
    ) -> AsyncIterator[Answer] | Answer:
        """The answers of one subscription, or the one answer that refuses it.

        `fresh` makes the context of each event, whose loaders and deadline must not outlive it; without
        it every event shares `context`. Checks are those of `run`. An error of the source ends the
        iterator after an answer that tells it. Raises RequestRefused for anything but a subscription.
        """
        language = context.language
        checked = self._checked(request, context, limits, is_get=False)
        if isinstance(checked, Answer):
            return checked
        if checked.operation.operation is not OperationType.SUBSCRIPTION:
            raise RequestRefused(_OPERATION)
        executor = Executor.build(
            self.schema,
            checked.document.node,
            context_value=context,
            raw_variable_values=dict(request.variables),
            operation_name=request.operation_name,
        )
        if isinstance(executor, list):
            return _refused(executor, language, "BAD_USER_INPUT")
        stream = create_source_event_stream(executor)
        if inspect.isawaitable(stream):
            stream = await stream
        if isinstance(stream, ExecutionResult):
            return _refused(stream.errors or (), language, "BAD_USER_INPUT")

        def on_event(event: Executor[Any]) -> Any:
            event.context_value = fresh() if fresh else context
            return execute_subscription_event(event)

        return _answers(map_source_to_response_event(executor, stream, on_event), language)

    def operation_type(self, request: GraphQLRequest, limits: Limits) -> OperationType | None:
        """What kind of operation is asked for; None where that cannot be told (`run` says why)."""
        try:
            operation = self._documents.get(request.query, limits).operation(request.operation_name)
        except GraphQLError:
            return None
        return operation.operation if operation else None

    def _checked(
        self, request: GraphQLRequest, context: Context, limits: Limits, *, is_get: bool
    ) -> _Checked | Answer:
        """An operation that may be executed and is paid for, or the answer that refuses it."""
        token = context.token
        gate = context.desk.gate if context.desk else None
        role = token.role if token else ""
        if gate is not None:
            request = gate.trusted.admit(request, role)
        elif not request.query:
            raise RequestRefused(_OPERATION)
        may_introspect = gate is None or gate.trusted.may_introspect(role)
        checked, size = self._measured(
            request, context.language, limits, is_get=is_get, may_introspect=may_introspect
        )
        if gate is not None and token is not None:
            if isinstance(checked, Answer):
                gate.buckets.fine(token.name, _COST_OF_REFUSAL)
            else:
                context.budget = gate.buckets.take(token.name, size.cost)
        return checked

    def _measured(
        self,
        request: GraphQLRequest,
        language: str,
        limits: Limits,
        *,
        is_get: bool,
        may_introspect: bool,
    ) -> tuple[_Checked | Answer, Size]:
        nothing = Size()
        try:
            document = self._documents.get(request.query, limits)
        except GraphQLError as error:
            return _refused([error], language, "GRAPHQL_PARSE_FAILED"), nothing
        operation = self._operation(document, request.operation_name, is_get=is_get)
        if document.introspects and not may_introspect:
            raise RequestRefused(_INTROSPECTION)
        try:
            size = self._size(document, operation, request, limits)
        except GraphQLError as error:
            return _refused([error], language, "GRAPHQL_VALIDATION_FAILED"), nothing
        errors = document.errors(self.schema, hide_suggestions=not may_introspect)
        if errors:
            return _refused(errors, language, "GRAPHQL_VALIDATION_FAILED"), nothing
        coerced = get_variable_values(
            self.schema,
            operation.variable_definitions or (),
            dict(request.variables),
            max_errors=_MAX_ERRORS,
        )
        if isinstance(coerced, list):
            return _refused(coerced, language, "BAD_USER_INPUT"), nothing
        return _Checked(document, operation, coerced), size

    def _size(
        self,
        document: Document,
        operation: OperationDefinitionNode,
        request: GraphQLRequest,
        limits: Limits,
    ) -> Size:
        """What an operation measures; GraphQLError when that is too much."""
        key = (request.operation_name, limits)
        known = document.sizes.get(key)
        if known is None:
            known = check_operation(
                document.node, operation, self._pages, request.variables, limits
            )
            if not operation.variable_definitions:
                document.sizes[key] = known
        return known

    def _operation(
        self, document: Document, name: str | None, *, is_get: bool
    ) -> OperationDefinitionNode:
        operation = document.operation(name)
        if operation is None:
            raise RequestRefused(_OPERATION)
        if operation.operation is not OperationType.QUERY:
            if is_get:
                # A GET must never change anything: refused as a method, whatever the schema holds.
                raise RequestRefused(METHOD, headers={"Allow": "POST"})
            if self.schema.get_root_type(operation.operation) is None:
                raise RequestRefused(_READ_ONLY)
        return operation


@cache
def engine() -> Engine:
    """The engine of the API."""
    return Engine(executable())


async def run(request: GraphQLRequest, context: Context, limits: Limits, *, is_get: bool) -> Answer:
    """`Engine.run` over the schema of the API."""
    return await engine().run(request, context, limits, is_get=is_get)


async def subscribe(
    request: GraphQLRequest,
    context: Context,
    limits: Limits,
    *,
    fresh: Callable[[], Context] | None = None,
) -> AsyncIterator[Answer] | Answer:
    """`Engine.subscribe` over the schema of the API."""
    return await engine().subscribe(request, context, limits, fresh=fresh)


def operation_type(request: GraphQLRequest, limits: Limits) -> OperationType | None:
    """`Engine.operation_type` over the schema of the API."""
    return engine().operation_type(request, limits)


def status_in(answer: Answer, media_type: str) -> int:
    """The HTTP status of an answer: clients of `application/json` expect 200 once it is GraphQL."""
    return answer.status if media_type == GRAPHQL_TYPE else 200


async def _answers(
    results: AsyncGenerator[ExecutionResult, None], language: str
) -> AsyncIterator[Answer]:
    try:
        async for result in results:
            yield _answer(result, language)
    except Exception as error:
        yield _refused([GraphQLError(str(error), original_error=error)], language, "BAD_REQUEST")
    finally:
        await results.aclose()


def _refused(errors: Sequence[GraphQLError], language: str, code: str) -> Answer:
    faults = [fault_of(error, language, code) for error in errors]
    return Answer(max(fault.status for fault in faults), {"errors": [f.body for f in faults]})


def _answer(result: ExecutionResult, language: str) -> Answer:
    faults = [fault_of(error, language) for error in result.errors or ()]
    body: dict[str, Any] = {"data": result.data}
    if faults:
        body["errors"] = [fault.body for fault in faults]
    if result.data is None and faults:
        return Answer(max(fault.status for fault in faults), body)
    return Answer(200, body)
