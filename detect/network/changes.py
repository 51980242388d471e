"""Links gained and lost, worked into an incidence without sorting it anew.

A weekly delivery changes a thousand links in seven million. Names are found by bisection, and only the
runs of the merchants (and identifiers) that changed are written anew; all else is copied in blocks.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from detect.network.clustering import holdings
from detect.network.incidence import Incidence, IntArray
from detect.network.runs import (
    Positions,
    distinct,
    joined,
    packed,
    runs,
    unpacked_high,
    unpacked_low,
)


@dataclass(frozen=True, slots=True)
class LinkChange:
    """One link by names: merchant id, identifier id, kind name; `day` counts from 1970-01-01."""

    merchant: str
    identifier: str
    kind: str
    day: int = 0


@dataclass(frozen=True, slots=True)
class Links:
    """An incidence and its holdings from the other side.

    `identifier`, `merchant`: each holding once, sorted by identifier, then merchant. `holders`: merchants
    per identifier. `links_begin`: where the links of each merchant begin in the incidence, and
    `holders_begin` where the holders of each identifier do; both with the end of the last.
    """

    incidence: Incidence
    identifier: IntArray
    merchant: IntArray
    holders: NDArray[np.int64]
    links_begin: Positions
    holders_begin: Positions

    def rows_of(self, merchants: IntArray) -> tuple[Positions, Positions]:
        """Links of the given merchants, in their order: place of the merchant given, and position."""
        begin = self.links_begin[merchants]
        return joined(self.links_begin[merchants + 1] - begin, begin)

    def held_by(self, merchants: IntArray) -> IntArray:
        """Identifiers that the given merchants hold, in no order, possibly more than once."""
        return self.incidence.identifier[self.rows_of(merchants)[1]]

    def holders_of(self, identifiers: IntArray) -> IntArray:
        """Merchants that hold any of the given identifiers, each once, ascending."""
        begin = self.holders_begin[identifiers]
        found = np.sort(self.merchant[joined(self.holders[identifiers], begin)[1]])
        return found[runs(found)[0]]


@dataclass(frozen=True, slots=True)
class Edited:
    """What came of changes: the new links, and what they touched.

    `merchants`, `identifiers`: indexes (ascending) in the new links of all that a change names.
    `merchant_at`, `identifier_at`: new index of each old one.
    """

    links: Links
    merchants: IntArray
    identifiers: IntArray
    merchant_at: IntArray
    identifier_at: IntArray


def links_of(incidence: Incidence) -> Links:
    """Index an incidence from both sides; it must be sorted, as `incidence.build` makes it."""
    held = holdings(incidence)
    key = packed(held.identifier, held.merchant)
    key.sort()
    links = np.bincount(incidence.merchant, minlength=len(incidence.merchants))
    return Links(
        incidence,
        unpacked_high(key).astype(np.int32),
        unpacked_low(key).astype(np.int32),
        held.holders,
        _begin(links),
        _begin(held.holders),
    )


def _begin(counts: NDArray[np.int64]) -> Positions:
    begin = np.zeros(counts.size + 1, np.int64)
    np.cumsum(counts, out=begin[1:])
    return begin


def edited(links: Links, gained: Iterable[LinkChange], lost: Iterable[LinkChange]) -> Edited:
    """The links after some were lost, then some gained.

    A link gained again keeps its earliest day; one that is lost but was not there is passed over.
    Merchants and identifiers stay, even without links. Raises KeyError for a kind the incidence lacks.
    """
    gained = list(gained)
    incidence = links.incidence
    merchants, merchant_at = _with_names(incidence.merchants, {c.merchant for c in gained})
    identifiers, identifier_at = _with_names(incidence.identifiers, {c.identifier for c in gained})
    wider = replace(
        incidence,
        merchants=merchants,
        identifiers=identifiers,
        merchant=_moved(incidence.merchant, merchant_at, len(merchants)),
        identifier=_moved(incidence.identifier, identifier_at, len(identifiers)),
    )
    known_lost = [
        change
        for change in lost
        if _is_named(merchants, change.merchant) and _is_named(identifiers, change.identifier)
    ]
    came, went = _table(wider, gained), _table(wider, known_lost)
    touched_merchants = distinct(np.concatenate((came[0], went[0]))).astype(np.int32)
    touched_identifiers = distinct(np.concatenate((came[1], went[1]))).astype(np.int32)
    holders = _spread(links.holders, identifier_at, len(identifiers))
    moved = Links(
        wider,
        _moved(links.identifier, identifier_at, len(identifiers)),
        _moved(links.merchant, merchant_at, len(merchants)),
        holders,
        _begin_moved(links.links_begin, merchant_at, len(merchants)),
        _begin_moved(links.holders_begin, identifier_at, len(identifiers)),
    )
    return Edited(
        _rewritten(moved, touched_merchants, came, went),
        touched_merchants,
        touched_identifiers,
        merchant_at,
        identifier_at,
    )


def _with_names(names: tuple[str, ...], wanted: set[str]) -> tuple[tuple[str, ...], IntArray]:
    """The names with those that are new among the wanted, sorted; and where each old one went."""
    places = [(bisect_left(names, name), name) for name in sorted(wanted)]
    new = [(at, name) for at, name in places if at == len(names) or names[at] != name]
    if not new:
        return names, np.arange(len(names), dtype=np.int32)
    merged: list[str] = []
    done = 0
    for at, name in new:
        merged += names[done:at]
        merged.append(name)
        done = at
    merged += names[done:]
    step = np.ones(len(names) + 1, np.int32)
    np.add.at(step, [at for at, _ in new], 1)
    step[0] -= 1
    return tuple(merged), np.cumsum(step, dtype=np.int32)[:-1]


def _is_named(names: tuple[str, ...], name: str) -> bool:
    at = bisect_left(names, name)
    return at < len(names) and names[at] == name


def _moved(column: IntArray, new_at: IntArray, names: int) -> IntArray:
    return column if new_at.size == names else new_at[column]


def _spread(counts: NDArray[np.int64], new_at: IntArray, names: int) -> NDArray[np.int64]:
    """Counts per name where there are more names now."""
    if new_at.size == names:
        return counts
    spread = np.zeros(names, np.int64)
    spread[new_at] = counts
    return spread


def _begin_moved(begin: Positions, new_at: IntArray, names: int) -> Positions:
    """Where the rows of each name begin; new names have none yet."""
    return begin if new_at.size == names else _begin(_spread(np.diff(begin), new_at, names))


def _table(incidence: Incidence, changes: list[LinkChange]) -> Positions:
    """Changes as four rows: merchant, identifier, kind, day."""
    kind_at = {kind.name: at for at, kind in enumerate(incidence.kinds)}
    table = np.empty((4, len(changes)), np.int64)
    table[0] = [bisect_left(incidence.merchants, change.merchant) for change in changes]
    table[1] = [bisect_left(incidence.identifiers, change.identifier) for change in changes]
    table[2] = [kind_at[change.kind] for change in changes]
    table[3] = [change.day for change in changes]
    return table


def _rewritten(links: Links, merchants: IntArray, came: Positions, went: Positions) -> Links:
    """Write the runs of the touched merchants anew, and those of identifiers whose holders changed."""
    incidence = links.incidence
    rows = links.rows_of(merchants)[1]
    before = np.stack(
        [
            column[rows].astype(np.int64)
            for column in (
                incidence.merchant,
                incidence.identifier,
                incidence.kind,
                incidence.first_seen_day,
            )
        ]
    )
    after = _edited_table(before, came, went)
    columns = _spliced(
        links.links_begin,
        merchants,
        after[0],
        (
            (incidence.merchant, after[0]),
            (incidence.identifier, after[1]),
            (incidence.kind, after[2]),
            (incidence.first_seen_day, after[3]),
        ),
    )
    new_incidence = replace(
        incidence,
        merchant=columns[0],
        identifier=columns[1],
        kind=columns[2],
        first_seen_day=columns[3],
    )
    old_pairs, new_pairs = (distinct(packed(table[1], table[0])) for table in (before, after))
    links_now = np.searchsorted(after[0], merchants, side="right")
    links_now = np.diff(links_now, prepend=0)
    return _with_pairs(links, new_incidence, (merchants, links_now), (old_pairs, new_pairs))


def _edited_table(before: Positions, came: Positions, went: Positions) -> Positions:
    """Rows less those that went, with those that came; sorted, each link once with its first day."""
    everything = np.concatenate((before, went, came), axis=1)
    is_went = np.zeros(everything.shape[1], bool)
    is_went[before.shape[1] : before.shape[1] + went.shape[1]] = True
    is_came = np.zeros(everything.shape[1], bool)
    is_came[before.shape[1] + went.shape[1] :] = True
    # Per link: first the mark that it went, then what was there, then what came.
    turn = np.where(is_went, 0, np.where(is_came, 2, 1))
    order = np.lexsort((turn, everything[2], everything[1], everything[0]))
    everything, turn = everything[:, order], turn[order]
    is_first = np.ones(turn.size, bool)
    is_first[1:] = (everything[:3, 1:] != everything[:3, :-1]).any(axis=0)
    link = np.cumsum(is_first) - 1
    went_of_link = np.zeros(int(is_first.sum()), bool)
    went_of_link[link[turn == 0]] = True
    stays = (turn == 2) | ((turn == 1) & ~went_of_link[link])
    everything, link = everything[:, stays], link[stays]
    start, _ = runs(link)
    kept = everything[:, start]
    if start.size:
        kept[3] = np.minimum.reduceat(everything[3], start)
    return kept


def _spliced(
    all_begin: Positions,
    wanted: IntArray,
    new_key: Positions,
    columns: Iterable[tuple[IntArray, Positions]],
) -> list[IntArray]:
    """Sorted columns, the runs of the wanted values replaced by those of the new columns."""
    begin, end = all_begin[wanted].tolist(), all_begin[wanted + 1].tolist()
    cut = [0, *np.searchsorted(new_key, wanted, side="right").tolist()]
    made = []
    for old, new in columns:
        fresh = new.astype(old.dtype)
        pieces: list[IntArray] = []
        done = 0
        for at, (low, high) in enumerate(zip(begin, end, strict=True)):
            pieces += (old[done:low], fresh[cut[at] : cut[at + 1]])
            done = high
        pieces.append(old[done:])
        made.append(np.concatenate(pieces))
    return made


def _with_pairs(
    links: Links,
    incidence: Incidence,
    links_of_merchants: tuple[IntArray, Positions],
    pairs_before_after: tuple[Positions, Positions],
) -> Links:
    """The other side of the links; pairs are packed (identifier, merchant), each once, sorted."""
    (merchants, links_now), (old_pairs, new_pairs) = links_of_merchants, pairs_before_after
    gained = np.setdiff1d(new_pairs, old_pairs, assume_unique=True)
    lost = np.setdiff1d(old_pairs, new_pairs, assume_unique=True)
    touched = distinct(unpacked_high(np.concatenate((gained, lost)))).astype(np.int32)
    rows = joined(links.holders[touched], links.holders_begin[touched])[1]
    pairs = packed(links.identifier[rows], links.merchant[rows])
    pairs = np.sort(np.concatenate((np.setdiff1d(pairs, lost, assume_unique=True), gained)))
    new_identifier = unpacked_high(pairs)
    identifier, merchant = _spliced(
        links.holders_begin,
        touched,
        new_identifier,
        ((links.identifier, new_identifier), (links.merchant, unpacked_low(pairs))),
    )
    holders = links.holders.copy()
    holders[touched] = 0
    start, count = runs(new_identifier)
    holders[new_identifier[start]] = count
    of_merchant = np.diff(links.links_begin)
    of_merchant[merchants] = links_now
    return Links(incidence, identifier, merchant, holders, _begin(of_merchant), _begin(holders))
