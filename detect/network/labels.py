"""What a group of merchants is called: a network, a lawful group, or neither.

Franchises, authorised dealers and branches share identifiers exactly as counterfeit networks do;
structure alone cannot tell them apart (three in four groups it finds are lawful). A group is called
a network only when its members break rules far more often than merchants at large, and no declared
relation (parent, franchise, authorisation) already says why they belong together. The label is a
lead, never proof.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

#: Chance that so many members break rules in a group of ordinary merchants. With 40 undeclared groups
#: of about five in a world of 20,000 merchants (base rate 2.4 %), 0.02 lets in 0.2 wrong networks; it
#: lies below the Benjamini-Hochberg bound for 5 % false discoveries there (0.025). At 0.001 one planted
#: network in ten, of five to seven members, went without a label (`suyuan evaluate`, seed 77).
SIGNIFICANCE = 0.02
#: No population is taken to be cleaner than this: a rate from little data must not make one slip damning.
LEAST_BASE_RATE = 0.005
#: Two members at the least: one bad seller does not make a network of the others.
LEAST_VIOLATING_MEMBERS = 2
#: Share of members that one declared structure must cover to explain the group.
DECLARED_SHARE = 0.8
#: Share of violating members above which a declared structure no longer clears a group.
DECLARED_BUT_VIOLATING = 0.3
#: Share of violating members at which the violation part of the score is full.
FULL_VIOLATION_SHARE = 0.5
#: What violations and ties weigh in the score (decision 6): ties alone must never look like guilt.
VIOLATION_POINTS, TIE_POINTS = 70, 30
#: Name of the part of a score that the ties earn.
TIES = "ties"


class GroupLabel(StrEnum):
    """The three names of a group."""

    NETWORK = "network"
    LAWFUL_GROUP = "lawful_group"
    UNLABELLED = "unlabelled"


@dataclass(frozen=True, slots=True)
class Violation:
    """One violation finding on one member: the detector and its severity 1..5."""

    member: str
    detector: str
    severity: int


@dataclass(frozen=True, slots=True)
class Assessment:
    """Why a group is called what it is.

    `violating` of `members` have a violation finding; `chance` is the probability of at least so
    many among ordinary merchants of `base_rate`; `declared_share` is the share of members covered by
    the largest declared structure. `score` 0..100 orders work, it is no probability.
    """

    label: GroupLabel
    score: int
    members: int
    violating: int
    base_rate: float
    chance: float
    declared_share: float
    detectors: Mapping[str, int]


def assess(
    members: Sequence[str],
    violations: Iterable[Violation],
    declared: Iterable[tuple[str, str]],
    base_rate: float,
    mean_strength: float,
) -> Assessment:
    """Name and score one group.

    `declared` are pairs joined by a declared relation, outsiders included (two dealers of one brand
    owner belong together through the owner); `mean_strength` is the members' mean tie strength 0..1.
    """
    inside = frozenset(members)
    relevant = [v for v in violations if v.member in inside]
    violating = len({v.member for v in relevant})
    rate = max(base_rate, LEAST_BASE_RATE)
    chance = binomial_tail(violating, len(inside), rate)
    share = violating / len(inside) if inside else 0.0
    declared_share = largest_declared_share(inside, declared)
    is_declared = declared_share >= DECLARED_SHARE
    is_significant = violating >= LEAST_VIOLATING_MEMBERS and chance < SIGNIFICANCE
    if is_significant and not (is_declared and share < DECLARED_BUT_VIOLATING):
        label = GroupLabel.NETWORK
    else:
        label = GroupLabel.LAWFUL_GROUP if is_declared else GroupLabel.UNLABELLED
    return Assessment(
        label,
        score(share, mean_strength),
        len(inside),
        violating,
        rate,
        chance,
        declared_share,
        dict(sorted(Counter(v.detector for v in set(relevant)).items())),
    )


def score(violating_share: float, mean_strength: float) -> int:
    """`70 · min(1, share / 0.5) + 30 · strength`, rounded: an order for the work queue."""
    violation = min(1.0, violating_share / FULL_VIOLATION_SHARE)
    return round(VIOLATION_POINTS * violation + TIE_POINTS * mean_strength)


@dataclass(frozen=True, slots=True)
class ScorePart:
    """One named part of a score: a detector that fired inside (`D20`), or `TIES`.

    `points` of at most `maximum`, both whole; the points of all parts are the score. `measured` is
    what earned them: how often the detector was seen on members, or the mean tie strength 0..1.
    """

    name: str
    points: int
    maximum: int
    measured: float


def score_parts(
    violating_share: float, mean_strength: float, detectors: Mapping[str, int]
) -> tuple[ScorePart, ...]:
    """`score` in parts, most points first, ties last of equals.

    Findings share the violation points by how many each detector made (`detectors`); what rounding
    leaves goes to the largest remainders, so that the sum is exact.
    """
    found = {name: count for name, count in sorted(detectors.items()) if count > 0}
    earned = VIOLATION_POINTS * min(1.0, violating_share / FULL_VIOLATION_SHARE) if found else 0.0
    total = sum(found.values())
    exact = {name: earned * count / total for name, count in found.items()}
    exact[TIES] = TIE_POINTS * mean_strength
    points = {name: math.floor(value) for name, value in exact.items()}
    left = score(violating_share if found else 0.0, mean_strength) - sum(points.values())
    by_rest = sorted(exact, key=lambda name: (points[name] - exact[name], name))
    for name in by_rest[: max(left, 0)]:
        points[name] += 1
    measured = {**found, TIES: mean_strength}
    parts = [
        ScorePart(
            name, points[name], TIE_POINTS if name == TIES else VIOLATION_POINTS, measured[name]
        )
        for name in exact
    ]
    return tuple(sorted(parts, key=lambda part: (-part.points, part.name == TIES, part.name)))


def base_rate_of(violating_merchants: int, merchants: int) -> float:
    """The share of all merchants with a violation, smoothed by one; members of networks included.

    Counting the guilty too makes the test stricter, never looser.
    """
    return (violating_merchants + 1) / (merchants + 2)


def binomial_tail(successes: int, trials: int, rate: float) -> float:
    """P(X >= successes) for X ~ Binomial(trials, rate), summed in logarithms."""
    if successes <= 0:
        return 1.0
    log_rate, log_rest = math.log(rate), math.log1p(-rate)
    terms = [
        math.lgamma(trials + 1)
        - math.lgamma(k + 1)
        - math.lgamma(trials - k + 1)
        + k * log_rate
        + (trials - k) * log_rest
        for k in range(successes, trials + 1)
    ]
    return min(1.0, math.fsum(math.exp(term) for term in terms))


def largest_declared_share(inside: frozenset[str], declared: Iterable[tuple[str, str]]) -> float:
    """Share of members in the largest component of the declared relations that touch them."""
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        while parent.setdefault(name, name) != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    for a, b in declared:
        if a in inside or b in inside:
            parent[root(a)] = root(b)
    if not inside:
        return 0.0
    sizes = Counter(root(member) for member in inside)
    largest = max(sizes.values())
    return largest / len(inside) if largest > 1 else 0.0
