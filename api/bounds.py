"""Which bounds an answer was held to, as shown."""

from __future__ import annotations

from collections.abc import Sequence

import strawberry

from queries import bounds


@strawberry.type(description="答案所受的一个上限 / One bound that the answer was held to")
class Bound:
    """One bound."""

    name: str = strawberry.field(description="所限之物 / What is bounded")
    most: int = strawberry.field(description="上限 / At most so many")
    is_reached: bool = strawberry.field(
        description="可见内容是否超出 / Whether there was more, by what you may see"
    )


def shown_bounds(found: Sequence[bounds.Bound]) -> list[Bound]:
    """The bounds as shown."""
    return [Bound(name=b.name, most=b.most, is_reached=b.is_reached) for b in found]
