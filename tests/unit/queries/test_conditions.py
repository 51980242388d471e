"""What a condition may ask, what it means, and what it becomes in Cypher."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.errors import LimitExceeded, ValueRefused
from queries.condition_cypher import Compiler
from queries.condition_data import condition_data, condition_from
from queries.condition_judge import Thing, holds
from queries.conditions import (
    EVERYTHING,
    MAX_CONDITIONS,
    MAX_STEPS,
    MAX_VALUES,
    AllOf,
    AnyOf,
    Beyond,
    Compare,
    Condition,
    InRegions,
    Linked,
    Not,
    Related,
    Step,
    ValidOn,
    check,
    never_holds,
    steps,
)
from queries.views import NodeView, RelationView

OPERATES = Step("OPERATES", is_out=True)
OPERATED_BY = Step("OPERATES", is_out=False)
PARENT_OF = Step("PARENT_OF", is_out=True)

compares = st.one_of(
    st.builds(Compare, st.just("role"), st.just("eq"), st.sampled_from(["seller", "dealer"])),
    st.builds(Compare, st.just("role"), st.just("isNull"), st.booleans()),
    st.builds(Compare, st.just("name"), st.just("contains"), st.sampled_from(["甲", "138"])),
    st.builds(Compare, st.just("registered_on"), st.just("gte"), st.just("2021-01-01")),
    st.builds(InRegions, st.just(("330000",))),
)


def of_relations(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    """Conditions on relations, `inner` being asked of the things that they lead to."""
    said: st.SearchStrategy[Condition] = st.one_of(
        st.builds(Compare, st.just("basis"), st.just("eq"), st.sampled_from(["stake", "family"])),
        st.builds(Compare, st.just("valid_to"), st.just("isNull"), st.booleans()),
        st.builds(ValidOn, st.sampled_from(["2025-01-01", "2025-06-01"])),
        st.builds(Beyond, inner),
    )
    return st.one_of(said, st.builds(Not, said), st.lists(said, max_size=2).map(tuple).map(AnyOf))


conditions: st.SearchStrategy[Condition] = st.recursive(
    compares,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(AllOf, st.lists(inner, max_size=2).map(tuple)),
        st.builds(AnyOf, st.lists(inner, max_size=2).map(tuple)),
        st.builds(
            Related,
            st.just(PARENT_OF),
            st.sampled_from(["some", "none", "all", "single"]),
            inner,
        ),
        st.builds(
            Linked,
            st.just(PARENT_OF),
            st.sampled_from(["some", "none", "all", "single"]),
            of_relations(inner),
        ),
    ),
    max_leaves=6,
)


def relation(valid_from: str | None, valid_to: str | None, basis: str) -> RelationView:
    return RelationView(
        "PARENT_OF",
        "Merchant:M1",
        "Merchant:M2",
        {"basis": basis},
        ("330000",),
        (),
        "2025-09-01",
        None,
        valid_from,
        valid_to,
    )


relations = st.builds(
    relation,
    st.sampled_from(["2025-03-01", None]),
    st.sampled_from(["2025-06-01", None]),
    st.sampled_from(["stake", "family"]),
)


def merchant(**properties: Any) -> NodeView:
    known = {"merchant_id": "M1", **properties}
    return NodeView("Merchant:M1", "Merchant", known, ("330000",), (), "2025-09-01")


things = st.recursive(
    st.builds(
        lambda said: Thing(merchant(**said), {PARENT_OF: ()}),
        st.fixed_dictionaries(
            {},
            optional={
                "role": st.sampled_from(["seller", "dealer", "maker"]),
                "name": st.sampled_from(["甲", "甲13812345678", "乙"]),
                "registered_on": st.sampled_from(["2020-05-05", "2021-01-01"]),
            },
        ),
    ),
    lambda inner: st.builds(
        lambda thing, ends: Thing(
            thing.view, {PARENT_OF: tuple(replace(end, by=by) for end, by in ends)}
        ),
        inner,
        st.lists(st.tuples(inner, relations), max_size=3),
    ),
    max_leaves=6,
)


@settings(deadline=None)
@given(conditions)
def test_a_condition_is_read_back_as_it_was_kept(condition: Condition) -> None:
    assert condition_from(orjson.loads(orjson.dumps(condition_data(condition)))) == condition


def test_what_is_no_condition_is_not_read() -> None:
    deep: Any = ["and"]
    for _ in range(300):
        deep = ["not", deep]
    wrong: list[Any] = [
        None,
        {},
        [],
        ["or", 1],
        ["compare", "a"],
        ["edges", "A", 1, "some", []],
        deep,
    ]
    for data in wrong:
        with pytest.raises(ValueRefused, match=r"filter\.form"):
            condition_from(data)


@settings(deadline=None)
@given(conditions, things)
def test_the_opposite_is_the_opposite(condition: Condition, thing: Thing) -> None:
    assert holds(Not(condition), thing) is not holds(condition, thing)


@settings(deadline=None)
@given(conditions, things)
def test_what_never_holds_holds_of_nothing(condition: Condition, thing: Thing) -> None:
    assert not (never_holds(condition) and holds(condition, thing))


def test_what_never_holds_is_known_by_its_form() -> None:
    nothing = AnyOf()
    beyond = [Related(PARENT_OF, quantifier, nothing) for quantifier in ("some", "single")]
    known: list[Condition] = [nothing, Not(AllOf()), AllOf((AllOf(), nothing)), *beyond]
    for condition in known:
        assert never_holds(condition)
        assert not never_holds(Not(condition))
    assert never_holds(Not(Related(PARENT_OF, "none", nothing)))


@settings(deadline=None)
@given(conditions, conditions, things)
def test_and_or_not_obey_de_morgan(one: Condition, other: Condition, thing: Thing) -> None:
    assert holds(Not(AllOf((one, other))), thing) == holds(AnyOf((Not(one), Not(other))), thing)


@settings(deadline=None)
@given(conditions, things)
def test_quantifiers_hang_together(part: Condition, thing: Thing) -> None:
    def says(quantifier: str, of: Condition) -> bool:
        return holds(Related(PARENT_OF, quantifier, of), thing)

    assert says("none", part) is not says("some", part)
    assert says("all", part) is says("none", Not(part))
    count = sum(holds(part, end) for end in thing.related[PARENT_OF])
    assert says("single", part) is (count == 1)


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        (Compare("basis", "eq", "联系13812345678"), True),
        (Compare("basis", "contains", "联系138"), True),
        (Compare("basis", "contains", "1381234"), False),  # a token, yet shown masked
        (Compare("valid_to", "isNull", False), True),
        (Compare("first_seen", "gte", "2025-09-01"), True),
        (InRegions(("330000",)), True),
        (InRegions(("310000",)), False),
        (ValidOn("2025-03-01"), True),
        (ValidOn("2025-02-28"), False),
        (ValidOn("2025-06-01"), False),
        (Not(ValidOn("2025-06-01")), True),
        (Beyond(Compare("role", "eq", "seller")), True),
        (AllOf((ValidOn("2025-03-01"), Beyond(Compare("role", "eq", "dealer")))), False),
        (AnyOf((ValidOn("2025-03-01"), Beyond(Compare("role", "eq", "dealer")))), True),
        (AllOf(), True),
    ],
)
def test_what_is_asked_of_a_relation(part: Condition, expected: bool) -> None:
    by = relation(basis="联系13812345678", valid_from="2025-03-01", valid_to="2025-06-01")
    thing = Thing(merchant(), {PARENT_OF: (Thing(merchant(role="seller"), by=by),)})
    for quantifier in ("some", "all", "single"):
        assert holds(Linked(PARENT_OF, quantifier, part), thing) is expected
    assert holds(Linked(PARENT_OF, "none", part), thing) is not expected


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (Compare("role", "eq", "seller"), True),
        (Compare("role", "in", ("dealer", "seller")), True),
        (Compare("division", "eq", "330100"), False),
        (Compare("division", "isNull", True), True),
        (Compare("id", "eq", "Merchant:M1"), True),
        (Compare("first_seen", "lt", "2025-09-01"), False),
        (Compare("first_seen", "lte", "2025-09-01"), True),
        (Compare("registered_on", "gt", "2020-12-31"), True),
        (Compare("name", "startsWith", "联系138"), True),
        (Compare("name", "contains", "1381234"), False),
        (Compare("name", "eq", "联系13812345678"), True),
        (InRegions(("330000", "310000")), True),
        (InRegions(("310000",)), False),
        (AllOf(), True),
        (AnyOf(), False),
    ],
)
def test_comparisons(condition: Condition, expected: bool) -> None:
    view = merchant(role="seller", name="联系13812345678", registered_on="2021-01-01")
    assert holds(condition, Thing(view)) is expected


def test_what_is_too_much_or_may_not_be_asked() -> None:
    many = AnyOf((Compare("role", "eq", "a"),) * MAX_CONDITIONS)
    with pytest.raises(LimitExceeded):
        check(many, "Merchant")
    deep: Condition = EVERYTHING
    for _ in range(MAX_STEPS):
        deep = Related(PARENT_OF, "some", deep)
    assert check(deep, "Merchant") is deep
    with pytest.raises(LimitExceeded):
        check(Related(PARENT_OF, "some", deep), "Merchant")
    with pytest.raises(LimitExceeded):
        check(Compare("role", "in", ("a",) * (MAX_VALUES + 1)), "Merchant")
    refused: list[tuple[Condition, str]] = [
        (Compare("nothing", "eq", "a"), "filter.property"),
        (Compare("role", "matches", "a"), "filter.operation"),
        (Related(OPERATED_BY, "some", EVERYTHING), "filter.relation"),
        (Related(OPERATES, "few", EVERYTHING), "filter.relation"),
        (Linked(OPERATED_BY, "some", EVERYTHING), "filter.relation"),
        (Linked(PARENT_OF, "some", Compare("name", "eq", "a")), "filter.property"),
        (Linked(PARENT_OF, "some", Compare("id", "eq", "a")), "filter.property"),
        (Linked(PARENT_OF, "some", Related(PARENT_OF, "some", EVERYTHING)), "filter.relation"),
        (Linked(PARENT_OF, "some", Beyond(ValidOn("2025-01-01"))), "filter.relation"),
        (ValidOn("2025-01-01"), "filter.relation"),
    ]
    for condition, reason in refused:
        with pytest.raises(ValueRefused, match=reason):
            check(condition, "Merchant")
    with pytest.raises(ValueRefused, match=r"filter\.personal"):
        check(Compare("number", "startsWith", "138"), "Phone")
    assert check(Compare("number", "eq", "+8613812345678"), "Phone")


def test_steps_of_the_thing_itself_only() -> None:
    inner = Related(OPERATED_BY, "some", EVERYTHING)
    condition = Not(AnyOf((Related(OPERATES, "none", inner), Compare("role", "eq", "x"))))
    assert steps(condition) == {OPERATES: (inner,)}


@settings(deadline=None)
@given(conditions)
def test_values_are_parameters_and_every_pattern_is_of_the_visible(condition: Condition) -> None:
    compiler = Compiler()
    said = compiler.plain(condition, "n", "Merchant") + compiler.doubtful(
        condition, "n", "Merchant"
    )
    assert not re.search("seller|dealer|甲|2021|stake|2025-0", said)
    patterns = said.split("MATCH ")[1:]
    assert all(re.match(r"\(n\d*\)-\[(r\d+):PARENT_OF\]->\((n\d+):Merchant\) WHERE any\(region IN "
                        r"\1\.regions WHERE region IN \$regions\) AND any\(region IN \2\.regions "
                        r"WHERE region IN \$regions\)", pattern) for pattern in patterns)  # fmt: skip
    assert said.count("{") == said.count("}")
    assert said.count("(") == said.count(")")


def test_a_hostile_value_changes_no_text() -> None:
    texts = set()
    for value in ("seller", "' OR true //", "`) DETACH DELETE n //", "$regions"):
        compiler = Compiler()
        texts.add(compiler.plain(Compare("role", "eq", value), "n", "Merchant"))
        assert compiler.parameters == {"p0": value}
    assert texts == {"n.role = $p0"}
