"""Finding things by what people type: a name, a part of it, or any identifier in any spelling."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from graph.errors import ValueRefused
from graph.model.search_words import fold
from graph.model.values import KINDS
from graph.ontology import ontology
from graph.store.constraints import SEARCH_INDEX
from graph.store.search_values import looked_up
from graph.store.statement import Statement
from queries.lookup import view_of
from queries.masking import mask_text
from queries.pages import Cut, Page, PageRequest, page_of
from queries.reading import Reading
from queries.search_lucene import Asked, hidden_query, visible_query
from queries.search_terms import MAX_QUERY_CHARS, Match, Terms, match, terms
from queries.statements import load
from queries.views import NodeView

CURSOR = (int, int, str)
CANDIDATES = 100
"""Things the index proposes at most, and things withheld that are counted at most.

A query that fits more is told so (`truncated`).
"""

_EXACT_LIMIT = 50
_EXACT_SCORE = 100


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found, how well it matches and why."""

    node: NodeView
    match: Match

    @property
    def key(self) -> tuple[int, int, str]:
        """Best first; of equals the shorter name, then by id."""
        return (-self.match.score, len(self.node.display), self.node.id)


async def search(
    reading: Reading,
    query: str,
    types: Sequence[str] | None,
    request: PageRequest,
    *,
    is_counted: bool = True,
) -> Page[Hit]:
    """Things that match, best first, in two statements at once, or three where `withheld` is counted.

    `withheld` counts up to `CANDIDATES`; where it is not to be counted, or the reader is not told, it is
    None and the index is not asked for it. ValueRefused for a query that is too long or holds nothing to
    look for, and for unknown types.
    """
    asked = terms(query)
    if len(query) > MAX_QUERY_CHARS or not asked.grams:
        raise ValueRefused("search.query", most=MAX_QUERY_CHARS)
    wanted = _checked_types(types)
    cleaned = _cleaned(query)
    identifiers = tuple(sorted({fold(value) for value in cleaned.values()}))
    meant = Asked(asked, identifiers, None if types is None else wanted)
    exact, proposed, hidden = await _together(
        _exact(reading, cleaned, wanted),
        _proposed(reading, meant),
        _hidden(reading, meant, is_counted=is_counted),
    )
    seen = {node.id: node for node in [*proposed.nodes, *exact]}
    hits = [
        Hit(node, found)
        for node in seen.values()
        if node.first_seen <= reading.as_of and (found := _match(node, asked, cleaned))
    ]
    cut = Cut(reading.as_of, hidden, proposed.is_cut)
    return page_of(sorted(hits, key=lambda h: h.key), request, lambda h: h.key, cut)


async def _together(
    exact: Awaitable[list[NodeView]], proposed: Awaitable[_Proposed], hidden: Awaitable[int | None]
) -> tuple[list[NodeView], _Proposed, int | None]:
    """All three at once; where one fails the others are ended, and its error is the one to tell."""
    known = asyncio.ensure_future(exact)
    seen = asyncio.ensure_future(proposed)
    counted = asyncio.ensure_future(hidden)
    try:
        return await asyncio.gather(known, seen, counted)
    finally:
        for task in (known, seen, counted):
            task.cancel()
        await asyncio.gather(known, seen, counted, return_exceptions=True)


@dataclass(frozen=True, slots=True)
class _Proposed:
    nodes: Sequence[NodeView]
    is_cut: bool


async def _hidden(reading: Reading, asked: Asked, *, is_counted: bool) -> int | None:
    """How many matches the reader may not see, up to `CANDIDATES`; None where that is not to be told."""
    if not (is_counted and reading.reader.is_told_withheld):
        return None
    (row,) = await reading.rows(
        load("search_hidden"),
        index=SEARCH_INDEX,
        hidden=hidden_query(asked, reading.reader.visible),
        least=asked.terms.least,
        limit=CANDIDATES,
    )
    return int(row["withheld"])


async def _proposed(reading: Reading, asked: Asked) -> _Proposed:
    (row,) = await reading.rows(
        load("search"),
        index=SEARCH_INDEX,
        visible=visible_query(asked, reading.reader.visible),
        limit=CANDIDATES + 1,
    )
    found = row["found"]
    is_cut = len(found) > CANDIDATES
    if is_cut:
        # Of the things with the lowest score some are missing, and which depends on the order in which
        # everybody's things were written: none of them is taken. (All have one score only if millions
        # match alike.)
        lowest = found[-1][0]
        found = [item for item in found if item[0] > lowest] or found[:CANDIDATES]
    nodes = [
        view_of(reading, {"type": type_name, "stored": stored, "said": said})
        for _, type_name, stored, said in found
    ]
    return _Proposed(nodes, is_cut)


def _checked_types(types: Sequence[str] | None) -> list[str]:
    known = ontology().entities
    if types is None:
        return sorted(known)
    if unknown := sorted(set(types) - known.keys()):
        raise ValueRefused("entity.type", name=mask_text(unknown[0][:40]))
    return sorted(set(types))


def _match(node: NodeView, asked: Terms, cleaned: Mapping[str, str]) -> Match | None:
    """How well a thing matches by what its reader sees of it, however it became a candidate."""
    entity, properties = ontology().entities[node.type], node.properties
    for name in _looked_up(node.type):
        wanted = cleaned.get(f"{node.type}_{name}")
        if wanted and str(properties.get(name)) == wanted:
            return Match(_EXACT_SCORE, "exact", name)
    return match(
        asked, entity.display, {n: str(properties[n]) for n in entity.search if n in properties}
    )


@cache
def _looked_up(type_name: str) -> tuple[str, ...]:
    return looked_up(ontology().entities[type_name])


async def _exact(
    reading: Reading, cleaned: Mapping[str, str], types: Sequence[str]
) -> list[NodeView]:
    if not cleaned:
        return []
    rows = await reading.rows(_exact_statement(), exact=cleaned, limit=_EXACT_LIMIT)
    return [view_of(reading, row) for row in rows if row["type"] in types]


@cache
def identifying() -> tuple[tuple[str, str], ...]:
    """Every (entity type, property) whose whole value finds a thing."""
    return tuple(
        (entity.name, name)
        for entity in sorted(ontology().entities.values(), key=lambda e: e.name)
        for name in looked_up(entity)
    )


@cache
def _exact_statement() -> Statement:
    template = load("exact")
    parts = [
        template.text.replace("__LABEL__", type_name).replace("__PROPERTY__", name)
        for type_name, name in identifying()
    ]
    return Statement(template.name, "\nUNION ALL\n".join(parts), template.header)


def _cleaned(query: str) -> Mapping[str, str]:
    """The query as each identifier that it may be, as it is or else without what stands between."""
    spellings = (query.strip(), "".join(char for char in query if char.isalnum() or char == "+"))
    found: dict[str, str] = {}
    for type_name, name in identifying():
        kind = KINDS[ontology().entities[type_name].property(name).kind]
        for spelling in spellings:
            try:
                found[f"{type_name}_{name}"] = str(kind.clean(spelling))
                break
            except ValueRefused:
                continue
    return found
