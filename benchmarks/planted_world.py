"""A made-up supply world with planted networks, as plain columns.

Merchants hold identifiers of seven kinds over a heavy-tailed background (shared offices, courier
and laboratory hubs, popular brand certificates, recycled phones and shared exits), benign franchise
groups share exactly as planted networks do, and each planted network hides behind a full
background of its own. Four levels thin the sharing and add noise. The design follows the planted
networks of the community study; the shape of the background is calibrated to it (see `Background`).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from detect.network.incidence import Incidence, IntArray, LinkKind

Random = np.random.Generator

#: The seven kinds, sorted by name. No kind is strong here: the figures measure corroboration.
KINDS = (
    LinkKind("address", 0.6, "courier"),
    LinkKind("bank", 0.9, "payment"),
    LinkKind("certificate", 0.6, "register"),
    LinkKind("courier", 0.4, "courier"),
    LinkKind("device", 0.6, "platform"),
    LinkKind("lab", 0.05, "lab"),
    LinkKind("phone", 0.7, "platform"),
)
ADDRESS, BANK, CERTIFICATE, COURIER, DEVICE, LAB, PHONE = range(7)
#: Kinds a network shares (its pools); laboratories are background only.
SHARED_KINDS = (ADDRESS, BANK, CERTIFICATE, COURIER, DEVICE, PHONE)

FIRST_DAY = 20_454  # 2026-01-01, counted from 1970-01-01; every link is first seen within a year


@dataclass(frozen=True, slots=True)
class Level:
    """How hard the planted networks are to see; all but `min_shared` are probabilities.

    `attach`: a member uses its network's pool for one kind. `leak`: a member also holds an identifier
    of an outsider. `cross`: one courier of a network serves as many members of another as at home.
    `coincidence`: a merchant meets a stranger's phone or device. `pickup`: for every third member,
    an outsider takes up one identifier of the pool (not in the study; it tests engines that let
    a merchant in on one identifier). `min_shared`: pool identifiers each member holds at least.
    """

    attach: float
    leak: float
    cross: float
    coincidence: float
    pickup: float = 0.0
    min_shared: int = 2


LEVELS: dict[str, Level] = {
    "easy": Level(0.85, 0.05, 0.0, 0.03),
    "medium": Level(0.60, 0.20, 0.20, 0.10),
    "hard": Level(0.40, 0.40, 0.40, 0.20),
    "brutal": Level(0.30, 0.80, 0.80, 0.35),
    "medium_pickup": Level(0.60, 0.20, 0.20, 0.10, pickup=0.20),
    "hard_single": Level(0.40, 0.40, 0.40, 0.20, min_shared=1),
}


#: Franchises hide nothing, so they share alike at every level.
FRANCHISE = LEVELS["medium"]


@dataclass(frozen=True, slots=True)
class Background:
    """The shape of the innocent world.

    Calibrated at 100,000 merchants to the figures the community study gives for its own world:
    about 6.9 links a merchant (its 6.4), about 450,000 pairs over identifiers with 2..50 holders, and
    a largest hub of a seventh of all merchants at a million. `members_per_pool_identifier` was set so
    that corroboration scores what the study reports for it at all four levels.
    """

    merchants_per_courier: int = 1000
    merchants_per_lab: int = 2000
    lab_share: float = 0.4
    brands_per_merchant: float = 0.25
    branded_share: float = 0.9
    office_share: float = 0.65
    merchants_per_office: int = 12
    members_per_pool_identifier: float = 6.0
    merchants_per_network: int = 500
    merchants_per_franchise: int = 100


@dataclass(frozen=True, slots=True)
class PlantedWorld:
    """The links, and the truth: network and franchise of each merchant (-1 none)."""

    incidence: Incidence
    network: IntArray
    franchise: IntArray


@dataclass(slots=True)
class _Columns:
    """Links as they are made, before numbering; identifiers are numbered within their kind."""

    merchant: list[NDArray[np.int64]] = field(default_factory=list)
    kind: list[NDArray[np.int64]] = field(default_factory=list)
    number: list[NDArray[np.int64]] = field(default_factory=list)
    used: list[int] = field(default_factory=lambda: [0] * len(KINDS))

    def add(self, kind: int, merchant: NDArray[np.int64], number: NDArray[np.int64]) -> None:
        self.merchant.append(merchant)
        self.kind.append(np.full(merchant.size, kind, np.int64))
        self.number.append(number)

    def fresh(self, kind: int, count: int) -> NDArray[np.int64]:
        first = self.used[kind]
        self.used[kind] += count
        return np.arange(first, first + count, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class _Groups:
    """Groups that share pools: group of each merchant, and every pool link as columns."""

    of_merchant: IntArray
    sizes: NDArray[np.int64]
    link_group: NDArray[np.int64]
    link_kind: NDArray[np.int64]
    link_number: NDArray[np.int64]


def world(
    level: Level,
    merchants: int,
    seed: int,
    *,
    background: Background | None = None,
    is_null: bool = False,
) -> PlantedWorld:
    """Make one world. `is_null` leaves the networks out: whatever is found then is false.

    The same arguments give the same world; time and memory grow linearly with `merchants`.
    """
    shape = background or Background()
    random = np.random.default_rng(seed)
    columns = _Columns()
    _add_background(columns, merchants, shape, random)
    _add_coincidences(columns, merchants, level, random)
    shuffled = random.permutation(merchants)
    franchise_sizes = random.integers(2, 11, max(1, merchants // shape.merchants_per_franchise))
    taken = int(franchise_sizes.sum())
    franchises = _add_groups(
        columns, shuffled[:taken], franchise_sizes, (merchants, FRANCHISE, shape), random
    )
    network = np.full(merchants, -1, np.int32)
    if not is_null:
        sizes = _network_sizes(merchants // shape.merchants_per_network, random)
        members = shuffled[taken : taken + int(sizes.sum())]
        networks = _add_groups(columns, members, sizes, (merchants, level, shape), random)
        network = networks.of_merchant
        _add_leaks(columns, networks, level, random)
        _add_pickups(columns, networks, level, random)
        _add_crossings(columns, networks, level, random)
    return PlantedWorld(_incidence(columns, merchants, random), network, franchises.of_merchant)


def _zipf(random: Random, hubs: int, draws: int) -> NDArray[np.int64]:
    """Draw hub numbers with popularity 1/rank."""
    cumulative = np.cumsum(1.0 / np.arange(1, hubs + 1))
    at = np.searchsorted(cumulative, random.random(draws) * cumulative[-1])
    return np.asarray(np.minimum(at, hubs - 1), np.int64)


def _add_background(columns: _Columns, merchants: int, shape: Background, random: Random) -> None:
    """One identifier of each kind per merchant, own or drawn from the hubs of that kind."""
    everyone = np.arange(merchants, dtype=np.int64)
    for kind in (PHONE, DEVICE, BANK):
        columns.add(kind, everyone, columns.fresh(kind, merchants))

    def shared(kind: int, share: float, hubs: int, *, rest_own: bool) -> None:
        is_shared = random.random(merchants) < share
        users = everyone[is_shared]
        columns.add(kind, users, columns.fresh(kind, hubs)[_zipf(random, hubs, users.size)])
        if rest_own:
            own = everyone[~is_shared]
            columns.add(kind, own, columns.fresh(kind, own.size))

    brands = max(1, round(merchants * shape.brands_per_merchant))
    offices = max(1, merchants // shape.merchants_per_office)
    shared(COURIER, 1.0, max(5, merchants // shape.merchants_per_courier), rest_own=False)
    shared(LAB, shape.lab_share, max(5, merchants // shape.merchants_per_lab), rest_own=False)
    shared(CERTIFICATE, shape.branded_share, brands, rest_own=True)
    shared(ADDRESS, shape.office_share, offices, rest_own=True)


def _add_coincidences(columns: _Columns, merchants: int, level: Level, random: Random) -> None:
    """Give some merchants the phone or device of a stranger (recycled number, shared exit)."""
    for kind in (PHONE, DEVICE):
        count = random.binomial(merchants, level.coincidence / 2)
        who = random.integers(0, merchants, count)
        # Own phones and devices are numbered as their merchants, so a stranger is just a number.
        columns.add(kind, who, random.integers(0, merchants, count))


def _network_sizes(networks: int, random: Random) -> NDArray[np.int64]:
    """Sizes 5..60, log-uniform."""
    low, high = np.log(5), np.log(61)
    return np.floor(np.exp(random.uniform(low, high, max(1, networks)))).astype(np.int64)


def _add_groups(
    columns: _Columns,
    members: NDArray[np.int64],
    sizes: NDArray[np.int64],
    setting: tuple[int, Level, Background],
    random: Random,
) -> _Groups:
    """Let groups of the given sizes share pools of their own, members in group order.

    Networks and franchises go through the same code on purpose: at the medium level structure
    cannot tell them apart.
    """
    merchants, level, shape = setting
    group = np.repeat(np.arange(sizes.size), sizes)
    pool = np.maximum(1, np.rint(sizes / shape.members_per_pool_identifier)).astype(np.int64)
    uses = _pool_use(group.size, level, random)
    links: list[tuple[NDArray[np.int64], int, NDArray[np.int64]]] = []
    for at, kind in enumerate(SHARED_KINDS):
        of_pool = columns.fresh(kind, int(pool.sum()))
        start = np.concatenate(([0], np.cumsum(pool)[:-1]))
        who = np.flatnonzero(uses[:, at])
        drawn = np.floor(random.random(who.size) * pool[group[who]]).astype(np.int64)
        number = of_pool[start[group[who]] + drawn]
        columns.add(kind, members[who], number)
        links.append((group[who], kind, number))
    of_merchant = np.full(merchants, -1, np.int32)
    of_merchant[members] = group
    return _Groups(
        of_merchant,
        sizes,
        np.concatenate([part for part, _, _ in links]),
        np.concatenate([np.full(part.size, kind) for part, kind, _ in links]),
        np.concatenate([number for _, _, number in links]),
    )


def _pool_use(members: int, level: Level, random: Random) -> NDArray[np.bool_]:
    """Which kinds each member takes from its pool, shape (members, shared kinds)."""
    draw = random.random((members, len(SHARED_KINDS)))
    rank = draw.argsort(axis=1).argsort(axis=1)
    # The lowest draws are the likeliest to be used, so filling up to the minimum favours no kind.
    return np.asarray((draw < level.attach) | (rank < level.min_shared))


def _add_leaks(columns: _Columns, networks: _Groups, level: Level, random: Random) -> None:
    """Members also hold the phone, device or account of an outsider."""
    members = np.flatnonzero(networks.of_merchant >= 0)
    outsiders = np.flatnonzero(networks.of_merchant < 0)
    leaking = members[random.random(members.size) < level.leak]
    kind = random.choice((PHONE, DEVICE, BANK), leaking.size)
    for at in (PHONE, DEVICE, BANK):
        who = leaking[kind == at]
        columns.add(at, who, random.choice(outsiders, who.size))


def _drawn_links(
    groups: _Groups, usable: NDArray[np.bool_], group: NDArray[np.int64], random: Random
) -> NDArray[np.int64]:
    """For each entry of `group` one of its usable pool links at random, -1 where it has none."""
    link = np.flatnonzero(usable)
    link = link[np.argsort(groups.link_group[link], kind="stable")]
    count = np.bincount(groups.link_group[link], minlength=groups.sizes.size)
    start = np.cumsum(count) - count
    drawn = start[group] + np.floor(random.random(group.size) * count[group]).astype(np.int64)
    has_any = count[group] > 0
    return np.where(has_any, link[np.where(has_any, drawn, 0)], -1)


def _add_pickups(columns: _Columns, networks: _Groups, level: Level, random: Random) -> None:
    count = random.binomial((networks.sizes + 2) // 3, level.pickup)
    lender = np.repeat(np.arange(networks.sizes.size), count)
    link = _drawn_links(networks, np.ones(networks.link_group.size, bool), lender, random)
    outsiders = np.flatnonzero(networks.of_merchant < 0)
    receiver = random.choice(outsiders, lender.size)
    for kind in SHARED_KINDS:
        is_kind = networks.link_kind[link] == kind
        columns.add(kind, receiver[is_kind], networks.link_number[link[is_kind]])


def _add_crossings(columns: _Columns, networks: _Groups, level: Level, random: Random) -> None:
    """Let couriers of one network serve another."""
    count = networks.sizes.size
    if count < 2:
        return
    lender = np.flatnonzero(random.random(count) < level.cross)
    is_courier = networks.link_kind == COURIER
    link = _drawn_links(networks, is_courier, lender, random)
    lender, link = lender[link >= 0], link[link >= 0]
    borrower = (lender + random.integers(1, count, lender.size)) % count
    at_home = np.bincount(networks.link_number[is_courier])[networks.link_number[link]]
    times = np.minimum(at_home, networks.sizes[borrower])
    by_network = np.argsort(networks.of_merchant, kind="stable")
    start = int((networks.of_merchant < 0).sum()) + np.cumsum(networks.sizes) - networks.sizes
    borrower, number = np.repeat(borrower, times), np.repeat(networks.link_number[link], times)
    drawn = np.floor(random.random(borrower.size) * networks.sizes[borrower]).astype(np.int64)
    columns.add(COURIER, by_network[start[borrower] + drawn], number)


def _incidence(columns: _Columns, merchants: int, random: Random) -> Incidence:
    """Number identifiers by kind and sort the links, as `incidence.build` would."""
    merchant = np.concatenate(columns.merchant)
    kind = np.concatenate(columns.kind)
    key = kind * (max(columns.used) + 1) + np.concatenate(columns.number)
    _, first, identifier = np.unique(key, return_index=True, return_inverse=True)
    order = np.unique(merchant * np.int64(first.size) + identifier, return_index=True)[1]
    width = len(str(max(first.size, merchants)))
    names = [KINDS[at].name for at in kind[first].tolist()]
    return Incidence(
        tuple(f"merchant-{at:0{width}d}" for at in range(merchants)),
        tuple(f"{name}-{at:0{width}d}" for at, name in enumerate(names)),
        KINDS,
        merchant[order].astype(np.int32),
        identifier[order].astype(np.int32),
        kind[order].astype(np.int32),
        random.integers(FIRST_DAY, FIRST_DAY + 365, order.size).astype(np.int32),
    )
