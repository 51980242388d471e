"""A STIX 2.1 bundle (OASIS Standard, 10 June 2021), for exchange with threat and fraud platforms.

Operators, labs and people are identities, addresses locations; every other type is an object of its own
under an extension definition (section 7.3), and relations are relationships. Each object bears a
statement marking that says what the file is: leads, never proof.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import orjson

from queries.export.about import About
from queries.export.harmless import printable
from queries.export.items import Item
from queries.export.spool import Spool

#: Names of ours under which ids are derived, so that an object has the same id in every export.
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "suyuan.export.stix")
_CLASSES: Mapping[str, str] = {
    "Merchant": "organization",
    "TestLab": "organization",
    "CertificationBody": "organization",
    "Platform": "organization",
    "Mcn": "organization",
    "Person": "individual",
    "Streamer": "individual",
}
_EXTENSION = f"extension-definition--{uuid.uuid5(_NAMESPACE, 'extension')}"
#: Columns that an object says by properties of its own.
_SAID = frozenset({"id", "type", "label", "first_seen", "start", "end"})


def write_stix(spool: Spool, about: About, target: Path) -> None:
    """One bundle, written object by object."""
    bundle = {"type": "bundle", "id": f"bundle--{uuid.uuid5(_NAMESPACE, about.sentence())}"}
    head = orjson.dumps(bundle)[:-1]
    with target.open("wb") as stream:
        stream.write(head + b',"objects":[')
        for number, thing in enumerate(_objects(spool, about)):
            stream.write((b",\n" if number else b"\n") + orjson.dumps(thing))
        stream.write(b"\n]}\n")


def _objects(spool: Spool, about: About) -> Iterator[dict[str, Any]]:
    made_at = _instant(about.made_at)
    author = _id("identity", "author")
    marking = f"marking-definition--{uuid.uuid5(_NAMESPACE, about.sentence())}"
    yield {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": marking,
        "created": made_at,
        "definition_type": "statement",
        "definition": {"statement": printable(about.sentence())},
    }
    yield {
        **_common("identity", "author", made_at, marking),
        "name": "Suyuan",
        "identity_class": "system",
    }
    yield {
        **_common("extension-definition", "extension", made_at, marking),
        "created_by_ref": author,
        "name": "suyuan",
        "schema": "schema.graphql of Suyuan: types and properties as in its ontology",
        "version": "1.0.0",
        "extension_types": ["new-sdo", "property-extension"],
    }
    for item in spool.items("nodes"):
        yield {**_node(item, marking), "created_by_ref": author}
    for item in spool.items("relations"):
        yield {**_relation(item, marking), "created_by_ref": author}


def object_type(type_name: str) -> str:
    """The STIX type of an entity type."""
    if type_name in _CLASSES:
        return "identity"
    if type_name == "Address":
        return "location"
    words = "".join(f"-{c.lower()}" if c.isupper() else c for c in type_name)
    return f"x-suyuan{words}"


def _node(item: Item, marking: str) -> dict[str, Any]:
    kind = object_type(item["type"])
    said = {
        **_common(kind, item["id"], _instant(item["first_seen"]), marking),
        "name": printable(item["label"]),
    }
    more = {name: value for name, value in item.items() if name not in _SAID and value is not None}
    more |= {"suyuan_id": item["id"], "suyuan_type": item["type"]}
    if kind.startswith("x-suyuan"):
        return said | more | {"extensions": {_EXTENSION: {"extension_type": "new-sdo"}}}
    if kind == "identity":
        said["identity_class"] = _CLASSES[item["type"]]
    else:
        said["country"] = "CN"
    return said | {"extensions": {_EXTENSION: {"extension_type": "property-extension", **more}}}


def _relation(item: Item, marking: str) -> dict[str, Any]:
    said = {
        **_common("relationship", item["id"], _instant(item["first_seen"]), marking),
        "relationship_type": item["type"].lower().replace("_", "-"),
        "source_ref": _ref(item["start"]),
        "target_ref": _ref(item["end"]),
    }
    since, until = item.get("valid_from"), item.get("valid_to")
    if since:
        said["start_time"] = _instant(since)
    # The standard wants the end after the start (section 5.1.3).
    if until and (not since or until > since):
        said["stop_time"] = _instant(until)
    more = {name: value for name, value in item.items() if name not in _SAID and value is not None}
    return said | {"extensions": {_EXTENSION: {"extension_type": "property-extension", **more}}}


def _ref(identifier: str) -> str:
    return _id(object_type(identifier.partition(":")[0]), identifier)


def _id(kind: str, name: str) -> str:
    return (
        _EXTENSION if kind == "extension-definition" else f"{kind}--{uuid.uuid5(_NAMESPACE, name)}"
    )


def _common(kind: str, name: str, at: str, marking: str) -> dict[str, Any]:
    return {
        "type": kind,
        "spec_version": "2.1",
        "id": _id(kind, name),
        "created": at,
        "modified": at,
        "object_marking_refs": [marking],
    }


def _instant(moment: str) -> str:
    """A date or a time as STIX writes it: UTC with milliseconds. Dates are midnight in China."""
    parsed = datetime.fromisoformat(moment)
    if parsed.tzinfo is None:
        parsed = parsed.replace(tzinfo=timezone(timedelta(hours=8)))
    return parsed.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
