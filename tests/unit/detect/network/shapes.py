"""Small worlds for the engine tests, and strategies that draw them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from detect.network.clustering import Clustering
from detect.network.incidence import Incidence, LinkKind, build

PHONE = LinkKind("phone", 0.7, "platform")
DEVICE = LinkKind("device", 0.6, "platform")
ADDRESS = LinkKind("address", 0.6, "courier")
LICENCE_PHONE = LinkKind("licence_phone", 0.3, "register")
PAYEE = LinkKind("payee", 0.9, "payment", is_strong=True)
KINDS = (PHONE, DEVICE, ADDRESS, LICENCE_PHONE, PAYEE)


@dataclass(frozen=True, slots=True)
class Link:
    merchant: str
    identifier: str
    kind: LinkKind = PHONE
    day: int = 20_500


def incidence(*links: Link) -> Incidence:
    columns: dict[LinkKind, tuple[list[str], list[str], list[int]]] = {}
    for link in links:
        merchants, identifiers, days = columns.setdefault(link.kind, ([], [], []))
        merchants.append(link.merchant)
        identifiers.append(link.identifier)
        days.append(link.day)
    return build(columns)


def hold(merchants: str, identifier: str, kind: LinkKind = PHONE) -> list[Link]:
    """Each letter of `merchants` is a merchant that holds the identifier."""
    return [Link(merchant, identifier, kind) for merchant in merchants]


def groups(found: Clustering, given: Incidence) -> set[frozenset[str]]:
    return {frozenset(given.merchants[at] for at in members) for members in found.all_members()}


def owned(found: Clustering, given: Incidence) -> dict[frozenset[str], frozenset[str]]:
    """Members of each cluster -> names of what it owns."""
    return {
        frozenset(given.merchants[at] for at in members): frozenset(
            given.identifiers[at] for at in identifiers
        )
        for members, identifiers in zip(
            found.all_members(), found.all_owned_identifiers(), strict=True
        )
    }


def shuffled(given: Incidence, seed: int) -> Incidence:
    """The same links in another order."""
    order = np.random.default_rng(seed).permutation(given.merchant.size)
    return Incidence(
        given.merchants,
        given.identifiers,
        given.kinds,
        given.merchant[order],
        given.identifier[order],
        given.kind[order],
        given.first_seen_day[order],
    )


@st.composite
def link_lists(draw: st.DrawFn, merchants: int = 14, identifiers: int = 16) -> list[Link]:
    """A few merchants and identifiers, dense enough that clusters do form."""
    pairs = draw(
        st.lists(
            st.tuples(
                st.integers(0, merchants - 1),
                st.integers(0, identifiers - 1),
                st.sampled_from(KINDS),
                st.integers(20_400, 20_600),
            ),
            max_size=60,
        )
    )
    return [Link(f"m{m:02d}", f"i{i:02d}", kind, day) for m, i, kind, day in pairs]
