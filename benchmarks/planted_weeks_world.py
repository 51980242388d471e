"""A made-up supply world that lives for some weeks, with every change of every ring known.

Background (shared offices, courier hubs, labs, popular certificates, coincidences, benign groups)
carries planted rings; each week merchants open, close, move and change phones, and on event weeks
rings are born, grow, shrink, join, part, dissolve and come back. Rows are links with the week they
happened, the week they are first seen (some arrive late) and the week they are gone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from benchmarks.planted_weeks_rows import NEVER, Columns
from benchmarks.planted_world import (
    ADDRESS,
    BANK,
    CERTIFICATE,
    COURIER,
    DEVICE,
    FRANCHISE,
    KINDS,
    LAB,
    PHONE,
    SHARED_KINDS,
    Background,
    Level,
)
from detect.network.incidence import Incidence

FIRST_WEEK = date(2026, 1, 5)
OWN_KINDS = (ADDRESS, BANK, DEVICE, PHONE)
EVENT_WEEKS = frozenset({1, 2, 4, 5, 7, 8, 9, 11, 12, 14, 15, 16, 18, 19})
STILL_WEEKS = frozenset({6, 13, 20})
OUTAGE_WEEK = 21
NO_GROUP = -1
BENIGN = 1_000_000  # benign groups are numbered from here


class Planted(StrEnum):
    """Kinds of planted events."""

    BORN = "born"
    GREW = "grew"
    GREW_SLOW = "grew_slow"
    SHRANK = "shrank"
    MERGED = "merged"
    SPLIT = "split"
    DISSOLVED = "dissolved"
    REBORN = "reborn"


@dataclass(frozen=True, slots=True)
class PlantedEvent:
    """What happened to which rings. `known` is the week by which 80 % of its records are seen."""

    kind: Planted
    week: int
    known: int
    rings: tuple[int, ...]


@dataclass(slots=True)
class Ring:
    """A ring and its own pools of identifiers by kind; `rows` holds each member's ring links."""

    number: int
    pools: dict[int, list[int]]
    rows: dict[int, list[int]] = field(default_factory=dict)
    rests_until: int = 0
    is_quiet: bool = False
    gone_since: int | None = None
    former: tuple[int, ...] = ()


