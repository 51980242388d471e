"""What several things share: what they are next to, rarest first.

What a store or a live room shares is mostly held by who runs it, so the neighbours of its visible
operators count as its own, and the answer says through whom.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from graph.errors import ValueRefused
from queries.bounds import Bound, BoundedPage, bounded
from queries.expand import SCAN_LIMIT, Noise, checked_date, checked_relations
from queries.pages import Cut, PageRequest, page_of
from queries.path_neighbours import relations_of
from queries.paths import TOO_COMMON
from queries.reading import Reading, Row
from queries.statements import for_types, ids_by_type, load
from queries.views import NodeView, RelationView

CURSOR = (int, str)
LEAST_THINGS, MOST_THINGS = 2, 10
NEAR_LIMIT = 5_000
"""Visible relations read of each thing, and of those who run it."""

CANDIDATE_LIMIT = 1_000
"""Shared neighbours looked at, in order of their id."""

HOLDERS_COUNTED = 1_000
"""Holders are counted up to here; a thing with more has this number and one."""


@dataclass(frozen=True, slots=True)
class Held:
    """One of the things asked for holds the shared one, itself or `through` who runs it."""

    thing: str
    through: str | None
    relation: RelationView


@dataclass(frozen=True, slots=True)
class SharedThing:
    """One shared neighbour; `holders` counts visible relations that lead to it."""

    node: NodeView
    holders: int
    held: tuple[Held, ...]

    @property
    def key(self) -> tuple[int, str]:
        """Rarest first, then by id."""
        return (self.holders, self.node.id)


@dataclass(frozen=True, slots=True)
class Sharing:
    """What is asked: which things, held by at least how many of them, by what, known when."""

    ids: tuple[str, ...]
    at_least: int
    relations: tuple[str, ...]
    node_types: tuple[str, ...] | None
    as_of: str

    @classmethod
    def of(
        cls,
        ids: Sequence[str],
        at_least: int,
        as_of: str,
        relations: Sequence[str] | None = None,
        noise: Noise | None = None,
    ) -> Sharing:
        """Check it; by default all relations but those that everybody has. ValueRefused for fewer than
        2 or more than 10 different things, and for what does not exist."""
        noise = noise or Noise()
        distinct = tuple(dict.fromkeys(ids))
        if not LEAST_THINGS <= len(distinct) <= MOST_THINGS:
            raise ValueRefused("neighbours.things", least=LEAST_THINGS, most=MOST_THINGS)
        if not LEAST_THINGS <= at_least <= len(distinct):
            raise ValueRefused("neighbours.at_least", least=LEAST_THINGS, most=len(distinct))
        wanted = set(checked_relations(relations)) - set(noise.exclude_relations)
        if relations is None:
            wanted -= TOO_COMMON
        return cls(distinct, at_least, tuple(sorted(wanted)), noise.node_types, checked_date(as_of))


SharedPage = BoundedPage[SharedThing]


async def common_neighbours(reading: Reading, asked: Sharing, request: PageRequest) -> SharedPage:
    """What the things share, in three statements; things that are not visible share nothing."""
    wanted = ids_by_type(asked.ids)
    rows = (
        await reading.rows(
            for_types("neighbours", tuple(wanted)),
            ids=wanted,
            relations=list(asked.relations),
            node_types=None if asked.node_types is None else list(asked.node_types),
            scan_stop=NEAR_LIMIT + 1,
            scan_limit=SCAN_LIMIT,
        )
        if wanted
        else []
    )
    shared, is_cut = _candidates(rows, asked)
    found = await _known(reading, shared, asked)
    elements = {each.node.id: shared[each.node.id][0] for each in found}
    counted = (
        {
            row["element"]: row["holders"]
            for row in await reading.rows(
                load("neighbours_holders"),
                elements=sorted(elements.values()),
                stop=HOLDERS_COUNTED + 1,
            )
        }
        if elements
        else {}
    )
    ranked = sorted(
        (replace(each, holders=counted[elements[each.node.id]]) for each in found),
        key=lambda each: each.key,
    )
    bounds = _bounds(rows, is_cut, ranked)
    withheld = [row["withheld"] for row in rows]
    cut = Cut(
        asked.as_of,
        None if None in withheld else reading.withheld(sum(withheld)),
        any(bound.is_reached for bound in bounds[:2]),
    )
    page = page_of(ranked, request, lambda each: each.key, cut)
    return bounded(page, bounds)


_Candidates = dict[str, tuple[str, list[tuple[str, str | None, str]]]]
"""Neighbour id → its element, and who holds it: thing, through whom, element of the relation."""


def _candidates(rows: Sequence[Row], asked: Sharing) -> tuple[_Candidates, bool]:
    near: defaultdict[str, list[tuple[str, str | None, str]]] = defaultdict(list)
    elements: dict[str, str] = {}
    for row in rows:
        for other, element, relation, through in (
            *row["near"][:NEAR_LIMIT],
            *row["nearer"][:NEAR_LIMIT],
        ):
            near[other].append((row["id"], through, relation))
            elements[other] = element
    several = sorted(
        other
        for other, held in near.items()
        if len({thing for thing, _, _ in held}) >= asked.at_least
    )
    chosen = {other: (elements[other], near[other]) for other in several[:CANDIDATE_LIMIT]}
    return chosen, len(several) > CANDIDATE_LIMIT


async def _known(reading: Reading, shared: _Candidates, asked: Sharing) -> list[SharedThing]:
    """Those still shared by enough of the things through what was known on the day."""
    if not shared:
        return []
    wanted = {relation for _, held in shared.values() for _, _, relation in held}
    relations, things = await relations_of(reading, sorted(wanted))
    day = asked.as_of
    found = []
    for other, (_, held) in sorted(shared.items()):
        holding = [
            Held(thing, through, relations[relation])
            for thing, through, relation in held
            if relation in relations and relations[relation].is_known_on(day)
        ]
        is_shared = len({each.thing for each in holding}) >= asked.at_least
        if is_shared and things[other].first_seen <= day:
            holding.sort(key=lambda h: (h.thing, h.relation.type, h.relation.id, h.through or ""))
            found.append(SharedThing(things[other], 0, tuple(holding)))
    return found


def _bounds(rows: Sequence[Row], is_cut: bool, found: Sequence[SharedThing]) -> tuple[Bound, ...]:
    widest = max((len(row[name]) for row in rows for name in ("near", "nearer")), default=0)
    most = max((each.holders for each in found), default=0)
    return (
        Bound("relations_of_a_thing", NEAR_LIMIT, widest > NEAR_LIMIT),
        Bound("shared_things", CANDIDATE_LIMIT, is_cut),
        Bound("holders_counted", HOLDERS_COUNTED, most > HOLDERS_COUNTED),
    )
