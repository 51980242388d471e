"""How merchants and labs are compared: what each pair of values says, and which pairs are looked at."""

from __future__ import annotations

from collections.abc import Hashable
from typing import cast

from rapidfuzz.distance import OSA
from rapidfuzz.fuzz import ratio

from graph.model import divisions
from ingest.resolve.blocking import rule_on
from ingest.resolve.records import Name, Place
from ingest.resolve.scoring import Comparison, Plan
from ingest.resolve.table import Table

_ALIKE = 70.0


def core(one: Hashable, other: Hashable) -> int:
    """Two different names: same core, core and trade parted elsewhere, cores that sound alike, one
    character apart, one inside the other, or unlike."""
    a, b = cast("Name", one), cast("Name", other)
    if a.core == b.core:
        return 0
    shorter, longer = sorted((a.core, b.core), key=len)
    is_one_slip = len(a.body) == len(b.body) and OSA.distance(a.body, b.body) <= 1
    if is_one_slip and longer.startswith(shorter):
        return 1  # a slip in the first word of the trade moves the border: 掌悦信煕|技术, 掌悦|信息技术
    if a.sound == b.sound:
        return 2
    if OSA.distance(a.core, b.core, score_cutoff=1) <= 1:
        return 3
    if len(shorter) >= 2 and (longer.startswith(shorter) or longer.endswith(shorter)):
        return 4
    return 5


def trade(one: Hashable, other: Hashable) -> int:
    """Two different trades: alike (one inside the other, most characters in common) or unlike."""
    a, b = str(one), str(other)
    return 1 if a in b or b in a or ratio(a, b) >= _ALIKE else 2


def form(_one: Hashable, _other: Hashable) -> int:
    """Two different classes of legal form are different."""
    return 1


def region(one: Hashable, other: Hashable) -> int:
    """Same place or one inside the other, same city, same province, elsewhere: the closest of all."""
    a, b = cast("frozenset[str]", one), cast("frozenset[str]", other)
    return min(_apart(x, y) for x in a for y in b)


def _apart(a: str, b: str) -> int:
    if a == b:
        return 0
    if a[:2] != b[:2]:
        return 3
    if a.endswith("0000") or b.endswith("0000"):
        return 1  # 江苏 and 南京: one of them said less
    city = divisions.city_of(a)
    return 1 if city and city == divisions.city_of(b) else 2


def shared(one: Hashable, other: Hashable) -> int:
    """Whether two different sets have an element in common."""
    a, b = cast("frozenset[str]", one), cast("frozenset[str]", other)
    return 1 if a.isdisjoint(b) else 0


def place(one: Hashable, other: Hashable) -> int:
    """The closest two places of two sets: same, same house, other room of it, same road, elsewhere."""
    a, b = cast("frozenset[Place]", one), cast("frozenset[Place]", other)
    return min(_between(x, y) for x in a for y in b)


def _between(a: Place, b: Place) -> int:
    if a.key == b.key:
        return 0
    if a.house == b.house:
        agree = all(x == y or not x or not y for x, y in zip(a.rest, b.rest, strict=True))
        return 1 if agree else 2
    return 3 if a.road == b.road else 4


COMPARISONS = (
    Comparison(
        "core",
        "core",
        ("same", "parted_elsewhere", "sounds_alike", "one_apart", "contained", "other"),
        core,
        (0.88, 0.02, 0.04, 0.04, 0.01, 0.01),
        (2e-4, 1e-6, 1e-4, 3e-3, 2e-4, 0.9965),
        by_frequency=True,
    ),
    Comparison(
        "trade",
        "trade",
        ("same", "alike", "other"),
        trade,
        (0.85, 0.12, 0.03),
        (0.02, 0.02, 0.96),
        by_frequency=True,
    ),
    Comparison("form", "form", ("same", "other"), form, (0.98, 0.02), (0.9, 0.1)),
    Comparison(
        "region",
        "region",
        ("same", "same_city", "same_province", "elsewhere"),
        region,
        (0.8, 0.14, 0.03, 0.03),
        (0.05, 0.02, 0.05, 0.88),
        by_frequency=True,
    ),
    Comparison(
        "place",
        "place",
        ("same", "same_house", "other_room", "same_road", "elsewhere"),
        place,
        (0.6, 0.12, 0.05, 0.05, 0.18),
        (1e-4, 1e-5, 4e-4, 5e-4, 0.99899),
        by_frequency=True,
    ),
    Comparison(
        "phone",
        "phone",
        ("shared", "other"),
        shared,
        (0.7, 0.3),
        (1e-5, 0.99999),
        by_frequency=True,
    ),
    Comparison(
        "person",
        "person",
        ("shared", "other"),
        shared,
        (0.9, 0.1),
        (1e-5, 0.99999),
        by_frequency=True,
    ),
)

#: Blocking rules by column, and what splits a block that is too big.
RULES: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("uscc",), ()),
    (("core_sound",), ("city", "trade")),
    (("body_sound",), ("city",)),
    (("holes",), ("city",)),
    (("phone",), ()),
    (("person",), ("core_sound",)),
    (("place",), ("core_sound",)),
)


def plan(data: Table) -> Plan:
    """Comparisons and blocking for a table of `records.columns`."""
    rules = tuple(
        rule_on(
            "+".join(columns), [data[name] for name in columns], [data[s].codes for s in splitters]
        )
        for columns, splitters in RULES
    )
    return Plan(COMPARISONS, rules, _LESSONS)


#: What m is learned from; each is blind for what its pairs agree on.
_LESSONS = (
    (("uscc",), frozenset[str]()),
    (("core_sound",), frozenset({"core"})),
    (("phone",), frozenset({"phone"})),
    (("person",), frozenset({"person"})),
    (("place",), frozenset({"place", "region"})),
)
