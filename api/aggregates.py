"""What many things come to, typed by the ontology: `merchantsAggregate`, `MerchantGroup`, …"""

from __future__ import annotations

import types
from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Annotated, Any

import strawberry

from api.bounds import Bound
from api.context import Info
from api.entity import AsOf
from api.filters import where_argument
from api.lists import listing_of
from api.paging import Bounded
from api.relation_names import camel
from api.resolved import resolved
from api.scalars import Date, DateTime
from graph.errors import ValueRefused
from graph.model.values import KINDS
from graph.ontology import EntityType, ontology
from queries.aggregate import (
    MAX_GROUP_BY,
    MAX_GROUPS,
    MONTH,
    REGIONS,
    Aggregate,
    Group,
    Measure,
    aggregate,
    groupable,
    measured,
)
from queries.listing import PARTLY_LIMIT, WITHHELD_BOUND, Listing
from queries.pages import DEFAULT_FIRST

_COUNT = "有此值的实体数 / How many things have a value"
_LEAST = "最小或最早 / The least, or the earliest"
_GREATEST = "最大或最晚 / The greatest, or the latest"

FirstGroups = Annotated[
    int,
    strawberry.argument(
        description=f"组数，默认 {DEFAULT_FIRST}，至多 {MAX_GROUPS}，由多到少 / "
        f"How many groups, {DEFAULT_FIRST} by default, at most {MAX_GROUPS}, most things first"
    ),
]


@strawberry.type(description="一个数值属性的汇总 / What the values of a number come to")
class NumberMeasure:
    """Count, least, greatest, sum and mean; in the unit of the property."""

    count: int = strawberry.field(description=_COUNT)
    min: float | None = strawberry.field(description=_LEAST)
    max: float | None = strawberry.field(description=_GREATEST)
    sum: float | None = strawberry.field(description="合计 / The sum")
    avg: float | None = strawberry.field(description="平均 / The mean")


@strawberry.type(description="一个日期属性的汇总 / What the values of a date come to")
class DateMeasure:
    """Count, earliest and latest."""

    count: int = strawberry.field(description=_COUNT)
    min: Date | None = strawberry.field(description=_LEAST)
    max: Date | None = strawberry.field(description=_GREATEST)


@strawberry.type(description="一个时间属性的汇总 / What the values of a time come to")
class DateTimeMeasure:
    """Count, earliest and latest."""

    count: int = strawberry.field(description=_COUNT)
    min: DateTime | None = strawberry.field(description=_LEAST)
    max: DateTime | None = strawberry.field(description=_GREATEST)


@strawberry.type(description="分组所依的一个值 / One value that a group is of")
class GroupValue:
    """A property and its value as text."""

    field: str = strawberry.field(description="分组所依 / What was grouped by")
    value: str | None = strawberry.field(description="值，缺失为空 / Its value; null for none")


@strawberry.type
class Grouped:
    """What every group says."""

    keys: list[GroupValue] = strawberry.field(
        description="各值，依 groupBy 的次序 / Its values, in the order of groupBy"
    )
    count: int = strawberry.field(
        description="实体数；多个地区提供记录者各地区均计 / How many things; one that several of your "
        "regions speak of counts in each of them"
    )


@strawberry.type
class Aggregated(Bounded):
    """What every aggregate says."""

    listing: strawberry.Private[Listing]
    count: int = strawberry.field(description="符合条件的实体数 / How many things match")
    group_count: int = strawberry.field(
        description=f"组数，至多 {MAX_GROUPS} / How many groups there are, at most {MAX_GROUPS}"
    )

    @resolved("所受上限 / Bounds it was held to")
    def bounds(self) -> list[Bound]:
        """The bounds behind `truncated`."""
        is_full = self.truncated and self.group_count == MAX_GROUPS
        return [
            Bound(name="groups", most=MAX_GROUPS, is_reached=is_full),
            Bound(
                name="partly_visible_things",
                most=PARTLY_LIMIT,
                is_reached=self.truncated and not is_full,
            ),
        ]

    # A resolver in place of the interface's plain value: counting what is hidden reads them all.
    @resolved(  # type: ignore[misc]
        "因权限未显示的该类实体数，不论条件；不告知时为空 / How many things of this type are withheld "
        f"from you, whatever was asked of them, counted to {WITHHELD_BOUND}; null where that is not told"
    )
    async def withheld_count(  # type: ignore[override]
        self, info: Info
    ) -> int | None:
        """Hidden things of the type."""
        return await info.context.withheld.load(self.listing.type_name)


