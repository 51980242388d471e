"""Trusted documents, budgets and prices: what passes, what does not, and what it takes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.auth import INVESTIGATOR, READER
from api.documents import Document, Documents, sha256_of
from api.errors import RequestRefused
from api.gate_settings import RateSettings, TrustedSettings
from api.limits import DEFAULT_LIMITS, PRICES, Limits
from api.rate import Buckets
from api.request import GraphQLRequest, request_of
from api.schema import executable
from api.trusted import TrustedDocuments
from graph.errors import SourceError

TEXT = "{ notice }"
NAME = sha256_of(TEXT)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "notice.graphql").write_text(TEXT, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    "given",
    [
        {"documentId": NAME},
        {"documentId": f"sha256:{NAME}"},
        {"documentId": NAME.upper()},
        {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": NAME}}},
    ],
)
def test_a_trusted_document_is_run_by_its_name(folder: Path, given: dict[str, Any]) -> None:
    documents = TrustedDocuments(TrustedSettings(folder))
    assert documents.admit(request_of(given), READER).query == TEXT


def test_an_unknown_name_is_refused_and_nothing_is_learnt(folder: Path) -> None:
    documents = TrustedDocuments(TrustedSettings(folder))
    other = "{ viewer { name } }"
    named = GraphQLRequest(other, document_id=sha256_of(other))
    assert documents.admit(named, READER) is named
    with pytest.raises(RequestRefused) as refused:
        documents.admit(GraphQLRequest("", document_id=sha256_of(other)), READER)
    assert refused.value.shown.code == "PERSISTED_QUERY_NOT_FOUND"


def test_a_name_must_be_that_of_the_text(folder: Path) -> None:
    documents = TrustedDocuments(TrustedSettings(folder))
    with pytest.raises(RequestRefused) as refused:
        documents.admit(GraphQLRequest("{ viewer { name } }", document_id=NAME), READER)
    assert refused.value.shown.code == "BAD_REQUEST"


def test_a_strict_role_runs_trusted_documents_only(folder: Path) -> None:
    settings = TrustedSettings(folder, strict_roles=frozenset({READER}))
    documents = TrustedDocuments(settings)
    assert documents.admit(GraphQLRequest(TEXT), READER).query == TEXT
    with pytest.raises(RequestRefused) as refused:
        documents.admit(GraphQLRequest("{ notice  }"), READER)
    assert refused.value.shown.code == "PERSISTED_QUERY_NOT_FOUND"
    assert documents.admit(GraphQLRequest("{ notice  }"), INVESTIGATOR).query == "{ notice  }"


def test_a_manifest_names_documents_by_their_hash(tmp_path: Path) -> None:
    path = tmp_path / "documents.json"
    path.write_bytes(orjson.dumps({f"sha256:{NAME}": TEXT}))
    documents = TrustedDocuments(TrustedSettings(path))
    assert documents.admit(GraphQLRequest("", document_id=NAME), READER).query == TEXT


@pytest.mark.parametrize("content", [b"{", b"[]", orjson.dumps({"0" * 64: TEXT}), b'{"x": 3}'])
def test_a_manifest_that_does_not_hold_is_an_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "documents.json"
    path.write_bytes(content)
    with pytest.raises(SourceError):
        TrustedDocuments(TrustedSettings(path))


@pytest.mark.parametrize(
    "given", [{}, {"documentId": 3}, {"documentId": "x" * 100}, {"query": "", "documentId": None}]
)
def test_a_request_without_document_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(RequestRefused):
        request_of(given)


@given(st.lists(st.tuples(st.floats(0, 20), st.integers(0, 120)), max_size=40))
def test_a_reader_never_gets_more_than_his_bucket_holds_and_gets_back(
    asked: list[tuple[float, int]],
) -> None:
    now = [0.0]
    buckets = Buckets(RateSettings(capacity=100, per_s=5), lambda: now[0])
    taken = 0
    for wait_s, cost in asked:
        now[0] += wait_s
        try:
            budget = buckets.take("reader", cost)
        except RequestRefused as refused:
            wait = int(refused.headers["Retry-After"])
            if cost <= 100:
                now[0] += wait
                taken += cost
                buckets.take("reader", cost)
        else:
            taken += cost
            assert 0 <= budget.remaining <= 100 - cost
        assert taken <= 100 + now[0] * 5 + 1e-6


def test_readers_have_buckets_of_their_own_and_a_refusal_takes_nothing() -> None:
    buckets = Buckets(RateSettings(capacity=100, per_s=1), lambda: 0.0)
    buckets.take("a", 90)
    with pytest.raises(RequestRefused) as refused:
        buckets.take("a", 20)
    assert refused.value.shown.status == 429
    assert refused.value.headers["Retry-After"] == "10"
    assert buckets.take("a", 10).remaining == 0
    assert buckets.take("b", 100).headers == {
        "RateLimit-Limit": "100",
        "RateLimit-Remaining": "0",
        "RateLimit-Reset": "100",
    }
    buckets.fine("b", 50)
    with pytest.raises(RequestRefused):
        buckets.take("b", 1)


def test_every_price_is_that_of_a_field() -> None:
    fields = {
        name
        for kind in executable().type_map.values()
        for name in getattr(kind, "fields", {})
        if not kind.name.startswith("__")
    }
    assert set(PRICES) <= fields
    assert all(1 <= price < DEFAULT_LIMITS.cost for price in PRICES.values())


def kept(documents: Documents, query: str) -> Document:
    """A document that was asked for twice."""
    documents.get(query, DEFAULT_LIMITS)
    return documents.get(query, DEFAULT_LIMITS)


def test_documents_are_read_once_and_the_least_asked_forgotten() -> None:
    documents = Documents(most=2)
    first = kept(documents, "{ a }")
    kept(documents, "{ b }")
    assert documents.get("{ a }", DEFAULT_LIMITS) is first
    kept(documents, "{ c }")
    assert documents.get("{ a }", DEFAULT_LIMITS) is first
    assert len(documents) == 2
    assert documents.get("{ a }", Limits(tokens=100)) is not first


def test_who_never_asks_twice_takes_no_room() -> None:
    documents = Documents(most=2, most_once=3)
    first = kept(documents, "{ a }")
    for number in range(50):
        documents.get(f"{{ b{number} }}", DEFAULT_LIMITS)
    assert len(documents) == 1
    assert documents.get("{ a }", DEFAULT_LIMITS) is first
    # Of the last three alone it is known that they were asked for.
    for name, count in (("b49", 2), ("b46", 2)):
        documents.get(f"{{ {name} }}", DEFAULT_LIMITS)
        assert len(documents) == count


def test_the_text_that_is_kept_is_bounded() -> None:
    documents = Documents(most_chars=30)
    for name in "abc":
        kept(documents, f"{{ {name * 20} }}")
    assert len(documents) == 1
