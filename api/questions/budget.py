"""What asking costs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import strawberry

from api.context import Info
from api.resolved import resolved
from api.scalars import DateTime


@strawberry.type(
    description="提问者的用量；一个单位为一个普通字段 / "
    "What the one who asks may ask for; a unit is the cost of one plain field"
)
class RateLimit:
    """The budget of a reader after this operation was charged."""

    limit: int = strawberry.field(description="额度上限 / Units that can be saved up [cost]")
    cost: int = strawberry.field(description="本次操作的成本 / What this operation cost [cost]")
    remaining: int = strawberry.field(description="剩余额度 / Units that are left [cost]")
    reset_at: DateTime = strawberry.field(
        description="额度完全恢复的时间 / When all units are back, if nothing is asked meanwhile"
    )


@strawberry.type
class Budgets:
    """Questions about the reader's own budget."""

    @resolved("用量；不限量时为空 / What asking costs; null where there is no limit")
    def rate_limit(self, info: Info) -> RateLimit | None:
        """The budget that this operation was charged to."""
        budget, desk = info.context.budget, info.context.desk
        if budget is None:
            return None
        now = desk.settings.now() if desk else datetime.now(UTC)
        reset_at = (now + timedelta(seconds=budget.reset_s)).isoformat(timespec="seconds")
        return RateLimit(
            limit=budget.limit,
            cost=budget.cost,
            remaining=budget.remaining,
            reset_at=DateTime(reset_at),
        )
