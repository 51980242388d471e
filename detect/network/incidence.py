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
    """

    merchants: tuple[str, ...]
    identifiers: tuple[str, ...]
    kinds: tuple[LinkKind, ...]
    merchant: IntArray
    identifier: IntArray
    kind: IntArray
    first_seen_day: IntArray

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
        )


def build(
    links: Mapping[LinkKind, tuple[list[str], list[str], list[int]]],
) -> Incidence:
    """Make an incidence from columns per kind: merchant ids, identifier ids, first seen day.

    A link given twice counts once, with its earliest day.
    """
    kinds = tuple(sorted(links, key=lambda kind: kind.name))
    merchants = sorted({m for kind in kinds for m in links[kind][0]})
    identifiers = sorted({i for kind in kinds for i in links[kind][1]})
    merchant_index = {name: at for at, name in enumerate(merchants)}
    identifier_index = {name: at for at, name in enumerate(identifiers)}
    columns: list[NDArray[np.int64]] = []
    for at, kind in enumerate(kinds):
        m, i, day = links[kind]
        block = np.empty((4, len(m)), np.int64)
        block[0] = [merchant_index[name] for name in m]
        block[1] = [identifier_index[name] for name in i]
        block[2] = at
        block[3] = day
        columns.append(block)
    table = np.concatenate(columns, axis=1) if columns else np.empty((4, 0), np.int64)
    table = table[:, np.lexsort((table[3], table[2], table[1], table[0]))]
    if table.shape[1]:
        is_first = np.ones(table.shape[1], bool)
        is_first[1:] = (table[:3, 1:] != table[:3, :-1]).any(axis=0)
        table = table[:, is_first]
    merchant, identifier, kind_at, first_seen = table.astype(np.int32)
    return Incidence(
        tuple(merchants), tuple(identifiers), kinds, merchant, identifier, kind_at, first_seen
    )
