"""Running one operation: parse, measure, validate, execute, and say what became of it."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
    Source,
    execute,
    get_operation_ast,
    parse,
    validate,
)
from graphql.execution.values import get_variable_values

from api.context import Context
from api.errors import RequestRefused, Shown, fault_of
from api.limits import Limits, check_operation, check_text, paged_fields
from api.request import GRAPHQL_TYPE, METHOD, GraphQLRequest
from api.schema import executable

_MAX_ERRORS = 10
_OPERATION = Shown("BAD_REQUEST", 400, "api.error.operation")
_READ_ONLY = Shown("BAD_REQUEST", 400, "api.error.read_only")


@dataclass(frozen=True, slots=True)
class Answer:
    """The body of a response, and its HTTP status."""

    status: int
    body: dict[str, Any]


async def run(request: GraphQLRequest, context: Context, limits: Limits, *, is_get: bool) -> Answer:
    """Run one request.

    A request that fails before execution has no `data` and a status of 4xx; one that was executed is
    200, unless nothing came of it at all, then the status of its worst error. Raises RequestRefused
    where no single query can be told.
    """
    language = context.language
    try:
        document = _document(request.query, limits)
    except GraphQLError as error:
        return _refused([error], language, "GRAPHQL_PARSE_FAILED")
    operation = _operation(document, request.operation_name, is_get=is_get)
    try:
        check_operation(document, operation, _pages(), request.variables, limits)
    except GraphQLError as error:
        return _refused([error], language, "GRAPHQL_VALIDATION_FAILED")
    errors = validate(
        executable(), document, max_errors=_MAX_ERRORS, allow_empty_selection_sets=False
    )
    if errors:
        return _refused(errors, language, "GRAPHQL_VALIDATION_FAILED")
    coerced = get_variable_values(
        executable(),
        operation.variable_definitions or (),
        dict(request.variables),
        max_errors=_MAX_ERRORS,
    )
    if isinstance(coerced, list):
        return _refused(coerced, language, "BAD_USER_INPUT")
    result = execute(
        executable(),
        document,
        context_value=context,
        variable_values=dict(request.variables),
        operation_name=request.operation_name,
    )
    if inspect.isawaitable(result):
        result = await result
    return _answer(result, language)


def status_in(answer: Answer, media_type: str) -> int:
    """The HTTP status of an answer: clients of `application/json` expect 200 once it is GraphQL."""
    return answer.status if media_type == GRAPHQL_TYPE else 200


def _document(query: str, limits: Limits) -> DocumentNode:
    source = Source(query)
    check_text(source, limits)
    return parse(source, allow_empty_selection_sets=False)


def _operation(
    document: DocumentNode, name: str | None, *, is_get: bool
) -> OperationDefinitionNode:
    operation = get_operation_ast(document, name)
    if operation is None:
        raise RequestRefused(_OPERATION)
    if operation.operation is not OperationType.QUERY:
        # A GET must never change anything, so it is refused as a method, whatever the schema holds.
        raise RequestRefused(METHOD if is_get else _READ_ONLY, headers={"Allow": "POST"})
    return operation


@cache
def _pages() -> dict[str, int]:
    return paged_fields(executable())


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
