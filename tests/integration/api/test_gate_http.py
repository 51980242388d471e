"""Budgets and trusted documents as clients meet them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from api.auth import READER
from api.documents import sha256_of
from api.gate_settings import GateSettings, RateSettings, TrustedSettings
from tests.integration.api.service import GRAPHQL, Service

NOTICE = "{ notice }"
LIMITED = "{ rateLimit { limit cost remaining resetAt } notice }"


def ask(service: Service, *bodies: dict[str, Any]) -> list[httpx.Response]:
    """Several requests to one service, one after the other."""
    headers = {"authorization": f"Bearer {service.tokens['here']}", "accept": GRAPHQL}

    async def all_of(client: httpx.AsyncClient) -> list[httpx.Response]:
        return [await client.post("/graphql", json=body, headers=headers) for body in bodies]

    return service.call(all_of)


def code(response: httpx.Response) -> str:
    return str(response.json()["errors"][0]["extensions"]["code"])


def test_what_an_operation_costs_is_told_in_the_answer_and_in_headers(service: Service) -> None:
    service.gate = GateSettings(rate=RateSettings(capacity=100, per_s=0.001))
    first, second = ask(service, {"query": LIMITED}, {"query": LIMITED})
    assert first.json()["data"]["rateLimit"] == {
        "limit": 100,
        "cost": 6,
        "remaining": 94,
        "resetAt": "2026-01-15T05:40:00+00:00",
    }
    assert first.headers["ratelimit-limit"] == "100"
    assert first.headers["ratelimit-remaining"] == "94"
    assert second.json()["data"]["rateLimit"]["remaining"] == 88


def test_who_asks_too_much_is_told_when_to_come_back(service: Service) -> None:
    service.gate = GateSettings(rate=RateSettings(capacity=10, per_s=0.5))
    kept, refused = ask(service, {"query": LIMITED}, {"query": LIMITED})
    assert kept.status_code == 200
    assert refused.status_code == 429
    assert code(refused) == "RATE_LIMITED"
    assert 1 <= int(refused.headers["retry-after"]) <= 4
    assert refused.headers["ratelimit-remaining"] in {"4", "5"}
    assert "data" not in refused.json()


def test_refused_documents_cost_their_reader_something(service: Service) -> None:
    service.gate = GateSettings(rate=RateSettings(capacity=250, per_s=0.001))
    wrong = {"query": "{ nope }"}
    *_, last = ask(service, wrong, wrong, wrong, {"query": NOTICE})
    assert last.status_code == 429


@pytest.fixture
def strict(service: Service, tmp_path: Path) -> Service:
    folder = tmp_path / "trusted"
    folder.mkdir()
    (folder / "notice.graphql").write_text(NOTICE, encoding="utf-8")
    trusted = TrustedSettings(
        folder, strict_roles=frozenset({READER}), introspecting_roles=frozenset()
    )
    service.gate = GateSettings(trusted)
    return service


def test_a_strict_role_names_its_documents(strict: Service) -> None:
    name = sha256_of(NOTICE)
    by_id, by_hash, by_text, other, unknown = ask(
        strict,
        {"documentId": f"sha256:{name}"},
        {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": name}}},
        {"query": NOTICE},
        {"query": "{ viewer { name } }"},
        {"documentId": "0" * 64},
    )
    assert by_id.json() == by_hash.json() == by_text.json()
    assert set(by_id.json()) == {"data"}
    assert [code(other), code(unknown)] == ["PERSISTED_QUERY_NOT_FOUND"] * 2
    assert other.status_code == 400


def test_a_trusted_document_may_be_got(strict: Service) -> None:
    headers = {"authorization": f"Bearer {strict.tokens['here']}", "accept": GRAPHQL}
    url = f"/graphql?documentId={sha256_of(NOTICE)}"
    response = strict.call(lambda client: client.get(url, headers=headers))
    assert set(response.json()["data"]) == {"notice"}


def test_introspection_may_be_kept_from_a_role(service: Service) -> None:
    service.gate = GateSettings(TrustedSettings(introspecting_roles=frozenset()))
    schema, kind, typename, typo = ask(
        service,
        {"query": "{ __schema { types { name } } }"},
        {"query": '{ ...on Query { __type(name: "Merchant") { name } } }'},
        {"query": "{ __typename }"},
        {"query": "{ notic }"},
    )
    assert [code(schema), code(kind)] == ["GRAPHQL_VALIDATION_FAILED"] * 2
    assert typename.json() == {"data": {"__typename": "Query"}}
    assert "notice" not in typo.text
