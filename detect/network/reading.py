"""Reads what the network engines need out of the store, as of a date."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Executor
from datetime import date

from detect.network.incidence import Incidence, LinkKind, assembled
from graph.model.identity import Fold
from graph.ontology import ontology
from graph.store.projection import read_links
from graph.store.session import Store
from graph.store.statement import Statement

_CLOSED = Statement.load(__file__, "closed_merchants.cypher")


def link_kinds() -> dict[str, LinkKind]:
    """The ontology's linking relations as link kinds, by relation name."""
    return {
        relation.name: LinkKind(relation.name, rule.weight, rule.source_type, rule.is_strong)
        for relation, rule in ontology().links()
    }


def read_incidence(
    store: Store,
    as_of: date,
    pool: Executor | None = None,
    fold: Mapping[str, str] | None = None,
) -> Incidence:
    """All links known, and not known to have ended, on `as_of`; with a `pool`, read side by side.

    With a `fold` (merchant → representative) merchants that were judged to be one are one holder.
    """
    kinds = link_kinds()
    links = read_links(store, as_of.isoformat(), pool, fold)
    return assembled(
        links.merchants,
        links.identifiers,
        {
            kinds[column.relation.name]: (
                column.merchant,
                column.identifier,
                column.first_seen_day,
            )
            for column in links.columns
        },
    )


def read_closed_merchants(
    store: Store, as_of: date, fold: Fold | None = None, not_yet: frozenset[str] = frozenset()
) -> frozenset[str]:
    """Node ids of merchants that were closed on `as_of`; of those that are one, when all were.

    Those of `not_yet` do not count: on that day nobody had heard of it.
    """
    closed = frozenset(store.columns(_CLOSED, as_of=as_of.isoformat())["id"]) - not_yet
    open_still = {
        head
        for head, members in (fold.groups().items() if fold else ())
        if not closed.issuperset(members)
    }
    return closed - open_still
