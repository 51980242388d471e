"""Who holds which identifier: the one input of every network engine.

An *identifier* is any node that several merchants may share (address, phone, payee account, …); a
*link* says that a merchant holds one. Links are kept as columns, because a million merchants make
six million of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class LinkKind:
    """How far one kind of link may be believed.

    `weight` is the belief that two merchants sharing one *rare* identifier of this kind act
    together, 0..1 (defaults: domain findings §4, "Combination"). `source_type` groups kinds that are
    observed by the same hand: repeats of one source type do not add. `is_strong` kinds (a payee
    account) tie two merchants by themselves.
    """

    name: str
    weight: float
    source_type: str
    is_strong: bool = False


@dataclass(frozen=True, slots=True)
class Incidence:
    """Links between merchants and identifiers, as columns; one (merchant, identifier, kind) once.

    Shapes: `merchants` n ids, `identifiers` k ids, `kinds` the link kinds; `merchant`, `identifier`,
    `kind` and `first_seen_day` have one entry per link. Days count from 1970-01-01. Node ids are
    sorted, links are sorted by (merchant, identifier, kind), so equal facts give equal arrays.
    `market`: how many merchants there are, where these are only some of them; 0 where they are all.
    """

    merchants: tuple[str, ...]
    identifiers: tuple[str, ...]
    kinds: tuple[LinkKind, ...]
    merchant: IntArray
    identifier: IntArray
    kind: IntArray
    first_seen_day: IntArray
    market: int = 0

    @property
    def population(self) -> int:
        """The n of every argument from chance: all merchants there are."""
        return self.market or len(self.merchants)

    def without_hubs(self, hubs: frozenset[str]) -> Incidence:
        """The same links less those to identifiers that the hub register holds harmless."""
        if not hubs:
            return self
        is_hub = np.fromiter(
            (name in hubs for name in self.identifiers), bool, len(self.identifiers)
        )
        return self.kept(~is_hub[self.identifier])

    def kept(self, keep: NDArray[np.bool_]) -> Incidence:
        """Only the links for which `keep` (one flag per link) holds; names stay as they are."""
        return Incidence(
            self.merchants,
            self.identifiers,
            self.kinds,
            self.merchant[keep],
            self.identifier[keep],
            self.kind[keep],
            self.first_seen_day[keep],
            self.market,
        )


def build(
    links: Mapping[LinkKind, tuple[list[str], list[str], list[int]]],
) -> Incidence:
    """Make an incidence from columns per kind: merchant ids, identifier ids, first seen day.

    A link given twice counts once, with its earliest day.
    """
    kinds = tuple(links)
    merchants = sorted({m for kind in kinds for m in links[kind][0]})
    identifiers = sorted({i for kind in kinds for i in links[kind][1]})
    merchant_index = {name: at for at, name in enumerate(merchants)}
    identifier_index = {name: at for at, name in enumerate(identifiers)}
    return assembled(
        tuple(merchants),
        tuple(identifiers),
        {
            kind: (
                np.array([merchant_index[name] for name in links[kind][0]], np.int32),
                np.array([identifier_index[name] for name in links[kind][1]], np.int32),
                np.array(links[kind][2], np.int32),
            )
            for kind in kinds
        },
    )


def assembled(
    merchants: tuple[str, ...],
    identifiers: tuple[str, ...],
    links: Mapping[LinkKind, tuple[IntArray, IntArray, IntArray]],
) -> Incidence:
    """Make an incidence from columns per kind: places among the sorted names, first seen day.

    A link given twice counts once, with its earliest day.
    """
    kinds = tuple(sorted(links, key=lambda kind: kind.name))
    merchant, identifier, day = (
        np.concatenate([links[kind][at] for kind in kinds] or [np.empty(0, np.int32)])
        for at in range(3)
    )
    kind = np.repeat(np.arange(len(kinds), dtype=np.int32), [links[each][0].size for each in kinds])
    link = (merchant.astype(np.int64) * len(identifiers) + identifier) * max(len(kinds), 1) + kind
    order = np.lexsort((day, link))
    link = link[order]
    is_first = np.ones(link.size, bool)
    is_first[1:] = link[1:] != link[:-1]
    order = order[is_first]
    return Incidence(
        merchants, identifiers, kinds, merchant[order], identifier[order], kind[order], day[order]
    )
