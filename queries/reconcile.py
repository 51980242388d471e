"""Matching the rows of somebody's table against the graph, for tools such as OpenRefine.

A row offers a name and whatever else it knows (a credit code, a division, a date). Candidates come
from the search; what else the row says is compared with what its reader sees of each. A name alone
never decides: companies of one name are many, so a candidate is proposed as *the* match only when an
identifier says so, or a full name and another property together, and nothing contradicts
(`docs/guides/openrefine.md`; the same rule as identity, `ingest.resolve`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from graph.errors import ValueRefused
from graph.model.search_words import fold
from graph.model.values import KINDS
from graph.ontology import EntityType, ontology
from queries.pages import PageRequest
from queries.reading import Reading
from queries.search import Hit, identifying, search
from queries.views import NodeView

DEFAULT_CANDIDATES = 5
MAX_CANDIDATES = 50
#: What one agreeing and one contradicting property do to a score of 0..100. A contradiction weighs
#: more, since registers agree on dates and divisions by chance. Not tuned on data: it orders only.
AGREES, CONTRADICTS = 10, -25
_FULL_NAME = frozenset({"exact", "name"})


@dataclass(frozen=True, slots=True)
class Row:
    """One row: `text` is looked for; `said` is what else is known, property name → value as typed."""

    text: str
    types: tuple[str, ...] | None = None
    said: tuple[tuple[str, str], ...] = ()
    most: int = DEFAULT_CANDIDATES


@dataclass(frozen=True, slots=True)
class Comparison:
    """One property of the row beside the candidate's: it agrees, contradicts, or cannot be compared."""

    property: str
    agrees: bool | None
    identifies: bool


@dataclass(frozen=True, slots=True)
class Candidate:
    """One thing the row may mean. `score` 0..100; `is_match` when it may be taken without a look."""

    node: NodeView
    score: int
    reason: str
    comparisons: tuple[Comparison, ...]
    is_match: bool


async def candidates(reading: Reading, row: Row) -> list[Candidate]:
    """What a row may mean, best first, at most `row.most`.

    ValueRefused for a text that is too long or holds nothing to look for, an unknown type, or a
    number of candidates outside 1..50.
    """
    if not 1 <= row.most <= MAX_CANDIDATES:
        raise ValueRefused("page.first", most=MAX_CANDIDATES)
    hits: dict[str, Hit] = {}
    for wanted in looked_for(row):
        page = await search(
            reading, wanted, row.types, PageRequest(MAX_CANDIDATES), is_counted=False
        )
        for hit in page.items:
            if hit.node.id not in hits or hit.match.score > hits[hit.node.id].match.score:
                hits[hit.node.id] = hit
    return judge(list(hits.values()), row)


def looked_for(row: Row) -> list[str]:
    """The text, and every identifier the row gives: a wrong name must not hide a right number."""
    names = {name for _, name in identifying()}
    return [row.text, *(typed for name, typed in row.said if name in names)]


def judge(hits: Sequence[Hit], row: Row) -> list[Candidate]:
    """Score what the search found by what else the row says; pure.

    At most one candidate is a match, and none when two have equal claims.
    """
    judged = [_candidate(hit, row.said) for hit in hits]
    claims = [candidate for candidate in judged if candidate.is_match]
    # An identifier outranks a name with another property: the same name and division can be two firms.
    strong = [claim for claim in claims if _is_identified(claim.reason, claim.comparisons)]
    chosen = strong or claims
    winner = chosen[0].node.id if len(chosen) == 1 else None
    settled = [replace(candidate, is_match=candidate.node.id == winner) for candidate in judged]
    settled.sort(key=lambda c: (not c.is_match, -c.score, len(c.node.display), c.node.id))
    return settled[: row.most]


def compare(node: NodeView, name: str, typed: str) -> Comparison:
    """One property a row gives beside what is seen of the candidate; values in any spelling."""
    entity = ontology().entities[node.type]
    identifies = (node.type, name) in identifying()
    seen = node.properties.get(name)
    if not _has(entity, name) or seen is None:
        return Comparison(name, None, identifies)
    kind = KINDS[entity.property(name).kind]
    try:
        agrees = fold(str(kind.clean(typed))) == fold(str(seen))
    except ValueRefused:
        return Comparison(name, None, identifies)
    return Comparison(name, agrees, identifies)


def _candidate(hit: Hit, said: Sequence[tuple[str, str]]) -> Candidate:
    compared = tuple(compare(hit.node, name, typed) for name, typed in said)
    agreeing = sum(c.agrees is True for c in compared)
    contradicting = sum(c.agrees is False for c in compared)
    score = hit.match.score + AGREES * agreeing + CONTRADICTS * contradicting
    is_identified = _is_identified(hit.match.reason, compared)
    is_full_name = hit.match.reason in _FULL_NAME and agreeing > 0
    may_match = contradicting == 0 and (is_identified or is_full_name)
    return Candidate(hit.node, max(0, min(100, score)), hit.match.reason, compared, may_match)


def _is_identified(reason: str, compared: Sequence[Comparison]) -> bool:
    return reason == "exact" or any(c.identifies and c.agrees for c in compared)


def _has(entity: EntityType, name: str) -> bool:
    return any(prop.name == name for prop in entity.properties)


def features(candidate: Candidate) -> Mapping[str, bool | int]:
    """What the score is made of, for the tool to show: per property whether it agrees."""
    named = {c.property: c.agrees for c in candidate.comparisons if c.agrees is not None}
    return {"text": candidate.score, **named}
