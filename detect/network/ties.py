"""Why a merchant is in its cluster: the identifiers that tie it in, and how much they say.

An identifier is *internal* to a cluster when two or more members hold it and it is no hub. Strength
follows the domain findings §4, "Combination": each source type counts once, with its best
identifier, and independent source types combine as 1 - prod(1 - weight x idf x decay).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from detect.network.clustering import Clustering, holdings
from detect.network.incidence import Incidence

HALF_LIFE_DAYS = 180.0
DEFAULT_CAP = 20


class Role(StrEnum):
    """How firmly a member is tied in."""

    CORE = "core"  # at least two different internal identifiers
    OWNED = "owned"  # one, and the cluster owns it: a lead, to be checked
    SINGLE = "single"  # one, not owned by the cluster, or none


@dataclass(frozen=True, slots=True)
class Tie:
    """One internal identifier that one member holds, by one kind of link.

    `holders_inside` and `holders_outside` count merchants, the member itself among the inside.
    `gap_days`: how far the member's first sight of it lies from the nearest other member's.
    `strength`: weight x idf x decay, 0..1.
    """

    identifier: int
    kind: int
    holders_inside: int
    holders_outside: int
    is_owned: bool
    gap_days: int
    strength: float


@dataclass(frozen=True, slots=True)
class MemberTies:
    """One member and what ties it in, strongest tie first; `strength` combines them, 0..1."""

    merchant: int
    role: Role
    strength: float
    ties: tuple[Tie, ...]


@dataclass(frozen=True, slots=True)
class ClusterEvidence:
    """What holds one cluster together.

    `mean_internal`: internal identifiers per member. `internal_identifiers`: how many different
    ones. `source_types`: the independent hands that saw them. `strength`: mean over members.
    """

    cluster: int
    members: tuple[MemberTies, ...]
    mean_internal: float
    internal_identifiers: int
    source_types: tuple[str, ...]
    strength: float


def rarity(holders: NDArray[np.int64], merchants: int) -> NDArray[np.float64]:
    """Inverse document frequency ln(N/df)/ln(N), clipped to 0..1 (domain findings §4)."""
    if merchants < 2:
        return np.zeros(holders.size)
    idf = np.log(merchants / np.maximum(holders, 1)) / np.log(merchants)
    return np.asarray(np.clip(idf, 0.0, 1.0), np.float64)


def combined(strengths: Iterable[tuple[str, float]]) -> float:
    """Combine (source type, strength): the best of each source type, then 1 - prod(1 - s).

    What one hand saw twice is not seen by two, so repeats of a source type add nothing.
    """
    best: dict[str, float] = {}
    for source, strength in strengths:
        best[source] = max(strength, best.get(source, 0.0))
    doubt = 1.0
    for source in sorted(best):  # a fixed order keeps the last digit reproducible
        doubt *= 1.0 - best[source]
    return 1.0 - doubt


def evidence(
    incidence: Incidence,
    clustering: Clustering,
    clusters: Iterable[int] | None = None,
    cap: int = DEFAULT_CAP,
) -> list[ClusterEvidence]:
    """Evidence of the wanted clusters (all by default), in ascending cluster order.

    Unknown cluster numbers are left out. The incidence must be the one that was clustered.
    """
    wanted = np.zeros(clustering.count, bool)
    numbers = range(clustering.count) if clusters is None else clusters
    wanted[[at for at in numbers if 0 <= at < clustering.count]] = True
    internal = _internal_links(incidence, clustering, cap)
    members = clustering.all_members()
    return [
        _of_cluster(incidence, cluster, members[cluster].tolist(), internal)
        for cluster in np.flatnonzero(wanted).tolist()
    ]


def pair_strength(incidence: Incidence, left: int, right: int, cap: int = DEFAULT_CAP) -> float:
    """How strongly two merchants are tied, 0..1 (0 when they share nothing but hubs)."""
    if left == right:
        return 0.0
    label = np.full(len(incidence.merchants), -1, np.int32)
    label[[left, right]] = 0
    nobody = np.full(len(incidence.identifiers), -1, np.int32)
    internal = _internal_links(incidence, Clustering(label, nobody), cap)
    return _combined_ties(incidence, internal.get(left, []))


def _internal_links(incidence: Incidence, clustering: Clustering, cap: int) -> dict[int, list[Tie]]:
    """Every tie of every member, by merchant."""
    held = holdings(incidence)
    cluster = clustering.label[held.merchant]
    usable = np.flatnonzero((cluster >= 0) & (held.holders[held.identifier] <= cap))
    key = cluster[usable].astype(np.int64) * held.holders.size + held.identifier[usable]
    pair, inside = np.unique(key, return_counts=True)
    pair, inside = pair[inside >= 2], inside[inside >= 2]
    if not pair.size:
        return {}
    of_link = clustering.label[incidence.merchant].astype(np.int64)
    key = of_link * held.holders.size + incidence.identifier
    at = np.minimum(np.searchsorted(pair, key), pair.size - 1)
    link = np.flatnonzero((of_link >= 0) & (pair[at] == key))
    at = at[link]
    gap = _gaps(incidence, link, at)
    weight = np.array([kind.weight for kind in incidence.kinds])[incidence.kind[link]]
    holders = held.holders[incidence.identifier[link]]
    strength = weight * rarity(holders, len(incidence.merchants)) * np.exp2(-gap / HALF_LIFE_DAYS)
    is_owned = clustering.owned_by[incidence.identifier[link]] == of_link[link]
    ties: dict[int, list[Tie]] = {}
    columns = (
        incidence.merchant[link],
        incidence.identifier[link],
        incidence.kind[link],
        inside[at],
        holders - inside[at],
        is_owned,
        gap,
        strength,
    )
    for merchant, *row in zip(*(column.tolist() for column in columns), strict=True):
        ties.setdefault(merchant, []).append(Tie(*row))
    return ties


def _gaps(
    incidence: Incidence, link: NDArray[np.int64], group: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Days from each link to the nearest one of another merchant in its group.

    The decay of the domain findings is read as the gap between two sights of one identifier, not as
    the age of the link: a network of long standing must not fade by being known for long.
    """
    merchant = incidence.merchant[link]
    # A member's earliest sight over all kinds stands for it, so kinds cannot be "near" themselves.
    key = group * np.int64(len(incidence.merchants)) + merchant
    holder, inverse = np.unique(key, return_inverse=True)
    first = np.full(holder.size, np.iinfo(np.int64).max)
    np.minimum.at(first, inverse, incidence.first_seen_day[link].astype(np.int64))
    of_group = holder // len(incidence.merchants)
    order = np.lexsort((first, of_group))
    day, same = first[order], of_group[order]
    step = np.where(same[1:] == same[:-1], day[1:] - day[:-1], np.iinfo(np.int64).max)
    far = np.array([np.iinfo(np.int64).max])
    nearest = np.empty(holder.size, np.int64)
    nearest[order] = np.minimum(np.concatenate((far, step)), np.concatenate((step, far)))
    return nearest[inverse]


