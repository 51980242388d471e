"""Which links appeared or vanished between two snapshots, and which of that is still remembered."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray

from detect.network.clustering import holdings
from detect.network.incidence import Incidence
from detect.weekly.snapshot import Snapshot

EPOCH = date(1970, 1, 1)


class LinkChange(StrEnum):
    """What happened to a link."""

    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True, order=True)
class ChangedLink:
    """A link that appeared or vanished.

    `first_seen` is the day the source dates the link to, `noticed` the snapshot that first showed
    the change. A late record has an old `first_seen` and a recent `noticed`; both are announced.
    `judgement` is the id of the judgement that moved it from one name of a merchant to another, ""
    where a source said so.
    """

    merchant: str
    identifier: str
    kind: str
    first_seen: date
    noticed: date
    change: LinkChange
    judgement: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """Which link this is about, whatever happened to it."""
        return (self.merchant, self.identifier, self.kind)


@dataclass(frozen=True, slots=True)
class WeekChange:
    """The changed links of one changed week; `clock` counts changed weeks since the baseline."""

    clock: int
    as_of: date
    links: tuple[ChangedLink, ...]


@dataclass(frozen=True, slots=True)
class RecentChanges:
    """Remembered changes by merchant, each with the clock of its week.

    `added` holds links that are new and still there; `removed` holds links that are still gone. A
    link that went and came back within memory (a feed that failed and recovered) is in neither.
    """

    clock: int
    added: Mapping[str, tuple[tuple[int, ChangedLink], ...]]
    removed: Mapping[str, tuple[tuple[int, ChangedLink], ...]]
    closed: frozenset[str]

    def new_on(self, merchant: str, identifiers: frozenset[str], weeks: int) -> list[ChangedLink]:
        """New links of the merchant to any of `identifiers` within the last `weeks` weeks."""
        return self._within(self.added, merchant, identifiers, weeks)

    def lost_on(self, merchant: str, identifiers: frozenset[str], weeks: int) -> list[ChangedLink]:
        """Vanished links of the merchant to any of `identifiers` within the last `weeks` weeks."""
        return self._within(self.removed, merchant, identifiers, weeks)

    def _within(
        self,
        by_merchant: Mapping[str, tuple[tuple[int, ChangedLink], ...]],
        merchant: str,
        identifiers: frozenset[str],
        weeks: int,
    ) -> list[ChangedLink]:
        return [
            link
            for clock, link in by_merchant.get(merchant, ())
            if clock > self.clock - weeks and link.identifier in identifiers
        ]


def difference(
    previous: Snapshot, current: Snapshot, max_holders: int | None = None
) -> tuple[ChangedLink, ...]:
    """Links in one snapshot and not in the other, sorted by name.

    Links to identifiers that had or have more than `max_holders` holders are left out: so common an
    identifier explains nothing, and its churn is most of all churn.
    """
    before, now = previous.incidence, current.incidence
    merchant_at, merchant_count = _positions(before.merchants, now.merchants)
    identifier_at, identifier_count = _positions(before.identifiers, now.identifiers)
    kinds = {name: at for at, name in enumerate(_kind_names(before, now))}
    shape = (merchant_count, identifier_count, len(kinds))
    before_keys = _keys(
        before, (merchant_at[before.merchant], identifier_at[before.identifier]), kinds, shape
    )
    now_keys = _keys(now, (now.merchant, now.identifier), kinds, shape)
    is_removed = ~np.isin(before_keys, now_keys, assume_unique=True)
    is_added = ~np.isin(now_keys, before_keys, assume_unique=True)
    if max_holders is not None:
        held = np.zeros(identifier_count, np.int64)
        held[: len(now.identifiers)] = holdings(now).holders
        held[identifier_at] = np.maximum(held[identifier_at], holdings(before).holders)
        is_removed &= held[identifier_at[before.identifier]] <= max_holders
        is_added &= held[now.identifier] <= max_holders
    return tuple(
        sorted(
            [
                *_named(before, is_removed, current.as_of, LinkChange.REMOVED),
                *_named(now, is_added, current.as_of, LinkChange.ADDED),
            ],
            key=attrgetter("merchant", "identifier", "kind", "change"),
        )
    )


def recall(history: Sequence[WeekChange], closed: frozenset[str]) -> RecentChanges:
    """What the remembered weeks (oldest first) amount to, link by link."""
    latest: dict[tuple[str, str, str], tuple[int, ChangedLink] | None] = {}
    for week in history:
        for link in week.links:
            past = latest.get(link.key)
            has_returned = (
                past is not None
                and past[1].change is LinkChange.REMOVED
                and link.change is LinkChange.ADDED
            )
            latest[link.key] = None if has_returned else (week.clock, link)
    clock = history[-1].clock if history else 0
    kept = [entry for entry in latest.values() if entry is not None]
    return RecentChanges(
        clock, _by_merchant(kept, LinkChange.ADDED), _by_merchant(kept, LinkChange.REMOVED), closed
    )


def new_this_week(history: Sequence[WeekChange]) -> dict[str, list[ChangedLink]]:
    """Links added in the last remembered week, by merchant, less those that only came back."""
    if not history:
        return {}
    latest = {link.key: link.change for week in history[:-1] for link in week.links}
    found: dict[str, list[ChangedLink]] = {}
    for link in history[-1].links:
        is_back = latest.get(link.key) is LinkChange.REMOVED
        if link.change is LinkChange.ADDED and not is_back:
            found.setdefault(link.merchant, []).append(link)
    return found


def net_changes(history: Sequence[WeekChange]) -> tuple[ChangedLink, ...]:
    """The changes of several weeks as one: a link that came and went, or went and came, is none."""
    first: dict[tuple[str, str, str], LinkChange] = {}
    last: dict[tuple[str, str, str], ChangedLink] = {}
    for week in history:
        for link in week.links:
            first.setdefault(link.key, link.change)
            last[link.key] = link
    return tuple(sorted(link for key, link in last.items() if first[key] is link.change))


def links_per_kind(
    incidence: Incidence,
    skipped: frozenset[str] = frozenset(),
    fold: Mapping[str, str] | None = None,
) -> dict[str, int]:
    """How many links of each kind there are, not counting those of the `skipped` merchants.

    With a `fold` (merchant → representative) a link that several names of one merchant have is one.
    """
    if fold:
        is_folded = np.fromiter((name in fold for name in incidence.merchants), bool)
        rows = np.flatnonzero(is_folded[incidence.merchant])
        is_single = np.ones(incidence.kind.size, bool)
        seen: set[tuple[str, int, int]] = set()
        for row in rows.tolist():
            head = fold[incidence.merchants[incidence.merchant[row]]]
            link = (head, int(incidence.identifier[row]), int(incidence.kind[row]))
            is_single[row] = link not in seen
            seen.add(link)
        incidence = incidence.kept(is_single)
    kind = incidence.kind
    if skipped:
        is_skipped = np.fromiter(
            (name in skipped for name in incidence.merchants), bool, len(incidence.merchants)
        )
        kind = kind[~is_skipped[incidence.merchant]]
    counts = np.bincount(kind, minlength=len(incidence.kinds)).tolist()
    return {kind.name: count for kind, count in zip(incidence.kinds, counts, strict=True)}


def _by_merchant(
    entries: Iterable[tuple[int, ChangedLink]], change: LinkChange
) -> dict[str, tuple[tuple[int, ChangedLink], ...]]:
    grouped: dict[str, list[tuple[int, ChangedLink]]] = {}
    for entry in entries:
        if entry[1].change is change:
            grouped.setdefault(entry[1].merchant, []).append(entry)
    return {merchant: tuple(found) for merchant, found in grouped.items()}


def _positions(before: Sequence[str], now: Sequence[str]) -> tuple[NDArray[np.int64], int]:
    """Where each old name stands among the new ones (vanished ones follow); how many in all.

    Names are sorted, so those in both keep their order and only the others need a look.
    """
    if before == now:
        return np.arange(len(before)), len(before)
    was, is_now = set(before), set(now)
    is_kept = np.ones(len(before), bool)
    is_kept[[bisect_left(before, name) for name in was - is_now]] = False
    is_old = np.ones(len(now), bool)
    is_old[[bisect_left(now, name) for name in is_now - was]] = False
    found = np.empty(len(before), np.int64)
    found[is_kept] = np.flatnonzero(is_old)
    gone = int((~is_kept).sum())
    found[~is_kept] = len(now) + np.arange(gone)
    return found, len(now) + gone


def _kind_names(before: Incidence, now: Incidence) -> list[str]:
    return sorted({kind.name for kind in (*before.kinds, *now.kinds)})


def _keys(
    incidence: Incidence,
    positions: tuple[NDArray[np.integer], NDArray[np.integer]],
    kinds: Mapping[str, int],
    shape: tuple[int, int, int],
) -> NDArray[np.int64]:
    """One number per link that is the same in both snapshots."""
    merchant, identifier = positions
    kind_at = np.array([kinds[kind.name] for kind in incidence.kinds], np.int64)
    key = merchant.astype(np.int64) * shape[1] + identifier
    return np.asarray(key * shape[2] + kind_at[incidence.kind], np.int64)


def _named(
    incidence: Incidence, chosen: NDArray[np.bool_], noticed: date, change: LinkChange
) -> list[ChangedLink]:
    return [
        ChangedLink(
            incidence.merchants[merchant],
            incidence.identifiers[identifier],
            incidence.kinds[kind].name,
            EPOCH + timedelta(days=day),
            noticed,
            change,
        )
        for merchant, identifier, kind, day in zip(
            incidence.merchant[chosen].tolist(),
            incidence.identifier[chosen].tolist(),
            incidence.kind[chosen].tolist(),
            incidence.first_seen_day[chosen].tolist(),
            strict=True,
        )
    ]
