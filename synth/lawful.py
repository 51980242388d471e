"""Lawful groups: franchises and families that share identifiers exactly as networks do.

One group of two to ten in a hundred merchants. A franchise has its PARENT_OF rows; a family's shops
have no paper at all, and only their innocence to tell them apart.
"""

from __future__ import annotations

from random import Random

from synth.background import Background
from synth.ledger import Birth, fresh_key, hold
from synth.state import Merchant, World
from synth.truth import GroupTruth, ViolationTruth

_SHARED = ("ship", "phone", "payee", "courier", "device", "return")
_FAMILY_SHARED = ("ship", "phone", "device", "return")
_ATTACH = 0.6
_MERCHANTS_PER_GROUP = 100


def plant(background: Background) -> int:
    """Make the lawful groups of the base; returns the number of merchants made."""
    world = background.world
    rng = world.rng("lawful")
    made = 0
    for _ in range(max(2, world.settings.merchants // _MERCHANTS_PER_GROUP)):
        if rng.random() < 0.7:
            made += len(franchise(background, rng.randint(2, 10), rng))
        else:
            made += len(_family(background, rng.randint(2, 4), rng))
    return made


def franchise(background: Background, size: int, rng: Random) -> list[Merchant]:
    """A head and its shops, declared to each other, sharing what a head office shares."""
    members = _group(background, size, rng)
    _share(background, members, _SHARED, rng)
    declare(background.world, members, "franchise")
    remember(background.world, "franchise", members)
    return members


def _family(background: Background, size: int, rng: Random) -> list[Merchant]:
    members = _group(background, size, rng)
    _share(background, members, _FAMILY_SHARED, rng)
    remember(background.world, "family", members)
    nodes = tuple(m.node for m in members)
    for detector in ("D1", "D2", "D3"):
        tolerate(background.world, detector, nodes)
    return members


def tolerate(world: World, detector: str, nodes: tuple[str, ...]) -> None:
    """Note that a rule's letter fits these merchants although nothing was planted."""
    world.truth.tolerated.append(ViolationTruth(detector, nodes, is_group=True, origin="lawful"))


def _group(background: Background, size: int, rng: Random) -> list[Merchant]:
    place = background.world.places.place()
    base = background.birth("lawful")
    near = background.world.places.in_province(place.province)
    return [
        background.add(
            Birth(base.product_class, rng.choice((place, near)), base.registered_on, "lawful")
        )
        for _ in range(size)
    ]


def _share(
    background: Background, members: list[Merchant], kinds: tuple[str, ...], rng: Random
) -> None:
    """Each member takes the group's identifier of a kind with the medium level's probability."""
    pool = {kind: fresh_key(background.world, kind, members[0].place, rng) for kind in kinds}
    for merchant in members:
        draws = sorted((rng.random(), kind) for kind in kinds)
        for at, (draw, kind) in enumerate(draws):
            if draw < _ATTACH or at < 2:
                hold(background.world, merchant, kind, pool[kind], background.since(merchant))


def declare(world: World, members: list[Merchant], basis: str) -> None:
    """Write the head's PARENT_OF rows (basis franchise, branch or subsidiary)."""
    head = members[0]
    for merchant in members[1:]:
        world.tables.put(
            "parent_of",
            world.week,
            "register",
            head.province,
            from_merchant_id=head.merchant_id,
            to_merchant_id=merchant.merchant_id,
            basis=basis,
            valid_from=merchant.registered_on.isoformat(),
        )


def remember(world: World, reason: str, members: list[Merchant]) -> None:
    """Put a lawful group into the truth."""
    group_id = f"LG{world.number('lawful'):03d}"
    ids = tuple(m.merchant_id for m in members)
    world.truth.lawful_groups.append(GroupTruth(group_id, reason, ids))
