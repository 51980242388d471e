"""What changed between two days, as shown."""

from __future__ import annotations

import enum

import strawberry

from api.bounds import Bound, shown_bounds
from api.cluster import Cluster, ClusterTie
from api.context import Info
from api.entity import Entity, Relation, shown
from api.finding import WeeklyFlag
from api.paging import Bounded, First, PageInfo, page_info
from api.record import Record
from api.resolved import resolved
from api.scalars import JSON, Date
from queries.changes import ValueChange as ChangedValue
from queries.changes import Window
from queries.cluster_leavers import CLOSED, JUDGED, TIES_ENDED, Left
from queries.difference import ClusterDifference as ClusterChanges
from queries.difference import Difference as Changes
from queries.difference import Joined
from queries.difference import RelationChange as ChangedRelation
from queries.masking import mask_properties
from queries.pages import DEFAULT_FIRST, PageRequest
from queries.reading import Reading


@strawberry.enum(description="关系的变化 / What became of a relation")
class ChangeKind(enum.Enum):
    """Kinds of change."""

    ADDED = strawberry.enum_value("added", description="新增 / Not known before")
    ENDED = strawberry.enum_value("ended", description="终止 / Known to have ended")
    CHANGED = strawberry.enum_value("changed", description="属性变化 / Its values changed")
    CAME_AND_WENT = strawberry.enum_value(
        "came_and_went", description="期间出现又终止 / Added and ended in between"
    )


@strawberry.type(
    description="一个属性的变化，个人信息已遮盖 / A changed value, personal data masked"
)
class ValueChange:
    """One property before and after."""

    said_by: strawberry.Private[tuple[str, ...]]
    name: str = strawberry.field(description="属性 / Property")
    before: JSON | None = strawberry.field(description="此前的值 / Value before; null for none")
    after: JSON | None = strawberry.field(description="此后的值 / Value after; null for none")

    @resolved("说出新值的记录 / Records that say the new value")
    async def records(self, info: Info, first: First = DEFAULT_FIRST) -> list[Record]:
        """The first records behind the change."""
        request = PageRequest.of(first, None, ())
        found = await info.context.said(self.said_by)
        return [Record.of(record) for record in found[: request.first]]

    @classmethod
    def of(cls, type_name: str, change: ChangedValue) -> ValueChange:
        """The change as shown."""
        return cls(
            said_by=change.records,
            name=change.name,
            before=_shown(type_name, change.name, change.before),
            after=_shown(type_name, change.name, change.after),
        )


def _shown(type_name: str, name: str, value: object) -> JSON | None:
    return None if value is None else JSON(mask_properties(type_name, {name: value})[name])


@strawberry.type(description="一条关系的变化 / What became of one relation")
class RelationChange:
    """One changed relation."""

    said_by: strawberry.Private[tuple[str, ...]]
    kind: ChangeKind = strawberry.field(description="变化 / What became of it")
    direction: str = strawberry.field(
        description="OUT 自本实体出发，IN 指向本实体 / OUT leaves this thing, IN leads to it"
    )
    relation: Relation = strawberry.field(
        description="关系，按今日所知 / The relation, as known today"
    )
    node: Entity = strawberry.field(description="另一端 / The thing at its other end")
    values: list[ValueChange] = strawberry.field(description="变化的属性 / Changed values")

    @resolved("期间的记录，由旧到新 / Records of these days that assert it, oldest first")
    async def records(self, info: Info, first: First = DEFAULT_FIRST) -> list[Record]:
        """The first records behind the change."""
        request = PageRequest.of(first, None, ())
        found = await info.context.said(self.said_by)
        return [Record.of(record) for record in found[: request.first]]

    @classmethod
    def of(cls, change: ChangedRelation) -> RelationChange:
        """The change as shown."""
        relation = change.step.relation
        return cls(
            said_by=change.records,
            kind=ChangeKind(change.kind),
            direction=change.step.direction,
            relation=Relation.of(relation),
            node=shown(change.step.other),
            values=[ValueChange.of(relation.type, value) for value in change.values],
        )


@strawberry.type(description="两日之间的变化 / What changed in a thing between two days")
class Difference(Bounded):
    """What the records of the days after the first, up to the second, changed."""

    node: Entity = strawberry.field(description="实体，按今日所知 / The thing, as known today")
    from_: Date = strawberry.field(name="from", description="起始日期 / The first day")
    to: Date = strawberry.field(description="截止日期 / The second day")
    was_known: bool = strawberry.field(
        description="起始日期时是否已知 / Whether it was known on the first day"
    )
    values: list[ValueChange] = strawberry.field(description="变化的属性 / Changed values")
    relations: list[RelationChange] = strawberry.field(
        description="变化的关系，一页 / Changed relations, one page"
    )
    page_info: PageInfo = strawberry.field(
        description="关系的分页信息 / About the page of relations"
    )
    bounds: list[Bound] = strawberry.field(description="所受上限 / Bounds it was held to")

    @classmethod
    def of(cls, found: Changes, window: Window) -> Difference:
        """The difference as shown."""
        return cls(
            node=shown(found.node),
            from_=Date(window.before),
            to=Date(window.after),
            was_known=found.was_known,
            values=[ValueChange.of(found.node.type, value) for value in found.values],
            relations=[RelationChange.of(change) for change in found.relations.items],
            page_info=page_info(found.relations),
            bounds=shown_bounds(found.bounds),
            truncated=found.relations.truncated,
            withheld_count=found.relations.withheld,
            as_of=Date(found.relations.as_of),
        )


