"""Makes a whole world: the base, the weeks after it, and the known answer."""

from __future__ import annotations

import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

import orjson

from synth import background as ordinary
from synth import farms, incidents, lawful, networks, offences
from synth.background import Background
from synth.calendar import calendar
from synth.codes import clone
from synth.labs import Labs
from synth.ledger import PLATFORMS
from synth.life import Life
from synth.listings import show_waiting, write_bodies
from synth.networks import Network, Networks, Offence
from synth.offences import Offences
from synth.paper_traps import PaperTraps
from synth.settings import FIRST_DATE, WorldSettings
from synth.state import World
from synth.tables import TableWriter
from synth.traps import Traps
from synth.truth import ViolationTruth

_COMPLETE = (
    *("D1", "D2", "D3", "D4", "D6", "D8", "D9", "D10", "D11", "D12", "D18"),
    *("D20", "D21", "D22", "D23", "D24", "D25"),
)
"""Detectors all of whose violations are listed; of the others only some are (D5, D26, D27)."""

_RECALLED_SHARE, _CLONED_SHARE = 0.3, 0.4


@dataclass(frozen=True, slots=True)
class Summary:
    """What was made: rows per week folder and table, and the counts of the truth."""

    settings: WorldSettings
    rows: dict[str, dict[str, int]]
    networks: int
    events: int
    violations: int

    @property
    def total_rows(self) -> int:
        """Rows of all tables of all weeks."""
        return sum(sum(tables.values()) for tables in self.rows.values())


def generate(settings: WorldSettings, out: Path) -> Summary:
    """Make a world below `out`: world.json, tables/week_NN/<table>.csv and truth/truth.json.

    `out` may hold an older world, which is replaced; anything else in it is left alone. The same
    settings make the same bytes. Time and memory grow linearly with the merchants; rows are written
    as they are made.
    """
    for old in ("tables", "truth"):
        shutil.rmtree(out / old, ignore_errors=True)
    tables = TableWriter(out / "tables", settings.weeks)
    world = World(settings, tables)
    _make(world)
    tables.close()
    world.truth.save(out / "truth" / "truth.json")
    rows = tables.rows()
    about = {
        "settings": asdict(settings),
        "first_date": FIRST_DATE.isoformat(),
        "calendar": [str(kind) for kind in calendar(settings.weeks)],
        "rows": rows,
    }
    (out / "world.json").write_bytes(orjson.dumps(about, option=orjson.OPT_INDENT_2) + b"\n")
    truth = world.truth
    return Summary(settings, rows, len(truth.networks), len(truth.events), len(truth.violations))


def _make(world: World) -> None:
    labs = Labs(world)
    _write_platforms(world)
    write_bodies(world)
    background = Background(world, labs)
    ordinary.add_makers(background)
    traps = Traps(background, labs)
    traps.plant()
    lawful.plant(background)
    farms.plant(background)
    planted = Networks(background)
    crimes = Offences(planted, labs)
    _plant_networks(planted, crimes)
    ordinary.fill(background)
    ordinary.coincide(background)
    networks.leak(planted)
    networks.cross(planted)
    PaperTraps(traps).plant()
    labs.number_all()
    show_waiting(world)
    _see(world, planted)
    ordinary.register_hubs(world)
    Life(planted, crimes).live()
    _conclude(world, planted)


def _write_platforms(world: World) -> None:
    for platform in PLATFORMS:
        world.tables.put(
            "platform", 0, "platform.register", "000000", platform=platform, name=platform
        )


def _plant_networks(planted: Networks, crimes: Offences) -> None:
    world = planted.world
    for _ in range(world.settings.networks):
        planted.found(planted.draw_size())
    crimes.assign_labs()
    crimes.fill_market()
    rng = world.rng("cloned")
    for network in planted.alive():
        crimes.prepare(network)
        incidents.sell_recalled(world, network, _RECALLED_SHARE)
        crimes.commit(network)
        if network.clean and rng.random() < _CLONED_SHARE:
            code = clone(world, network.clean, rng)
            network.offences.append(Offence("D25", network.members[0], code))


def _see(world: World, planted: Networks) -> None:
    """What authorities and carriers had seen before the base was read."""
    incidents.check_background(world)
    for network in planted.alive():
        incidents.check_network(world, network)
        incidents.go_live(world, network)


def _conclude(world: World, planted: Networks) -> None:
    """Tell the truth as it stands after the last week."""
    truth = world.truth
    truth.last_week = world.settings.weeks
    truth.complete = list(_COMPLETE)
    for network in planted.all:
        _tell_network(network)
        if network.is_alive:
            truth.violations += offences.violations(network) + offences.captures(network)
            if network.agency:
                truth.violations.append(ViolationTruth("D27", (network.agency,)))
    for old, new in world.successions():
        lawful.tolerate(world, "D8", (old.node, new.node))
    unlisted = {hub.key: hub.kind for hub in world.all_hubs() if not hub.is_registered}
    holders: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for merchant in world.merchants:
        for link in merchant.links:
            if unlisted.get(link.key) == link.kind:
                holders.setdefault((link.kind, link.key), []).append(merchant.node)
    detectors = {"ship": "D1", "courier": "D26", "phone": "D2"}
    for (kind, _), nodes in sorted(holders.items()):
        if kind in detectors:
            lawful.tolerate(world, detectors[kind], tuple(nodes))


def _tell_network(network: Network) -> None:
    held = {
        merchant.merchant_id: sorted(
            f"{link.kind}:{'/'.join(link.key)}" for link in network.own_links(merchant)
        )
        for merchant in network.members
    }
    for membership in network.truth.members:
        if membership.left_week is None:
            membership.identifiers = held.get(membership.merchant_id, [])
    network.truth.identifiers = sorted({key for keys in held.values() for key in keys})
