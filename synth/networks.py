"""Planted networks: merchants across provinces that share identifiers of their own and buy paper.

Sizes are log-uniform 5..60, one network in 500 merchants; each kind of identifier has a pool of one
in seven members, and a member uses the pool of a kind with the level's probability (the planted
networks of the community study). Every member also has the full background of an honest merchant.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from random import Random

from synth.background import Background, Dress
from synth.catalogue import RISKY, Product
from synth.labs import Lab, Report
from synth.ledger import Birth, fresh_key, hold
from synth.listings import certify, make_product
from synth.places import Place
from synth.state import Key, Link, Merchant, World
from synth.truth import Membership, NetworkTruth

SHARED = ("ship", "phone", "payee", "courier", "device", "return", "officer")
"""Kinds of which a network keeps a pool; certificates and reports come with the listings."""

_HALF_AS_OFTEN = frozenset({"return", "officer"})
# Who is paid into a network's account, or answers for its firms, is no stranger.
_NEVER_LENT = frozenset({"payee", "officer"})
_MEMBERS_PER_IDENTIFIER = 7
_MIN_SHARED = 2
_MIN_SIZE, _MAX_SIZE = 5, 60


@dataclass(frozen=True, slots=True)
class Offence:
    """One violating listing: the detector that should see it and what it concerns."""

    detector: str
    merchant: Merchant
    listing: str
    report: Report | None = None
    certificate_no: str | None = None


@dataclass(eq=False, slots=True)
class Network:
    """One planted network while the world runs; `truth` is what will be told of it.

    `rests_until`: no new event before that week, so that events can be told apart.
    """

    truth: NetworkTruth
    product_class: str
    places: list[Place]
    is_quiet: bool = False
    rests_until: int = 0
    pools: dict[str, list[Key]] = field(default_factory=dict)
    members: list[Merchant] = field(default_factory=list)
    lab: Lab | None = None
    captured: list[Lab] = field(default_factory=list)
    is_recalled: bool = False
    agency: str | None = None
    origin_hiders: list[Merchant] = field(default_factory=list)
    clean: Product | None = None
    borrowed: Product | None = None
    dead: Product | None = None
    shared_report: Report | None = None
    offences: list[Offence] = field(default_factory=list)

    @property
    def is_alive(self) -> bool:
        """Whether it has not ended yet."""
        return self.truth.ended_week is None

    def own_links(self, merchant: Merchant) -> list[Link]:
        """The network's identifiers a merchant holds, documents aside."""
        return [k for k in merchant.links if k.key in self.pools.get(k.kind, ())]

    def holders(self) -> Counter[tuple[str, Key]]:
        """How many members hold each identifier of the pools."""
        return Counter((k.kind, k.key) for m in self.members for k in self.own_links(m))


