from __future__ import annotations

from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from benchmarks.made_world import MadeWorld, read_made_world
from benchmarks.made_world_score import named, run
from detect.network.clustering import from_labels, holdings
from synth.settings import LEVELS, WorldSettings
from synth.world import generate

CAP = 20


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A small base world of each level, all of one seed."""
    made = {}
    for level in LEVELS:
        made[level] = tmp_path_factory.mktemp(level)
        generate(WorldSettings(1_500, 1, 5, level), made[level])
    return made


@pytest.fixture(scope="module")
def worlds(folders: dict[str, Path]) -> dict[str, MadeWorld]:
    return {level: read_made_world(folder) for level, folder in folders.items()}


def shared_per_member(world: MadeWorld) -> float:
    """Rare identifiers that a network's member shares with another one: what any engine can see."""
    label = world.planted.network
    held = holdings(world.planted.incidence)
    inside = (label[held.merchant] >= 0) & (held.holders[held.identifier] <= CAP)
    key = label[held.merchant[inside]].astype(np.int64) * held.holders.size
    _, at, count = np.unique(key + held.identifier[inside], return_inverse=True, return_counts=True)
    return float((count[at] >= 2).sum() / (label >= 0).sum())


def test_each_level_shows_less_of_its_networks_than_the_one_before(
    worlds: dict[str, MadeWorld],
) -> None:
    shared = [shared_per_member(worlds[level]) for level in ("easy", "medium", "hard", "brutal")]
    assert all(before > after + 0.2 for before, after in pairwise(shared)), shared


def shown_by_one(world: MadeWorld) -> float:
    """Share of network members' certificate offences whose certificate no other offence shows."""
    shown = Counter(
        subject
        for violation in world.truth.violations
        if violation.origin == "network" and violation.detector in {"D20", "D21"}
        for subject in violation.subjects
        if subject.startswith("Certificate:")
    )
    return sum(count == 1 for count in shown.values()) / shown.total()


def least_shared(world: MadeWorld) -> int:
    """The fewest identifiers of the pools that a member shares with another one."""
    least = []
    for network in world.truth.networks:
        members = [m for m in network.members if m.left_week is None]
        held = Counter(key for member in members for key in member.identifiers)
        least += [sum(held[key] >= 2 for key in member.identifiers) for member in members]
    return min(least)


def test_hard_networks_share_neither_papers_nor_two_identifiers(
    worlds: dict[str, MadeWorld],
) -> None:
    assert shown_by_one(worlds["medium"]) < 0.3
    assert shown_by_one(worlds["hard"]) > 0.4
    assert least_shared(worlds["medium"]) >= 2
    assert least_shared(worlds["hard"]) == least_shared(worlds["brutal"]) == 1


def test_links_are_those_that_may_tie_merchants(worlds: dict[str, MadeWorld]) -> None:
    world = worlds["medium"]
    incidence = world.planted.incidence
    assert len(incidence.merchants) >= 1_450
    held = holdings(incidence)
    at = {name: index for index, name in enumerate(incidence.merchants)}
    traps = {trap.trap: [at[s] for s in trap.subjects if s in at] for trap in world.truth.traps}
    for trap in (
        "cluster_registration_100",
        "courier_outlet_300",
        "privacy_phone",
        "service_phone",
    ):
        inside = held.holders[held.identifier[np.isin(held.merchant, traps[trap])]]
        # Their hub is registered or may not link; what is left they share with hardly anyone.
        assert np.median(inside) == 1, trap
    outlet = np.isin(held.merchant, traps["courier_outlet_unregistered"])
    assert (held.holders[held.identifier[outlet]] >= 24).sum() >= 2 * 24  # nobody knows this hub


def test_ended_links_are_left_out(folders: dict[str, Path], worlds: dict[str, MadeWorld]) -> None:
    path = folders["medium"] / "tables" / "week_01" / "uses_phone.csv"
    head, *rows = (line.split(",") for line in path.read_text(encoding="utf-8").splitlines())
    number, over = head.index("phone_number"), head.index("valid_to")
    ended = {f"Phone:{row[number]}": f"Merchant:{row[0]}" for row in rows if row[over]}
    assert ended
    incidence = worlds["medium"].planted.incidence
    held = {
        (incidence.merchants[m], incidence.identifiers[i])
        for m, i in zip(incidence.merchant.tolist(), incidence.identifier.tolist(), strict=True)
    }
    assert not held & {(merchant, phone) for phone, merchant in ended.items()}


def test_the_truth_accuses_nobody_and_everyone_together_is_wrong(
    worlds: dict[str, MadeWorld],
) -> None:
    world = worlds["easy"]
    true = from_labels(world.planted.incidence, world.planted.network, 1, CAP)
    figures = {figure.name: figure.value for figure in named(world, true)}
    assert figures["networks.recovered"] == 1.0
    assert figures["networks.false"] == figures["networks.outsiders"] == 0
    assert figures["networks.accused_lawful"] == figures["networks.found.outsiders"] == 0
    mixed = world.planted.network.copy()
    strangers = np.flatnonzero((mixed < 0) & (world.planted.franchise < 0))[: (mixed >= 0).sum()]
    mixed[strangers] = 0
    poor = from_labels(world.planted.incidence, mixed, 1, CAP)
    figures = {figure.name: figure.value for figure in named(world, poor)}
    assert figures["networks.recovered"] < 1.0
    assert figures["networks.found.outsiders"] > 0.3


def test_lawful_groups_are_told_from_networks_by_their_labels(folders: dict[str, Path]) -> None:
    figures = {figure.name: figure for figure in run(folders["easy"], "best")}
    assert figures["networks.accused_lawful"].goal == "<= 0.01"
    assert figures["networks.accused_lawful"].met
    assert figures["networks.recovered"].value > 0.5
