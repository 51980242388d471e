"""What a thing is related to: one step into the graph, in pages, or only counted by kind.

A thing with more visible relations than `SCAN_LIMIT` is cut: so many are read, and the answer says so.
Which of them are read is the order in which the store keeps them; no value of what is hidden decides it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from graph.errors import ValueRefused
from graph.ontology import ontology
from queries.bounds import Bound, BoundedPage, bounded
from queries.hubs import Hubs, checked_limit, hubs
from queries.pages import Cut, PageRequest, page_of
from queries.reading import Reading
from queries.statements import for_type, ids_by_type
from queries.steps import Step, step_of

CURSOR = (str,)
DIRECTIONS = ("OUT", "IN", "ANY")

PARTLY_LIMIT = 2_000
"""Relations of one node of which the reader sees only some records; more are cut, and it is said."""

SCAN_LIMIT = 50_000
"""Visible relations of one node that are read; more are cut, and it is said."""


StepPage = BoundedPage[Step]


@dataclass(frozen=True, slots=True)
class Noise:
    """What to leave out: relation types, all types of things but some, and things with more visible
    holders than `hub_limit` or in the register of legitimate hubs (None: no hub is left out)."""

    exclude_relations: tuple[str, ...] = ()
    node_types: tuple[str, ...] | None = None
    hub_limit: int | None = None

    @classmethod
    def of(
        cls,
        exclude_relations: Sequence[str] = (),
        node_types: Sequence[str] | None = None,
        hub_limit: int | None = None,
    ) -> Noise:
        """Check it; ValueRefused for a type that does not exist and a limit outside 1..1000."""
        return cls(
            checked_relations(exclude_relations),
            None if node_types is None else checked_types(node_types),
            None if hub_limit is None else checked_limit(hub_limit),
        )


@dataclass(frozen=True, slots=True)
class Expansion:
    """Which relations are asked for: their types, their direction seen from the node, and when."""

    relations: tuple[str, ...]
    direction: str
    as_of: str
    page: PageRequest
    noise: Noise = field(default=Noise())

    @classmethod
    def of(
        cls,
        relations: Sequence[str] | None,
        direction: str,
        as_of: str,
        page: PageRequest,
        noise: Noise | None = None,
    ) -> Expansion:
        """Check it; ValueRefused for an unknown relation type, direction or date."""
        if direction not in DIRECTIONS:
            raise ValueRefused("expand.direction")
        noise = noise or Noise()
        wanted = tuple(
            name for name in checked_relations(relations) if name not in noise.exclude_relations
        )
        return cls(wanted, direction, checked_date(as_of), page, noise)


@dataclass(frozen=True, slots=True)
class KindCount:
    """How many visible relations there are of one type and direction to one type of thing."""

    relation: str
    direction: str
    other_type: str
    count: int


@dataclass(frozen=True, slots=True)
class Summary:
    """What there is around a thing, largest kind first; see `Page` for what is said besides."""

    kinds: tuple[KindCount, ...]
    truncated: bool
    withheld: int | None
    as_of: str
    bounds: tuple[Bound, ...]


def checked_relations(names: Sequence[str] | None) -> tuple[str, ...]:
    """Relation types, sorted; all of them for None. ValueRefused for one that does not exist."""
    known = ontology().relations
    if names is None:
        return tuple(sorted(known))
    if unknown := sorted(set(names) - known.keys()):
        raise ValueRefused("relation.type", name=unknown[0][:40])
    return tuple(sorted(set(names)))


def checked_types(names: Sequence[str]) -> tuple[str, ...]:
    """Entity types, sorted; ValueRefused for one that does not exist."""
    if unknown := sorted(set(names) - ontology().entities.keys()):
        raise ValueRefused("entity.type", name=unknown[0][:40])
    return tuple(sorted(set(names)))


def checked_date(text: str) -> str:
    """An ISO date (YYYY-MM-DD) as it is; ValueRefused for anything else."""
    try:
        parsed = date.fromisoformat(text)
    except ValueError as error:
        raise ValueRefused("date.iso") from error
    if parsed.isoformat() != text:
        raise ValueRefused("date.iso")
    return text


async def expand(reading: Reading, ids: Iterable[str], asked: Expansion) -> dict[str, StepPage]:
    """A page of relations for each node, one statement per type of node.

    Nodes that are absent or not visible are left out alike. Order: relation type, direction, id of
    the other end. One statement more where hubs are left out.
    """
    limit = asked.noise.hub_limit
    known = Hubs(0, frozenset()) if limit is None else await hubs(reading, asked.as_of, limit)
    node_types = asked.noise.node_types
    pages: dict[str, StepPage] = {}
    for type_name, of_type in ids_by_type(ids).items():
        rows = await reading.rows(
            for_type("expand", type_name),
            ids=of_type,
            relations=list(asked.relations),
            node_types=None if node_types is None else list(node_types),
            direction=asked.direction,
            as_of=asked.as_of,
            after=str(asked.page.after[0]) if asked.page.after else "",
            hubs=sorted(known.registered),
            hub_limit=limit,
            hub_stop=known.limit + 1,
            limit=asked.page.first + 1,
            partly_limit=PARTLY_LIMIT + 1,
            scan_limit=SCAN_LIMIT,
            scan_stop=SCAN_LIMIT + 1,
        )
        for row in rows:
            pages[row["id"]] = _page(reading, row, asked)
    return pages


async def summaries(reading: Reading, ids: Iterable[str], as_of: str) -> dict[str, Summary]:
    """How many relations of each kind each node has, one statement per type of node.

    Counts are exact up to `SCAN_LIMIT` relations of a node; beyond, so many are counted and the
    summary says `truncated`. ValueRefused for a date that is none.
    """
    day = checked_date(as_of)
    found: dict[str, Summary] = {}
    for type_name, of_type in ids_by_type(ids).items():
        rows = await reading.rows(
            for_type("expand_summary", type_name),
            ids=of_type,
            relations=list(checked_relations(None)),
            as_of=day,
            partly_limit=PARTLY_LIMIT + 1,
            scan_limit=SCAN_LIMIT,
            scan_stop=SCAN_LIMIT + 1,
        )
        found |= {row["id"]: _summary(reading, row, day) for row in rows}
    return found


def _summary(reading: Reading, row: Mapping[str, Any], as_of: str) -> Summary:
    counts = Counter(
        {
            (each["type"], "OUT" if each["is_out"] else "IN", each["other_type"]): each["number"]
            for each in row["whole"]
        }
    )
    for item in row["partly"][:PARTLY_LIMIT]:
        step = step_of(row["id"], item, reading.reader.visible)
        if step.is_known_on(as_of):
            counts[step.relation.type, step.direction, step.other.type] += 1
    kinds = [KindCount(*kind, number) for kind, number in counts.items()]
    bounds = _bounds(row)
    return Summary(
        tuple(sorted(kinds, key=lambda k: (-k.count, k.relation, k.direction, k.other_type))),
        any(bound.is_reached for bound in bounds),
        _withheld(reading, row),
        as_of,
        bounds,
    )


def _bounds(row: Mapping[str, Any]) -> tuple[Bound, ...]:
    return (
        Bound("relations", SCAN_LIMIT, row["scanned"] > SCAN_LIMIT),
        Bound("partly_visible_relations", PARTLY_LIMIT, len(row["partly"]) > PARTLY_LIMIT),
    )


def _withheld(reading: Reading, row: Mapping[str, Any]) -> int | None:
    return None if row["withheld"] is None else reading.withheld(row["withheld"])


def _page(reading: Reading, row: Mapping[str, Any], asked: Expansion) -> StepPage:
    visible = reading.reader.visible
    found = [
        step_of(row["id"], item, visible) for item in (*row["whole"], *row["partly"][:PARTLY_LIMIT])
    ]
    known = [step for step in found if step.is_known_on(asked.as_of)]
    bounds = _bounds(row)
    cut = Cut(asked.as_of, _withheld(reading, row), any(bound.is_reached for bound in bounds))
    page = page_of(sorted(known, key=lambda step: step.key), asked.page, lambda s: s.key, cut)
    return bounded(page, bounds)
