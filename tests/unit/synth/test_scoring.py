from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from synth.figures import Figure
from synth.scoring import Found, FoundFlag, jaccard, perfect, planted, score
from synth.settings import day_of
from tests.unit.synth.conftest import MadeWorld


def figures(found: Found, world: MadeWorld) -> dict[str, Figure]:
    return {figure.name: figure for figure in score(found, world.truth)}


def test_the_perfect_answer_meets_every_goal(short_world: MadeWorld) -> None:
    for figure in score(perfect(short_world.truth), short_world.truth):
        assert figure.met in {True, None}, figure


def test_the_perfect_answer_has_something_to_judge(short_world: MadeWorld) -> None:
    said = figures(perfect(short_world.truth), short_world)
    for name in ("networks.recovered", "labs.recovered", "weekly.flags.recall"):
        assert said[name].met is True
        assert said[name].value == 1.0


def test_the_empty_answer_recovers_nothing_and_accuses_nobody(short_world: MadeWorld) -> None:
    said = figures(Found(), short_world)
    for name in ("networks.recovered", "labs.recovered", "weekly.flags.recall"):
        assert said[name].value == 0.0
        assert said[name].met is False
    for name in ("networks.false", "networks.accused_lawful", "labs.false", "traps.fired"):
        assert said[name].value == 0.0
        assert said[name].met is True
    assert said["weekly.flags.precision"].met is None


def test_the_swapped_answer_accuses_the_lawful(short_world: MadeWorld) -> None:
    answer = perfect(short_world.truth)
    swap = {"network": "lawful_group", "lawful_group": "network"}
    swapped = replace(answer, networks=[(m, swap[label]) for m, label in answer.networks])
    said = figures(swapped, short_world)
    assert said["networks.recovered"].value == 0.0
    assert said["networks.accused_lawful"].value == 1.0
    assert said["networks.false"].value == 1.0
    assert "franchise_chain:network" in said["traps.fired"].note


def test_a_network_found_by_half_is_neither_recovered_nor_false(short_world: MadeWorld) -> None:
    members = max((sorted(found) for found in planted(short_world.truth)), key=len)
    part = frozenset(members[: round(len(members) * 0.6)])
    said = figures(Found(networks=[(part, "network")]), short_world)
    assert said["networks.recovered"].value == 0.0
    assert said["networks.false"].value == 0.0


def test_a_published_shell_farm_is_set_aside(short_world: MadeWorld) -> None:
    farm = frozenset(short_world.truth.shell_farms[0].merchant_ids)
    said = figures(Found(networks=[(farm, "network")]), short_world)
    assert said["networks.false"].value == 0.0
    assert "1 shell farms aside" in said["networks.false"].note


def test_an_honest_lab_called_fake_is_counted(short_world: MadeWorld) -> None:
    said = figures(Found(labs=frozenset({"LAB0001"})), short_world)
    assert said["labs.false"].value == 1.0
    assert said["labs.false"].note == "LAB0001"


def test_each_trap_fires_when_its_detector_names_its_subjects(short_world: MadeWorld) -> None:
    for trap in short_world.truth.traps:
        for silent in trap.must_be_silent:
            if silent == "network":
                continue
            said = figures(Found(findings=[(silent, frozenset(trap.subjects))]), short_world)
            assert said["traps.fired"].note == f"{trap.trap}:{silent}"


def test_a_finding_that_is_true_of_a_trap_is_no_fault(short_world: MadeWorld) -> None:
    # An authorised store that is careless besides has earned its finding.
    said = figures(perfect(short_world.truth), short_world)
    assert said["traps.fired"].value == 0.0


def test_a_tolerated_finding_counts_neither_way(short_world: MadeWorld) -> None:
    tolerated = next(v for v in short_world.truth.tolerated if v.detector == "D1")
    answer = Found(findings=[("D1", frozenset(tolerated.subjects))])
    assert figures(answer, short_world)["detectors.D1.precision"].met is None


def test_an_invented_finding_lowers_precision(short_world: MadeWorld) -> None:
    answer = perfect(short_world.truth)
    invented = ("D21", frozenset({"Listing:jd/1"}))
    said = figures(replace(answer, findings=[*answer.findings, invented]), short_world)
    assert 0.0 < said["detectors.D21.precision"].value < 1.0
    assert said["detectors.D21.recall"].value == 1.0


def test_naming_one_sharer_is_not_the_group(short_world: MadeWorld) -> None:
    group = next(v for v in short_world.truth.violations if v.detector == "D4")
    said = figures(Found(findings=[("D4", frozenset(group.subjects[:1]))]), short_world)
    assert said["detectors.D4.recall"].value == 0.0


def test_a_join_may_be_told_either_way_round_but_not_too_late(short_world: MadeWorld) -> None:
    event = next(e for e in short_world.truth.events if e.kind == "merged")
    left, right = (frozenset(side) for side in event.sides)
    day = day_of(event.known_week)
    for flag, is_right in (
        (FoundFlag(day, "newly_linked", left, right), True),
        (FoundFlag(day, "newly_linked", right, left), True),
        (FoundFlag(day, "newly_linked", left, left - frozenset(event.bridging)), False),
        (FoundFlag(day + timedelta(weeks=9), "newly_linked", left, right), False),
        (FoundFlag(day - timedelta(weeks=9), "newly_linked", left, right), False),
    ):
        said = figures(Found(flags=[flag]), short_world)
        assert said["weekly.flags.precision"].value == float(is_right)


members = st.frozensets(st.sampled_from("abcdefgh"))


@given(members, members)
def test_jaccard_is_symmetric_and_bounded(one: frozenset[str], other: frozenset[str]) -> None:
    assert jaccard(one, other) == jaccard(other, one)
    assert 0.0 <= jaccard(one, other) <= 1.0
    assert (jaccard(one, other) == 1.0) == (one == other and bool(one))
