"""Typed filters, one input per entity type, made from the ontology: `MerchantWhere`, `StoreWhere`, …

`condition_of` turns what was given into a condition; everything that is not in the ontology has been
refused by the schema before. What was given as null is refused too: left out, it would widen the answer.
"""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Annotated, Any

import strawberry
from strawberry import UNSET
from strawberry.types.lazy_type import LazyType

from api.keys import cleaned
from api.relation_names import relations_of
from api.scalars import Date, DateTime, Long
from graph.errors import OntologyError, ValueRefused
from graph.model.values import KINDS
from graph.ontology import EntityType, Property, ontology
from queries.conditions import (
    EVERYTHING,
    FIRST_SEEN,
    FREE_KINDS,
    ID,
    MAX_CONDITIONS,
    AllOf,
    AnyOf,
    Compare,
    Condition,
    InRegions,
    Not,
    Related,
    too_much,
)
from queries.expand import checked_date


def _op(description: str, name: str | None = None) -> Any:
    return strawberry.field(default=UNSET, name=name, description=description)


@strawberry.input(description="文字的条件，同时满足 / Conditions on a text; all must hold")
class StringFilter:
    """Conditions on a text."""

    eq: str | None = _op("等于，任何写法 / Equal, in any spelling that its kind accepts")
    in_: list[str] | None = _op("等于其中之一 / Equal to one of these", "in")
    contains: str | None = _op("包含，区分大小写 / Contains, case-sensitive")
    starts_with: str | None = _op("以此开头，区分大小写 / Starts with, case-sensitive")
    is_null: bool | None = _op("是否缺失 / Whether it is missing")


@strawberry.input(
    description="个人信息的条件：只能完整相等 / A condition on personal data: the whole value only"
)
class PersonalFilter:
    """A condition on personal data."""

    eq: str = _op("等于完整的值，任何写法 / Equal to the whole value, in any spelling")


@strawberry.input(description="整数的条件，同时满足 / Conditions on a whole number; all must hold")
class IntFilter:
    """Conditions on a whole number."""

    eq: int | None = _op("等于 / Equal")
    in_: list[int] | None = _op("等于其中之一 / Equal to one of these", "in")
    gt: int | None = _op("大于 / Greater than")
    gte: int | None = _op("不小于 / At least")
    lt: int | None = _op("小于 / Less than")
    lte: int | None = _op("不大于 / At most")
    is_null: bool | None = _op("是否缺失 / Whether it is missing")


@strawberry.input(
    description="大整数的条件，同时满足 / Conditions on a large number; all must hold"
)
class LongFilter:
    """Conditions on a whole number of more than 32 bits."""

    eq: Long | None = _op("等于 / Equal")
    in_: list[Long] | None = _op("等于其中之一 / Equal to one of these", "in")
    gt: Long | None = _op("大于 / Greater than")
    gte: Long | None = _op("不小于 / At least")
    lt: Long | None = _op("小于 / Less than")
    lte: Long | None = _op("不大于 / At most")
    is_null: bool | None = _op("是否缺失 / Whether it is missing")


@strawberry.input(description="数的条件，同时满足 / Conditions on a number; all must hold")
class FloatFilter:
    """Conditions on a number."""

    eq: float | None = _op("等于 / Equal")
    in_: list[float] | None = _op("等于其中之一 / Equal to one of these", "in")
    gt: float | None = _op("大于 / Greater than")
    gte: float | None = _op("不小于 / At least")
    lt: float | None = _op("小于 / Less than")
    lte: float | None = _op("不大于 / At most")
    is_null: bool | None = _op("是否缺失 / Whether it is missing")


@strawberry.input(description="日期的条件，同时满足 / Conditions on a date; all must hold")
class DateFilter:
    """Conditions on a date."""

    eq: Date | None = _op("当日 / On that day")
    in_: list[Date] | None = _op("其中一日 / On one of these days", "in")
    gt: Date | None = _op("晚于 / Later than")
    gte: Date | None = _op("不早于 / Not before")
    lt: Date | None = _op("早于 / Earlier than")
    lte: Date | None = _op("不晚于 / Not after")
    is_null: bool | None = _op("是否缺失 / Whether it is missing")


