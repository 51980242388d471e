"""What happened to a thing and when, as shown."""

from __future__ import annotations

import enum

import strawberry

from api.bounds import Bound, shown_bounds
from api.entity import Entity, Relation, shown
from api.finding import Finding, WeeklyFlag
from api.paging import Bounded, PageInfo, page_info
from api.scalars import Date
from queries.timeline import Timeline
from queries.timeline_events import Event


@strawberry.enum(description="时间的含义 / What the day of an event means")
class TimeBasis(enum.Enum):
    """Fact time or knowledge time."""

    FACT = strawberry.enum_value("fact", description="事实发生之日 / The day it happened")
    KNOWLEDGE = strawberry.enum_value(
        "knowledge", description="得知之日 / The day we learned of it"
    )


@strawberry.enum(description="事件种类 / Kind of an event")
class EventKind(enum.Enum):
    """Kinds of events."""

    DATE = strawberry.enum_value(
        "date",
        description="实体自身的日期，如签发、抽样、状态起始 / A date of a thing: issued, sampled, …",
    )
    FIRST_SEEN = strawberry.enum_value("first_seen", description="首次得知 / First heard of")
    RELATION_STARTED = strawberry.enum_value(
        "relation_started", description="关系开始 / A relation began"
    )
    RELATION_ENDED = strawberry.enum_value(
        "relation_ended", description="关系终止 / A relation ended"
    )
    RELATION_LEARNED = strawberry.enum_value(
        "relation_learned", description="得知关系 / A relation was learned of"
    )
    RELATION_END_LEARNED = strawberry.enum_value(
        "relation_end_learned", description="得知关系终止 / Its end was learned of"
    )
    COMPLAINTS = strawberry.enum_value(
        "complaints", description="一个月内的投诉举报 / Complaints of one month"
    )
    FINDING = strawberry.enum_value("finding", description="首次检出 / A finding was first made")
    FLAG = strawberry.enum_value(
        "flag", description="所在群组的每周变化 / A weekly change of its cluster"
    )


@strawberry.type(description="一个事件 / One event")
class TimelineEvent:
    """One dated event."""

    day: Date = strawberry.field(description="日期 / The day")
    basis: TimeBasis = strawberry.field(description="日期的含义 / What the day means")
    kind: EventKind = strawberry.field(description="种类 / Kind")
    name: str = strawberry.field(
        description="是什么：日期属性、关系类型、检出规则、变化种类或月份 / Which: property, relation "
        "type, detector, kind of change, or month"
    )
    subject_id: strawberry.ID = strawberry.field(
        description="事件主体的编号 / Id of what it is an event of"
    )
    count: int = strawberry.field(description="件数 / How many there were")
    node: Entity | None = strawberry.field(description="所涉实体 / The thing concerned")
    relation: Relation | None = strawberry.field(description="所涉关系 / The relation concerned")
    finding: Finding | None = strawberry.field(
        description="检出（线索，不是证据） / The finding: a lead, never proof"
    )
    flag: WeeklyFlag | None = strawberry.field(description="每周变化 / The weekly flag")

    @classmethod
    def of(cls, event: Event) -> TimelineEvent:
        """The event as shown."""
        return cls(
            day=Date(event.day),
            basis=TimeBasis(event.basis),
            kind=EventKind(event.kind),
            name=event.name,
            subject_id=strawberry.ID(event.subject),
            count=event.count,
            node=shown(event.node) if event.node else None,
            relation=Relation.of(event.relation) if event.relation else None,
            finding=Finding.of(event.finding) if event.finding else None,
            flag=WeeklyFlag.of(event.flag) if event.flag else None,
        )


@strawberry.type(description="事件及其游标 / An event with its cursor")
class TimelineEdge:
    """An edge of a timeline."""

    cursor: str = strawberry.field(description="游标 / Cursor")
    node: TimelineEvent = strawberry.field(description="事件 / The event")


@strawberry.type(description="一页事件 / A page of events")
class TimelineConnection(Bounded):
    """A page of events in the order of their days."""

    edges: list[TimelineEdge] = strawberry.field(description="事件 / Events")
    page_info: PageInfo = strawberry.field(description="分页信息 / About the page")
    bounds: list[Bound] = strawberry.field(description="所受上限 / Bounds it was held to")

    @classmethod
    def of(cls, page: Timeline) -> TimelineConnection:
        """The page as shown."""
        return cls(
            edges=[
                TimelineEdge(cursor=cursor, node=TimelineEvent.of(event))
                for event, cursor in zip(page.items, page.cursors, strict=True)
            ],
            page_info=page_info(page),
            bounds=shown_bounds(page.bounds),
            truncated=page.truncated,
            withheld_count=page.withheld,
            as_of=Date(page.as_of),
        )
