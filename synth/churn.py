"""What changes in any ordinary week, networks or not (rates: tracking study §2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from synth.background import Background
from synth.ledger import close, fresh_key, hold, let_go, write_link
from synth.networks import Network, Networks
from synth.offences import Offences
from synth.state import Link, Merchant, World
from synth.truth import ViolationTruth

_NEW, _CLOSED, _COINCIDENCES = 0.004, 0.003, 0.001
_REPLACED = (("phone", 0.005), ("device", 0.003), ("office", 0.002))
_POOL_REPLACED, _JOINS, _LEAVES, _REOPENS = 0.01, 0.03, 0.02, 0.4
_STRONG = frozenset({"ship", "phone", "payee", "courier", "device", "return"})


@dataclass(frozen=True, slots=True)
class Reopening:
    """A closed member that comes back under a new name from `due_week` on."""

    due_week: int
    network: Network
    old: Merchant
    held: tuple[Link, ...]


class Churn:
    """Ordinary change; `reopenings` waits for members who come back."""

    def __init__(self, networks: Networks, offences: Offences) -> None:
        self.networks = networks
        self.offences = offences
        self.background: Background = networks.background
        self.world: World = networks.world
        self.rng = self.world.rng("churn")
        self.reopenings: list[Reopening] = []
        self._lost: list[tuple[Merchant, Link]] = []

    def week(self) -> None:
        """One week of ordinary change."""
        rng, world = self.rng, self.world
        free = world.free()
        for _ in range(self._count(_NEW)):
            self.background.add(self.background.birth())
        settled = [m for m in free if all(link.seen_week < world.week for link in m.links)]
        for merchant in rng.sample(settled, self._count(_CLOSED)):
            close(world, merchant, self._day(), "owner")
        self._replace([m for m in free if m.closed_week is None])
        for network in self.networks.alive():
            self._stir(network)
        waiting, self.reopenings = self.reopenings, []
        for reopening in waiting:
            if reopening.due_week > world.week or not reopening.network.is_alive:
                self.reopenings.append(reopening)
            else:
                self._reopen(reopening)

    def _count(self, share: float) -> int:
        """A share of all merchants as a whole number, the fraction by lot."""
        exact = share * self.world.settings.merchants
        return int(exact) + (self.rng.random() < exact % 1)

    def _day(self) -> date:
        return self.world.today - timedelta(days=self.rng.randint(1, 6))

    def _replace(self, free: list[Merchant]) -> None:
        """Numbers change hands, devices and offices are replaced, strangers meet."""
        rng, world = self.rng, self.world
        for kind, share in _REPLACED:
            for merchant in rng.sample(free, self._count(share)):
                self._renew(merchant, kind)
        for _ in range(self._count(_COINCIDENCES)):
            left, right = rng.sample(free, 2)
            own = left.held("phone")
            if own and own[0].key not in {hub.key for hub in world.hubs["phone"]}:
                hold(world, right, "phone", own[0].key, self.background.since(right))

    def _renew(self, merchant: Merchant, kind: str) -> None:
        held = merchant.held(kind)
        if held and let_go(self.world, merchant, held[0], self._day()):
            key = fresh_key(self.world, kind, merchant.place, self.rng)
            hold(self.world, merchant, kind, key, self.background.since(merchant))

    def _stir(self, network: Network) -> None:
        """Networks change slowly too: an identifier is replaced, somebody comes, somebody goes."""
        rng = self.rng
        for kind in sorted(network.pools):
            for key in list(network.pools[kind]):
                if rng.random() < _POOL_REPLACED:
                    self._replace_shared(network, kind, key)
        if rng.random() < _JOINS:
            self.join(network)
        settled = [m for m in self.networks.settled(network) if m is not network.members[0]]
        if rng.random() < _LEAVES and len(settled) > 5:
            self.leave(network, rng.choice(settled), closes=rng.random() < 0.6)

    def _replace_shared(self, network: Network, kind: str, key: tuple[str, ...]) -> None:
        fresh = fresh_key(self.world, kind, self.rng.choice(network.places), self.rng)
        network.pools[kind].append(fresh)
        for merchant in network.members:
            for link in merchant.held(kind):
                if link.key == key and let_go(self.world, merchant, link, self._day()):
                    hold(self.world, merchant, kind, fresh, self.background.since(merchant))

    def join(self, network: Network) -> tuple[Merchant, list[Link]]:
        """One merchant joins a network: a new one, or for a third an honest one that was tempted."""
        free = self.world.free()
        if self.rng.random() < 0.35:
            merchant = self.rng.choice([m for m in free if m.stores])
            merchant.group = "network"
        else:
            merchant = self.networks.recruit(network)
        links = self.networks.enrol(network, merchant)
        network.members.append(merchant)
        self.networks.note(network, merchant)
        if self.rng.random() < 0.45:
            self.offences.violate(network, merchant)
        else:
            self.offences.behave(network, merchant)
        return merchant, links

    def leave(self, network: Network, merchant: Merchant, *, closes: bool) -> list[Link]:
        """One member leaves, by closing or by letting go of what is shared; returns the ended links."""
        own = network.own_links(merchant)
        held = tuple(merchant.links)
        self.offences.withdraw_papers(network, merchant, self._day())
        if closes:
            close(self.world, merchant, self._day(), "penalty")
            if self.rng.random() < _REOPENS:
                due = self.world.week + self.rng.randint(1, 3)
                self.reopenings.append(Reopening(due, network, merchant, held))
        else:
            for link in own:
                let_go(self.world, merchant, link, self._day())
        self.networks.strike(network, merchant)
        return own

    def _reopen(self, reopening: Reopening) -> None:
        """A closed member comes back: new name, new store, most of the old identifiers."""
        rng, network, old = self.rng, reopening.network, reopening.old
        merchant = self.networks.recruit(network)
        shared = 0
        for link in reopening.held:
            is_pooled = link.key in network.pools.get(link.kind, ())
            if link.kind in _STRONG and rng.random() < (0.75 if is_pooled else 0.5):
                hold(self.world, merchant, link.kind, link.key, self.background.since(merchant))
                shared += 1
        network.members.append(merchant)
        self.networks.mend(network)
        self.networks.note(network, merchant)
        closed_on = old.stores[0].closed_on
        opened_on = merchant.stores[0].opened_on
        if shared >= 2 and closed_on and 0 <= (opened_on - closed_on).days <= 30:
            stores = [f"Store:{s.platform}/{s.native_id}" for s in (*old.stores, *merchant.stores)]
            subjects = (old.node, merchant.node, *stores)
            self.world.truth.violations.append(ViolationTruth("D8", subjects))

    def break_feed(self) -> None:
        """A platform feed loses a seventh of the merchants: their phones and devices seem to end."""
        for merchant in self.world.merchants[::7]:
            for link in (*merchant.held("phone"), *merchant.held("device")):
                if merchant.closed_week is None and link.seen_week < self.world.week:
                    write_link(self.world, merchant, link, self.world.week, self.world.today)
                    self._lost.append((merchant, link))

    def restore_feed(self) -> None:
        """The feed is whole again: what seemed to have ended is there."""
        lost, self._lost = self._lost, []
        for merchant, link in lost:
            if link in merchant.links:
                write_link(self.world, merchant, link, self.world.week)
