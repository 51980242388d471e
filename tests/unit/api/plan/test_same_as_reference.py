"""The answer of a plan is that of graphql-core's executor, byte for byte, errors included."""

from __future__ import annotations

import asyncio
import math
import random
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import orjson
import pytest
import strawberry
from graphql import (
    ExecutionResult,
    GraphQLError,
    OperationDefinitionNode,
    Undefined,
    execute,
    parse,
    validate,
)
from graphql.execution.values import get_variable_values
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from api.plan.columns import Columns
from api.plan.executor import SLICE, PlannedExecutor
from api.plan.running import Runner
from tests.unit.api.plan.operations import operations
from tests.unit.api.plan.oracle_schema import (
    CALLS,
    SCHEMA,
    Colour,
    Later,
    Leafy,
    Query,
    Stamp,
    item,
    root,
)

RUNNER = Runner(SCHEMA)
Make = Callable[[random.Random], Query]

#: Both executors drop resolvers that were not begun when an error beside them took their place away.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


def as_bytes(result: ExecutionResult) -> bytes:
    errors = [_formatted(error) for error in result.errors or ()]
    return orjson.dumps({"data": result.data, "errors": errors}, default=repr)


def _formatted(error: GraphQLError) -> dict[str, Any]:
    return {**error.formatted, "cause": repr(error.original_error)}


async def by_reference(
    document: str, variables: dict[str, Any], seed: int, make: Make = root
) -> bytes:
    rng = random.Random(seed)
    result = execute(
        SCHEMA, parse(document), make(rng), context_value=rng, variable_values=variables
    )
    return as_bytes(result if isinstance(result, ExecutionResult) else await result)


async def by_plan(
    document: str, variables: dict[str, Any], seed: int, make: Make = root
) -> list[bytes]:
    """The answers of several executions of one plan, each over objects made anew."""
    node = parse(document)
    operation = node.definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    kept: dict[Any, Any] = {}
    answers = []
    for _ in range(3):
        coerced = get_variable_values(SCHEMA, operation.variable_definitions or (), variables)
        assert not isinstance(coerced, list)
        plan = RUNNER.plan(node, operation, coerced, kept)
        rng = random.Random(seed)
        executor = PlannedExecutor(plan, coerced, rng, make(rng))
        answers.append(as_bytes(await executor.execute_query()))
    return answers


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.filter_too_much,
        HealthCheck.data_too_large,
    ],
)
@given(operations(SCHEMA), st.integers(0, 10_000))
def test_answers_are_byte_identical(asked: tuple[str, dict[str, Any]], seed: int) -> None:
    document, variables = asked
    assume(not validate(SCHEMA, parse(document)))
    answer = assert_same(document, variables, seed)
    event("with errors" if b'"message"' in answer else "without errors")


def assert_same(document: str, variables: dict[str, Any], seed: int, make: Make = root) -> bytes:
    async def all_of() -> tuple[bytes, list[bytes]]:
        expected = await by_reference(document, variables, seed, make)
        return expected, await by_plan(document, variables, seed, make)

    expected, answers = asyncio.run(all_of())
    assert answers == [expected] * 3
    return expected


class Text(str):
    """A str that is not exactly one."""


ODD = [
    None,
    Undefined,
    "",
    "text",
    Text("text"),
    "5",
    0,
    5,
    2**31,
    -(2**31) - 1,
    True,
    0.5,
    -0.0,
    5.0,
    math.inf,
    math.nan,
    Decimal("1.5"),
    Colour.RED,
    "red",
    [],
    ["a", None],
    ("a", 3),
    {"a": 1},
    {1, 2},
    object,
    ValueError("returned"),
    Later("awaited", 1),
    Later(ValueError("awaited"), 0),
    Leafy,
]
LEAVES = ["name", "count", "ratio", "flag", "colour", "stamp", "free", "tags", "codes"]


@pytest.mark.parametrize("attribute", [*LEAVES, "inner"])
def test_every_odd_value_of_every_leaf_is_answered_alike(attribute: str) -> None:
    asked = f"{attribute} {{ name }}" if attribute == "inner" else attribute
    for odd in ODD:

        def make(rng: random.Random, odd: Any = odd) -> Query:
            made = root(random.Random(1))
            made.leaves = [regular(), regular(), regular()]
            setattr(made.leaves[1], attribute, odd)
            return made

        assert_same(f"{{ leaves {{ __typename name x: {asked} }} }}", {}, 0, make)
        if attribute in LEAVES:

            def columned(rng: random.Random, make: Make = make) -> Query:
                made = make(rng)
                rows = made.leaves
                columns = {name: [getattr(one, name) for one in rows] for name in LEAVES}
                made.leaves = Columns(Leafy, columns, len(rows), lambda n: rows[n])  # type: ignore[assignment]
                return made

            assert_same(f"{{ leaves {{ x: {asked} name __typename }} }}", {}, 0, columned)


