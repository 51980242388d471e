"""What the reconciliation service answers: candidates, suggestions, columns, a preview."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

from api.entity import label_of
from api.reconciliation.manifest import columns_of, searchable_types, type_item
from api.reconciliation.protocol import Extension
from graph.model.ids import type_of
from graph.model.texts import text
from graph.ontology import ontology
from queries import lookup
from queries.expand import Expansion, expand
from queries.masking import mask_properties
from queries.pages import Page, PageRequest
from queries.reading import Reading
from queries.reconcile import Candidate, Row, candidates, features
from queries.search import search
from queries.steps import Step
from queries.views import NodeView

_SUGGESTIONS = 10
MAX_VALUES = 20
"""Things listed in one cell of an added column; more are counted in its last value."""


async def candidate_items(reading: Reading, row: Row, lang: str) -> list[dict[str, Any]]:
    """The candidates of one row, as the protocol writes them."""
    return [_item(candidate, lang) for candidate in await candidates(reading, row)]


def _item(candidate: Candidate, lang: str) -> dict[str, Any]:
    node = candidate.node
    return {
        "id": node.id,
        "name": label_of(node, lang),
        "description": _described(node, lang),
        "type": [type_item(node.type, lang)],
        "score": candidate.score,
        "match": candidate.is_match,
        "features": [{"id": name, "value": value} for name, value in features(candidate).items()],
    }


async def suggested_things(reading: Reading, prefix: str, lang: str) -> list[dict[str, Any]]:
    """Things a typed beginning may mean."""
    page = await search(
        reading, prefix, searchable_types(), PageRequest(_SUGGESTIONS), is_counted=False
    )
    return [
        {
            "id": hit.node.id,
            "name": label_of(hit.node, lang),
            "description": _described(hit.node, lang),
            "notable": [type_item(hit.node.type, lang)],
        }
        for hit in page.items
    ]


def suggested_types(prefix: str, lang: str) -> list[dict[str, str]]:
    """Types whose name or title begins with or holds what was typed."""
    return _holding([type_item(name, lang) for name in searchable_types()], prefix)


def suggested_properties(prefix: str, lang: str) -> list[dict[str, str]]:
    """Properties of any type that hold what was typed in name or title, each once."""
    known = {item["id"]: item for name in searchable_types() for item in columns_of(name, lang)}
    return _holding([known[name] for name in sorted(known)], prefix)


def _holding(items: Sequence[dict[str, str]], prefix: str) -> list[dict[str, str]]:
    wanted = prefix.strip().casefold()
    return [i for i in items if wanted in i["id"].casefold() or wanted in i["name"].casefold()]


async def columns(reading: Reading, asked: Extension, lang: str) -> dict[str, Any]:
    """Added columns: own properties, personal ones masked, and names of related things."""
    views = await lookup.nodes(reading, asked.ids)
    relations = [name for name in asked.columns if name in ontology().relations]
    related: Mapping[str, Page[Step]] = {}
    if relations:
        wanted = Expansion.of(relations, "ANY", reading.as_of, PageRequest(200))
        related = await expand(reading, views, wanted)
    rows = {
        identifier: {
            name: _cell(views.get(identifier), related.get(identifier), name, lang)
            for name in asked.columns
        }
        for identifier in asked.ids
    }
    titles = {
        item["id"]: item["name"] for view in views.values() for item in columns_of(view.type, lang)
    }
    return {
        "meta": [{"id": name, "name": titles.get(name, name)} for name in asked.columns],
        "rows": rows,
    }


def _cell(
    view: NodeView | None, page: Page[Step] | None, name: str, lang: str
) -> list[dict[str, Any]]:
    if view is None:
        return []
    if name in ontology().relations:
        steps = [step for step in page.items if step.relation.type == name] if page else []
        shown = [
            {"id": step.other.id, "name": label_of(step.other, lang)} for step in steps[:MAX_VALUES]
        ]
        is_more = len(steps) > MAX_VALUES or (page is not None and page.has_next)
        # A list that was cut says so in the cell itself: a column has no other place for it.
        return [*shown, {"str": text("reconcile.more", lang)}] if is_more and steps else shown
    value = mask_properties(view.type, view.properties).get(name)
    return [] if value is None else [{"str": str(value)}]


async def preview(reading: Reading, identifier: str, lang: str) -> str | None:
    """A small page about a thing, every value escaped; None when absent or not visible."""
    if type_of(identifier) not in ontology().entities:
        return None
    view = (await lookup.nodes(reading, [identifier])).get(identifier)
    if view is None:
        return None
    masked = mask_properties(view.type, view.properties)
    lines = "".join(
        f"<tr><th>{html.escape(item['name'])}</th><td>{html.escape(str(masked[item['id']]))}</td></tr>"
        for item in columns_of(view.type, lang)
        if masked.get(item["id"]) is not None
    )
    title = ontology().entities[view.type].title[lang]
    return (
        f'<!doctype html><html lang="{lang}"><meta charset="utf-8"><body>'
        f"<h3>{html.escape(label_of(view, lang))} · {html.escape(title)}</h3>"
        f"<table>{lines}</table><p>{html.escape(text('api.notice', lang))}</p></body></html>"
    )


def _described(node: NodeView, lang: str) -> str:
    masked = mask_properties(node.type, node.properties)
    entity = ontology().entities[node.type]
    parts = [entity.title[lang]]
    parts += [
        str(masked[name])
        for name in (*entity.key, "division")
        if masked.get(name) is not None and name != entity.display
    ]
    return " · ".join(parts)