@strawberry.type(description="新加入的成员 / A member that joined")
class ClusterNewcomer:
    """A member that nothing known before tied to the others."""

    joined: strawberry.Private[Joined]

    @resolved("经营主体 / The merchant")
    async def merchant(self, info: Info) -> Entity | None:
        """The merchant."""
        view = await info.context.nodes.load(self.joined.member.merchant)
        return shown(view) if view else None

    @resolved("期间得知的、使其相连的标识 / What ties it in and was learned in these days")
    def ties(self, first: First = DEFAULT_FIRST) -> list[ClusterTie]:
        """The new ties."""
        request = PageRequest.of(first, None, ())
        return [
            ClusterTie(tie=tie, relation=tie.relation, holders_inside=tie.holders_inside)
            for tie in self.joined.new_ties[: request.first]
        ]


@strawberry.enum(description="为何离开群组 / Why a member left a cluster")
class LeaveReason(enum.Enum):
    """Reasons that are known."""

    TIES_ENDED = strawberry.enum_value(
        TIES_ENDED, description="使其相连的关系已终止 / Relations that tied it in were seen to end"
    )
    CLOSED = strawberry.enum_value(
        CLOSED, description="期间已注销或关闭 / It was closed in these days"
    )
    JUDGED = strawberry.enum_value(
        JUDGED, description="同一性判断所致 / A judgement on whether two are one moved a link of it"
    )


@strawberry.type(description="已终止的关联 / A tie that ended")
class EndedTie:
    """A relation to what ties the cluster, which was seen to end in these days."""

    relation: Relation = strawberry.field(
        description="关系，按今日所知 / The relation, as known today"
    )
    identifier: Entity = strawberry.field(description="标识 / The identifier it led to")


@strawberry.type(description="已离开的成员 / A member that left")
class ClusterLeaver:
    """A merchant that was a member, and is no longer."""

    merchant: Entity = strawberry.field(description="经营主体 / The merchant")
    reasons: list[LeaveReason] = strawberry.field(
        description="原因，不明时为空 / Why, as far as that is known; empty where it is not"
    )
    flag_ids: list[strawberry.ID] = strawberry.field(
        description="指明其离开的每周变化；为空时由关系终止推知 / Weekly flags that say it left; where "
        "there are none that follows from relations that ended"
    )
    left: strawberry.Private[Left]

    @resolved("期间终止的关联 / Relations to what ties the cluster that ended in these days")
    def ended_ties(self, first: First = DEFAULT_FIRST) -> list[EndedTie]:
        """The ended ties."""
        request = PageRequest.of(first, None, ())
        return [
            EndedTie(relation=Relation.of(step.relation), identifier=shown(step.other))
            for step in self.left.ended[: request.first]
        ]

    @classmethod
    def of(cls, left: Left) -> ClusterLeaver:
        """The leaver as shown."""
        return cls(
            merchant=shown(left.merchant),
            reasons=[LeaveReason(reason) for reason in left.reasons],
            flag_ids=[strawberry.ID(flag) for flag in left.flags],
            left=left,
        )


@strawberry.type(
    description="群组在两日之间的变化。是线索，不是证据 / What changed in a cluster between two days. "
    "A lead, never proof"
)
class ClusterDifference(Bounded):
    """Who joined, who left, and what was flagged."""

    cluster: Cluster = strawberry.field(
        description="群组，按今日所知 / The cluster, as known today"
    )
    joined: list[ClusterNewcomer] = strawberry.field(
        description="期间加入的成员 / Members that joined in these days"
    )
    left: list[ClusterLeaver] = strawberry.field(
        description="期间离开的成员：每周变化指明者，及关联已终止者 / Members that left: named by a "
        "weekly flag, or tied by two things on the first day and by fewer on the last"
    )
    stayed_count: int = strawberry.field(
        description="起始日期已相连的成员数 / Members that were tied in on the first day"
    )
    flags: list[WeeklyFlag] = strawberry.field(
        description="期间的每周变化 / Weekly flags of these days"
    )
    bounds: list[Bound] = strawberry.field(description="所受上限 / Bounds it was held to")

    @classmethod
    def of(cls, found: ClusterChanges, reading: Reading) -> ClusterDifference:
        """The difference as shown."""
        return cls(
            cluster=Cluster.of(found.cluster, reading),
            joined=[ClusterNewcomer(joined=each) for each in found.joined],
            left=[ClusterLeaver.of(each) for each in found.left],
            stayed_count=len(found.stayed),
            flags=[WeeklyFlag.of(flag) for flag in found.flags.items],
            bounds=shown_bounds(found.bounds),
            truncated=any(bound.is_reached for bound in found.bounds),
            withheld_count=reading.withheld(found.cluster.withheld),
            as_of=Date(found.flags.as_of),
        )
