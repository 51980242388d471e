"""Reads the subjects of identity out of the store: merchants, labs, addresses, and what names them."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from functools import cache

from graph.errors import ValueRefused
from graph.model.values import registration_number
from graph.model.values.uscc import ALPHABET, inner_check_digit
from graph.store.naming import Namer
from graph.store.projection import read_hubs
from graph.store.session import Store
from graph.store.statement import Statement
from ingest.resolve.places import Spot
from ingest.resolve.records import Subject

_MERCHANTS = Statement.load(__file__, "merchants.cypher")
_LABS = Statement.load(__file__, "labs.cypher")
_PHONES = Statement.load(__file__, "merchant_phones.cypher")
_PEOPLE = Statement.load(__file__, "merchant_people.cypher")
_ADDRESSES = Statement.load(__file__, "merchant_addresses.cypher")
_SPOTS = Statement.load(__file__, "addresses.cypher")
_PARENTS = Statement.load(__file__, "merchant_parents.cypher")

_ORGANISATION_CHARS = 9


def read_merchants(store: Store, as_of: date) -> list[Subject]:
    """All merchants. What the register of lawful hubs holds harmless on `as_of` identifies nobody."""
    hubs = read_hubs(store, Namer.of(store), as_of.isoformat())
    phones = _several(store, _PHONES, hubs)
    people = _several(store, _PEOPLE, hubs)
    parents = _several(store, _PARENTS, frozenset())
    addresses: defaultdict[str, list[str]] = defaultdict(list)
    columns = store.columns(_ADDRESSES)
    for subject, address, text in zip(
        columns["subject"], columns["address"], columns["value"], strict=True
    ):
        if address not in hubs:
            addresses[subject].append(text)
    found = store.columns(_MERCHANTS)
    return [
        Subject(
            id=node,
            name=found["name"][at],
            uscc=found["uscc"][at] or None,
            division=found["division"][at] or None,
            phones=frozenset(phones[node]),
            people=frozenset(people[node]),
            addresses=tuple(sorted(addresses[node])),
            codes=codes_of(found["registration_no"][at], found["merchant_id"][at]),
            parents=frozenset(parents[node]),
            links=found["links"][at],
        )
        for at, node in enumerate(found["id"])
    ]


def read_labs(store: Store, as_of: date) -> list[Subject]:
    """All labs. Their strong keys are the credit code and the CMA and CNAS numbers."""
    found = store.columns(_LABS)
    return [
        Subject(
            id=node,
            name=found["name"][at],
            uscc=found["uscc"][at] or None,
            division=found["division"][at] or None,
            codes=frozenset(
                (kind, found[column][at])
                for kind, column in (("cma", "cma_no"), ("cnas", "cnas_no"))
                if found[column][at]
            ),
            links=found["links"][at],
        )
        for at, node in enumerate(found["id"])
    ]


def read_places(store: Store, as_of: date) -> list[Spot]:
    """Addresses that may link, less those that the register of lawful hubs holds harmless on `as_of`."""
    hubs = read_hubs(store, Namer.of(store), as_of.isoformat())
    found = store.columns(_SPOTS)
    return [
        Spot(node, text, links)
        for node, text, links in zip(found["id"], found["text"], found["links"], strict=True)
        if node not in hubs
    ]


@cache
def codes_of(registration_no: str, merchant_id: str) -> frozenset[tuple[str, str]]:
    """Old codes a merchant is known by: a 15-digit registration number, a 9-place organisation code.

    Both also as the merchant's id, as older files have it; only what passes its check digit counts.
    """
    codes = set()
    for text in (registration_no, merchant_id):
        number = text.strip().upper().replace("-", "")
        if _is_registration_number(number):
            codes.add(("registration_no", number))
        elif _is_organisation_code(number):
            codes.add(("organisation", number))
    return frozenset(codes)


def _is_registration_number(text: str) -> bool:
    try:
        return registration_number.clean(text) == text
    except ValueRefused:
        return False


def _is_organisation_code(text: str) -> bool:
    if len(text) != _ORGANISATION_CHARS or any(char not in ALPHABET for char in text[:-1]):
        return False
    return inner_check_digit(text[:-1]) == text[-1]


def _several(
    store: Store, statement: Statement, hubs: frozenset[str]
) -> defaultdict[str, set[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    columns = store.columns(statement)
    for subject, value in zip(columns["subject"], columns["value"], strict=True):
        if value not in hubs:
            found[subject].add(value)
    return found
