"""What the reconciliation service says of itself: types, properties, and where its parts are."""

from __future__ import annotations

from typing import Any

from api.reconciliation.protocol import MAX_BATCH
from graph.model.texts import text
from graph.ontology import ontology

IDENTIFIER_SPACE = "urn:suyuan:id"
SCHEMA_SPACE = "urn:suyuan:ontology"


def manifest(base: str, lang: str) -> dict[str, Any]:
    """The manifest; `base` is the address the client reached the service under, without a slash."""

    def at(path: str) -> dict[str, str]:
        return {"service_url": base, "service_path": path}

    return {
        "versions": ["0.1", "0.2"],
        "name": text("reconcile.name", lang),
        "identifierSpace": IDENTIFIER_SPACE,
        "schemaSpace": SCHEMA_SPACE,
        "defaultTypes": [type_item("Merchant", lang)],
        "batchSize": MAX_BATCH,
        "preview": {"url": f"{base}/preview?id={{{{id}}}}", "width": 420, "height": 220},
        "suggest": {
            "entity": at("/suggest/entity"),
            "type": at("/suggest/type"),
            "property": at("/suggest/property"),
        },
        "extend": {"propose_properties": at("/propose"), "property_settings": []},
    }


def type_item(name: str, lang: str) -> dict[str, str]:
    """A type as the protocol names one."""
    return {"id": name, "name": ontology().entities[name].title[lang]}


def searchable_types() -> tuple[str, ...]:
    """Types that a row can be matched with, sorted."""
    return tuple(sorted(name for name, entity in ontology().entities.items() if entity.search))


def columns_of(type_name: str, lang: str) -> list[dict[str, str]]:
    """Columns a thing of a type can be extended by: its properties, then its relations."""
    entity = ontology().entities[type_name]
    own = [
        {"id": prop.name, "name": prop.zh if lang == "zh" else prop.en}
        for prop in entity.properties
    ]
    related = [
        {"id": relation.name, "name": relation.title[lang]}
        for relation in sorted(ontology().relations.values(), key=lambda r: r.name)
        if type_name in (relation.start, relation.end)
    ]
    return own + related
