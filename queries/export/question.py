"""What an export is asked for, and the pages it comes in."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, get_args

from graph.errors import NotFound, ValueRefused
from graph.model.ids import type_of
from graph.ontology import ontology
from queries import clusters, search
from queries.condition_data import condition_from, condition_words
from queries.conditions import EVERYTHING, Condition, check
from queries.expand import CURSOR, Expansion, checked_date, checked_relations, expand
from queries.export.items import Piece
from queries.export.things import things
from queries.listing import Listing
from queries.lookup import nodes
from queries.pages import MAX_FIRST, PageRequest
from queries.reading import Reading
from queries.search_terms import MAX_QUERY_CHARS, terms
from queries.views import NodeView

Kind = Literal["SEARCH", "THINGS", "CLUSTER", "NEIGHBOURHOOD"]
Fresh = Callable[[], Reading]
"""Makes a reading for the next page: pages have a deadline each, and access is looked at anew."""

MAX_DEPTH = 3
MAX_SEEDS = 100
_SEEDS_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class Question:
    """Which part of the graph; make it with `of`, which checks it.

    SEARCH: `query`, `types`. THINGS: every thing of `types` that `where` holds of, which has a condition
    as data for some of them (`condition_data`). CLUSTER: the cluster `ids` with members,
    identifiers and ties. NEIGHBOURHOOD: what is within `depth` steps of `ids`, by `relations`.
    """

    kind: Kind
    as_of: str
    query: str = ""
    types: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    depth: int = 1
    relations: tuple[str, ...] = ()
    where: Mapping[str, list[Any]] = field(default_factory=dict)

    @classmethod
    def of(cls, asked: Mapping[str, Any]) -> Question:
        """Check a question; ValueRefused for what is missing, unknown or too much.

        Also reads back what `as_dict` said, where lists have become of tuples.
        """
        given: dict[str, Any] = {
            k: tuple(v) if isinstance(v, list) else v for k, v in asked.items()
        }
        wanted = cls(**given)
        checked_date(wanted.as_of)
        if wanted.kind not in get_args(Kind):
            raise ValueRefused("export.kind")
        if unknown := sorted(set(wanted.types) - ontology().entities.keys()):
            raise ValueRefused("entity.type", name=unknown[0][:40])
        checked_relations(wanted.relations)
        if not 1 <= wanted.depth <= MAX_DEPTH:
            raise ValueRefused("export.depth", most=MAX_DEPTH)
        if wanted.where and (wanted.kind != "THINGS" or not wanted.where.keys() <= {*wanted.types}):
            raise ValueRefused("export.where")
        for type_name in wanted.where:
            check(wanted.condition(type_name), type_name)
        _CHECKS[wanted.kind](wanted)
        return wanted

    def condition(self, type_name: str) -> Condition:
        """What is asked of the things of a type."""
        data = self.where.get(type_name)
        return EVERYTHING if data is None else condition_from(data)

    def as_dict(self) -> dict[str, Any]:
        """As `of` reads it."""
        return asdict(self)

    @property
    def words(self) -> str:
        """The question in one line, for the head of the file."""
        parts = {
            "query": self.query,
            "types": ", ".join(self.types),
            "ids": ", ".join(self.ids),
            "depth": str(self.depth) if self.kind == "NEIGHBOURHOOD" else "",
            "relations": ", ".join(self.relations),
            **{f"where {name}": condition_words(self.condition(name), name) for name in self.where},
        }
        said = "; ".join(f"{name} {value}" for name, value in parts.items() if value)
        return f"{self.kind}: {said}"

    def pieces(self, fresh: Fresh) -> AsyncIterator[Piece]:
        """The pieces, page by page. Raises NotFound when nothing of `ids` is there or visible."""
        return _PIECES[self.kind](self, fresh)


def _check_search(wanted: Question) -> None:
    if len(wanted.query) > MAX_QUERY_CHARS or not terms(wanted.query).grams:
        raise ValueRefused("search.query", most=MAX_QUERY_CHARS)


def _check_types(wanted: Question) -> None:
    if not wanted.types:
        raise ValueRefused("export.types")


def _check_ids(wanted: Question) -> None:
    if not 1 <= len(wanted.ids) <= MAX_SEEDS:
        raise ValueRefused("export.ids", most=MAX_SEEDS)


_CHECKS: Mapping[str, Callable[[Question], None]] = {
    "SEARCH": _check_search,
    "THINGS": _check_types,
    "CLUSTER": _check_ids,
    "NEIGHBOURHOOD": _check_ids,
}


async def _search(wanted: Question, fresh: Fresh) -> AsyncIterator[Piece]:
    after: str | None = None
    while True:
        reading = fresh()
        reading.as_of = wanted.as_of
        request = PageRequest.of(MAX_FIRST, after, search.CURSOR)
        page = await search.search(reading, wanted.query, wanted.types or None, request)
        # Every page says again what the whole list lacks.
        withheld = page.withheld if after is None or page.withheld is None else 0
        yield Piece(tuple(hit.node for hit in page.items), (), withheld, page.truncated)
        if not page.has_next:
            return
        after = page.cursors[-1]


async def _things(wanted: Question, fresh: Fresh) -> AsyncIterator[Piece]:
    for type_name in wanted.types:
        listing = Listing.of(type_name, wanted.condition(type_name), (), wanted.as_of)
        async for piece in things(listing, fresh):
            yield piece


async def _clusters(wanted: Question, fresh: Fresh) -> AsyncIterator[Piece]:
    found = await clusters.by_ids(fresh(), wanted.ids)
    if not found:
        raise NotFound("no such cluster")
    for view in found.values():
        reading = fresh()
        members = {member.merchant for member in view.members}
        inside = members | set(view.identifiers)
        shown = await nodes(reading, inside)
        yield Piece(tuple(shown.values()), (), reading.withheld(view.withheld))
        tied = {tie.relation for member in view.members for tie in member.ties}
        async for piece in _steps(sorted(members), tuple(sorted(tied)), wanted.as_of, fresh):
            within = tuple(r for r in piece.relations if {r.start, r.end} <= inside)
            # What lies outside of the cluster was not asked for: neither its count.
            yield Piece((), within, 0 if piece.withheld is not None else None, piece.is_cut)


async def _neighbourhood(wanted: Question, fresh: Fresh) -> AsyncIterator[Piece]:
    seeds = await nodes(fresh(), [i for i in wanted.ids if type_of(i) in ontology().entities])
    known = {key: view for key, view in seeds.items() if view.first_seen <= wanted.as_of}
    if not known:
        raise NotFound("no such thing")
    yield Piece(tuple(known.values()))
    seen, edge = set(known), sorted(known)
    for _ in range(wanted.depth):
        met: dict[str, None] = {}
        relations = checked_relations(wanted.relations or None)
        async for piece in _steps(edge, relations, wanted.as_of, fresh):
            met |= dict.fromkeys(view.id for view in piece.nodes if view.id not in seen)
            yield piece
        seen |= met.keys()
        edge = sorted(met)


async def _steps(
    ids: list[str], relations: tuple[str, ...], as_of: str, fresh: Fresh
) -> AsyncIterator[Piece]:
    """Every relation of some things, page by page."""
    for start in range(0, len(ids), _SEEDS_AT_ONCE):
        waiting: dict[str, str | None] = dict.fromkeys(ids[start : start + _SEEDS_AT_ONCE])
        while waiting:
            # Those on one page number go together: nodes of few relations are done after the first.
            cursor = next(iter(waiting.values()))
            together = [name for name, after in waiting.items() if after == cursor]
            request = PageRequest.of(MAX_FIRST, cursor, CURSOR)
            asked = Expansion.of(relations, "ANY", as_of, request)
            pages = await expand(fresh(), together, asked)
            for name in together:
                del waiting[name]
                if (page := pages.get(name)) is None:
                    continue
                others: dict[str, NodeView] = {step.other.id: step.other for step in page.items}
                withheld = page.withheld if cursor is None or page.withheld is None else 0
                yield Piece(
                    tuple(others.values()),
                    tuple(step.relation for step in page.items),
                    withheld,
                    page.truncated,
                )
                if page.has_next:
                    waiting[name] = page.cursors[-1]


_PIECES: Mapping[str, Callable[[Question, Fresh], AsyncIterator[Piece]]] = {
    "SEARCH": _search,
    "THINGS": _things,
    "CLUSTER": _clusters,
    "NEIGHBOURHOOD": _neighbourhood,
}
