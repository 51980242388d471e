"""Constants are left out, and what is left means the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.predicates import ALWAYS, NEVER, either, every, negated

SAID = st.lists(st.sampled_from([ALWAYS, NEVER, "a", "b"]), max_size=4)
VALUES = st.fixed_dictionaries({"a": st.booleans(), "b": st.booleans()})


def value(predicate: str, values: dict[str, bool]) -> bool:
    """What Cypher would make of it."""
    words = predicate.replace("(", " ( ").replace(")", " ) ").split()
    spoken = {"true": "True", "false": "False", "AND": "and", "OR": "or", "NOT": "not"}
    said = " ".join(spoken.get(word, word) for word in words)
    return bool(eval(said, {}, dict(values)))  # noqa: S307 - of words of this test


@given(SAID, VALUES)
def test_what_is_left_means_the_same(said: list[str], values: dict[str, bool]) -> None:
    each = [value(one, values) for one in said]
    assert value(every(*said), values) is all(each)
    assert value(either(*said), values) is any(each)
    assert value(negated(every(*said)), values) is not all(each)


@given(SAID)
def test_no_constant_stands_beside_anything(said: list[str]) -> None:
    for joined in (every(*said), either(*said), negated(either(*said))):
        assert joined in {ALWAYS, NEVER} or not {"true", "false"} & set(joined.strip("()").split())


@pytest.mark.parametrize(
    ("joined", "expected"),
    [(every(), ALWAYS), (either(), NEVER), (either("a", every(ALWAYS, "b")), "(a OR b)")],
)
def test_of_none_and_of_one(joined: str, expected: str) -> None:
    assert joined == expected
