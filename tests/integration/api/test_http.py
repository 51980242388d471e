"""The wire: who may ask, in which form, how much, and what every refusal looks like."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from api.limits import Limits
from graph.store.connection import Connection
from tests.integration.api.service import GRAPHQL, Service
from tests.integration.queries.world import World

JSON = "application/json"
NOTICE = "{ notice }"


def send(service: Service, body: bytes | None, /, **headers: str) -> httpx.Response:
    given = {
        "authorization": f"Bearer {service.tokens['here']}",
        "content-type": JSON,
        "accept": GRAPHQL,
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    kept = {name: value for name, value in given.items() if value}
    return service.call(lambda client: client.post("/graphql", content=body, headers=kept))


def codes(response: httpx.Response) -> list[str]:
    return [error["extensions"]["code"] for error in response.json()["errors"]]


@pytest.mark.parametrize(
    "authorization", ["", "Bearer", "Bearer sy_" + "A" * 43, "Basic YTpi", "Bearer x" * 1000]
)
def test_without_a_valid_token_nothing_is_answered(service: Service, authorization: str) -> None:
    response = send(
        service, b'{"query": "{ __schema { types { name } } }"}', authorization=authorization
    )
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"
    assert codes(response) == ["UNAUTHENTICATED"]


def test_an_ended_token_is_as_good_as_none(service: Service) -> None:
    assert service.post(NOTICE, "ended").status_code == 401


def test_two_authorization_headers_are_none(service: Service) -> None:
    token = f"Bearer {service.tokens['here']}"
    headers = [("authorization", token), ("authorization", token)]
    body = {"query": NOTICE}
    response = service.call(lambda client: client.post("/graphql", json=body, headers=headers))
    assert response.status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b'"x"',
        b"[]",
        b"3",
        b"{",
        b"\xff\xfe{\x00",
        b'{"query": "\xc3\x28"}',
        b'{"query": "{ notice }", "variables": {"a": NaN}}',
        b'{"query": "\\ud800"}',
        b'{"variables": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        "{}".encode("utf-16"),
        b'{"query": 3}',
        b'{"query": ""}',
        b"{}",
        b'{"query": "{ notice }", "variables": []}',
        b'{"query": "{ notice }", "operationName": 3}',
        b'{"query": "{ notice }", "extensions": "x"}',
        b'[{"query": "{ notice }"}]',
    ],
)
def test_a_malformed_body_is_a_bad_request(service: Service, body: bytes) -> None:
    response = send(service, body)
    assert response.status_code == 400
    assert codes(response) == ["BAD_REQUEST"]
    assert "data" not in response.json()


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{ }", "GRAPHQL_PARSE_FAILED"),
        ("\x00", "GRAPHQL_PARSE_FAILED"),
        ("{" * 5_000, "LIMIT_EXCEEDED"),
        ("{ nope }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ search { truncated } }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ ...a } fragment a on Query { ...a }", "GRAPHQL_VALIDATION_FAILED"),
        ("query ($n: Int!) { clusters(first: $n) { truncated } }", "BAD_USER_INPUT"),
        ("query A { notice } query B { notice }", "BAD_REQUEST"),
        ("mutation { notice }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { notice }", "GRAPHQL_VALIDATION_FAILED"),
        ("fragment a on Query { notice }", "BAD_REQUEST"),
    ],
)
def test_what_fails_before_execution_has_no_data(service: Service, query: str, code: str) -> None:
    response = service.post(query)
    assert response.status_code == 400
    assert codes(response)[0] == code
    assert "data" not in response.json()
    assert response.headers["content-type"] == f"{GRAPHQL}; charset=utf-8"


def test_older_clients_get_200_for_what_is_graphql(service: Service) -> None:
    for accept in (JSON, "*/*", ""):
        response = service.post("{ nope }", accept=accept)
        assert (response.status_code, response.headers["content-type"]) == (
            200,
            f"{JSON}; charset=utf-8",
        )
    assert send(service, b"null", accept=JSON).status_code == 400


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        (f"{GRAPHQL}, {JSON};q=0.9", 200),
        (f"{JSON};q=0.1, {GRAPHQL}", 200),
        ("text/html", 406),
        ("application/xml", 406),
        (f"{GRAPHQL};charset=utf-16", 406),
        (f"{JSON};q=0", 406),
    ],
)
def test_the_format_is_negotiated(service: Service, accept: str, status: int) -> None:
    response = service.post(NOTICE, accept=accept)
    assert response.status_code == status
    if status == 200:
        assert response.headers["content-type"].startswith(GRAPHQL)


@pytest.mark.parametrize(
    "content_type",
    ["", "text/plain", "application/x-www-form-urlencoded", "application/json;charset=utf-16"],
)
def test_other_media_types_are_refused(service: Service, content_type: str) -> None:
    response = send(service, b'{"query": "{ notice }"}', content_type=content_type)
    assert response.status_code == 415


def test_a_named_operation_is_the_one_that_runs(service: Service) -> None:
    query = "query A { a: notice } query B { b: notice }"
    body = orjson.dumps({"query": query, "operationName": "B"})
    assert list(send(service, body).json()["data"]) == ["b"]


def test_get_answers_queries_and_nothing_else(service: Service) -> None:
    headers = {"authorization": f"Bearer {service.tokens['here']}", "accept": GRAPHQL}

    def get(**params: str) -> httpx.Response:
        return service.call(lambda client: client.get("/graphql", params=params, headers=headers))

    query = "query ($l: Language!) { notice(lang: $l) }"
    assert "never proof" in get(query=query, variables='{"l": "EN"}').text
    assert get(query=query, variables="{").status_code == 400
    assert get(query="mutation { notice }").status_code == 405
    assert get(x="y").status_code == 400
    refused = service.call(lambda client: client.put("/graphql", headers=headers))
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET, POST")


def test_a_large_body_is_refused_while_it_arrives(server: Connection, tmp_path: Path) -> None:
    service = Service(server, tmp_path, limits=Limits(body_bytes=1_000))
    assert send(service, b'{"query": "' + b"a" * 1_000 + b'"}').status_code == 413
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 1
            yield b"a" * 400

    headers = {"authorization": f"Bearer {service.tokens['here']}", "content-type": JSON}

    async def stream(client: httpx.AsyncClient) -> httpx.Response:
        async with asyncio.timeout(30):
            return await client.post("/graphql", content=endless(), headers=headers)

    assert service.call(stream).status_code == 413
    assert sent <= 4


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("{ clusters(first: -1) { truncated } }", "page.first"),
        ("{ clusters(first: 201) { truncated } }", "page.first"),
        ('{ clusters(after: "nonsense") { truncated } }', "page.cursor"),
        ('{ findings(after: "WyJ4Il0") { truncated } }', "page.cursor"),
        ("{ findings(severityAtLeast: 9) { truncated } }", "finding.severity"),
        ('{ search(query: "***") { truncated } }', "search.query"),
        ('{ search(query: "a", types: ["Cluster"]) { truncated } }', "entity.type"),
        ('{ expand(id: "Merchant:a", relations: ["X"]) { truncated } }', "relation.type"),
        ('{ expand(id: "Merchant:a", direction: "UP") { truncated } }', "expand.direction"),
        ('{ shortestPath(from: "a", to: "b", maxHops: 7) { truncated } }', "path.hops"),
        ('{ explain(id: "Relation:x") { id } }', "relation.id"),
    ],
)
def test_bad_input_says_what_is_wrong(service: Service, query: str, reason: str) -> None:
    response = service.post(query)
    (error,) = response.json()["errors"]
    assert error["extensions"] == {"code": "BAD_USER_INPUT", "reason": reason}
    assert error["path"]


def test_a_date_that_is_none_is_refused(service: Service) -> None:
    response = service.post('{ weeklyFlags(since: "2025-02-30") { truncated } }')
    assert (response.status_code, codes(response)) == (400, ["BAD_USER_INPUT"])
    assert "data" not in response.json()
    variable = "query ($d: Date) { weeklyFlags(since: $d) { truncated } }"
    assert service.code(variable, d="yesterday") == "BAD_USER_INPUT"
    assert service.code("query ($n: Int) { clusters(first: $n) { truncated } }", n=None) == (
        "BAD_USER_INPUT"
    )


def test_without_a_database_the_service_says_so(tmp_path: Path) -> None:
    nowhere = Service(Connection("bolt://127.0.0.1:9", ("neo4j", "x"), "neo4j"), tmp_path)
    nowhere.deadline_s = 2.0

    async def health(client: httpx.AsyncClient) -> tuple[int, int]:
        live = await client.get("/health/live")
        return live.status_code, (await client.get("/health/ready")).status_code

    assert nowhere.call(health) == (200, 503)


def test_a_healthy_service_is_ready(service: Service) -> None:
    async def health(client: httpx.AsyncClient) -> int:
        return (await client.get("/health/ready")).status_code

    assert service.call(health) == 200


def test_a_browser_gets_graphiql_without_a_token(service: Service) -> None:
    async def visit(client: httpx.AsyncClient) -> list[httpx.Response]:
        page = await client.get("/graphql", headers={"accept": "text/html,*/*;q=0.8"})
        script = await client.get("/static/graphiql/graphiql.min.js")
        return [page, script]

    page, script = service.call(visit)
    assert (page.status_code, script.status_code) == (200, 200)
    for response in (page, script):
        policy = response.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy
    assert 'id="graphiql"' in page.text


def test_nobody_climbs_out_of_the_static_folder(service: Service) -> None:
    paths = ["/static/graphiql/../../app.py", "/static/graphiql/%2e%2e/%2e%2e/app.py"]

    async def climb(client: httpx.AsyncClient) -> list[int]:
        return [(await client.get(path)).status_code for path in paths]

    assert service.call(climb) == [404, 404]


def test_one_operation_takes_few_statements(
    service: Service, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from graph.store.async_session import AsyncStore

    phone = world.thing("Phone", ("+8613800138000",))
    cluster = world.cluster("Cluster:C-9", ["330000"])
    for n in range(25):
        merchant = world.thing("Merchant", (f"M{n:02d}",), name=f"商户{n}")
        world.member(cluster, merchant, [(phone, "USES_PHONE", ["330000"])])
    world.settle()
    run: list[str] = []
    original = AsyncStore.read

    async def counted(self: AsyncStore, statement: Any, **given: Any) -> Any:
        run.append(statement.name)
        return await original(self, statement, **given)

    monkeypatch.setattr(AsyncStore, "read", counted)
    data = service.data(
        """{ cluster(id: "Cluster:C-9") { size members(first: 500) { edges { node { merchant {
             name sources(first: 1) { source } } ties(first: 2) { identifier { label } } } } } } }"""
    )
    assert data["cluster"]["size"] == 25
    assert all(edge["node"]["merchant"]["sources"] for edge in data["cluster"]["members"]["edges"])
    assert run == [
        "clusters",
        "visible_Phone",
        "cluster_evidence",
        "nodes_Merchant_Phone",
        "records",
    ]