@strawberry.input(description="时间的条件，同时满足 / Conditions on a time; all must hold")
class DateTimeFilter:
    """Conditions on a time."""

    eq: DateTime | None = _op("等于 / Equal")
    gt: DateTime | None = _op("晚于 / Later than")
    gte: DateTime | None = _op("不早于 / Not before")
    lt: DateTime | None = _op("早于 / Earlier than")
    lte: DateTime | None = _op("不晚于 / Not after")
    is_null: bool | None = _op("是否缺失 / Whether it is missing")


@strawberry.input(description="是否的条件，同时满足 / Conditions on yes or no; all must hold")
class BooleanFilter:
    """Conditions on a truth value."""

    eq: bool | None = _op("等于 / Equal")
    is_null: bool | None = _op("是否缺失 / Whether it is missing")


@strawberry.input(description="编号的条件，同时满足 / Conditions on an id; all must hold")
class IdFilter:
    """Conditions on a global id."""

    eq: strawberry.ID | None = _op("等于 / Equal")
    in_: list[strawberry.ID] | None = _op("等于其中之一 / Equal to one of these", "in")


@strawberry.input(description="地区的条件 / A condition on regions")
class RegionsFilter:
    """A condition on the regions that speak of a thing."""

    has_some: list[str] = _op(
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
_OPERATIONS = {"in_": "in", "starts_with": "startsWith", "is_null": "isNull"}
_WHERE_FIELDS = frozenset({"and_", "or_", "not_", "id", "first_seen", "regions"})


def where_argument(type_name: str) -> Any:
    """The annotation of an argument that filters things of a type."""
    where: Any = LazyType(f"{type_name}Where", __name__)
    return Annotated[
        where | None,
        strawberry.argument(description="条件，默认全部 / Which things, all by default"),
    ]


def condition_of(type_name: str, where: Any, depth: int = 0) -> Condition:
    """The condition that an input of a type stands for; everything for None.

    Raises ValueRefused for a null and for a value that is none of its property's kind, LimitExceeded
    for one that is deeper than any condition may be large.
    """
    if where is None or where is UNSET:
        return EVERYTHING
    if depth > MAX_CONDITIONS:
        raise too_much("filter conditions", MAX_CONDITIONS)
    parts = tuple(
        part
        for name, value in _given(where)
        for part in _parts_of(type_name, name, value, depth + 1)
    )
    return parts[0] if len(parts) == 1 else AllOf(parts)


def _parts_of(type_name: str, name: str, value: Any, depth: int) -> Iterator[Condition]:
    if name == "and_":
        yield AllOf(tuple(condition_of(type_name, one, depth) for one in value))
    elif name == "or_":
        yield AnyOf(tuple(condition_of(type_name, one, depth) for one in value))
    elif name == "not_":
        yield Not(condition_of(type_name, value, depth))
    elif name == "regions":
        for _, regions in _given(value):
            yield InRegions(tuple(sorted(set(regions))))
    elif name in relations_of(type_name):
        step = relations_of(type_name)[name]
        for quantifier, part in _given(value):
            yield Related(step, quantifier, condition_of(step.far, part, depth))
    else:
        for operation, wanted in _given(value):
            yield _compare(type_name, name, _OPERATIONS.get(operation, operation), wanted)


def _compare(type_name: str, name: str, operation: str, wanted: Any) -> Compare:
    if name == ID or operation == "isNull":
        return Compare(name, operation, tuple(wanted) if operation == "in" else wanted)
    if name == FIRST_SEEN:
        clean: Any = checked_date
    else:
        prop = ontology().entities[type_name].property(name)
        is_part = operation in {"contains", "startsWith"}
        clean = _part if is_part else lambda value: _canonical(prop, value)
    if operation == "in":
        return Compare(name, operation, tuple(clean(value) for value in wanted))
    return Compare(name, operation, clean(wanted))


def _part(text: str) -> str:
    if not text:
        raise ValueRefused("filter.empty")
    return text


def _canonical(prop: Property, value: Any) -> Any:
    """A value as the graph keeps it; ValueRefused for one that the property cannot have."""
    scalar = KINDS[prop.kind].graphql_type
    if scalar == "Boolean" or (scalar == "Float" and isinstance(value, int | float)):
        return value
    if scalar == "Int":
        # Long takes any JSON value, so its type is checked here.
        if isinstance(value, bool) or not isinstance(value, int) or abs(value) > 2**53:
            raise ValueRefused("filter.number")
        return value
    return cleaned(prop, str(value))


def _given(value: Any) -> Iterator[tuple[str, Any]]:
    """What was given of an input, in the order of its fields."""
    for one in fields(value):
        given = getattr(value, one.name)
        if given is UNSET:
            continue
        if given is None or (isinstance(given, list) and None in given):
            raise ValueRefused("filter.null")
        yield one.name, given


def _made(name: str, description: str, members: Mapping[str, tuple[Any, Any]]) -> type:
    """An input type of fields: name → annotation and field."""
    body: dict[str, Any] = {key: made for key, (_, made) in members.items()}
    body["__annotations__"] = {key: annotation for key, (annotation, _) in members.items()}
    body["__module__"] = __name__
    made_type: type = strawberry.input(
        types.new_class(name, (), {}, lambda space: space.update(body)), description=description
    )
    return made_type


def _where(entity: EntityType) -> type:
    """The filter of a type: its properties, what every thing has, its relations, and/or/not."""
    itself: Any = LazyType(f"{entity.name}Where", __name__)
    members: dict[str, tuple[Any, Any]] = {
        "and_": (list[itself] | None, _op("全部满足 / All of these hold", "and")),
        "or_": (
            list[itself] | None,
            _op("至少一个满足，空则不满足 / One of these holds at least; never for none", "or"),
        ),
        "not_": (itself | None, _op("不满足 / This does not hold", "not")),
        "id": (IdFilter | None, _op("全局编号 / Global id")),
        "first_seen": (DateFilter | None, _op("首次得知的日期 / Day we first learned of it")),
        "regions": (
            RegionsFilter | None,
            _op("提供记录的地区 / Regions whose records speak of it"),
        ),
    }
    for prop in entity.properties:
        _add(members, entity, prop.name, (_filter_of(prop) | None, _op(_described(prop))))
    for name, step in relations_of(entity.name).items():
        related: Any = LazyType(f"{step.far}RelationWhere", __name__)
        said = ontology().relations[step.relation].title
        arrow = "→" if step.is_out else "←"
        described = f"{said['zh']}{arrow} / {step.relation} {arrow} {step.far}"
        _add(members, entity, name, (related | None, _op(described)))
    title = entity.title
    description = f"{title['zh']}的条件，同时满足 / Conditions on a {title['en']}; all must hold"
    return _made(f"{entity.name}Where", description, members)


def _add(
    members: dict[str, tuple[Any, Any]], entity: EntityType, name: str, member: tuple[Any, Any]
) -> None:
    if name in members:
        raise OntologyError(f"{entity.table}.{name}: the filter has two fields of this name")
    members[name] = member


def _filter_of(prop: Property) -> Any:
    if prop.personal:
        return PersonalFilter
    return LongFilter if prop.kind == "money_fen" else _BY_SCALAR[KINDS[prop.kind].graphql_type]


def _described(prop: Property) -> str:
    unit = f" [{prop.unit}]" if prop.unit else ""
    masked = "（号码遮盖处不参与部分匹配 / masked digits do not match in part）"
    return f"{prop.zh} / {prop.en}{unit}{masked if prop.kind in FREE_KINDS else ''}"


def _relation_where(entity: EntityType) -> type:
    """How many relations lead to things of a type that something holds of."""
    where = LazyType(f"{entity.name}Where", __name__) | None
    described = {
        "some": "至少一个 / At least one leads to such a thing",
        "none": "没有 / None leads to such a thing",
        "all": "全部（没有时亦成立） / None leads elsewhere; holds where there is none",
        "single": "恰好一个 / Exactly one leads to such a thing",
    }
    members = {name: (where, _op(text)) for name, text in described.items()}
    description = (
        f"指向{entity.title['zh']}的关系的条件，截至所问之日 / Conditions on relations to a "
        f"{entity.title['en']}, as known on the day asked for; all must hold"
    )
    return _made(f"{entity.name}RelationWhere", description, members)


def _inputs() -> dict[str, type]:
    made = [
        make(entity)
        for entity in ontology().entities.values()
        for make in (_where, _relation_where)
    ]
    return {kind.__name__: kind for kind in made}


# Filters name each other; strawberry looks for them as names of this module.
globals().update(_inputs())
