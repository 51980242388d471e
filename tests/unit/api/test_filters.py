"""Filters as they are given become conditions; names, fields and prices follow from the ontology."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import GraphQLInputObjectType, get_operation_ast, parse

from api.filter_values import (
    BooleanFilter,
    DateFilter,
    IntFilter,
    LongFilter,
    PersonalFilter,
    StringFilter,
)
from api.filters import condition_of
from api.keys import cleaned
from api.limits import DEFAULT_LIMITS, check_operation, paged_fields
from api.relation_names import named_relations, plural, relations_of
from api.scalars import Date
from api.schema import executable
from graph.errors import LimitExceeded, ValueRefused
from graph.ontology import ontology
from queries.conditions import (
    EVERYTHING,
    MAX_CONDITIONS,
    AllOf,
    AnyOf,
    Beyond,
    Compare,
    Linked,
    Not,
    Related,
    Step,
    ValidOn,
)


def where(type_name: str, **given: Any) -> Any:
    import api.filters

    return getattr(api.filters, f"{type_name}Where")(**given)


def related(type_name: str, **given: Any) -> Any:
    import api.filters

    return getattr(api.filters, f"{type_name}RelationWhere")(**given)


def test_filters_become_conditions() -> None:
    store = where("Store", platform=StringFilter(eq="淘宝"))
    asked = where(
        "Merchant",
        role=StringFilter(in_=["seller"]),
        or_=[where("Merchant", name=StringFilter(contains="电"))],
        not_=where("Merchant", operates=related("Store", none=store)),
    )
    condition = condition_of("Merchant", asked)
    assert isinstance(condition, AllOf)
    step = Step("OPERATES", is_out=True)
    taobao = cleaned(ontology().entities["Store"].property("platform"), "淘宝")
    assert set(condition.parts) == {
        Compare("role", "in", ("seller",)),
        AnyOf((Compare("name", "contains", "电"),)),
        Not(Related(step, "none", Compare("platform", "eq", taobao))),
    }
    assert condition_of("Merchant", None) == EVERYTHING
    assert condition_of(
        "Phone", where("Phone", number=PersonalFilter(eq="138 1234 5678"))
    ) == Compare("number", "eq", "+8613812345678")


def edges(name: str, **given: Any) -> Any:
    import api.filters

    return getattr(api.filters, f"{name}EdgesWhere")(**given)


def edge(name: str, **given: Any) -> Any:
    import api.filters

    return getattr(api.filters, f"{name}EdgeWhere")(**given)


def test_filters_of_relations_become_conditions_on_them() -> None:
    number = PersonalFilter(eq="138 1234 5678")
    phone = edge(
        "UsesPhonePhone",
        or_=[edge("UsesPhonePhone", role=StringFilter(eq="sender"))],
        valid_on=Date("2025-06-01"),
        node=where("Phone", number=number),
    )
    asked = where("Merchant", uses_phone_edges=edges("UsesPhonePhone", all=phone))
    sender, phoned = Compare("role", "eq", "sender"), Compare("number", "eq", "+8613812345678")
    condition = condition_of("Merchant", asked)
    assert isinstance(condition, Linked)
    assert (condition.step, condition.quantifier) == (Step("USES_PHONE", is_out=True), "all")
    assert isinstance(condition.part, AllOf)
    assert set(condition.part.parts) == {AnyOf((sender,)), ValidOn("2025-06-01"), Beyond(phoned)}
    by_phone = where("Phone", used_by_edges=edges("UsesPhoneMerchant", none=edge(
        "UsesPhoneMerchant", valid_to=DateFilter(lt=Date("2025-06-01"))
    )))  # fmt: skip
    ended = Compare("valid_to", "lt", "2025-06-01")
    assert condition_of("Phone", by_phone) == Linked(Step("USES_PHONE", False), "none", ended)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"parcels": IntFilter(gte=None)}, "filter.null"),
        ({"valid_on": None}, "filter.null"),
        ({"valid_on": "2025-02-30"}, "date.iso"),
        ({"valid_to": DateFilter(in_=[Date("2025-13-01")])}, "date.iso"),
    ],
)
def test_what_is_refused_of_relations(given: dict[str, Any], reason: str) -> None:
    asked = edges("ShipsFromAddress", some=edge("ShipsFromAddress", **given))
    with pytest.raises(ValueRefused, match=reason):
        condition_of("Merchant", where("Merchant", ships_from_edges=asked))


def test_relations_nested_without_end_are_refused() -> None:
    asked = edge("ShipsFromAddress")
    for _ in range(MAX_CONDITIONS + 2):
        asked = edge("ShipsFromAddress", not_=asked)
    with pytest.raises(LimitExceeded):
        condition_of(
            "Merchant", where("Merchant", ships_from_edges=edges("ShipsFromAddress", some=asked))
        )


@pytest.mark.parametrize(
    ("type_name", "given", "reason"),
    [
        ("Merchant", {"role": None}, "filter.null"),
        ("Merchant", {"role": StringFilter(eq=None)}, "filter.null"),
        ("Merchant", {"role": StringFilter(in_=[None])}, "filter.null"),  # type: ignore[list-item]
        ("Merchant", {"name": StringFilter(contains="")}, "filter.empty"),
        ("Merchant", {"name": StringFilter(eq=" ")}, "filter.empty"),
        ("Merchant", {"uscc": StringFilter(eq="12")}, "uscc"),
        ("Listing", {"price_fen": LongFilter(gt="1")}, "filter.number"),  # type: ignore[arg-type]
        ("Listing", {"price_fen": LongFilter(gt=True)}, "filter.number"),  # type: ignore[arg-type]
        ("Phone", {"is_linkable": BooleanFilter(eq=None)}, "filter.null"),
    ],
)
def test_what_is_refused(type_name: str, given: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueRefused, match=reason):
        condition_of(type_name, where(type_name, **given))


def test_every_property_can_be_asked_about_and_personal_ones_by_equality_only() -> None:
    schema = executable()
    for entity in ontology().entities.values():
        kind = schema.type_map[f"{entity.name}Where"]
        assert isinstance(kind, GraphQLInputObjectType)
        by_python_name = {field.out_name or name: field for name, field in kind.fields.items()}
        shown = {str(field.type) for field in kind.fields.values()}
        personal = [prop.name for prop in entity.properties if prop.personal]
        assert ("PersonalFilter" in shown) == bool(personal)
        assert len(by_python_name) == 6 + len(entity.properties) + 2 * len(
            relations_of(entity.name)
        )
        order = schema.type_map[f"{entity.name}OrderField"]
        group = schema.type_map[f"{entity.name}GroupBy"]
        for name in personal:
            assert name.upper() not in order.values  # type: ignore[attr-defined]
            assert name.upper() not in group.values  # type: ignore[attr-defined]


def test_every_relation_is_named_once_in_each_direction() -> None:
    of = ontology()
    count = sum(len(named_relations(of, name)) for name in of.entities)
    assert count == 2 * len(of.relations)
    assert relations_of("Store")["operated_by"] == Step("OPERATES", is_out=False)


def test_lists_have_plural_names_that_differ() -> None:
    assert [plural(name) for name in ("penalty", "address", "store", "test_lab")] == [
        "penalties",
        "addresses",
        "stores",
        "test_labs",
    ]
    tables = [entity.table for entity in ontology().entities.values()]
    assert len({*tables, *map(plural, tables)}) == 2 * len(tables)


def test_lists_and_relations_are_priced_by_their_page() -> None:
    pages = paged_fields(executable())
    query = "{ stores(first: 100) { nodes { name listedBy: lists(first: 10) { nodes { id } } } } }"
    document = parse(query)
    operation = get_operation_ast(document)
    assert operation is not None
    size = check_operation(document, operation, pages, {}, DEFAULT_LIMITS)
    assert size.cost == 1 + 100 * (1 + 1 + 1 + 10 * 2)
    for entity in ontology().entities.values():
        assert pages.sizes.keys() >= {
            _camel(plural(entity.table)),
            _camel(f"{plural(entity.table)}_aggregate"),
            *(_camel(name) for name in relations_of(entity.name)),
        }


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)
