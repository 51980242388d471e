"""What may be asked for as an export."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from graph.errors import LimitExceeded, ValueRefused
from queries.condition_data import condition_data
from queries.conditions import (
    EVERYTHING,
    MAX_CONDITIONS,
    AllOf,
    AnyOf,
    Beyond,
    Compare,
    Linked,
    Not,
    Step,
)
from queries.export.question import Question

GOOD: dict[str, Any] = {"kind": "NEIGHBOURHOOD", "as_of": "2026-01-15", "ids": ("Merchant:M1",)}


def test_a_question_is_read_back_as_it_was_kept() -> None:
    asked = Question.of({**GOOD, "depth": 2, "relations": ("USES_PHONE",)})
    assert Question.of(orjson.loads(orjson.dumps(asked.as_dict()))) == asked
    assert asked.words == "NEIGHBOURHOOD: ids Merchant:M1; depth 2; relations USES_PHONE"


def test_what_things_are_narrowed_by_is_kept_and_said_without_personal_values() -> None:
    phone = Compare("number", "eq", "+8613812345678")
    sender = Linked(USES_PHONE, "some", AllOf((Compare("role", "eq", "sender"), Beyond(phone))))
    condition = AllOf((sender, Not(Compare("name", "contains", "13912345678"))))
    where = {"Merchant": condition_data(condition)}
    asked = Question.of({**THINGS, "where": where})
    kept = Question.of(orjson.loads(orjson.dumps(asked.as_dict())))
    assert kept == asked
    assert kept.condition("Merchant") == condition
    assert kept.condition("Store") == EVERYTHING
    assert "sender" in kept.words
    assert "139****5678" in kept.words
    for number in ("13812345678", "13912345678"):
        assert number not in kept.words


USES_PHONE = Step("USES_PHONE", is_out=True)
THINGS: dict[str, Any] = {"kind": "THINGS", "as_of": "2026-01-15", "types": ("Merchant", "Store")}
WIDE = condition_data(AnyOf((Compare("name", "eq", "x"),) * (MAX_CONDITIONS + 1)))


def test_a_filter_that_is_too_large_is_refused_before_anything_is_queued() -> None:
    with pytest.raises(LimitExceeded):
        Question.of({**THINGS, "where": {"Merchant": WIDE}})


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"kind": "EVERYTHING"}, "export.kind"),
        ({"as_of": "2026-02-30"}, "date.iso"),
        ({"depth": 0}, "export.depth"),
        ({"depth": 4}, "export.depth"),
        ({"ids": ()}, "export.ids"),
        ({"ids": tuple(map(str, range(101)))}, "export.ids"),
        ({"relations": ("NOT_ONE",)}, "relation.type"),
        ({"kind": "THINGS"}, "export.types"),
        ({"kind": "THINGS", "types": ("Nothing",)}, "entity.type"),
        ({"kind": "THINGS", "types": ("Store",), "where": {"Merchant": ["and"]}}, "export.where"),
        ({"where": {"Merchant": ["and"]}}, "export.where"),
        ({**THINGS, "where": {"Merchant": ["xor"]}}, "filter.form"),
        ({**THINGS, "where": {"Merchant": ["compare", "colour", "eq", 1]}}, "filter.property"),
        ({"kind": "SEARCH", "query": "!!"}, "search.query"),
        ({"kind": "SEARCH", "query": "商" * 1000}, "search.query"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_its_reason(
    change: dict[str, Any], reason: str
) -> None:
    with pytest.raises(ValueRefused) as refused:
        Question.of({**GOOD, **change})
    assert refused.value.reason == reason
