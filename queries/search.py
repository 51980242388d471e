"""Finding things by what people type: a name, a part of it, or any identifier in any spelling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from graph.errors import ValueRefused
from graph.model.values import KINDS
from graph.ontology import ontology
from graph.store.constraints import SEARCH_INDEX
from graph.store.statement import Statement
from queries.lookup import view_of
from queries.masking import mask_text
from queries.pages import Cut, Page, PageRequest, page_of
from queries.reading import Reading
from queries.search_terms import MAX_QUERY_CHARS, Match, Terms, match, terms
from queries.statements import load
from queries.views import NodeView

CURSOR = (int, int, str)
CANDIDATES = 500
"""Things the index proposes at most; a query that fits more of them is told so (`truncated`)."""

_EXACT_LIMIT = 50
_EXACT_SCORE = 100
#: Kinds of value that identify by themselves, besides keys.
_IDENTIFYING = frozenset({"uscc", "cma", "cnas", "gtin", "report_number", "store_native_id"})


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
    reading: Reading, query: str, types: Sequence[str] | None, request: PageRequest
) -> Page[Hit]:
    """Things that match, best first, in two statements.

    ValueRefused for a query that is too long or holds nothing to look for, and for unknown types.
    """
    asked = terms(query)
    if len(query) > MAX_QUERY_CHARS or not asked.grams:
        raise ValueRefused("search.query", most=MAX_QUERY_CHARS)
    wanted = _checked_types(types)
    cleaned = _cleaned(query)
    exact = await _exact(reading, cleaned, wanted)
    (row,) = await reading.rows(
        _search_statement(),
        index=SEARCH_INDEX,
        lucene=asked.lucene,
        grams=list(asked.grams),
        properties=_searchable(),
        types=wanted,
        limit=CANDIDATES + 1,
    )
    seen = {
        node.id: node for node in (view_of(reading, item) for item in row["found"][:CANDIDATES])
    }
    seen |= {node.id: node for node in exact}
    hits = [
        Hit(node, found)
        for node in seen.values()
        if node.first_seen <= reading.as_of and (found := _match(node, asked, cleaned))
    ]
    cut = Cut(reading.as_of, reading.withheld(row["withheld"]), len(row["found"]) > CANDIDATES)
    return page_of(sorted(hits, key=lambda h: h.key), request, lambda h: h.key, cut)


def _checked_types(types: Sequence[str] | None) -> list[str]:
    known = ontology().entities
    if types is None:
        return sorted(known)
    if unknown := sorted(set(types) - known.keys()):
        raise ValueRefused("entity.type", name=mask_text(unknown[0][:40]))
    return sorted(set(types))


@cache
def _search_statement() -> Statement:
    template = load("search")
    labels = "|".join(sorted(e.name for e in ontology().entities.values() if e.search))
    return Statement(template.name, template.text.replace("__LABELS__", labels), template.header)


@cache
def _searchable() -> list[str]:
    return sorted({name for entity in ontology().entities.values() for name in entity.search})


def _match(node: NodeView, asked: Terms, cleaned: Mapping[str, str]) -> Match | None:
    """How well a thing matches by what its reader sees of it, however it became a candidate."""
    entity = ontology().entities[node.type]
    for type_name, name in identifying():
        wanted = cleaned.get(f"{type_name}_{name}")
        if type_name == node.type and wanted and str(node.properties.get(name)) == wanted:
            return Match(_EXACT_SCORE, "exact", name)
    texts = {name: str(node.properties[name]) for name in entity.search if name in node.properties}
    return match(asked, entity.display, texts)


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
        (entity.name, prop.name)
        for entity in sorted(ontology().entities.values(), key=lambda e: e.name)
        for prop in entity.properties
        if (prop.name in entity.search and (prop.name in entity.key or prop.kind in _IDENTIFYING))
        or prop.kind == "phone"
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
    cleaned: dict[str, str] = {}
    for type_name, name in identifying():
        kind = KINDS[ontology().entities[type_name].property(name).kind]
        try:
            cleaned[f"{type_name}_{name}"] = str(kind.clean(query.strip()))
        except ValueRefused:
            continue
    return cleaned
