"""What may be asked for as an export."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from graph.errors import ValueRefused
from queries.export.question import Question

GOOD: dict[str, Any] = {"kind": "NEIGHBOURHOOD", "as_of": "2026-01-15", "ids": ("Merchant:M1",)}


def test_a_question_is_read_back_as_it_was_kept() -> None:
    asked = Question.of({**GOOD, "depth": 2, "relations": ("USES_PHONE",)})
    assert Question.of(orjson.loads(orjson.dumps(asked.as_dict()))) == asked
    assert asked.words == "NEIGHBOURHOOD: ids Merchant:M1; depth 2; relations USES_PHONE"


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
