"""Finds the shortest loopless ways between two things by a search from both ends.

Pure but for asking who is next to whom. Both ends grow in rounds; once one has grown `a` hops and the
other `b`, every way of at most a + b hops lies inside what was read, because each of its relations
touches a thing that is nearer than `a` to the start or nearer than `b` to the end. Ways are then listed
by length (Yen's order, Management Science 17, 1971, without his repeated searches), those of one length
by the ids on them. A hub is never passed, but may be an end.

What is read is bounded by things and relations that the reader may see and never by the clock, so the
same visible graph always gives the same answer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, pairwise
from typing import NamedTuple, Protocol

MAX_EXPANDED = 5_000
"""Things whose neighbours are read in one search."""

MAX_LINKS = 200_000
"""Relations read in one search."""

MAX_STEPS = 100_000
"""Steps of listing ways among what was read."""

_LINKS_AT_ONCE, _LEAST_AT_ONCE = 50_000, 20
"""Links that one statement should bring, guessed from those before, and things it asks for at least."""

_LOPSIDED = 8
"""An end that would read so many times more things than the other waits."""


class Link(NamedTuple):
    """One relation seen from a thing: the other thing, and what tells parallel relations apart."""

    other: str
    type: str
    role: str
    element: str


class Neighbours(Protocol):
    """Who is next to whom."""

    async def __call__(
        self, ids: Sequence[str], *, are_ends: bool
    ) -> Mapping[str, Sequence[Link] | None]:
        """The links of each thing; None for a hub, and for an end that is too wide to read."""
        ...


@dataclass(frozen=True, slots=True)
class Route:
    """What is looked for: at most `most` ways of at most `max_hops` hops, or (`is_shortest`) only
    those that are as short as the shortest."""

    start: str
    end: str
    max_hops: int
    most: int
    is_shortest: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """Ways as ids from start to end, by length, then by ids; links by pair of neighbours.

    `has_more`: there are more ways than asked for. `cut`: names of bounds that were reached, so that
    longer ways (or more of the last length) may be missing. `hubs`: hubs that were met, nearest first.
    """

    ways: tuple[tuple[str, ...], ...]
    links: Mapping[tuple[str, str], tuple[Link, ...]]
    has_more: bool
    cut: frozenset[str]
    hubs: tuple[str, ...]


@dataclass(slots=True)
class _Side:
    """What was reached from one end: hops to each thing, and the outermost things."""

    origin: str
    hops: dict[str, int] = field(default_factory=dict)
    frontier: list[str] = field(default_factory=list)
    radius: int = 0
    stuck_by: str | None = None

    def __post_init__(self) -> None:
        self.hops[self.origin] = 0
        self.frontier = [self.origin]


async def search(route: Route, neighbours: Neighbours) -> Found:
    """The ways of a route; its two ends must differ and exist."""
    return await _Search(route, neighbours).run()


class _Search:
    """One search under way."""

    def __init__(self, route: Route, neighbours: Neighbours) -> None:
        self._route = route
        self._ends = frozenset({route.start, route.end})
        self._neighbours = neighbours
        self._sides = (_Side(route.start), _Side(route.end))
        self._links: dict[str, Sequence[Link]] = {}
        self._near: defaultdict[str, set[str]] = defaultdict(set)
        self._hubs: set[str] = set()
        self._read = 0
        self._steps = 0
        self._cut: set[str] = set()

    async def run(self) -> Found:
        route = self._route
        ways: list[tuple[str, ...]] = []
        for length in range(1, route.max_hops + 1):
            while self._radius < length and await self._grow():
                pass
            if self._radius < length:
                self._cut |= {side.stuck_by for side in self._sides if side.stuck_by}
            else:
                await self._judge_meetings(length)
            if self._cut:
                break
            ways += islice(self._ways_of(length), route.most + 1 - len(ways))
            if len(ways) > route.most or (ways and route.is_shortest) or self._cut:
                break
        chosen = tuple(ways[: route.most])
        pairs = {pair for way in chosen for pair in pairwise(way)}
        return Found(
            chosen,
            {pair: self._between(*pair) for pair in pairs},
            len(ways) > route.most,
            frozenset(self._cut),
            self._met(),
        )

    @property
    def _radius(self) -> int:
        """Ways of so many hops lie inside what was read."""
        return sum(side.radius for side in self._sides)

    async def _grow(self) -> bool:
        """Let one end or both grow by a hop; False when neither can."""
        able = sorted(
            (side for side in self._sides if side.stuck_by is None),
            key=lambda side: len(side.frontier),
        )
        if len(able) == 2 and len(able[1].frontier) > _LOPSIDED * (len(able[0].frontier) + 1):
            able.pop()
        bound = await self._read_links([node for side in able for node in side.frontier])
        for side in able:
            side.stuck_by = bound and await self._read_links(side.frontier)
            if side.stuck_by is None:
                self._advance(side)
        return any(side.stuck_by is None for side in self._sides)

    def _advance(self, side: _Side) -> None:
        if side.radius == 0 and side.origin not in self._links:
            side.stuck_by = "ends"  # too wide to read: the other end must come all the way
            return
        reached = set()
        for node in side.frontier:
            for link in self._links.get(node, ()):
                if link.other not in side.hops:
                    side.hops[link.other] = side.radius + 1
                    reached.add(link.other)
        side.radius += 1
        side.frontier = sorted(reached - self._ends - self._hubs)

    async def _read_links(self, wanted: Iterable[str]) -> str | None:
        """Read the neighbours of things that were not read yet; the bound that forbids it, or None."""
        ids = sorted(n for n in wanted if n not in self._links and n not in self._hubs)
        while ids:
            if len(self._links) + len(self._hubs) + len(ids) > MAX_EXPANDED:
                return "things"
            if self._read > MAX_LINKS:
                return "relations"
            per_thing = self._read // (len(self._links) + 1) + 1
            most = max(_LEAST_AT_ONCE, _LINKS_AT_ONCE // per_thing)
            are_ends = ids[0] in self._ends
            now, ids = ids[:most], ids[most:]
            for node, links in (await self._neighbours(now, are_ends=are_ends)).items():
                self._take(node, links)
        return None

    def _take(self, node: str, links: Sequence[Link] | None) -> None:
        if links is None:
            if node not in self._ends:
                self._hubs.add(node)
            return
        self._links[node] = links
        self._read += len(links)
        for link in links:
            if link.other != node:
                self._near[node].add(link.other)
                self._near[link.other].add(node)

    async def _judge_meetings(self, length: int) -> None:
        """Where the two ends met, the things themselves were not read yet: they may be hubs."""
        first, second = (side.hops for side in self._sides)
        meeting = [
            node
            for node in first.keys() & second.keys()
            if first[node] + second[node] <= length and node not in self._ends
        ]
        if bound := await self._read_links(meeting):
            self._cut.add(bound)

    def _ways_of(self, length: int) -> Iterator[tuple[str, ...]]:
        """Loopless ways of exactly so many hops, by the ids on them."""
        left = self._hops_to_end(length)
        if left.get(self._route.start, length + 1) > length:
            return
        way = [self._route.start]
        stack = [self._onward(way, length - 1, left)]
        while stack:
            node = next(stack[-1], None)
            self._steps += 1
            if self._steps > MAX_STEPS:
                self._cut.add("steps")
                return
            if node is None:
                stack.pop()
                way.pop()
            elif node == self._route.end:
                yield (*way, node)
            else:
                way.append(node)
                stack.append(self._onward(way, length - len(way), left))

    def _onward(self, way: Sequence[str], rest: int, left: Mapping[str, int]) -> Iterator[str]:
        """The next things of a way that may still end in exactly `rest` hops more."""
        end = self._route.end
        return iter(
            [
                node
                for node in sorted(self._near[way[-1]])
                if (node == end) == (rest == 0)
                and left.get(node, rest + 1) <= rest
                and node not in way
            ]
        )

    def _hops_to_end(self, most: int) -> dict[str, int]:
        hops = {self._route.end: 0}
        frontier = [self._route.end]
        for distance in range(1, most + 1):
            reached = []
            for node in frontier:
                for other in self._near[node]:
                    if other not in hops and other not in self._hubs:
                        hops[other] = distance
                        reached.append(other)
            frontier = [node for node in reached if node != self._route.start]
        return hops

    def _between(self, one: str, two: str) -> tuple[Link, ...]:
        found = {
            link.element: link
            for node, other in ((one, two), (two, one))
            for link in self._links.get(node, ())
            if link.other == other
        }
        return tuple(sorted(found.values(), key=lambda link: (link.type, link.role, link.element)))

    def _met(self) -> tuple[str, ...]:
        def nearest(node: str) -> tuple[int, str]:
            return min(side.hops.get(node, 99) for side in self._sides), node

        return tuple(sorted(self._hubs, key=nearest))
