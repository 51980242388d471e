"""Plans answer the questions of the guide, on a real store, with the bytes of the reference executor."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from graphql import ExecutionResult
from graphql.execution.values import get_variable_values

from api.context import Context
from api.limits import DEFAULT_LIMITS
from api.operation import engine
from graph.store.async_session import AsyncStore
from graph.store.connection import Connection
from queries.reading import Reader, Reading
from tests.integration.api.service import NOW
from tests.integration.api.test_ten_questions import QUESTIONS
from tests.integration.api.test_ten_questions import filled as _filled
from tests.integration.queries.world import HERE, World

filled = _filled  # a fixture of this module too

#: Besides the guide's: errors, masks, columns, fragments over interfaces, introspection.
OTHERS = {
    "columns": """{ merchants(first: 100) {
        nodes { id merchantId name regions firstSeen type __typename }
        edges { cursor node { merchantId uscc } } pageInfo { endCursor } truncated } }""",
    "beside resolvers": """{ stores(first: 60) { totalCount
        nodes { name label(lang: EN) operatedBy { nodes { name label } } } } }""",
    "columns of many": """{ merchants(first: 100) { nodes { name
        few: operates(first: 2) { nodes { id name } pageInfo { hasNextPage endCursor } }
        counted: operates(first: 2) { withheldCount nodes { __typename } }
        whole: operates(first: 2) { nodes { id name label } }
        usesPhone(first: 5) { nodes { ...P } edges { cursor relation { title } node { ...P } } } } } }
        fragment P on Phone { number firstSeen }""",
    "interfaces": """{ nodes(ids: ["Merchant:nobody", "Store:taobao/s1", "TestLab:LAB0001"]) {
        ...E ... on Store { name platform } ... on TestLab { labId sources(first: 1) { source } } } }
        fragment E on Entity { id type firstSeen expand(first: 2) { edges { node { id type } } } }""",
    "errors": """{ a: merchants(first: 20000) { truncated } b: expand(id: "Store:taobao/s1", first: -1)
        { truncated } c: notice d: search(query: "商") { edges { node { label id } } } }""",
    "introspection": '{ __type(name: "Merchant") { name fields { name type { name } } } notice }',
}
_VARIABLES = re.compile(r"^# Variables: (\{.*\})$", re.MULTILINE)


def asked() -> Iterator[Any]:
    for path in QUESTIONS:
        text = path.read_text(encoding="utf-8")
        found = _VARIABLES.search(text)
        yield pytest.param(text, json.loads(found[1]) if found else {}, id=path.stem)
    for name, text in OTHERS.items():
        yield pytest.param(text, {}, id=name)


@pytest.fixture
def crowded(filled: World) -> World:
    for n in range(70):
        filled.thing("Merchant", (f"taobao/c{n}",), name=f"众{n}商行 13812345678")
        filled.thing("Store", ("taobao", f"c{n}"), name=f"店{n}")
    return filled.settle()


def test_answers_are_those_of_the_reference(server: Connection, crowded: World) -> None:
    differing = asyncio.run(_differing(server))
    assert differing == []


async def _differing(server: Connection) -> list[str]:
    """Ids of the questions that plans answer otherwise, cold or warm."""
    made = engine()
    found = []
    async with await AsyncStore.open(server, wait=False) as store:

        def context() -> Context:
            reader = Reader("reader", frozenset({HERE}))
            day = NOW.date().isoformat()
            return Context(Reading(store, reader, day, time.monotonic() + 120))

        for parameter in asked():
            text, variables = parameter.values
            document = made._documents.get(text, DEFAULT_LIMITS)
            assert list(document.errors(made.schema)) == []
            operation = document.operation(None)
            assert operation is not None
            coerced = get_variable_values(
                made.schema, operation.variable_definitions or (), variables
            )
            assert not isinstance(coerced, list)
            runner, node = made._runner, document.node
            expected = _bytes(await runner.reference(node, operation, variables, context()))
            kept: dict[Any, Any] = {}
            for _ in range(3):
                result = await runner.query(node, operation, coerced, context(), kept)
                if _bytes(result) != expected:
                    found.append(str(parameter.id))
    return found


def _bytes(result: ExecutionResult) -> bytes:
    errors = [error.formatted for error in result.errors or ()]
    return orjson.dumps({"data": result.data, "errors": errors})
