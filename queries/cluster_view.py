"""What a reader sees of a cluster: its visible members and what ties them, scored anew.

Pure. Members, ties and identifiers that a reader may not see are left out, and everything said of the
cluster (size, strength, label, score) is worked out again from the rest, for every reader by the same
rule. What is left may fall apart: then its largest part is shown, and the others are withheld, because
only hidden data says that they belong together.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from detect.network.labels import ScorePart, score_parts
from detect.network.ties import combined
from graph.ontology import ontology

LEAST_MEMBERS = 2


@dataclass(frozen=True, slots=True)
class Tie:
    """One identifier that ties a member in. `holders_inside` counts shown members that hold it.

    `holders` counts all merchants that do; None where the reader does not see the whole cluster.
    """

    identifier: str
    relation: str
    records: tuple[str, ...]
    holders_inside: int = 0
    holders: int | None = None


@dataclass(frozen=True, slots=True)
class RoleView:
    """One role, the fact that gives it (see `detect.network.roles`), and what shows the fact."""

    role: str
    fact: str
    count: int
    ids: tuple[str, ...]
    records: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LossView:
    """What the cluster loses without one identifier (see `detect.network.fragility`)."""

    identifier: str
    dropped: tuple[str, ...]
    is_split: bool


@dataclass(frozen=True, slots=True)
class FragilityView:
    """What the cluster hangs on, as the engine said when it was run again."""

    rule: str
    is_verified: bool
    identifiers: int
    tried: int
    losses: tuple[LossView, ...]
    smallest: tuple[str, ...]
    is_irreducible: bool


@dataclass(frozen=True, slots=True)
class Member:
    """One shown member; `strength` is the belief 0..1 that it acts with the others.

    `role` and `roles` are those of a cluster that the reader sees the whole of.
    """

    merchant: str
    role: str | None
    strength: float
    ties: tuple[Tie, ...]
    roles: tuple[RoleView, ...] = ()

    @property
    def key(self) -> tuple[float, str]:
        """Best tied first, then by id."""
        return (-self.strength, self.merchant)


@dataclass(frozen=True, slots=True)
class ClusterView:
    """One cluster as one reader sees it.

    `withheld`: members left out. `is_whole`: nothing of it is hidden from the reader; only then the
    stored `status`, `born_on`, roles and `fragility` are shown, which rest on everybody's data.
    `violating` members, the `base_rate` they are compared with, the `chance` of so many, and the
    `declared_share` are what the label rests on (see `detect.network.labels`).
    """

    id: str
    as_of: str
    members: tuple[Member, ...]
    identifiers: tuple[str, ...]
    regions: tuple[str, ...]
    withheld: int
    is_whole: bool
    status: str | None
    born_on: str | None
    label: str = "unlabelled"
    score: int = 0
    violations: tuple[tuple[str, int], ...] = ()
    violating: int = 0
    base_rate: float = 0.0
    chance: float = 1.0
    declared_share: float = 0.0
    fragility: FragilityView | None = None

    @property
    def score_parts(self) -> tuple[ScorePart, ...]:
        """The score in named parts, most points first."""
        share = self.violating / len(self.members)
        return score_parts(share, self.mean_strength, dict(self.violations))

    @property
    def mean_strength(self) -> float:
        """Mean strength of the shown members, 0..1."""
        return math.fsum(m.strength for m in self.members) / len(self.members)

    @property
    def key(self) -> tuple[int, int, str]:
        """Highest score first, then the larger, then by id."""
        return (-self.score, -len(self.members), self.id)


def cluster_view(
    row: Mapping[str, Any], visible_nodes: frozenset[str], regions: Sequence[str]
) -> ClusterView | None:
    """A cluster from a row of clusters.cypher; None when too little of it is visible.

    `visible_nodes` holds the identifiers the reader may see. A member is shown when it shares at
    least one visible identifier, by a visible relation, with another shown member.
    """
    cluster, allowed = row["cluster"], frozenset(regions)
    ties = {m["merchant"]: _visible_ties(m["ties"], visible_nodes, allowed) for m in row["members"]}
    shown = largest_part(ties)
    if len(shown) < LEAST_MEMBERS:
        return None
    stored_regions = cluster.get("regions") or []
    hidden = row["hidden_members"] + len(row["members"]) - len(shown)
    stored_ties = sum(len(orjson.loads(m["ties"] or "[]")) for m in row["members"])
    is_whole = (
        bool(stored_regions)
        and hidden == 0
        and set(stored_regions) <= allowed
        and stored_ties == sum(map(len, ties.values()))
    )
    members = _members(shown, ties, {m["merchant"]: m for m in row["members"]} if is_whole else {})
    touched = {tie.identifier for member in members for tie in member.ties}
    return ClusterView(
        cluster["id"],
        cluster["as_of"],
        tuple(sorted(members, key=lambda member: member.key)),
        tuple(sorted(touched)),
        tuple(sorted({r for m in row["members"] if m["merchant"] in shown for r in m["regions"]})),
        hidden,
        is_whole,
        cluster.get("status") if is_whole else None,
        (cluster.get("born_on") or cluster.get("first_published")) if is_whole else None,
        fragility=_fragility(cluster.get("fragility")) if is_whole else None,
    )


def tied_identifiers(row: Mapping[str, Any], regions: Sequence[str]) -> set[str]:
    """Identifiers named by ties that the reader may see."""
    allowed = frozenset(regions)
    return {
        tie["identifier_id"]
        for member in row["members"]
        for tie in orjson.loads(member["ties"] or "[]")
        if allowed & set(tie["regions"])
    }


def largest_part(ties: Mapping[str, Sequence[Tie]]) -> frozenset[str]:
    """The largest set of merchants connected by shared identifiers (of equals the first by id)."""
    parent = {merchant: merchant for merchant in ties}

    def root(merchant: str) -> str:
        while parent[merchant] != merchant:
            parent[merchant] = parent[parent[merchant]]
            merchant = parent[merchant]
        return merchant

    holder: dict[str, str] = {}
    for merchant in sorted(ties):
        for tie in ties[merchant]:
            first = holder.setdefault(tie.identifier, merchant)
            low, high = sorted((root(first), root(merchant)))
            parent[high] = low
    parts: defaultdict[str, set[str]] = defaultdict(set)
    for merchant in ties:
        parts[root(merchant)].add(merchant)
    if not parts:
        return frozenset()
    ordered = sorted((-len(part), min(part), root_of) for root_of, part in parts.items())
    return frozenset(parts[ordered[0][2]])


def strength(relations: Iterable[str]) -> float:
    """Belief 0..1 from the linking relations a member shares: `1 - prod(1 - w)` over source types.

    Of one source type only the most believed relation counts, so what one hand saw twice does not
    add (domain findings §4, "Combination", with the ontology's weights). The factors for rarity and age
    of the published strength are left out: they are counted over everybody's data.
    """
    rules = [ontology().relations[name].link for name in relations if name in ontology().relations]
    return round(combined((rule.source_type, rule.weight) for rule in rules if rule), 3)


def _visible_ties(
    stored: str | None, visible_nodes: frozenset[str], allowed: frozenset[str]
) -> tuple[Tie, ...]:
    return tuple(
        Tie(
            tie["identifier_id"],
            tie["relation"],
            tuple(sorted(tie.get("records") or ())),
            holders=tie.get("holders"),
        )
        for tie in orjson.loads(stored or "[]")
        if allowed & set(tie["regions"]) and tie["identifier_id"] in visible_nodes
    )


def _members(
    shown: frozenset[str], ties: Mapping[str, Sequence[Tie]], whole: Mapping[str, Mapping[str, Any]]
) -> list[Member]:
    """`whole`: stored members by merchant, of a cluster that is seen the whole of."""
    holders: defaultdict[str, set[str]] = defaultdict(set)
    for merchant in shown:
        for tie in ties[merchant]:
            holders[tie.identifier].add(merchant)
    members = []
    for merchant in sorted(shown):
        shared = tuple(
            sorted(
                (
                    replace(
                        tie,
                        holders_inside=len(holders[tie.identifier]),
                        holders=tie.holders if whole else None,
                    )
                    for tie in ties[merchant]
                    if len(holders[tie.identifier]) > 1
                ),
                key=lambda tie: (-tie.holders_inside, tie.relation, tie.identifier),
            )
        )
        belief = strength(tie.relation for tie in shared)
        stored = whole.get(merchant, {})
        roles = _roles(stored.get("roles"))
        members.append(Member(merchant, stored.get("role"), belief, shared, roles))
    return members


def _roles(stored: str | None) -> tuple[RoleView, ...]:
    return tuple(
        RoleView(
            each["role"], each["fact"], each["count"], tuple(each["ids"]), tuple(each["records"])
        )
        for each in orjson.loads(stored or "[]")
    )


def _fragility(stored: str | None) -> FragilityView | None:
    if not stored:
        return None
    said = orjson.loads(stored)
    losses = tuple(
        LossView(each["identifier_id"], tuple(each["dropped"]), each["is_split"])
        for each in said["losses"]
    )
    return FragilityView(
        said["rule"],
        said["is_verified"],
        said["identifiers"],
        said["tried"],
        losses,
        tuple(said["smallest"]),
        said["is_irreducible"],
    )
