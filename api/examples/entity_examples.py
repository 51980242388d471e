"""The examples of the questions that every entity type has: one thing, a list, and what a list comes to."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    assert_enum_type,
    assert_object_type,
    get_named_type,
    is_leaf_type,
    is_required_argument,
    parse,
    print_ast,
)

from api.relation_names import camel, plural
from graph.ontology import EntityType, ontology

_SINCE = "2025-01-01"

#: Values of key properties, by kind, where the ontology names none.
_BY_KIND = {
    "address_id": "A0123456789abcdef",
    "customs_declaration": "310120250000000017",
    "date": "2025-09-01",
    "phone": "13800138000",
    "platform": "taobao",
    "report_number": "WT2025-00017",
    "store_native_id": "1001",
}


def entity_examples(schema: GraphQLSchema) -> dict[str, str]:
    """Text of each file, by its name in the folder of examples: a document and its variables."""
    found: dict[str, str] = {}
    for entity in sorted(ontology().entities.values(), key=lambda entity: entity.table):
        for name, (text, variables) in _of_entity(schema, entity):
            found[f"query/{name}.graphql"] = text
            found[f"query/{name}.json"] = json.dumps(variables, ensure_ascii=False, indent=2) + "\n"
    return found


def key_example(entity: EntityType) -> dict[str, str]:
    """An example of a type's key, as arguments of its question."""
    chosen = {}
    for name in entity.key:
        known = entity.property(name)
        chosen[camel(name)] = known.example or _BY_KIND[known.kind]
    return chosen


def _of_entity(
    schema: GraphQLSchema, entity: EntityType
) -> Iterator[tuple[str, tuple[str, Mapping[str, Any]]]]:
    questions = schema.query_type.fields if schema.query_type else {}
    one, many = camel(entity.table), camel(plural(entity.table))
    own = _own_fields(schema, entity)
    thing = f"id label firstSeen regions {own} sources {{ source locator retrievedAt }}"
    yield one, _example(one, questions[one], thing, key_example(entity))
    page = (
        "totalCount totalIsExact truncated withheldCount asOf "
        f"pageInfo {{ hasNextPage endCursor }} nodes {{ id label firstSeen {own} }}"
    )
    order = {"field": "FIRST_SEEN", "direction": "DESC"}
    asked = {"first": 20, "where": {"firstSeen": {"gte": _SINCE}}, "orderBy": [order]}
    yield many, _example(many, questions[many], page, asked)
    name = f"{many}Aggregate"
    groups = _enum_values(questions[name].args["groupBy"])
    asked = {"where": {"firstSeen": {"gte": _SINCE}}, "groupBy": groups[:1], "first": 20}
    yield name, _example(name, questions[name], _aggregate(schema, entity), asked)


def _own_fields(schema: GraphQLSchema, entity: EntityType) -> str:
    fields = assert_object_type(schema.type_map[entity.name]).fields
    names = [camel(prop.name) for prop in entity.properties]
    return " ".join(name for name in names if is_leaf_type(get_named_type(fields[name].type)))


def _aggregate(schema: GraphQLSchema, entity: EntityType) -> str:
    measures = schema.type_map.get(f"{entity.name}Measures")
    asked = "count groupCount truncated withheldCount asOf groups { count keys { field value } }"
    if not isinstance(measures, GraphQLObjectType):
        return asked
    parts = []
    for name, field in measures.fields.items():
        made = assert_object_type(get_named_type(field.type))
        parts.append(f"{name} {{ {' '.join(made.fields)} }}")
    return f"{asked} measures {{ {' '.join(parts)} }}"


def _enum_values(argument: GraphQLArgument) -> list[str]:
    return list(assert_enum_type(get_named_type(argument.type)).values)


def _example(
    name: str, field: GraphQLField, selection: str, variables: Mapping[str, Any]
) -> tuple[str, Mapping[str, Any]]:
    declared = ", ".join(f"${argument}: {known.type}" for argument, known in _in_order(field.args))
    given = ", ".join(f"{argument}: ${argument}" for argument, _ in _in_order(field.args))
    title = name[0].upper() + name[1:]
    text = f"query {title}({declared}) {{ {name}({given}) {{ {selection} }} }}"
    head = f"# {_line(field.description)}\n# Generated: do not edit. / 自动生成，请勿手改。\n"
    return head + print_ast(parse(text)) + "\n", variables


def _in_order(arguments: Mapping[str, GraphQLArgument]) -> list[tuple[str, GraphQLArgument]]:
    """Required ones first."""
    return sorted(arguments.items(), key=lambda item: not is_required_argument(item[1]))


def _line(text: str | None) -> str:
    return " ".join((text or "").split())
