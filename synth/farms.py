"""Shell farms: dozens of firms at one address within weeks, behind one or two legal representatives."""

from __future__ import annotations

from synth.background import Background, Dress
from synth.ledger import Birth, fresh_key
from synth.state import World
from synth.truth import GroupTruth, ViolationTruth

_FIRMS = 24
"""Rule D6 asks for at least twenty firms in 120 days with at most one representative per five."""


def plant(background: Background) -> int:
    """Make the shell farms of the base (one in 5,000 merchants); returns the merchants made."""
    world: World = background.world
    rng = world.rng("farms")
    farms = max(1, world.settings.merchants // 5_000)
    for at in range(farms):
        place = world.places.place()
        office = fresh_key(world, "office", place, rng)
        reps = [fresh_key(world, "person", place, rng) for _ in range(1 + at % 2)]
        nodes: list[str] = []
        by_rep: dict[tuple[str, ...], list[str]] = {rep: [] for rep in reps}
        for number in range(_FIRMS):
            rep = reps[number % len(reps)]
            base = background.birth("farm")
            birth = Birth(base.product_class, place, world.days_ago(15, 60, rng), "farm")
            dress = Dress((("office", office), ("person", rep)), stores=0, lists=False)
            node = background.add(birth, dress).node
            nodes.append(node)
            by_rep[rep].append(node)
        ids = tuple(node.removeprefix("Merchant:") for node in nodes)
        world.truth.shell_farms.append(GroupTruth(f"SF{at + 1:02d}", "shell_farm", ids))
        world.truth.violations.append(ViolationTruth("D6", tuple(nodes), True, "farm"))
        for sharers in by_rep.values():
            world.truth.tolerated.append(ViolationTruth("D5", tuple(sharers), True, "farm"))
    return farms * _FIRMS
