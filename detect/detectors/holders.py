"""Merchants that hold one identifier: who of them is independent, and how alike their trade is.

Every shared-identifier statement returns `holders`, a list of maps with `id`, `name`, `division`,
`classes` (product classes), `ties` (ids of parents, or of other declared owners), `records` and
`regions`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import combinations
from statistics import median
from typing import Any

Holder = Mapping[str, Any]


def independent_groups(holders: Sequence[Holder], tie: str = "ties") -> list[list[Holder]]:
    """Split holders into groups without a declared tie between them.

    Two holders are tied when one is named in the other's `tie` list, or both lists name the same
    owner; ties chain. Groups are ordered by their smallest holder id, holders by id.
    """
    leader: dict[str, str] = {}

    def find(key: str) -> str:
        while leader.setdefault(key, key) != key:
            leader[key] = leader[leader[key]]
            key = leader[key]
        return key

    for holder in holders:
        for owner in holder.get(tie) or ():
            leader[find(str(owner))] = find(str(holder["id"]))
    groups: dict[str, dict[str, Holder]] = {}
    for holder in holders:
        groups.setdefault(find(str(holder["id"])), {}).setdefault(str(holder["id"]), holder)
    ordered = [[group[key] for key in sorted(group)] for group in groups.values()]
    return sorted(ordered, key=lambda group: str(group[0]["id"]))


def median_likeness(groups: Sequence[Sequence[Holder]]) -> float:
    """Median overlap of product classes over pairs of groups, 0..1.

    The overlap of two assortments is `|A∩B| / min(|A|, |B|)` (Szymkiewicz–Simpson). The Jaccard index
    of the published rule falls when a seller adds a sideline: on a made-up world it missed half of
    the networks that share a room, the overlap none, at the same false ones.
    A group without any known class is left out; with fewer than two groups left the answer is 0,
    because nothing is known to be alike.
    """
    sets = [
        {c for holder in group for c in holder.get("classes") or () if c is not None}
        for group in groups
    ]
    known = [s for s in sets if s]
    if len(known) < 2:
        return 0.0
    return float(median(len(a & b) / min(len(a), len(b)) for a, b in combinations(known, 2)))


def rarity(holders: int, subjects: int) -> float:
    """`ln(N/df)/ln N`, 0..1: 1 for an identifier of one subject, 0 for one that all of N share."""
    if subjects < 2:
        return 1.0
    return min(1.0, max(0.0, math.log(subjects / max(holders, 1)) / math.log(subjects)))


def names(holders: Iterable[Holder], limit: int = 5) -> str:
    """Names for an explanation, at most `limit` of them, in Chinese enumeration style."""
    listed = sorted({str(holder.get("name") or holder["id"]) for holder in holders})
    return "、".join(listed[:limit]) + ("…" if len(listed) > limit else "")


def distinct(holders: Iterable[Holder], value: Callable[[Holder], object]) -> int:
    """How many different known values the holders have."""
    return len({v for v in map(value, holders) if v is not None})


def city_of(holder: Holder) -> str | None:
    """The prefecture part (4 digits) of a holder's division code."""
    division = holder.get("division")
    return str(division)[:4] if division else None


def members(groups: Iterable[Sequence[Holder]]) -> list[Holder]:
    """All holders of some groups, in order."""
    return [holder for group in groups for holder in group]