class Networks:
    """Makes networks and lets merchants in and out of them."""

    def __init__(self, background: Background) -> None:
        self.background = background
        self.world: World = background.world
        self.rng: Random = background.world.rng("networks")
        self.all: list[Network] = []

    def alive(self) -> list[Network]:
        """Networks that have not ended, in order of making."""
        return [network for network in self.all if network.is_alive]

    def draw_size(self) -> int:
        """A size, log-uniform, capped so that a tiny world is not one network."""
        most = min(_MAX_SIZE, max(8, self.world.settings.merchants // 25))
        return int(math.exp(self.rng.uniform(math.log(_MIN_SIZE), math.log(most + 1))))

    def found(self, size: int) -> Network:
        """Make a network with new merchants; its first member is the source of its goods."""
        network = self.blank(size)
        for at in range(size):
            network.members.append(self.recruit(network, is_maker=at == 0))
        self.equip(network)
        for merchant in network.members:
            self.enrol(network, merchant)
        self.mend(network)
        for at, merchant in enumerate(network.members):
            self.note(network, merchant, self._role(at, size))
        return network

    def blank(self, size: int) -> Network:
        """A network without members, its pools cut to the size it will have."""
        rng, world = self.rng, self.world
        homes = rng.sample(world.places.provinces()[:8], 3 if size >= 10 else 2)
        places = [world.places.in_province(province) for province in homes for _ in range(2)]
        truth = NetworkTruth(f"NW{world.number('network'):03d}", rng.choice(RISKY))
        truth.born_week = world.week
        network = Network(truth, truth.product_class, places)
        wanted = max(1, round(size / _MEMBERS_PER_IDENTIFIER))
        for kind in SHARED:
            network.pools[kind] = [
                fresh_key(world, kind, rng.choice(places), rng) for _ in range(wanted)
            ]
        self.all.append(network)
        world.truth.networks.append(truth)
        return network

    def recruit(self, network: Network, *, is_maker: bool = False) -> Merchant:
        """A new merchant with the background of an honest one, in one of the network's places."""
        base = self.background.birth("network", network.product_class)
        place = self.rng.choice(network.places)
        kind = "company" if is_maker else base.merchant_type
        role = "manufacturer" if is_maker else "seller"
        birth = Birth(network.product_class, place, base.registered_on, "network", kind, role)
        return self.background.add(birth, Dress(lists=not is_maker))

    def equip(self, network: Network) -> None:
        """Give it a genuine product of its own, certified, which its honest-looking pages show."""
        source = network.members[0]
        network.clean = make_product(self.world, source, self.rng)
        certify(self.world, network.clean, self.rng)

    def enrol(self, network: Network, merchant: Merchant) -> list[Link]:
        """Let a merchant hold identifiers of the pools, at least two; returns the new links.

        Later joiners take what members already hold: they are let in, they do not found.
        """
        rng = self.rng
        attach = self.world.settings.hardness.attach
        draws = {
            kind: rng.random() * (2 if kind in _HALF_AS_OFTEN else 1) for kind in network.pools
        }
        ranked = sorted(draws, key=draws.__getitem__)
        chosen = [k for at, k in enumerate(ranked) if draws[k] < attach or at < _MIN_SHARED]
        common = network.holders() if self.world.week else Counter()
        links = []
        for kind in chosen:
            pool = network.pools[kind]
            popular = [key for key in pool if common[kind, key] >= 2]
            key = rng.choice(popular or pool)
            if all(key != link.key for link in merchant.held(kind)):
                links.append(hold(self.world, merchant, kind, key, self.background.since(merchant)))
        return links

    def mend(self, network: Network) -> None:
        """See that each member holds as many identifiers that another member holds too as the level
        asks for: two, or one where networks hide well."""
        least = self.world.settings.hardness.least_shared
        for merchant in network.members:
            counted = network.holders()
            mine = {(link.kind, link.key) for link in network.own_links(merchant)}
            lacking = least - sum(counted[at] >= 2 for at in mine)
            offered = [at for at, _ in sorted(counted.items(), key=lambda i: (-i[1], i[0]))]
            for kind, key in [at for at in offered if at not in mine][: max(0, lacking)]:
                hold(self.world, merchant, kind, key, self.background.since(merchant))

    def settled(self, network: Network) -> list[Merchant]:
        """Members whose every link has been read: only of those can the end of a link be known."""
        week = self.world.week
        return [m for m in network.members if all(link.seen_week < week for link in m.links)]

    def note(self, network: Network, merchant: Merchant, role: str = "store") -> Membership:
        """Write a membership into the truth; it counts from the week two identifiers are seen."""
        seen = sorted(link.seen_week for link in network.own_links(merchant))
        joined = seen[min(1, len(seen) - 1)] if seen else self.world.week
        membership = Membership(merchant.merchant_id, role, joined)
        network.truth.members.append(membership)
        return membership

    def strike(self, network: Network, merchant: Merchant) -> None:
        """Take a merchant off the members, from this week on."""
        network.members.remove(merchant)
        for membership in network.truth.members:
            if membership.merchant_id == merchant.merchant_id and membership.left_week is None:
                membership.left_week = max(self.world.week, membership.joined_week)

    @staticmethod
    def _role(at: int, size: int) -> str:
        """Source first, then controller, packers, and what larger networks can afford."""
        packers = 1 + size // 15
        if at == 0:
            return "source"
        if at == 1:
            return "controller"
        if at < 2 + packers:
            return "packer"
        if at == 2 + packers and size >= 10:
            return "streamer"
        if at == 3 + packers and size >= 12:
            return "forwarder"
        return "store"


def leak(networks: Networks) -> None:
    """Outsiders pick up an identifier of a network: drawn once per three members."""
    world, rng = networks.world, networks.rng
    free = world.free()
    for network in networks.alive():
        for _ in range(-(-len(network.members) // 3)):
            if rng.random() < world.settings.hardness.leak:
                outsider = rng.choice(free)
                lend(networks, network, outsider)


def cross(networks: Networks) -> None:
    """Networks lend one identifier to a member of another one: a link that means nothing."""
    rng = networks.rng
    for network in networks.alive():
        others = [other for other in networks.alive() if other is not network]
        if others and rng.random() < networks.world.settings.hardness.cross:
            lend(networks, network, rng.choice(rng.choice(others).members))


def lend(networks: Networks, network: Network, merchant: Merchant) -> None:
    """Let a stranger hold one identifier of the network."""
    lendable = [at for at in sorted(network.holders()) if at[0] not in _NEVER_LENT]
    if not lendable:
        return
    kind, key = networks.rng.choice(lendable)
    if all(key != link.key for link in merchant.held(kind)):
        hold(networks.world, merchant, kind, key, networks.background.since(merchant))
