"""How two things are connected: the shortest ways through what the reader may see."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise

from graph.errors import LimitExceeded, ValueRefused
from graph.model.ids import type_of
from graph.ontology import ontology
from graph.store.statement import Statement
from queries.bounds import Bound
from queries.expand import checked_date, checked_relations
from queries.hubs import HUB_LIMIT, Hubs, checked_limit, hubs
from queries.lookup import nodes
from queries.path_neighbours import (
    END_LIMIT,
    OPEN_LIMIT,
    Around,
    StoredNeighbours,
    relations_of,
)
from queries.path_search import MAX_EXPANDED, MAX_LINKS, MAX_STEPS, Found, Link, Route, search
from queries.reading import Reading
from queries.statements import for_type, for_types, ids_by_type
from queries.views import NodeView, RelationView

MAX_HOPS = 6
MAX_WAYS = 5
MOST_WAYS = 50
MAX_WITHOUT = 100
SHOWN_HUBS = 20
"""Hubs that an answer names; their number is told whole."""

_HIDDEN_SEARCH_S = 10.0
"""Time given to finding out whether a shorter way is hidden; when it is up, nothing is said of that."""

#: Everybody sells on a platform and every certificate has a body: a way through those says nothing.
TOO_COMMON = frozenset({"ON_PLATFORM", "ISSUED_BY"})


@dataclass(frozen=True, slots=True)
class Allowed:
    """What a way may be made of.

    `relations` are the types allowed, `without` ids of things that are no way, `hub_limit` most visible
    holders of a thing on the way (None: hubs are ways too), `as_of` the ISO date on which all of it was
    known and had not ended (None: whatever was ever recorded).
    """

    relations: tuple[str, ...]
    without: frozenset[str] = field(default=frozenset())
    hub_limit: int | None = HUB_LIMIT
    as_of: str | None = None

    @classmethod
    def of(
        cls,
        relations: Sequence[str] | None = None,
        exclude_relations: Sequence[str] = (),
        *,
        without: Iterable[str] = (),
        hub_limit: int | None = HUB_LIMIT,
        as_of: str | None = None,
    ) -> Allowed:
        """Check it; by default all relations but `TOO_COMMON`. ValueRefused for what does not exist."""
        wanted = set(checked_relations(relations)) - set(checked_relations(exclude_relations))
        if relations is None:
            wanted -= TOO_COMMON
        left_out = frozenset(without)
        if len(left_out) > MAX_WITHOUT:
            raise ValueRefused("path.without", most=MAX_WITHOUT)
        return cls(
            tuple(sorted(wanted)),
            left_out,
            None if hub_limit is None else checked_limit(hub_limit),
            None if as_of is None else checked_date(as_of),
        )


@dataclass(frozen=True, slots=True)
class Way:
    """One way: its nodes from start to end, the relations between them (one fewer), and `parallel`:
    further relations between neighbours on the way."""

    nodes: tuple[NodeView, ...]
    relations: tuple[RelationView, ...]
    parallel: tuple[RelationView, ...] = ()


@dataclass(frozen=True, slots=True)
class Ways:
    """The ways that were asked for, shortest first.

    `truncated`: there are more, or a bound cut the search. `withheld`: 1 when a shorter way, or the
    only one, runs through what the reader may not see (None where that is not told, or was not found
    out). `hubs`: the hubs nearest to the two ends that were no way; `hub_count`: all that were met.
    """

    ways: tuple[Way, ...]
    truncated: bool
    withheld: int | None
    as_of: str
    hubs: tuple[NodeView, ...] = ()
    hub_count: int = 0
    bounds: tuple[Bound, ...] = ()


async def shortest_paths(
    reading: Reading, start: str, end: str, max_hops: int, allowed: Allowed | None = None
) -> Ways:
    """All ways as short as the shortest, up to `MAX_WAYS`; else as `paths`."""
    route = Route(start, end, max_hops, MAX_WAYS, is_shortest=True)
    return await paths(reading, route, allowed or Allowed.of())


async def paths(reading: Reading, route: Route, allowed: Allowed) -> Ways:
    """The shortest ways between two nodes, each a different row of things.

    A way never touches what the reader may not see. Statements: about one per two hops, and four.
    Raises ValueRefused for hops outside 1..6 and more than 50 ways, LimitExceeded when the search takes
    too long.
    """
    if not 1 <= route.max_hops <= MAX_HOPS:
        raise ValueRefused("path.hops", most=MAX_HOPS)
    if not 1 <= route.most <= MOST_WAYS:
        raise ValueRefused("path.most", most=MOST_WAYS)
    day = allowed.as_of or reading.as_of
    nothing = Ways((), False, reading.withheld(0), day)
    if route.start == route.end:
        seen = await nodes(reading, [route.start])
        own = (Way((seen[route.start],), ()),) if seen else ()
        return replace(nothing, ways=own)
    # What does not wait for each other is asked at once: a search is mostly waiting.
    known, left_out = await asyncio.gather(
        _ends(reading, [route.start, route.end]), _left_out(reading, day, allowed.hub_limit)
    )
    if len(known) < 2:
        return nothing
    around = Around(
        allowed.relations, allowed.without, allowed.as_of, allowed.hub_limit, left_out.registered
    )
    neighbours = StoredNeighbours(reading, around, known)
    found = await search(route, neighbours)
    shown_hubs = found.hubs[:SHOWN_HUBS]
    ways, hub_views, withheld = await asyncio.gather(
        _ways(reading, found),
        neighbours.things(shown_hubs),
        _hidden(reading, route, allowed, found, left_out),
    )
    return Ways(
        ways,
        found.has_more or bool(found.cut),
        withheld,
        day,
        tuple(hub_views[hub] for hub in shown_hubs if hub in hub_views),
        len(found.hubs),
        _bounds(found, allowed.hub_limit),
    )


async def _left_out(reading: Reading, day: str, limit: int | None) -> Hubs:
    return Hubs(0, frozenset()) if limit is None else await hubs(reading, day, limit)


def _bounds(found: Found, limit: int | None) -> tuple[Bound, ...]:
    return (
        Bound("holders", limit or OPEN_LIMIT, bool(found.hubs)),
        Bound("relations_of_an_end", END_LIMIT, "ends" in found.cut),
        Bound("things_expanded", MAX_EXPANDED, "things" in found.cut),
        Bound("relations_read", MAX_LINKS, "relations" in found.cut),
        Bound("steps", MAX_STEPS, "steps" in found.cut),
    )


async def _ends(reading: Reading, ids: Sequence[str]) -> dict[str, str]:
    """The store's names of the nodes the reader may see."""
    wanted = ids_by_type(ids)
    if not wanted:
        return {}
    rows = await reading.rows(for_types("path_ends", tuple(wanted)), ids=wanted)
    return {row["id"]: row["element"] for row in rows}


