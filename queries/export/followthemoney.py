"""FollowTheMoney entities, one JSON object a line, for Aleph and the tools of OCCRP and OpenSanctions.

Mapping to the model of followthemoney 4 (https://followthemoney.tech/explorer/): operators become
legal entities with their `uscCode`, accounts of all kinds user or bank accounts, papers documents,
things that happened events; a relation is an ownership where it is one, else a link with its role.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from graph.model.ids import digest, type_of
from graph.ontology import ontology
from queries.export.about import About
from queries.export.harmless import printable
from queries.export.items import Item
from queries.export.spool import Spool

_NO_VALUES: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class _Schema:
    """What a type becomes: a schema of the model, and its properties ← columns."""

    name: str
    properties: Mapping[str, str] = field(default_factory=lambda: _NO_VALUES)


_LEGAL = {
    "uscCode": "uscc",
    "registrationNumber": "registration_no",
    "incorporationDate": "registered_on",
    "dissolutionDate": "closed_on",
    "classification": "product_class",
}
_COMPANY = _Schema("Company", _LEGAL)
_DOCUMENT = {"title": "label", "fileName": "label"}
_SCHEMAS: Mapping[str, _Schema] = {
    "Merchant": _Schema("LegalEntity", _LEGAL),
    "TestLab": _Schema("Organization"),
    "CertificationBody": _Schema("Organization"),
    "Platform": _Schema("Organization"),
    "Mcn": _Schema("Organization"),
    "Person": _Schema("Person"),
    "Streamer": _Schema("Person"),
    "Address": _Schema("Address", {"full": "text"}),
    "Phone": _Schema("UserAccount", {"username": "label"}),
    "Store": _Schema("UserAccount", {"username": "native_id", "service": "platform"}),
    "LiveRoom": _Schema("UserAccount", {"username": "native_id", "service": "platform"}),
    "CourierAccount": _Schema("UserAccount", {"username": "label", "service": "carrier"}),
    "PayeeAccount": _Schema("BankAccount", {"accountType": "payee_class"}),
    "Certificate": _Schema("Document", {**_DOCUMENT, "date": "issued_on"}),
    "TestReport": _Schema("Document", {**_DOCUMENT, "date": "issued_on"}),
    "LabQualification": _Schema("Document", {**_DOCUMENT, "date": "starts_on"}),
    "LabScope": _Schema("Document", {**_DOCUMENT, "date": "starts_on"}),
    "CustomsRecord": _Schema("Document", {**_DOCUMENT, "date": "declared_on"}),
    "HubRegistration": _Schema("Document", _DOCUMENT),
    "CertificateStatus": _Schema("Event", {"startDate": "starts_on", "endDate": "ends_on"}),
    "Clue": _Schema("Event", {"date": "found_on"}),
    "Complaint": _Schema("Event", {"date": "received_on"}),
    "Penalty": _Schema("Event", {"date": "decided_on", "endDate": "ends_on"}),
    "Recall": _Schema("Event", {"startDate": "starts_on"}),
    "SpotCheck": _Schema("Event", {"date": "checked_on"}),
    "PriceObservation": _Schema("Event", {"date": "observed_on"}),
    "Scan": _Schema("Event"),
    "SalesAggregate": _Schema("Event", {"startDate": "period_start", "endDate": "period_end"}),
    "WaybillAggregate": _Schema("Event", {"startDate": "period_start", "endDate": "period_end"}),
}
_OTHER = _Schema("Asset")


def write_ftm(spool: Spool, about: About, target: Path) -> None:
    """The first line is a `Note` that says what the file is; then things, then relations."""
    with target.open("wb") as stream:
        for entity in _entities(spool, about):
            stream.write(orjson.dumps(entity, option=orjson.OPT_APPEND_NEWLINE))


def _entities(spool: Spool, about: About) -> Iterator[dict[str, Any]]:
    note = {"name": "Suyuan", "description": about.sentence(), "createdAt": about.made_at[:10]}
    yield _entity(digest("export", about.made_at, about.asked), "Note", note)
    companies = set()
    for item in spool.items("nodes"):
        schema = _schema_of(item)
        if schema.name == "Company":
            companies.add(item["id"])
        said = {name: item.get(column) for name, column in schema.properties.items()}
        yield _entity(
            digest(item["id"]), schema.name, {"name": item["label"], "notes": item["id"], **said}
        )
    for item in spool.items("relations"):
        yield _link(item, companies)


def _schema_of(item: Item) -> _Schema:
    if item["type"] == "Merchant" and item.get("merchant_type") == "company":
        return _COMPANY
    return _SCHEMAS.get(item["type"], _OTHER)


def _link(item: Item, companies: set[Any]) -> dict[str, Any]:
    start, end = reference(digest(item["start"])), reference(digest(item["end"]))
    # The model lets companies be owned, and not every legal entity.
    if item["type"] == "PARENT_OF" and item["end"] in companies:
        schema, ends = "Ownership", {"owner": start, "asset": end}
    else:
        schema, ends = "UnknownLink", {"subject": start, "object": end}
    title = ontology().relations[item["type"]].title
    return _entity(
        digest(item["id"]),
        schema,
        {
            **ends,
            "role": f"{title['zh']} / {title['en']}",
            "startDate": item.get("valid_from"),
            "endDate": item.get("valid_to"),
            "recordId": item["records"],
            "summary": " ".join(type_of(item[end]) for end in ("start", "end")),
        },
    )


def reference(name: str) -> str:
    """The id of an entity: the model allows letters, digits, dots and hyphens only."""
    return f"suyuan-{name}"


def _entity(name: str, schema: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": reference(name),
        "schema": schema,
        "properties": {key: [printable(str(value))] for key, value in properties.items() if value},
    }