def test_the_odd_values_are_told_from_the_regular_ones() -> None:
    # Otherwise the test above would compare nothing but errors.
    def make(rng: random.Random) -> Query:
        made = root(random.Random(1))
        made.leaves = [regular()]
        return made

    answer = orjson.loads(assert_same("{ leaves { " + " ".join(LEAVES) + " } }", {}, 0, make))
    assert answer["errors"] == []
    assert answer["data"]["leaves"][0]["colour"] == "RED"


def regular() -> Leafy:
    return Leafy(
        name="n",
        count=1,
        ratio=0.5,
        flag=True,
        colour=Colour.RED,
        stamp=Stamp("s"),
        free=None,
        tags=["a"],
        codes=[1, None],
        inner=None,
    )


def test_long_lists_of_mixed_items_are_answered_alike() -> None:
    def make(rng: random.Random) -> Query:
        made = root(random.Random(3))
        made.item.name, made.item.id = "n", strawberry.ID("i")
        made.item.kids = [item(random.Random(5), 0) for _ in range(3 * SLICE)]
        return made

    query = "{ item { kids { label slow(turns: 2) id } } }"
    assert_same(query, {}, 0, make)
    assert_same("{ item { kids { ... on Named { id } count colour } } }", {}, 0, make)


NESTED = """related { total info { end more }
    members { number related(first: 3) { total leaves { name } } } }"""
OF_MEMBERS = {
    "plain": "{ members(first: 34) { number __typename related { total } again: related { total } } }",
    "deep": f"{{ members(first: 34) {{ name x: number {NESTED} }} }}",
    "by fragments": f"""{{ members(first: 34) {{ ...A ... on Member {{ related {{ total }} }} }} }}
        fragment A on Member {{ {NESTED} }}""",
    "with arguments": """query ($n: Int = 1) { members(first: 34) {
        few: related(first: $n, within: {low: 2}) { leaves { name } }
        related { leaves { __typename } } } }""",
}
BEYOND = {
    "a column that is not there": "{ members(first: 34) { parent { name } related { total } } }",
    "attributes that are not there": "{ members(first: 34) { related { leaves { count } } } }",
    "a resolver that takes no columns": "{ members(first: 34) { alone related { total } } }",
    "the same below": "{ members(first: 34) { related { members { alone } } } }",
    "a missing name below": "{ members(first: 40, at: 330) { related { members { name } } } }",
    "errors": "{ members(first: 34) { related(within: {low: 3}) { total } } }",
}
REFUSED = {
    "a value that no Int can be": "{ members(first: 60, at: 1000) { number related { total } } }",
    "a missing name": "{ members(first: 60, at: 1000) { name related { total } } }",
    "an argument that cannot be": """query ($n: Int) { members(first: 34) {
        related(first: $n, within: {low: $n}) { total } } }""",
}


@pytest.mark.parametrize("name", OF_MEMBERS)
def test_resolvers_that_take_columns_are_asked_once(name: str) -> None:
    CALLS.clear()
    answer = orjson.loads(assert_same(OF_MEMBERS[name], {}, 0))
    assert answer["errors"] == []
    assert len(answer["data"]["members"]) == 34
    # So long a list is worth it at the first asking already: each field once in each of three executions.
    fields = OF_MEMBERS[name].count("related") - (name == "by fragments")
    assert CALLS["at once"] == 3 * fields
    by_reference_alone = CALLS["each"]
    CALLS.clear()
    asyncio.run(by_reference(OF_MEMBERS[name], {}, 0))
    assert dict(CALLS) == {"each": by_reference_alone}


@pytest.mark.parametrize("name", BEYOND)
def test_what_columns_cannot_answer_is_asked_for_each(name: str) -> None:
    CALLS.clear()
    assert_same(BEYOND[name], {}, 0)
    assert CALLS["each"] > 3 * 34


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_is_refused_alike(name: str) -> None:
    assert b'"message"' in assert_same(REFUSED[name], {"n": None}, 0)
