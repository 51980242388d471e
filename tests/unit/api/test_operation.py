"""Which operations run, in which order, and how a subscription is answered and refused."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, cast

import pytest
import strawberry

from api.context import Context
from api.errors import RequestRefused
from api.limits import DEFAULT_LIMITS, Limits
from api.operation import Answer, Engine
from api.request import GraphQLRequest
from graph.errors import NotFound
from queries.reading import Reading

ORDER: list[str] = []


@strawberry.type
class Query:
    @strawberry.field
    def said(self, info: strawberry.Info[Context, None]) -> str:
        return info.context.language


@strawberry.type
class Paged(Query):
    @strawberry.field
    def words(self, first: int) -> list[str]:
        return ["word"] * first


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def say(self, word: str, turns: int = 0) -> str:
        for _ in range(turns):
            await asyncio.sleep(0)
        ORDER.append(word)
        return word


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def count(
        self, info: strawberry.Info[Context, None], to: int, breaks: bool = False
    ) -> AsyncIterator[int]:
        for n in range(to):
            yield n
        if breaks:
            raise NotFound("gone")

    @strawberry.subscription
    async def language(self, info: strawberry.Info[Context, None]) -> AsyncIterator[Query]:
        yield Query()
        yield Query()


ENGINE = Engine(strawberry.Schema(Query, Mutation, Subscription)._schema)


def context(language: str = "en") -> Context:
    return Context(cast("Reading", None), language)


def run(query: str, *, is_get: bool = False, **variables: Any) -> Answer:
    return asyncio.run(
        ENGINE.run(GraphQLRequest(query, variables), context(), DEFAULT_LIMITS, is_get=is_get)
    )


def events(query: str, limits: Limits = DEFAULT_LIMITS, *, fresh: bool = False) -> list[Answer]:
    made = iter("abc")

    async def all_of() -> list[Answer]:
        answered = await ENGINE.subscribe(
            GraphQLRequest(query),
            context(),
            limits,
            fresh=(lambda: context(next(made))) if fresh else None,
        )
        return [answered] if isinstance(answered, Answer) else [one async for one in answered]

    return asyncio.run(all_of())


def test_the_fields_of_a_mutation_run_one_after_the_other() -> None:
    ORDER.clear()
    answer = run('mutation { a: say(word: "1", turns: 5) b: say(word: "2") }')
    assert answer == Answer(200, {"data": {"a": "1", "b": "2"}})
    assert ORDER == ["1", "2"]


def test_a_mutation_by_get_is_refused_before_anything_runs() -> None:
    ORDER.clear()
    with pytest.raises(RequestRefused) as refused:
        run('mutation { say(word: "1") }', is_get=True)
    assert refused.value.shown.status == 405
    assert ORDER == []


def test_a_subscription_is_not_run_as_a_query_nor_the_other_way_round() -> None:
    with pytest.raises(RequestRefused):
        run("subscription { count(to: 1) }")
    with pytest.raises(RequestRefused):
        events("{ said }")


def test_one_of_several_operations_must_be_named() -> None:
    with pytest.raises(RequestRefused):
        run("query A { said } query B { said }")
    request = GraphQLRequest("query A { said } query B { b: said }", {}, "B")
    answer = asyncio.run(ENGINE.run(request, context(), DEFAULT_LIMITS, is_get=False))
    assert answer.body == {"data": {"b": "en"}}


def test_what_is_asked_again_is_measured_with_its_own_variables_and_limits() -> None:
    engine = Engine(strawberry.Schema(Paged)._schema)

    def code(query: str, limits: Limits, **variables: Any) -> str:
        asked = engine.run(GraphQLRequest(query, variables), context(), limits, is_get=False)
        body = asyncio.run(asked).body
        return str(body["errors"][0]["extensions"]["code"]) if "errors" in body else "answered"

    small = Limits(cost=5)
    by_variable = "query ($n: Int!) { words(first: $n) }"
    assert code("{ words(first: 9) }", DEFAULT_LIMITS) == "answered"
    assert code("{ a: words(first: 9) b: said c: said d: said e: said f: said }", small) == (
        "LIMIT_EXCEEDED"
    )
    for _ in range(2):
        assert code(by_variable, DEFAULT_LIMITS, n=2) == "answered"
        assert code("{ said }", small) == "answered"
        assert code("{ said }", Limits(cost=0)) == "LIMIT_EXCEEDED"


def test_a_subscription_answers_once_per_event() -> None:
    assert [a.body for a in events("subscription { n: count(to: 2) }")] == [
        {"data": {"n": 0}},
        {"data": {"n": 1}},
    ]


def test_every_event_has_a_context_of_its_own() -> None:
    query = "subscription { language { said } }"
    assert [a.body["data"]["language"]["said"] for a in events(query)] == ["en", "en"]
    assert [a.body["data"]["language"]["said"] for a in events(query, fresh=True)] == ["a", "b"]


def test_an_error_of_the_source_is_told_and_ends_the_subscription() -> None:
    last = events("subscription { count(to: 1, breaks: true) }")[-1]
    assert last.body["errors"][0]["extensions"]["code"] == "NOT_FOUND"
    assert "gone" not in str(last.body)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("subscription {", "GRAPHQL_PARSE_FAILED"),
        ("subscription { nope }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription ($n: Int!) { count(to: $n) }", "BAD_USER_INPUT"),
    ],
)
def test_a_subscription_is_checked_like_a_query(query: str, code: str) -> None:
    (refusal,) = events(query)
    assert refusal.body["errors"][0]["extensions"]["code"] == code
    assert "data" not in refusal.body


def test_limits_hold_for_subscriptions() -> None:
    (refusal,) = events("subscription { count(to: 1) }", Limits(tokens=3))
    assert refusal.body["errors"][0]["extensions"]["code"] == "LIMIT_EXCEEDED"
