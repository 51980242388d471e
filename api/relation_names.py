"""What the relations of a type are called where they are asked for, and its lists.

A relation has the name of its type in camel case where it is followed in its own direction
(`OPERATES_AT` → `operatesAt`). Against it, it has the name that stands here, chosen so that a question
reads as it would be said (the stores that a merchant operates, the merchants that a store is
`operatedBy`); a relation that is not listed here has `<relation>From`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from graph.errors import OntologyError
from graph.ontology import Ontology, ontology
from queries.conditions import Step

_INVERSE: Mapping[str, str] = {
    "AUTHORISES": "authorised_by",
    "CARRIED_UNDER": "carries",
    "CHECKS": "checked_in",
    "CLUE_ABOUT": "clues",
    "CLUE_AT_STORE": "clues",
    "CLUE_ON_LISTING": "clues",
    "CODE_OF": "codes",
    "COMMISSIONED_BY": "commissioned",
    "COMPLAINS_ABOUT": "complaints",
    "DECLARED_BY": "declared",
    "DISPATCHES": "dispatched_by",
    "HAS_QUALIFICATION": "qualification_of",
    "HAS_SCOPE": "scope_of",
    "HAS_STATUS": "status_of",
    "HELD_BY": "holds",
    "ISSUED_BY": "issued",
    "LEAVES_FROM": "origin_of",
    "LISTS": "listed_by",
    "MADE_BY": "makes",
    "OF_PRODUCT": "offered_on",
    "ON_PLATFORM": "hosts",
    "OPERATES": "operated_by",
    "OPERATES_AT": "premises_of",
    "OPERATES_ROOM": "operated_by",
    "PAID_TO": "payee_of",
    "PARENT_OF": "child_of",
    "PENALISES": "penalties",
    "PENALISES_LAB": "penalties",
    "PRESENTS": "presented_by",
    "PRICE_OF": "prices",
    "PROMOTES": "promoted_in",
    "RECALLS": "recalled_in",
    "REGISTERED_AT": "registered_address_of",
    "REPORT_FROM": "reports",
    "REPORT_ON": "reports",
    "REPRESENTED_BY": "represents",
    "RETURNS_TO": "return_address_of",
    "SALES_AT": "sales",
    "SALES_OF": "sales",
    "SAMPLED_FROM": "sampled_in",
    "SCAN_OF": "scans",
    "SENDS_WITH": "sender_account_of",
    "SERVES": "served_by",
    "SHIPS_FROM": "shipping_address_of",
    "SHOWS_CERTIFICATE": "shown_on",
    "SHOWS_REPORT": "shown_on",
    "SIGNED_WITH": "signed",
    "USES_DEVICE": "used_by",
    "USES_PHONE": "used_by",
}


def relation_name(step: Step) -> str:
    """The name of a relation seen from the thing it is asked of, in snake case."""
    forwards = step.relation.lower()
    return forwards if step.is_out else _INVERSE.get(step.relation, f"{forwards}_from")


@cache
def relations_of(type_name: str) -> Mapping[str, Step]:
    """The relations of an entity type by name, sorted; OntologyError when two would have one name."""
    return named_relations(ontology(), type_name)


def named_relations(of: Ontology, type_name: str) -> Mapping[str, Step]:
    """The same for any ontology."""
    found: dict[str, Step] = {}
    for name, relation in sorted(of.relations.items()):
        for is_out, near in ((True, relation.start), (False, relation.end)):
            if near != type_name:
                continue
            step = Step(name, is_out)
            if found.setdefault(relation_name(step), step) != step:
                raise OntologyError(f"{type_name}: two relations are called {relation_name(step)}")
    return dict(sorted(found.items()))


def plural(name: str) -> str:
    """The name of a list of things: `test_report` → `test_reports`, `penalty` → `penalties`."""
    if name.endswith("y"):
        return f"{name[:-1]}ies"
    return f"{name}es" if name.endswith(("s", "x", "ch", "sh")) else f"{name}s"


def camel(name: str) -> str:
    """A name of the ontology as the API shows it: `native_id` → `nativeId`."""
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)
