"""Filters of single values, and what inputs that are made from the ontology consist of."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

import strawberry
from strawberry import UNSET

from api.scalars import Date, DateTime, Long
from graph.errors import OntologyError, ValueRefused
from graph.model.values import KINDS
from graph.ontology import Property
from queries.conditions import FREE_KINDS


def optional(description: str, name: str | None = None) -> Any:
    """A field of an input that may be left out."""
    return strawberry.field(default=UNSET, name=name, description=description)


@strawberry.input(description="文字的条件，同时满足 / Conditions on a text; all must hold")
class StringFilter:
    """Conditions on a text."""

    eq: str | None = optional("等于，任何写法 / Equal, in any spelling that its kind accepts")
    in_: list[str] | None = optional("等于其中之一 / Equal to one of these", "in")
    contains: str | None = optional("包含，区分大小写 / Contains, case-sensitive")
    starts_with: str | None = optional("以此开头，区分大小写 / Starts with, case-sensitive")
    is_null: bool | None = optional("是否缺失 / Whether it is missing")


@strawberry.input(
    description="个人信息的条件：只能完整相等 / A condition on personal data: the whole value only"
)
class PersonalFilter:
    """A condition on personal data."""

    eq: str = optional("等于完整的值，任何写法 / Equal to the whole value, in any spelling")


@strawberry.input(description="整数的条件，同时满足 / Conditions on a whole number; all must hold")
class IntFilter:
    """Conditions on a whole number."""

    eq: int | None = optional("等于 / Equal")
    in_: list[int] | None = optional("等于其中之一 / Equal to one of these", "in")
    gt: int | None = optional("大于 / Greater than")
    gte: int | None = optional("不小于 / At least")
    lt: int | None = optional("小于 / Less than")
    lte: int | None = optional("不大于 / At most")
    is_null: bool | None = optional("是否缺失 / Whether it is missing")


@strawberry.input(
    description="大整数的条件，同时满足 / Conditions on a large number; all must hold"
)
class LongFilter:
    """Conditions on a whole number of more than 32 bits."""

    eq: Long | None = optional("等于 / Equal")
    in_: list[Long] | None = optional("等于其中之一 / Equal to one of these", "in")
    gt: Long | None = optional("大于 / Greater than")
    gte: Long | None = optional("不小于 / At least")
    lt: Long | None = optional("小于 / Less than")
    lte: Long | None = optional("不大于 / At most")
    is_null: bool | None = optional("是否缺失 / Whether it is missing")


@strawberry.input(description="数的条件，同时满足 / Conditions on a number; all must hold")
class FloatFilter:
    """Conditions on a number."""

    eq: float | None = optional("等于 / Equal")
    in_: list[float] | None = optional("等于其中之一 / Equal to one of these", "in")
    gt: float | None = optional("大于 / Greater than")
    gte: float | None = optional("不小于 / At least")
    lt: float | None = optional("小于 / Less than")
    lte: float | None = optional("不大于 / At most")
    is_null: bool | None = optional("是否缺失 / Whether it is missing")


@strawberry.input(description="日期的条件，同时满足 / Conditions on a date; all must hold")
class DateFilter:
    """Conditions on a date."""

    eq: Date | None = optional("当日 / On that day")
    in_: list[Date] | None = optional("其中一日 / On one of these days", "in")
    gt: Date | None = optional("晚于 / Later than")
    gte: Date | None = optional("不早于 / Not before")
    lt: Date | None = optional("早于 / Earlier than")
    lte: Date | None = optional("不晚于 / Not after")
    is_null: bool | None = optional("是否缺失 / Whether it is missing")


@strawberry.input(description="时间的条件，同时满足 / Conditions on a time; all must hold")
class DateTimeFilter:
    """Conditions on a time."""

    eq: DateTime | None = optional("等于 / Equal")
    gt: DateTime | None = optional("晚于 / Later than")
    gte: DateTime | None = optional("不早于 / Not before")
    lt: DateTime | None = optional("早于 / Earlier than")
    lte: DateTime | None = optional("不晚于 / Not after")
    is_null: bool | None = optional("是否缺失 / Whether it is missing")


@strawberry.input(description="是否的条件，同时满足 / Conditions on yes or no; all must hold")
class BooleanFilter:
    """Conditions on a truth value."""

    eq: bool | None = optional("等于 / Equal")
    is_null: bool | None = optional("是否缺失 / Whether it is missing")


@strawberry.input(description="编号的条件，同时满足 / Conditions on an id; all must hold")
class IdFilter:
    """Conditions on a global id."""

    eq: strawberry.ID | None = optional("等于 / Equal")
    in_: list[strawberry.ID] | None = optional("等于其中之一 / Equal to one of these", "in")


@strawberry.input(description="地区的条件 / A condition on regions")
class RegionsFilter:
    """A condition on the regions that speak of a thing."""

    has_some: list[str] = optional(
        "您可见的记录来自其中之一 / A record that you may see is of one of these (province codes)"
    )


_BY_SCALAR: Mapping[str, type] = {
    "String": StringFilter,
    "ID": StringFilter,
    "Int": IntFilter,
    "Float": FloatFilter,
    "Boolean": BooleanFilter,
    "Date": DateFilter,
    "DateTime": DateTimeFilter,
}


def given_of(value: Any) -> Iterator[tuple[str, Any]]:
    """What was given of an input, in the order of its fields."""
    for one in fields(value):
        given = getattr(value, one.name)
        if given is UNSET:
            continue
        if given is None or (isinstance(given, list) and None in given):
            raise ValueRefused("filter.null")
        yield one.name, given


def input_type(name: str, description: str, members: Mapping[str, tuple[Any, Any]]) -> type:
    """An input type of fields: name → annotation and field."""
    body: dict[str, Any] = {key: made for key, (_, made) in members.items()}
    body["__annotations__"] = {key: annotation for key, (annotation, _) in members.items()}
    body["__module__"] = __name__
    made_type: type = strawberry.input(
        types.new_class(name, (), {}, lambda space: space.update(body)), description=description
    )
    return made_type


def add_member(
    members: dict[str, tuple[Any, Any]], table: str, name: str, member: tuple[Any, Any]
) -> None:
    """One field more of an input; OntologyError for a second one of a name."""
    if name in members:
        raise OntologyError(f"{table}.{name}: the filter has two fields of this name")
    members[name] = member


def filter_of(prop: Property) -> Any:
    """The filter of a property's values."""
    if prop.personal:
        return PersonalFilter
    return LongFilter if prop.kind == "money_fen" else _BY_SCALAR[KINDS[prop.kind].graphql_type]


def described(prop: Property) -> str:
    """What a property is, with its unit."""
    unit = f" [{prop.unit}]" if prop.unit else ""
    masked = "（号码遮盖处不参与部分匹配 / masked digits do not match in part）"
    return f"{prop.zh} / {prop.en}{unit}{masked if prop.kind in FREE_KINDS else ''}"