async def _ways(reading: Reading, found: Found) -> tuple[Way, ...]:
    """The ways with what the reader sees of them, in one statement."""
    if not found.ways:
        return ()
    elements = sorted({link.element for links in found.links.values() for link in links})
    relations, things = await relations_of(reading, elements)
    return tuple(_way(way, found.links, things, relations) for way in found.ways)


def _way(
    way: Sequence[str],
    links: Mapping[tuple[str, str], Sequence[Link]],
    things: Mapping[str, NodeView],
    relations: Mapping[str, RelationView],
) -> Way:
    steps = [links[pair] for pair in pairwise(way)]
    return Way(
        tuple(things[identifier] for identifier in way),
        tuple(relations[step[0].element] for step in steps),
        tuple(relations[link.element] for step in steps for link in step[1:]),
    )


async def _hidden(
    reading: Reading, route: Route, allowed: Allowed, found: Found, left_out: Hubs
) -> int | None:
    """1 when a way shorter than the shortest shown exists, 0 when none does, None when not known."""
    most = len(found.ways[0]) - 2 if found.ways else route.max_hops
    if not reading.reader.is_told_withheld or (found.cut and not found.ways):
        return None
    if most == 0:
        return 0
    deadline = min(reading.deadline, time.monotonic() + _HIDDEN_SEARCH_S)
    hurried = replace(reading, deadline=deadline, statements=0)
    try:
        rows = await hurried.rows(
            _hidden_statement(type_of(route.start), type_of(route.end), most),
            **{"from": route.start, "to": route.end},
            relations=list(allowed.relations),
            as_of=allowed.as_of,
            hub_limit=allowed.hub_limit,
            without=sorted(allowed.without | left_out.registered),
        )
    except LimitExceeded:
        return None
    finally:
        reading.statements += hurried.statements
    return len(rows)


@lru_cache(maxsize=256)
def _hidden_statement(start_type: str, end_type: str, hops: int) -> Statement:
    template = for_type("path_hidden", start_type)
    text = template.text.replace("__OTHER__", ontology().entities[end_type].name)
    return Statement(
        f"{template.name}_{end_type}_{hops}",
        text.replace("__HOPS__", str(int(hops))),
        template.header,
    )
