"""Limits hold, and measuring them is linear whatever the document looks like."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from graphql import GraphQLError, Source, get_introspection_query, get_operation_ast, parse
from hypothesis import given
from hypothesis import strategies as st

from api.limits import (
    DEFAULT_LIMITS,
    PRICES,
    Limits,
    Size,
    check_document,
    check_operation,
    check_text,
    paged_fields,
)
from api.schema import executable
from graph.errors import LimitExceeded

PAGES = paged_fields(executable())


def size(query: str, limits: Limits = DEFAULT_LIMITS, **variables: Any) -> Size:
    document = parse(query)
    operation = get_operation_ast(document)
    assert operation is not None
    return check_operation(document, operation, PAGES, variables, limits)


def refused(query: str, limits: Limits = DEFAULT_LIMITS, **variables: Any) -> str:
    def both() -> None:
        check_text(Source(query), limits)
        check_document(parse(query), limits)
        size(query, limits, **variables)

    with pytest.raises(GraphQLError) as caught:
        both()
    cause = caught.value.original_error
    assert isinstance(cause, LimitExceeded)
    return str(cause.params["limit"]).split()[0]


def test_every_paged_field_of_the_schema_is_known() -> None:
    assert {"search", "expand", "clusters", "members", "findings", "weeklyFlags", "nodes"} <= set(
        PAGES.sizes
    )
    assert {"search", "expand", "merchants"} <= PAGES.connections
    assert not {"sources", "kShortestPaths", "nodes"} & PAGES.connections
    assert "merchant" not in PAGES.sizes


def test_cost_is_the_product_of_page_sizes() -> None:
    assert size("{ viewer { name } }").cost == 2
    assert size("{ clusters(first: 10) { edges { node { id } } } }").cost == 1 + 10 * 3
    nested = "{ clusters(first: 10) { edges { node { members(first: 5) { edges { cursor } } } } } }"
    assert size(nested).cost == 1 + 10 * (2 + 1 + 5 * 2)


def test_the_default_page_size_counts() -> None:
    assert size("{ clusters { truncated } }").cost == 1 + 20
    assert size("query ($n: Int = 7) { clusters(first: $n) { truncated } }").cost == 1 + 7


@pytest.mark.parametrize(("given_n", "cost"), [(3, 4), (3.0, 4), (None, 21), ("x", 21)])
def test_a_variable_counts_with_its_value(given_n: object, cost: int) -> None:
    query = "query ($n: Int) { clusters(first: $n) { truncated } }"
    assert size(query, n=given_n).cost == cost


def test_many_ids_cost_many_times() -> None:
    assert size('{ nodes(ids: ["a", "b", "c"]) { id } }').cost == 4
    assert size("query ($i: [ID!]!) { nodes(ids: $i) { id } }", i=["a"] * 50).cost == 51


def test_too_much_is_refused_by_name() -> None:
    pages = (
        "{ clusters(first: 200) { edges { node { members(first: 500) { edges { cursor } } } } } }"
    )
    assert refused(pages) == "cost"
    deep = (
        "{ node(id: 1) "
        + "{ ... on Entity { expand { edges { node " * 6
        + "{ id }"
        + "}}}}" * 6
        + "}"
    )
    assert refused(deep) == "depth"
    assert refused("{" + " ".join(f"a{n}: notice" for n in range(31)) + "}") == "aliases"
    assert refused("{ notice " + "@include(if: true) " * 10 + "}") == "directives"
    assert refused("{" + "a " * 2_000 + "}") == "tokens"
    assert refused("{ search(query: " + "[" * 100 + "]" * 100 + ") { truncated } }") == "nesting"
    assert refused("{" * 1_000) == "nesting"
    assert refused("query ($n: Int) { clusters(first: $n) { truncated } }", n=2**40) == "cost"


def test_what_validation_would_compare_with_itself_is_bounded() -> None:
    assert refused("{" + "notice " * 22 + "}") == "repeats"
    assert refused("{" + "viewer { name } " * 22 + "}") == "repeats"
    nested = "{ viewer { " + "name " * 11 + "} " + "viewer { " + "name " * 12 + "} }"
    assert refused(nested) == "repeats"
    assert refused("{" + "... on Query { notice } " * 81 + "}") == "fragments"
    spread = "{" + "...f " * 81 + "} fragment f on Query { notice }"
    assert refused(spread) == "fragments"
    size("{ notice viewer { name regions } }")
    check_document(parse("{" + "notice " * 21 + "}"), DEFAULT_LIMITS)


def doubling(levels: int, leaf: str) -> str:
    fragments = [f"fragment f0 on Query {{ {leaf} }}"]
    fragments += [
        f"fragment f{n} on Query {{ ...f{n - 1} ...f{n - 1} }}" for n in range(1, levels + 1)
    ]
    return f"{{ ...f{levels} }} " + " ".join(fragments)


def test_doubling_fragments_are_measured_in_linear_work_and_refused() -> None:
    # Walked out, these would be 2 ** 100 fields; the test would not end.
    many = Limits(fragments=1_000)
    assert refused(doubling(100, "notice"), many) == "cost"
    assert refused(doubling(100, "a: notice"), many) == "aliases"
    assert refused(doubling(100, "notice")) == "fragments"


def test_fragment_cycles_are_left_to_validation() -> None:
    cycle = "{ ...a } fragment a on Query { notice ...b } fragment b on Query { ...a }"
    assert size(cycle).cost <= 2


@given(st.integers(1, 6), st.integers(1, 3))
def test_a_fragment_counts_as_if_it_were_written_out(levels: int, leaves: int) -> None:
    leaf = "notice " * leaves
    with_fragments = size(doubling(levels, leaf))
    written_out = size("{" + leaf * 2**levels + "}")
    assert replace(with_fragments, depth=1) == replace(written_out, depth=1)


def test_the_introspection_of_graphiql_is_allowed() -> None:
    query = get_introspection_query(
        specified_by_url=True, directive_is_repeatable=True, schema_description=True
    )
    check_text(Source(query), DEFAULT_LIMITS)
    assert size(query).cost < DEFAULT_LIMITS.cost


def test_what_a_connection_says_of_itself_is_paid_once() -> None:
    bare = size("{ merchants(first: 100) { nodes { id } } }").cost
    counted = size("{ merchants(first: 100) { totalCount nodes { id } } }").cost
    assert counted - bare == PRICES["totalCount"]
    in_fragment = size(
        "{ merchants(first: 100) { ...items } } fragment items on MerchantConnection "
        "{ totalCount nodes { id } }"
    ).cost
    assert in_fragment == counted


def test_items_are_paid_each_wherever_they_stand() -> None:
    # Not a connection: what stands directly below is repeated.
    few = size('{ node(id: "x") { ... on Merchant { sources(first: 2) { locator } } } }').cost
    many = size('{ node(id: "x") { ... on Merchant { sources(first: 20) { locator } } } }').cost
    assert many - few == 18
    once = size("{ merchants(first: 50) { edges { node { id } } } }").cost
    twice = size("{ merchants(first: 50) { a: edges { node { id } } b: edges { node { id } } } }")
    assert twice.cost - once == once - 1
