"""Everything in the schema is described in both languages, and units and dates are not left to guess."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    is_introspection_type,
    is_specified_directive,
    is_specified_scalar_type,
)

from api import schema

CHINESE = re.compile(r"[\u4e00-\u9fff]")
LATIN = re.compile(r"[A-Za-z]")


def descriptions(built: GraphQLSchema) -> Iterator[tuple[str, str | None]]:
    """Coordinate (https://spec.graphql.org/draft/#sec-Schema-Coordinates) → description."""
    for kind in built.type_map.values():
        if not (is_introspection_type(kind) or is_specified_scalar_type(kind)):
            yield kind.name, kind.description
            yield from _members(kind)
    for directive in built.directives:
        if not is_specified_directive(directive):
            yield f"@{directive.name}", directive.description
            for name, argument in directive.args.items():
                yield f"@{directive.name}({name}:)", argument.description


def _members(kind: GraphQLNamedType) -> Iterator[tuple[str, str | None]]:
    if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
        for name, field in kind.fields.items():
            yield f"{kind.name}.{name}", field.description
            for argument, taken in field.args.items():
                yield f"{kind.name}.{name}({argument}:)", taken.description
    elif isinstance(kind, GraphQLInputObjectType):
        for name, wanted in kind.fields.items():
            yield f"{kind.name}.{name}", wanted.description
    elif isinstance(kind, GraphQLEnumType):
        for name, value in kind.values.items():
            yield f"{kind.name}.{name}", value.description


def is_in_both_languages(description: str | None) -> bool:
    """`中文 / English`: words of each language on its side of the first ` / `."""
    chinese, slash, english = (description or "").partition(" / ")
    return bool(slash and CHINESE.search(chinese) and LATIN.search(english))


def test_everything_is_described_in_both_languages() -> None:
    missing = [
        coordinate
        for coordinate, description in descriptions(schema.executable())
        if not is_in_both_languages(description)
    ]
    assert missing == []


@pytest.mark.parametrize(
    "description", [None, "", "名称", "A name", " / A name", "名称 / ", "名称/A name", "A / 名称"]
)
def test_half_a_description_is_none(description: str | None) -> None:
    assert not is_in_both_languages(description)


def test_every_kind_of_member_is_looked_at() -> None:
    built = build_schema(
        "directive @d(a: Int) on FIELD  scalar S  enum E { V }  input I { f: S }  union U = T "
        "interface N { f(a: I): E }  type T implements N { f(a: I): E }  type Query { u: U }"
    )
    named = {coordinate for coordinate, _ in descriptions(built)}
    assert named == {
        "@d", "@d(a:)", "S", "E", "E.V", "I", "I.f", "U", "N", "N.f", "N.f(a:)",
        "T", "T.f", "T.f(a:)", "Query", "Query.u",
    }  # fmt: skip
