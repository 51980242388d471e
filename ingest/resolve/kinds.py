"""The types whose identity is asked for, and the rules of each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from graph.store.session import Store
from ingest.resolve import splink_engine
from ingest.resolve.decisions import SCORE, Settled
from ingest.resolve.labs import LABS
from ingest.resolve.places import propose_places
from ingest.resolve.proposals import Proposals, propose
from ingest.resolve.reading import read_labs, read_merchants, read_places

Rules = Callable[[Store, date, Settled], Proposals]


def _addresses(store: Store, as_of: date, settled: Settled) -> Proposals:
    return propose_places(read_places(store, as_of), settled)


def _merchants(store: Store, as_of: date, settled: Settled) -> Proposals:
    return propose(read_merchants(store, as_of), settled)


def _labs(store: Store, as_of: date, settled: Settled) -> Proposals:
    return propose(read_labs(store, as_of), settled, LABS)


def _merchants_by_splink(store: Store, as_of: date, settled: Settled) -> Proposals:
    splink_engine.duckdb()  # what is missing is said before a million merchants are read
    found = propose(read_merchants(store, as_of), settled, splink_engine.SPLINK)
    named = (
        replace(each, rule="splink") if each.rule == SCORE else each for each in found.proposals
    )
    return replace(found, proposals=tuple(named))


#: Type → what its rules say of everything of that type in a store, given what people judged.
RULES: dict[str, Rules] = {"Address": _addresses, "Merchant": _merchants, "TestLab": _labs}

#: Engine → the types whose pairs it blocks and scores in the place of our own.
ENGINES: dict[str, dict[str, Rules]] = {"own": {}, "splink": {"Merchant": _merchants_by_splink}}


def rules_of(type_name: str, engine: str = "own") -> Rules:
    """The rules of a type; KeyError for an unknown type or engine."""
    return ENGINES[engine].get(type_name, RULES[type_name])