def _of_cluster(
    incidence: Incidence, cluster: int, members: list[int], internal: dict[int, list[Tie]]
) -> ClusterEvidence:
    rows = tuple(
        _of_member(incidence, merchant, internal.get(merchant, [])) for merchant in members
    )
    held = [{tie.identifier for tie in row.ties} for row in rows]
    sources = {incidence.kinds[tie.kind].source_type for row in rows for tie in row.ties}
    return ClusterEvidence(
        cluster,
        rows,
        sum(map(len, held)) / len(rows),
        len(set().union(*held)),
        tuple(sorted(sources)),
        sum(row.strength for row in rows) / len(rows),
    )


def _of_member(incidence: Incidence, merchant: int, ties: list[Tie]) -> MemberTies:
    strongest = sorted(ties, key=lambda tie: (-tie.strength, tie.identifier, tie.kind))
    different = {tie.identifier for tie in ties}
    if len(different) >= 2:
        role = Role.CORE
    elif any(tie.is_owned for tie in ties):
        role = Role.OWNED
    else:
        role = Role.SINGLE
    return MemberTies(merchant, role, _combined_ties(incidence, ties), tuple(strongest))


def _combined_ties(incidence: Incidence, ties: list[Tie]) -> float:
    """Each identifier once, by its strongest kind: seen by two hands it is still one identifier."""
    best: dict[int, Tie] = {}
    for tie in ties:
        if tie.identifier not in best or tie.strength > best[tie.identifier].strength:
            best[tie.identifier] = tie
    return combined((incidence.kinds[tie.kind].source_type, tie.strength) for tie in best.values())
