"""Every error has a place in the table, and nothing of a fault leaves the house."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import pytest
from graphql import GraphQLError

import graph.errors
from api.errors import TABLE, fault_of
from graph.errors import LimitExceeded, StatementFailed, StoreUnavailable, SuyuanError, ValueRefused
from graph.model.texts import LANGUAGES, catalogue

ROOT = Path(__file__).parents[3]

CLASSES = [
    item
    for item in vars(graph.errors).values()
    if isinstance(item, type) and issubclass(item, SuyuanError)
]


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_each_error_class_has_a_row_with_a_text(kind: type[SuyuanError]) -> None:
    shown = TABLE[kind]
    assert 400 <= shown.status < 600
    assert set(catalogue()[shown.text]) == set(LANGUAGES)


def test_the_table_holds_nothing_else() -> None:
    assert set(TABLE) == set(CLASSES)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "cause",
    [
        RuntimeError("bolt://neo4j:hunter2@db"),
        StatementFailed("MATCH (n) secret"),
        KeyError("secret"),
    ],
)
def test_a_fault_shows_an_incident_number_alone(
    cause: Exception, language: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR, "suyuan.api")
    fault = fault_of(GraphQLError("x", original_error=cause), language)
    assert fault.status == 500
    incident = fault.body["extensions"]["incident"]
    assert incident in fault.body["message"]
    assert "secret" not in str(fault.body)
    assert "hunter2" not in str(fault.body)
    assert incident in caplog.text


@pytest.mark.parametrize(
    ("cause", "status", "code"),
    [
        (ValueRefused("page.first", most=200), 400, "BAD_USER_INPUT"),
        (LimitExceeded(limit="deadline"), 400, "LIMIT_EXCEEDED"),
        (StoreUnavailable("bolt://db"), 503, "SERVICE_UNAVAILABLE"),
    ],
)
def test_expected_errors_say_what_to_do(cause: Exception, status: int, code: str) -> None:
    fault = fault_of(GraphQLError("x", original_error=cause), "en")
    assert (fault.status, fault.body["extensions"]["code"]) == (status, code)
    assert "bolt" not in str(fault.body)


def test_a_kind_of_error_that_is_new_is_shown_as_its_parent() -> None:
    class Fresh(ValueRefused):
        pass

    fault = fault_of(GraphQLError("x", original_error=Fresh("some.reason")), "zh")
    assert fault.body["extensions"] == {"code": "BAD_USER_INPUT", "reason": "some.reason"}


REASONS = sorted(
    {
        reason
        for folder in ("api", "queries")
        for path in (ROOT / folder).glob("*.py")
        for reason in re.findall(r'ValueRefused\(\s*"([^"]+)"', path.read_text(encoding="utf-8"))
    }
)


@pytest.mark.parametrize("reason", REASONS)
def test_each_reason_that_we_give_has_a_text(reason: str) -> None:
    cause = ValueRefused(reason, least=1, most=9, name="X")
    for language in LANGUAGES:
        message = fault_of(GraphQLError("x", original_error=cause), language).body["message"]
        assert reason not in message
        assert "–" not in message


def test_there_are_reasons() -> None:
    assert len(REASONS) >= 14