class World:
    """The state of the made-up world; `planted_weeks_life` moves it on, `snapshot` reads it."""

    def __init__(self, level: Level, merchants: int, seed: int) -> None:
        self.level = level
        self.shape = Background()
        self.open_count = merchants
        self.merchant_count = int(1.3 * merchants)
        self.random = np.random.default_rng(seed)
        self.columns = Columns(12 * self.merchant_count)
        self.identifier_count = 0
        self.rows_of: dict[int, list[int]] = {}
        self.next_merchant = merchants
        self.closed_week: dict[int, int] = {}
        self.rings: dict[int, Ring] = {}
        self.events: list[PlantedEvent] = []
        self.group_of: dict[int, tuple[int, int]] = {}  # merchant -> (group, since week)
        self.spans: list[tuple[int, int, int, int]] = []  # merchant, group, from, to
        self.bridges: dict[tuple[int, int], list[int]] = {}  # rows that joined two rings
        self.churned: list[tuple[int, int]] = []  # (week, group) of background member changes
        self.outage = self.random.random(self.merchant_count) < 1 / 7
        self._background()
        self._benign_groups()
        self._first_rings()
        self._noise()

    # Identifiers and links ----------------------------------------------------------------------

    def new_identifier(self) -> int:
        """A fresh identifier number."""
        self.identifier_count += 1
        return self.identifier_count - 1

    def seen_week(self, week: int) -> int:
        """The week a record of `week` is first seen: 10 % come 1-5 weeks late, none when still."""
        late = 0
        if week > 0 and self.random.random() < 0.1:
            late = int(self.random.integers(1, 6))
        return moving(week + late)

    def link(self, merchant: int, identifier: int, kind: int, week: int, late: bool = True) -> int:
        """Add one link; returns its row."""
        seen = self.seen_week(week) if late else week
        row = self.columns.add(merchant, identifier, kind, (week, seen))
        self.rows_of.setdefault(merchant, []).append(row)
        return row

    def end(self, row: int, week: int) -> None:
        """The link is gone from `week` on."""
        self.columns.ended[row] = min(self.columns.ended[row], week)

    def open_merchant(self, week: int) -> int:
        """Open a reserve merchant with its background links."""
        merchant = self.next_merchant
        if merchant >= self.merchant_count:
            raise RuntimeError("the reserve of merchants is used up: fewer weeks or a larger world")
        self.next_merchant += 1
        for row in self.rows_of[merchant]:
            self.columns.happened[row] = week
            self.columns.seen[row] = self.seen_week(week)
        return merchant

    def close_merchant(self, merchant: int, week: int) -> None:
        """Close a merchant: all its links end."""
        self.closed_week[merchant] = week
        for row in self.rows_of[merchant]:
            self.end(row, week)
        self.leave_group(merchant, week)

    def is_free(self, merchant: int) -> bool:
        """Open and in no group."""
        return merchant not in self.closed_week and merchant not in self.group_of

    def free_merchant(self) -> int:
        """An open merchant in no group."""
        while True:
            merchant = int(self.random.integers(self.next_merchant))
            if self.is_free(merchant):
                return merchant

    # Groups -------------------------------------------------------------------------------------

    def join_group(self, merchant: int, group: int, week: int) -> None:
        """The merchant belongs to the group, as seen from `week` on."""
        self.leave_group(merchant, week)
        self.group_of[merchant] = (group, week)

    def leave_group(self, merchant: int, week: int) -> None:
        """The merchant belongs to no group from `week` on."""
        past = self.group_of.pop(merchant, None)
        if past is not None and past[1] < week:
            self.spans.append((merchant, past[0], past[1], week))

    def new_ring(self, size: int, number: int | None = None) -> Ring:
        """A ring with fresh pools sized for `size` members and no member yet."""
        depth = max(1, round(size / self.shape.members_per_pool_identifier))
        number = len(self.rings) if number is None else number
        pools = {kind: [self.new_identifier() for _ in range(depth)] for kind in SHARED_KINDS}
        return Ring(number, pools)

    def attach(self, ring: Ring, merchant: int, week: int) -> int:
        """Give the merchant at least two of the ring's identifiers; returns when it is seen."""
        level = FRANCHISE if ring.number >= BENIGN else self.level
        draw = self.random.random(len(SHARED_KINDS))
        order = np.argsort(draw).tolist()
        count = max(int((draw < level.attach).sum()), level.min_shared)
        chosen = [SHARED_KINDS[at] for at in order[:count]]
        rows = []
        for kind in chosen:
            pool = ring.pools[kind]
            identifier = pool[int(self.random.integers(len(pool)))]
            rows.append(self.link(merchant, identifier, kind, week))
        ring.rows[merchant] = rows
        seen = sorted(int(self.columns.seen[row]) for row in rows)[1]
        self.join_group(merchant, ring.number, seen)
        return seen

    def detach(self, ring: Ring, merchant: int, week: int) -> None:
        """The merchant gives up every identifier of the ring."""
        for row in ring.rows.pop(merchant):
            self.end(row, week)
        self.leave_group(merchant, week)

    # Week 0 -------------------------------------------------------------------------------------

    def _background(self) -> None:
        count, rng = self.merchant_count, self.random
        everyone = np.arange(count)
        shape = self.shape
        blocks = [(everyone, self._fresh(count), kind) for kind in (BANK, DEVICE, PHONE)]
        for kind, share, items in (
            (COURIER, 1.0, count // shape.merchants_per_courier),
            (LAB, shape.lab_share, count // shape.merchants_per_lab),
            (CERTIFICATE, shape.branded_share, round(count * shape.brands_per_merchant)),
            (ADDRESS, shape.office_share, count // shape.merchants_per_office),
        ):
            is_shared = rng.random(count) < share
            users = everyone[is_shared]
            blocks.append((users, self._zipf(users.size, items), kind))
            if kind in (CERTIFICATE, ADDRESS):
                own = everyone[~is_shared]
                blocks.append((own, self._fresh(own.size), kind))
        table = np.concatenate(
            [np.stack([who, what, np.full(who.size, kind)]) for who, what, kind in blocks], axis=1
        )
        table = table[:, np.argsort(table[0], kind="stable")]
        happened = -rng.integers(1, 60, table.shape[1])
        seen = np.where(table[0] < self.open_count, 0, NEVER)
        ended = np.full(table.shape[1], NEVER)
        self.columns.extend(np.concatenate([table, [happened], [seen], [ended]]).astype(np.int64))
        bounds = np.searchsorted(table[0], np.arange(count + 1)).tolist()
        self.rows_of = {m: list(range(bounds[m], bounds[m + 1])) for m in range(count)}

    def _fresh(self, count: int) -> NDArray[np.int64]:
        first = self.identifier_count
        self.identifier_count += count
        return np.arange(first, first + count)

    def _zipf(self, draws: int, items: int) -> NDArray[np.int64]:
        share = 1.0 / np.arange(1, max(items, 5) + 1)
        return self._fresh(share.size)[self.random.choice(share.size, draws, p=share / share.sum())]

    def _benign_groups(self) -> None:
        for number in range(self.merchant_count // 100):
            size = int(self.random.integers(2, 11))
            group = self.new_ring(size, BENIGN + number)
            for _ in range(size):
                self.attach(group, self.free_merchant(), 0)

    def _first_rings(self) -> None:
        for _ in range(self.open_count // 500):
            ring = self.plant_ring(0, use_reserve=False)
            ring.is_quiet = bool(self.random.random() < 0.4)

    def plant_ring(self, week: int, use_reserve: bool) -> Ring:
        """A ring of 5-60 members (log-uniform), with its leaks and cross-ring bridges."""
        rng = self.random
        size = int(np.exp(rng.uniform(np.log(5), np.log(61))))
        ring = self.new_ring(size)
        self.rings[ring.number] = ring
        for _ in range(size):
            fresh = use_reserve and rng.random() < 0.5
            self.attach(ring, self.open_merchant(week) if fresh else self.free_merchant(), week)
        for merchant in ring.rows:
            if rng.random() < self.level.leak:
                kind = (PHONE, DEVICE, BANK)[int(rng.integers(3))]
                self.hold_own_of(self.free_merchant(), merchant, kind, week)
        if rng.random() < self.level.cross:
            self._cross(ring, week)
        return ring

    def _cross(self, ring: Ring, week: int) -> None:
        """One courier of another ring serves as many members of this one as at home."""
        rng = self.random
        others = [other for other in self.rings.values() if other.rows and other is not ring]
        if not others:
            return
        other = others[int(rng.integers(len(others)))]
        courier = other.pools[COURIER][int(rng.integers(len(other.pools[COURIER])))]
        rows = [row for held in other.rows.values() for row in held]
        at_home = sum(int(self.columns.identifier[row]) == courier for row in rows)
        members = rng.choice(list(ring.rows), min(at_home, len(ring.rows)), replace=False)
        for merchant in members.tolist():
            self.link(merchant, courier, COURIER, week)

    def _noise(self) -> None:
        count = int(self.level.coincidence * self.open_count)
        for _ in range(count):
            self.coincidence(0)

    def coincidence(self, week: int) -> None:
        """A merchant happens to hold another one's phone or device."""
        merchant, other = (int(at) for at in self.random.integers(self.next_merchant, size=2))
        if merchant not in self.closed_week and other not in self.closed_week:
            kind = (PHONE, DEVICE)[int(self.random.integers(2))]
            self.hold_own_of(other, merchant, kind, week)

    def hold_own_of(self, owner: int, merchant: int, kind: int, week: int) -> None:
        """The merchant also holds the owner's first identifier of the kind."""
        row = next(row for row in self.rows_of[owner] if self.columns.kind[row] == kind)
        self.link(merchant, int(self.columns.identifier[row]), kind, week)

    # Reading ------------------------------------------------------------------------------------

    def incidence(self, week: int) -> Incidence:
        """The links as seen in `week`, less the failed feeds of the outage week."""
        rows = self.columns
        is_there = (rows.seen <= week) & (rows.ended > week)
        if week == OUTAGE_WEEK:
            is_failed = np.isin(rows.kind, [DEVICE, PHONE]) & self.outage[rows.merchant]
            is_there &= ~is_failed
        table = rows.data[:4, : rows.size][:, is_there]
        table = table[:, np.lexsort((table[3], table[2], table[1], table[0]))]
        is_first = np.ones(table.shape[1], bool)
        is_first[1:] = (table[:3, 1:] != table[:3, :-1]).any(axis=0)
        table = table[:, is_first]
        merchants, merchant = np.unique(table[0], return_inverse=True)
        identifiers, identifier = np.unique(table[1], return_inverse=True)
        start = (FIRST_WEEK - date(1970, 1, 1)).days
        return Incidence(
            tuple(map(merchant_name, merchants.tolist())),
            tuple(map(identifier_name, identifiers.tolist())),
            KINDS,
            merchant.astype(np.int32),
            identifier.astype(np.int32),
            table[2].astype(np.int32),
            (start + 7 * table[3]).astype(np.int32),
        )

    def bridging_links(self, pair: tuple[int, int], week: int) -> set[tuple[str, str]]:
        """Merchant and identifier of the links that joined the pair, as far as seen in `week`."""
        rows = np.array(self.bridges.get(pair, []), np.int64)
        rows = rows[(self.columns.seen[rows] <= week) & (self.columns.ended[rows] > week)]
        return {
            (merchant_name(merchant), identifier_name(identifier))
            for merchant, identifier in self.columns.data[:2, rows].T.tolist()
        }

    def closed(self, week: int) -> frozenset[str]:
        """Merchants closed by `week`."""
        return frozenset(merchant_name(m) for m, when in self.closed_week.items() if when <= week)

    def groups(self, week: int) -> NDArray[np.int64]:
        """Group per merchant as seen in `week`, -1 for none."""
        group = np.full(self.merchant_count, NO_GROUP)
        for merchant, number, since, until in self.spans:
            if since <= week < until:
                group[merchant] = number
        for merchant, (number, since) in self.group_of.items():
            if since <= week:
                group[merchant] = number
        return group


def merchant_name(number: int) -> str:
    """Names sort as their numbers do."""
    return f"M{number:07d}"


def identifier_name(number: int) -> str:
    """Names sort as their numbers do."""
    return f"I{number:08d}"


def moving(week: int) -> int:
    """The first week from `week` on in which anything is recorded."""
    while week in STILL_WEEKS:
        week += 1
    return week


def day_of(week: int) -> date:
    """The Monday of a week."""
    return FIRST_WEEK + timedelta(weeks=week)
