"""A schema with every feature, over objects whose values are often wrong; made alike from a seed."""

from __future__ import annotations

import asyncio
import enum
import random
from collections import Counter
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, NewType

import strawberry
from strawberry.schema.config import StrawberryConfig
from strawberry.types.scalar import ScalarDefinition

from api.plan.columns import Column, Columns, Grouped, takes_columns

Stamp = NewType("Stamp", str)
Free = NewType("Free", object)


def _stamp(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("no stamp")
    return value.upper()


SCALARS: Mapping[object, ScalarDefinition] = {
    Stamp: strawberry.scalar(name="Stamp", serialize=_stamp, parse_value=_stamp),
    Free: strawberry.scalar(name="Free"),
}


@strawberry.enum
class Colour(enum.Enum):
    RED = "red"
    GREEN = "green"


@strawberry.input
class Bounds:
    low: int = 0
    high: int | None = None
    colour: Colour = Colour.GREEN


@dataclass
class Later:
    """An awaitable that is no coroutine, so that nobody minds when it is never awaited."""

    value: Any
    turns: int

    def __await__(self) -> Generator[Any, None, Any]:
        for _ in range(self.turns):
            yield
        if isinstance(self.value, Exception):
            raise self.value
        return self.value


@strawberry.interface
class Node:
    id: strawberry.ID


@strawberry.interface
class Named(Node):
    name: str
    colour: Colour | None

    @strawberry.field
    def label(self, lang: Colour = Colour.RED, times: int = 1) -> str:
        return f"{self.name}:{lang.value}" * times


@strawberry.type
class Circle:
    radius: float
    stamp: Stamp | None
    name: str


@strawberry.type
class Square(Node):
    side: int | None
    corners: list[list[int | None] | None]


Shape = Annotated[Circle | Square, strawberry.union("Shape")]


@strawberry.type
class Leafy:
    """Attributes only."""

    name: str
    count: int | None
    ratio: float
    flag: bool | None
    colour: Colour
    stamp: Stamp
    free: Free | None
    tags: list[str]
    codes: list[int | None] | None
    inner: Leafy | None


@strawberry.type
class Item(Named):
    count: int
    title: str | None
    leafy: Leafy | None
    leaves: list[Leafy]
    maybe: list[Leafy | None] | None
    kids: list[Item]
    shape: Shape | None
    shapes: list[Shape]
    nodes: list[Node | None]
    secret: strawberry.Private[random.Random]

    @strawberry.field
    async def slow(self, turns: int = 1, text: str | None = None) -> str | None:
        for _ in range(turns):
            await asyncio.sleep(0)
        return text

    @strawberry.field
    def broken(self) -> str:
        raise ValueError("broken")

    @strawberry.field
    async def broken_later(self, turns: int = 0) -> int:
        for _ in range(turns):
            await asyncio.sleep(0)
        raise ValueError("broken later")

    @strawberry.field
    def bounded(self, within: Bounds, stamp: Stamp | None = None) -> str | None:
        return f"{within.low} {within.high} {within.colour.name} {stamp}"

    @strawberry.field
    async def others(self, first: int = 2) -> list[Named | None]:
        await asyncio.sleep(0)
        found: list[Named | None] = [*self.kids, None]
        return found[:first]

    @strawberry.field
    def columned(self, length: int = 3) -> list[Leafy]:
        made = [leafy(self.secret, 0) for _ in range(max(0, length))]
        names = ["name", "count", "ratio", "flag", "colour", "stamp", "free", "tags", "codes"]
        columns = {name: [getattr(one, name) for one in made] for name in names}
        return Columns(Leafy, columns, len(made), lambda n: made[n])  # type: ignore[return-value]


@strawberry.type
class Info:
    """About a page."""

    end: str | None
    more: bool


@strawberry.type
class Page:
    """What a member is related to."""

    total: int
    info: Info
    members: list[Member]
    leaves: list[Leafy]


#: How often what was asked of members: once for each of them, or at once for a list.
CALLS: Counter[str] = Counter()


@strawberry.type
class Member:
    """Known by its number alone; what it is related to may be asked for many at once."""

    number: int
    name: str
    parent: Member | None

    @strawberry.field
    @takes_columns("number")
    async def related(self, first: int = 2, within: Bounds | None = None) -> Page:
        await asyncio.sleep(0)
        low = within.low if within else 0
        if isinstance(self, Columns):
            CALLS["at once"] += 1
            numbers: Any = self.columns["number"]
            return _pages(numbers, first, low)  # type: ignore[return-value]
        CALLS["each"] += 1
        return _page(self.number, first, low)

    @strawberry.field
    def alone(self) -> str:
        return f"alone {self.number}"


def member(number: int) -> Member:
    # Some of them have a name that is none, or a number that no Int can be.
    name: Any = None if number in {1035, 1040} else ["naïve 名", "b"][number % 2]
    return Member(number=2**40 if number == 1041 else number, name=name, parent=None)


def members(numbers: list[int]) -> Columns[Member]:
    made = [member(number) for number in numbers]
    columns: dict[str, Column] = {
        "number": [one.number for one in made],
        "name": [one.name for one in made],
    }
    return Columns(Member, columns, len(made), lambda n: made[n])


def _far(number: int, first: int, low: int) -> list[int]:
    if low > 2 and number % 5 == 0:
        raise ValueError(f"nothing of {number}")
    return [number * 3 + n + 1 for n in range(min(number % 4, max(first, 0)))]


def _page(number: int, first: int, low: int) -> Page:
    far = _far(number, first, low)
    return Page(
        total=len(far),
        info=Info(end=str(far[-1]) if far else None, more=number % 4 > first),
        members=[member(one) for one in far],
        leaves=[_leaf(one) for one in far],
    )


def _pages(numbers: Sequence[int], first: int, low: int) -> Columns[Page]:
    far = [_far(number, first, low) for number in numbers]
    sizes, every = [len(some) for some in far], [one for some in far for one in some]
    about: dict[str, Column] = {
        "end": [str(some[-1]) if some else None for some in far],
        "more": [number % 4 > first for number in numbers],
    }
    leaves: dict[str, Column] = {"name": [_leaf(one).name for one in every]}
    columns: dict[str, Column] = {
        "total": sizes,
        "info": Columns(Info, about, len(far), _never),
        "members": Grouped(members(every), sizes),
        "leaves": Grouped(Columns(Leafy, leaves, len(every), _never), sizes),
    }
    return Columns(Page, columns, len(far), _never)


def _leaf(number: int) -> Leafy:
    made = leafy(random.Random(number), 0)
    made.name = f"leaf {number}"
    return made


def _never(n: int) -> Any:
    raise AssertionError(n)


@strawberry.type
class Query(Node):
    item: Item
    maybe_item: Item | None
    shape: Shape
    node: Node | None
    leaves: list[Leafy]

    @strawberry.field
    async def many(self, info: strawberry.Info[Any, None], first: int = 3) -> list[Item]:
        return [item(info.context, 1) for _ in range(max(0, first))]

    @strawberry.field
    async def some(self, info: strawberry.Info[Any, None], strict: bool) -> list[Named | None]:
        if strict:
            return None  # type: ignore[return-value]
        return [item(info.context, 1), None, _rarely(info.context, 3, item(info.context, 0))]

    @strawberry.field
    def found(self, info: strawberry.Info[Any, None]) -> Item | None:
        return item(info.context, 1)

    @strawberry.field
    def all_leaves(self, info: strawberry.Info[Any, None], first: int = 40) -> list[Leafy]:
        return [leafy(info.context, 0) for _ in range(max(0, first))]

    @strawberry.field
    def members(self, first: int = 40, at: int = 1) -> list[Member]:
        return members(list(range(at, at + max(0, first))))  # type: ignore[return-value]

    @strawberry.field
    def shown(self, info: strawberry.Info[Any, None]) -> list[Shape]:
        return [shape(info.context) for _ in range(3)]


def leafy(rng: random.Random, depth: int) -> Leafy:
    return Leafy(
        name=_rarely(rng, 60, "naïve 名"),
        count=_rarely(rng, 60, rng.choice([None, 0, 7, 2**31 - 1, True, 3.0, "9"])),
        ratio=_rarely(rng, 60, rng.choice([0.5, -0.0, 2, True, 1e300])),
        flag=_rarely(rng, 60, rng.choice([True, False, None, 1])),
        colour=_rarely(rng, 60, rng.choice(list(Colour))),
        stamp=_rarely(rng, 60, "st"),
        free=_rarely(rng, 60, rng.choice([None, {"a": [1, None]}, [1.5], "x", 3])),
        tags=_rarely(rng, 60, rng.choice([["a", "b"], (), ("c",)])),
        codes=_rarely(rng, 60, rng.choice([None, [1, None, 3], [2**40], []])),
        inner=_rarely(rng, 60, leafy(rng, depth - 1) if depth else None),
    )


def shape(rng: random.Random) -> Any:
    if rng.random() < 0.5:
        return _rarely(rng, 30, Circle(radius=_rarely(rng, 30, 1.5), stamp=Stamp("c"), name="o"))
    corners = _rarely(rng, 30, [[1, None], None, [_rarely(rng, 30, 4)]])
    return Square(id=strawberry.ID("sq"), side=_rarely(rng, 30, 4), corners=corners)


def item(rng: random.Random, depth: int) -> Item:
    kids = [item(rng, depth - 1) for _ in range(rng.randint(0, 2))] if depth else []
    return Item(
        id=_rarely(rng, 60, "i1"),
        name=_rarely(rng, 60, "item"),
        colour=_rarely(rng, 60, rng.choice([None, *Colour])),
        count=_rarely(rng, 60, 3),
        title=_rarely(rng, 60, rng.choice([None, "t"])),
        leafy=_rarely(rng, 60, leafy(rng, 1)),
        leaves=_rarely(rng, 60, [leafy(rng, 0) for _ in range(rng.randint(0, 3))]),
        maybe=_rarely(rng, 30, [_rarely(rng, 10, leafy(rng, 0)), None]),
        kids=_rarely(rng, 60, kids),
        shape=_rarely(rng, 30, shape(rng)),
        shapes=_rarely(rng, 60, [shape(rng) for _ in range(rng.randint(0, 2))]),
        nodes=_rarely(rng, 60, [*kids, shape(rng), None]),
        secret=random.Random(rng.random()),
    )


def root(rng: random.Random) -> Query:
    return Query(
        id=strawberry.ID("q"),
        item=item(rng, 2),
        maybe_item=_rarely(rng, 10, item(rng, 1)),
        shape=shape(rng),
        node=_rarely(rng, 10, item(rng, 0)),
        leaves=[leafy(rng, 2) for _ in range(3)],
    )


def _rarely(rng: random.Random, among: int, value: Any) -> Any:
    """The value, or once in so many times something else."""
    if rng.randrange(among):
        return value
    return rng.choice(
        [
            None,
            ValueError("was returned"),
            object,
            5,
            float("inf"),
            "text",
            {"a": 1},
            Later(value, rng.randint(0, 2)),
            Later(ValueError("awaited"), 1),
            [None, value],
        ]
    )


SCHEMA = strawberry.Schema(
    Query, types=[Item, Square], config=StrawberryConfig(scalar_map=dict(SCALARS))
)._schema
