"""How the made-up world moves: the background churn of every week, and the planted events.

Shares and week lists follow the study of weekly tracking: .4 % new merchants, .3 % closed, .5 %
phones, .3 % devices, .2 % addresses replaced, about 2 % of the live rings per kind of event.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from benchmarks.planted_weeks_world import (
    EVENT_WEEKS,
    OWN_KINDS,
    STILL_WEEKS,
    Planted,
    PlantedEvent,
    Ring,
    World,
    moving,
)
from benchmarks.planted_world import ADDRESS, DEVICE, PHONE

REST_WEEKS = 5  # a ring stays out of further events this long
LAST_LATE_WEEK = 14  # events up to here may be wholly late
REPLACED = {PHONE: 0.005, DEVICE: 0.003, ADDRESS: 0.002}


@dataclass(slots=True)
class Plan:
    """What is still to come: by week, things to do then."""

    due: dict[int, list[Callable[[int], None]]] = field(default_factory=dict)

    def at(self, week: int, what: Callable[[int], None]) -> None:
        """Do it in that week, or the first moving one after."""
        self.due.setdefault(moving(week), []).append(what)


class Life:
    """Moves one world week by week."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.plan = Plan()

    def step(self, week: int) -> None:
        """Everything that happens in `week` (nothing in a still week)."""
        if week in STILL_WEEKS:
            return
        for what in self.plan.due.pop(week, []):
            what(week)
        self._churn(week)
        if week in EVENT_WEEKS:
            self._events(week)

    # Background ---------------------------------------------------------------------------------

    def _churn(self, week: int) -> None:
        world = self.world
        open_count = world.open_count
        for _ in range(round(0.004 * open_count)):
            world.open_merchant(week)
        for _ in range(round(0.003 * open_count)):
            self._close_one(week)
        for kind, share in REPLACED.items():
            for _ in range(round(share * open_count)):
                self._replace_own(kind, week)
        for _ in range(round(0.001 * open_count)):
            world.coincidence(week)
        for ring in list(world.rings.values()):
            if not ring.rows:
                continue
            self._churn_ring(ring, week)

    def _close_one(self, week: int) -> None:
        world = self.world
        merchant = int(world.random.integers(world.next_merchant))
        if merchant in world.closed_week:
            return
        group = world.group_of.get(merchant)
        ring = world.rings.get(group[0]) if group else None
        if group:
            world.churned.append((week, group[0]))
        rows = ring.rows.pop(merchant, []) if ring else []
        own = [
            row
            for row in world.rows_of[merchant]
            if world.columns.kind[row] in OWN_KINDS
            and row not in rows
            and world.columns.ended[row] > week
        ]
        world.close_merchant(merchant, week)
        if world.random.random() < 0.4:
            back = week + int(world.random.integers(1, 4))
            self.plan.at(back, lambda then: self._reopen(ring, rows, own, then))

    def _reopen(self, ring: Ring | None, rows: list[int], own: list[int], week: int) -> None:
        """The closed merchant under a new name, carrying some of its identifiers."""
        world, rng = self.world, self.world.random
        merchant = world.open_merchant(week)
        for row in own:
            if rng.random() < 0.5:
                self._copy(row, merchant, week)
        if ring is None or not ring.rows:
            return
        kept = [self._copy(row, merchant, week) for row in rows if rng.random() < 0.75]
        if kept:
            ring.rows[merchant] = kept
        if len(kept) >= 2:
            seen = sorted(int(world.columns.seen[row]) for row in kept)[1]
            world.join_group(merchant, ring.number, seen)
            world.churned.append((week, ring.number))

    def _copy(self, row: int, merchant: int, week: int) -> int:
        columns = self.world.columns
        return self.world.link(merchant, int(columns.identifier[row]), int(columns.kind[row]), week)

    def _replace_own(self, kind: int, week: int) -> None:
        world = self.world
        merchant = int(world.random.integers(world.next_merchant))
        if merchant in world.closed_week:
            return
        columns = world.columns
        rows = [
            row
            for row in world.rows_of[merchant]
            if columns.kind[row] == kind and columns.ended[row] > week
        ]
        if rows:
            world.end(rows[int(world.random.integers(len(rows)))], week)
            world.link(merchant, world.new_identifier(), kind, week)

    def _churn_ring(self, ring: Ring, week: int) -> None:
        world, rng = self.world, self.world.random
        for kind, pool in ring.pools.items():
            for at, identifier in enumerate(pool):
                if rng.random() < 0.01:
                    self._replace_for_all(ring, (kind, at, identifier), week)
        if rng.random() < 0.03:
            world.attach(ring, world.free_merchant(), week)
            world.churned.append((week, ring.number))
        if rng.random() < 0.02 and len(ring.rows) > 3:
            members = sorted(ring.rows)
            world.detach(ring, members[int(rng.integers(len(members)))], week)
            world.churned.append((week, ring.number))

    def _replace_for_all(self, ring: Ring, place: tuple[int, int, int], week: int) -> None:
        kind, at, old = place
        world = self.world
        new = world.new_identifier()
        ring.pools[kind][at] = new
        for merchant, rows in ring.rows.items():
            for position, row in enumerate(rows):
                if world.columns.identifier[row] == old and world.columns.ended[row] > week:
                    world.end(row, week)
                    rows[position] = world.link(merchant, new, kind, week, late=False)

    # Events -------------------------------------------------------------------------------------

    def _events(self, week: int) -> None:
        live = sum(1 for ring in self.world.rings.values() if ring.rows)
        count = max(1, round(0.02 * live))
        for _ in range(count):
            for plant in (
                self._born,
                self._grew,
                self._grew_slow,
                self._shrank,
                self._merged,
                self._split,
                self._dissolved,
                self._reborn,
            ):
                plant(week)

    def _ready(self, week: int, least: int = 5) -> Ring | None:
        rings = [
            ring
            for ring in self.world.rings.values()
            if len(ring.rows) >= least and not ring.is_quiet and ring.rests_until <= week
        ]
        if not rings:
            return None
        ring = rings[int(self.world.random.integers(len(rings)))]
        ring.rests_until = week + REST_WEEKS
        return ring

    def _happened(self, kind: Planted, week: int, rings: tuple[int, ...], seen: list[int]) -> None:
        """Note the event; `seen` are the weeks its records are seen in."""
        ordered = sorted(seen) or [week]
        known = ordered[min(int(0.8 * len(ordered)), len(ordered) - 1)]
        self.world.events.append(PlantedEvent(kind, week, known, rings))

    def _recruit(self, ring: Ring, count: int, week: int, fresh: float = 0.5) -> list[int]:
        """New members, a share of them newly opened; returns when each is seen."""
        world = self.world
        seen = []
        for _ in range(count):
            is_fresh = world.random.random() < fresh
            merchant = world.open_merchant(week) if is_fresh else world.free_merchant()
            seen.append(world.attach(ring, merchant, week))
        return seen

    def _born(self, week: int) -> None:
        ring = self.world.plant_ring(week, use_reserve=True)
        ring.rests_until = week + REST_WEEKS
        seen = [self.world.group_of[merchant][1] for merchant in ring.rows]
        self._happened(Planted.BORN, week, (ring.number,), seen)

    def _grew(self, week: int) -> None:
        ring = self._ready(week)
        if ring:
            share = self.world.random.uniform(0.35, 0.8)
            count = max(3, round(share * len(ring.rows)))
            seen = self._recruit(ring, count, week)
            self._happened(Planted.GREW, week, (ring.number,), seen)

    def _grew_slow(self, week: int) -> None:
        ring = self._ready(week, least=10)
        weeks = sorted(at for at in EVENT_WEEKS if at >= week)[:6]
        if ring is None or len(weeks) < 6:
            return
        ring.rests_until = weeks[-1] + REST_WEEKS
        total = round(0.5 * len(ring.rows))
        shares = [total * (at + 1) // 6 - total * at // 6 for at in range(6)]
        for at, count in zip(weeks, shares, strict=True):
            if at == week:
                self._recruit(ring, count, week)
            else:
                self.plan.at(at, self._later_recruits(ring, count))
        self.world.events.append(PlantedEvent(Planted.GREW_SLOW, week, weeks[-1], (ring.number,)))

    def _later_recruits(self, ring: Ring, count: int) -> Callable[[int], None]:
        def recruit(week: int) -> None:
            if ring.rows:
                self._recruit(ring, count, week)

        return recruit

    def _shrank(self, week: int) -> None:
        ring = self._ready(week, least=8)
        if ring:
            share = self.world.random.uniform(0.35, 0.55)
            for merchant in self._pick(ring, max(3, round(share * len(ring.rows)))):
                self._leave(ring, merchant, week)
            self._happened(Planted.SHRANK, week, (ring.number,), [])

    def _leave(self, ring: Ring, merchant: int, week: int) -> None:
        if self.world.random.random() < 0.5:
            ring.rows.pop(merchant)
            self.world.close_merchant(merchant, week)
        else:
            self.world.detach(ring, merchant, week)

    def _pick(self, ring: Ring, count: int) -> list[int]:
        members = sorted(ring.rows)
        chosen = self.world.random.choice(members, min(count, len(members)), replace=False)
        return [int(merchant) for merchant in chosen]

    def _merged(self, week: int) -> None:
        one, other = self._ready(week), self._ready(week)
        if one is None or other is None:
            return
        if len(one.rows) < len(other.rows):
            one, other = other, one
        rng = self.world.random
        is_gradual = bool(rng.random() < 0.25)
        bridges = 3 if is_gradual else int(rng.integers(1, 5))
        donors = [other, one]
        rng.shuffle(donors)
        takers = self._pick(donors[1], bridges)
        lent = {m: list(rows) for m, rows in donors[0].rows.items() if len(rows) >= 2}
        if not lent or not takers:
            return
        weeks = [moving(week + at) if is_gradual else week for at in range(len(takers))]
        ready = self._fuse(one, other, week)
        seen: list[int] = []
        for at, taker in zip(weeks, takers, strict=True):
            if at == week:
                seen += self._bridge((one, other.number), taker, lent, at)
            else:
                self.plan.at(at, self._later_bridge((one, other.number), taker, lent))
                seen.append(at)
        one.rests_until = weeks[-1] + REST_WEEKS
        known = sorted(seen)[min(1, len(seen) - 1)]
        for merchant, since in ready:
            self.world.join_group(merchant, one.number, max(known, since))
        self._happened(Planted.MERGED, week, (one.number, other.number), seen)

    def _later_bridge(
        self, pair: tuple[Ring, int], taker: int, lent: dict[int, list[int]]
    ) -> Callable[[int], None]:
        def bridge(week: int) -> None:
            if taker in pair[0].rows:
                self._bridge(pair, taker, lent, week)

        return bridge

    def _bridge(
        self, pair: tuple[Ring, int], taker: int, lent: dict[int, list[int]], week: int
    ) -> list[int]:
        """The taker gets 2-3 identifiers that one merchant of the other side holds together."""
        rng, columns = self.world.random, self.world.columns
        lenders = [
            rows
            for rows in lent.values()
            if sum(int(columns.ended[row]) > week for row in rows) >= 2
        ]
        if not lenders:
            return []
        rows = lenders[int(rng.integers(len(lenders)))]
        rows = [row for row in rows if columns.ended[row] > week]
        count = min(len(rows), int(rng.integers(2, 4)))
        taken = [int(row) for row in rng.choice(rows, count, replace=False)]
        new = [self._copy(row, taker, week) for row in taken]
        ring, joined = pair
        ring.rows[taker].extend(new)
        self.world.bridges.setdefault((ring.number, joined), []).extend(new)
        return [int(columns.seen[row]) for row in new]

    def _fuse(self, one: Ring, other: Ring, week: int) -> list[tuple[int, int]]:
        """`one` takes over the members and pools of `other`; returns who was seen there since."""
        world = self.world
        moved = [
            (merchant, world.group_of[merchant][1])
            for merchant in sorted(other.rows)
            if merchant in world.group_of
        ]
        one.rows.update(other.rows)
        other.rows = {}
        for kind, pool in other.pools.items():
            one.pools[kind] = [*one.pools[kind], *pool]
        return moved

    def _split(self, week: int) -> None:
        ring = self._ready(week, least=12)
        if ring is None:
            return
        leavers = self._pick(ring, round(self.world.random.uniform(0.35, 0.5) * len(ring.rows)))
        child = self.world.new_ring(len(leavers))
        self.world.rings[child.number] = child
        child.rests_until = week + REST_WEEKS
        seen = []
        for merchant in leavers:
            self.world.detach(ring, merchant, week)
            seen.append(self.world.attach(child, merchant, week))
        self._happened(Planted.SPLIT, week, (ring.number, child.number), seen)

    def _dissolved(self, week: int) -> None:
        ring = self._ready(week)
        if ring is None:
            return
        ring.former = tuple(sorted(ring.rows))
        ring.gone_since = week
        for merchant in ring.former:
            self._leave(ring, merchant, week)
        self._happened(Planted.DISSOLVED, week, (ring.number,), [])

    def _reborn(self, week: int) -> None:
        world, rng = self.world, self.world.random
        gone = [
            ring
            for ring in world.rings.values()
            if ring.gone_since is not None and week - ring.gone_since >= 3
        ]
        if not gone:
            return
        ring = gone[int(rng.integers(len(gone)))]
        count = max(5, round(len(ring.former) * rng.uniform(0.7, 1.1)))
        seen = []
        if rng.random() >= 0.6:
            back = [merchant for merchant in ring.former if world.is_free(merchant)]
            seen += [world.attach(ring, merchant, week) for merchant in back[: count // 2]]
        seen += self._recruit(ring, count - len(seen), week, fresh=1.0)
        ring.gone_since = None
        ring.rests_until = week + REST_WEEKS
        self._happened(Planted.REBORN, week, (ring.number,), seen)
