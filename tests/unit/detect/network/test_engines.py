from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detect.network.engines import DEFAULT_ENGINE, ENGINES, find
from tests.unit.detect.network.shapes import (
    DEVICE,
    Link,
    groups,
    hold,
    incidence,
    link_lists,
    shuffled,
)

TRIO = [*hold("abc", "phone-1"), *hold("abc", "device-1", DEVICE)]


@pytest.mark.parametrize("engine", sorted(ENGINES))
def test_every_engine_sees_two_plain_groups(engine: str) -> None:
    # Five members and three identifiers each: enough for any engine to believe in.
    links = [
        Link(merchant, f"{kind}-{group}")
        for group, members in enumerate(("abcde", "vwxyz"))
        for merchant in members
        for kind in ("phone", "device", "account")
    ]
    noise = [Link(f"other-{at}", f"own-{at}") for at in range(200)]
    made = incidence(*links, *noise)
    assert groups(find(made, engine), made) == {frozenset("abcde"), frozenset("vwxyz")}


@pytest.mark.parametrize("engine", sorted(ENGINES))
def test_every_engine_accepts_an_empty_world(engine: str) -> None:
    assert find(incidence(), engine).count == 0
    assert find(incidence(Link("a", "phone-1")), engine).count == 0


@pytest.mark.parametrize("engine", sorted(ENGINES))
@settings(max_examples=25)
@given(links=link_lists(), seed=st.integers(0, 999))
def test_every_engine_answers_the_same_twice_and_in_any_order(
    engine: str, links: list[Link], seed: int
) -> None:
    made = incidence(*links)
    first = find(made, engine)
    np.testing.assert_array_equal(first.label, find(shuffled(made, seed), engine).label)
    assert first.label.size == len(made.merchants)
    assert first.owned_by.size == len(made.identifiers)
    assert first.owned_by.max(initial=-1) < first.count


def test_hubs_of_the_register_tie_nobody() -> None:
    made = incidence(*TRIO)
    assert find(made).count == 1
    assert find(made, hubs=frozenset({"device-1"})).count == 0
    assert find(made, hubs=frozenset({"device-1"})).owned_by.size == len(made.identifiers)


def test_the_default_is_one_of_the_engines_and_others_are_refused() -> None:
    assert DEFAULT_ENGINE in ENGINES
    with pytest.raises(KeyError):
        find(incidence(*TRIO), "no-such-engine")
