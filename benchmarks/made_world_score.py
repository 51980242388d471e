"""What an engine names in a made-up world: networks recovered, outsiders, lawful groups accused.

Groups are called network or lawful by `detect.network.labels`, as in the product, from the violations
that the truth lists, as if every detector were perfect: what is left is the fault of engine and rule.
"""

from __future__ import annotations

import time
from collections import defaultdict
from pathlib import Path

from benchmarks.figures import Figure, at_most
from benchmarks.made_world import MadeWorld, read_made_world
from benchmarks.planted import score
from detect.network.clustering import Clustering
from detect.network.engines import find
from detect.network.labels import Violation, assess, base_rate_of
from detect.network.published import LEAST_VIOLATION_SEVERITY
from detect.network.ties import evidence
from synth.scoring import Found, network_figures

#: Detectors whose findings are violations; the others only ask for a look.
VIOLATIONS = frozenset({"D9", "D10", "D11", "D12", "D13", "D20", "D21", "D22", "D24"})

ACCUSED_GOAL = 0.01


def run(folder: Path, engine: str) -> list[Figure]:
    """Figures of one engine in the world below `folder`; KeyError for an unknown engine.

    `found.outsiders` counts all clusters of 5 to 150 merchants, whatever they are called.
    """
    world = read_made_world(folder)
    before_s = time.process_time()
    clustering = find(world.planted.incidence, engine)
    cpu_s = time.process_time() - before_s
    return [*named(world, clustering), Figure("networks.cpu_s", cpu_s, "s")]


def named(world: MadeWorld, clustering: Clustering) -> list[Figure]:
    """Figures of one clustering of the world's links."""
    found = Found(_called(world, clustering))
    figures = {figure.name: figure for figure in network_figures(found, world.truth)}
    accused = figures["networks.accused_lawful"]
    figures[accused.name] = at_most(accused.name, accused.value, ACCUSED_GOAL, note=accused.note)
    everything = score(world.planted, clustering)
    return [*figures.values(), at_most("networks.found.outsiders", everything.outsiders, 0.01)]


def _called(world: MadeWorld, clustering: Clustering) -> list[tuple[frozenset[str], str]]:
    """Members (merchant ids) and label of every cluster."""
    merchants = world.planted.incidence.merchants
    violations: dict[str, list[Violation]] = defaultdict(list)
    for violation in world.truth.violations:
        for subject in violation.subjects if violation.detector in VIOLATIONS else ():
            violations[subject].append(
                Violation(subject, violation.detector, LEAST_VIOLATION_SEVERITY)
            )
    rate = base_rate_of(len(violations.keys() & set(merchants)), len(merchants))
    declared: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for pair in world.declared:
        for end in pair:
            declared[end].append(pair)
    called = []
    for each in evidence(world.planted.incidence, clustering):
        inside = [merchants[member.merchant] for member in each.members]
        assessment = assess(
            inside,
            [v for merchant in inside for v in violations.get(merchant, ())],
            [pair for merchant in inside for pair in declared.get(merchant, ())],
            rate,
            each.strength,
        )
        ids = frozenset(merchant.removeprefix("Merchant:") for merchant in inside)
        called.append((ids, str(assessment.label)))
    return called