def aggregated(type_name: str) -> Any:
    """The field that tells what the things of a type come to."""
    made = _Types(ontology().entities[type_name])
    title = ontology().entities[type_name].title

    async def resolve(
        self: object,
        info: Info,
        *,
        where: Any = None,
        group_by: Any = None,
        first: FirstGroups = DEFAULT_FIRST,
        as_of: AsOf = None,
    ) -> Any:
        if not 0 <= first <= MAX_GROUPS:
            raise ValueRefused("page.first", most=MAX_GROUPS)
        asked = listing_of(info, type_name, where, as_of)
        by = [one.value for one in group_by or ()]
        return made.shown(asked, by, await aggregate(info.context.reading, asked, by), first)

    groups: Any = list.__class_getitem__(made.group_by)
    resolve.__annotations__ |= {
        "where": where_argument(type_name),
        "group_by": Annotated[
            groups | None,
            strawberry.argument(
                description=f"分组所依，至多 {MAX_GROUP_BY} 项 / What to group by, {MAX_GROUP_BY} at most"
            ),
        ],
        "return": made.aggregate,
    }
    return resolved(f"{title['zh']}的汇总 / What things come to: {title['en']}")(resolve)


class _Types:
    """The types that an entity type's aggregates are answered with."""

    def __init__(self, entity: EntityType) -> None:
        self._kinds = {
            name: _measure_kind(entity.property(name).kind) for name in measured(entity.name)
        }
        title = entity.title
        self._measures = _measures(entity, self._kinds) if self._kinds else None
        about = "数值与日期 / Numbers and dates"
        more = {"measures": (self._measures, about)} if self._measures else {}
        self.group_by = _group_by(entity)
        self.group = _made(
            f"{entity.name}Group", (Grouped,), more, f"一组{title['zh']} / A group: {title['en']}"
        )
        groups: Any = list.__class_getitem__(self.group)
        self.aggregate = _made(
            f"{entity.name}Aggregate",
            (Aggregated,),
            {"groups": (groups, "各组，由多到少 / Groups, most things first"), **more},
            f"{title['zh']}的汇总 / What things come to: {title['en']}",
        )

    def shown(self, asked: Listing, by: Iterable[str], found: Aggregate, first: int) -> Any:
        """An aggregate with its first groups."""
        names = [camel(name) for name in by]
        return self.aggregate(
            listing=asked,
            count=found.count,
            group_count=len(found.groups),
            groups=[self._shown_group(names, group) for group in found.groups[:first]],
            truncated=found.truncated,
            as_of=Date(found.as_of),
            **self._shown_measures(found.measures),
        )

    def _shown_group(self, names: list[str], group: Group) -> Any:
        keys = [
            GroupValue(field=name, value=value)
            for name, value in zip(names, group.key, strict=True)
        ]
        return self.group(keys=keys, count=group.count, **self._shown_measures(group.measures))

    def _shown_measures(self, measures: Any) -> dict[str, Any]:
        if self._measures is None:
            return {}
        values = {name: _shown_measure(self._kinds[name], measures[name]) for name in self._kinds}
        return {"measures": self._measures(**values)}


def _measures(entity: EntityType, kinds: Mapping[str, type]) -> type:
    members = {}
    for name, kind in kinds.items():
        prop = entity.property(name)
        unit = f" [{prop.unit}]" if prop.unit else ""
        members[name] = (kind, f"{prop.zh} / {prop.en}{unit}")
    title = entity.title
    about = f"{title['zh']}的数值与日期 / Numbers and dates of things: {title['en']}"
    return _made(f"{entity.name}Measures", (), members, about)


def _measure_kind(kind: str) -> type:
    by_scalar = {"Date": DateMeasure, "DateTime": DateTimeMeasure}
    return by_scalar.get(KINDS[kind].graphql_type, NumberMeasure)


def _shown_measure(kind: type, measure: Measure) -> Any:
    if kind is NumberMeasure:
        return NumberMeasure(
            count=measure.count,
            min=measure.least,
            max=measure.greatest,
            sum=measure.total,
            avg=measure.mean,
        )
    return kind(count=measure.count, min=measure.least, max=measure.greatest)


def _group_by(entity: EntityType) -> type[Enum]:
    described = {
        REGIONS: "提供记录的地区 / Regions whose records speak of it",
        MONTH: "首次得知的月份 YYYY-MM / Month we first learned of it, YYYY-MM",
    } | {prop.name: f"{prop.zh} / {prop.en}" for prop in entity.properties}
    members = {
        name.upper(): strawberry.enum_value(name, description=described[name])
        for name in groupable(entity.name)
    }
    title = entity.title
    names: Any = Enum(f"{entity.name}GroupBy", members)  # type: ignore[misc]
    made: type[Enum] = strawberry.enum(
        names, description=f"{title['zh']}可按何分组 / What to group by: {title['en']}"
    )
    return made


def _made(
    name: str, bases: tuple[type, ...], members: Mapping[str, tuple[Any, str]], description: str
) -> type:
    """A type of plain fields: name → annotation and description."""
    body: dict[str, Any] = {
        key: strawberry.field(description=text) for key, (_, text) in members.items()
    }
    body["__annotations__"] = {key: annotation for key, (annotation, _) in members.items()}
    body["__module__"] = __name__
    made: type = strawberry.type(
        types.new_class(name, bases, {}, lambda space: space.update(body)), description=description
    )
    return made
