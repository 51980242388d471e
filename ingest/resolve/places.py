"""Which addresses are one place, written otherwise: compared part by part, never by their divisions alone.

An address that stops at a division, a town or a road is nobody's place and is not compared at all
(`address.may_link`). Two addresses with two house numbers, buildings or rooms are two places whatever
else they share; one that says less than the other may be any of several places and is never joined to
it without a person. What is left is how the same door is written: a road with a slip, a district or a
town left out, an estate named or not.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, cast

import numpy as np
from rapidfuzz.distance import OSA
from rapidfuzz.fuzz import ratio

from graph.model import divisions
from graph.model.judgements import Verdict
from graph.model.values import address as addresses
from graph.model.values import numerals
from ingest.resolve.blocking import Pairs, rule_on
from ingest.resolve.decisions import (
    CERTAIN,
    WORTH_ASKING,
    Given,
    Proposal,
    Settled,
    named_levels,
    scored_proposal,
    without_contradiction,
)
from ingest.resolve.model import Levels
from ingest.resolve.names import sound
from ingest.resolve.proposals import Proposals
from ingest.resolve.records import Masked
from ingest.resolve.scoring import Comparison, Plan, Scored, score
from ingest.resolve.table import Table, column, table

_NUMERAL = re.compile(f"[{numerals.NUMERALS}]+")
#: Characters that tell apart roads of one name: 中山东路 and 中山西路, 文一路 and 文二路 are two.
_TELLING = re.compile(r"[\d东西南北中前后上下左右内外新老大小支横纵环]")
_DIGITS = re.compile(r"\d+")
_ALIKE = 70.0
_TAIL = 3
"""Syllables at the end of a road's name, for where a place was run into the front of it."""
_LONG_ROOM = re.compile(r"\d{3,}")


@dataclass(frozen=True, slots=True)
class Spot:
    """One address of the store: node id, text, and the number of its relations."""

    id: str
    text: str
    links: int = 0


class Road(NamedTuple):
    """A road, or where there is none the village or estate that the number counts in."""

    text: str
    sound: str


class Door(NamedTuple):
    """What an address says below its road, each part "" where it does not say."""

    lane: str
    number: str
    section: str
    building: str
    unit: str
    floor: str
    room: str

    @property
    def key(self) -> str:
        """What two spellings of one door share: a long room number repeats its floor."""
        said = self._replace(floor="") if _LONG_ROOM.search(self.room) else self
        return "/".join(said)


@dataclass(frozen=True, slots=True)
class Parts:
    """An address taken apart for comparison; `area` is the division code in force today."""

    area: str
    town: str
    road: Road
    door: Door
    estate: str

    @property
    def is_district(self) -> bool:
        """Whether the area is a county or district, not a city or province."""
        return not self.area.endswith("00")


@lru_cache(maxsize=65_536)
def parts_of(text: str) -> Parts | None:
    """An address taken apart, or None where it may not link (no house, nothing around it)."""
    read = addresses.parse(text)
    area = read.district or read.city
    if area is None or not addresses.may_link(read):
        return None
    name = read.road or read.village or read.place or ""
    estate = read.place if read.road or read.village else None
    name = _NUMERAL.sub(lambda found: numerals.digits(found[0]), name)
    number, building = read.road_no, read.building
    if not (read.road or read.lane) and building is None and (read.unit or read.room):
        number, building = None, number  # inside an estate, 1号1单元 is building 1
    door = (read.lane, number, read.section, building, read.unit, read.floor, read.room)
    return Parts(
        divisions.current(area.code),
        read.town or "",
        Road(name, sound(name)),
        Door(*(part or "" for part in door)),
        estate or "",
    )


def columns(taken: Sequence[Parts]) -> Table:
    """The table that addresses are compared by."""
    cells: dict[str, list[Hashable | None]] = {
        "road": [each.road for each in taken],
        "road_sound": [each.road.sound for each in taken],
        "holes": [_holes(each.road.text) or None for each in taken],
        "number": ["/".join(filter(None, each.door[:3])) or None for each in taken],
        "building": ["/".join(filter(None, each.door[3:5])) or None for each in taken],
        "room": [Masked(each.door.room) if each.door.room else None for each in taken],
        "road_tail": [" ".join(each.road.sound.split()[-_TAIL:]) or None for each in taken],
        "door": [each.door.key for each in taken],
        "area": [each.area for each in taken],
        "city": [divisions.city_of(each.area) or each.area for each in taken],
        "town": [each.town or None for each in taken],
        "estate": [each.estate or None for each in taken],
    }
    return table(column(name, values) for name, values in cells.items())


def _holes(road: str) -> frozenset[str]:
    """The name with each one character left out: what one wrong character cannot hide."""
    if len(road) < 3:
        return frozenset()
    return frozenset(f"{road[:at]}_{road[at + 1 :]}" for at in range(len(road)))


def road(one: Hashable, other: Hashable) -> int:
    """Two different roads: sound alike, one slip apart, one with a place in front, or other ones."""
    a, b = cast("Road", one), cast("Road", other)
    if _TELLING.findall(a.text) != _TELLING.findall(b.text):
        return 4
    if a.sound == b.sound:
        return 1
    if OSA.distance(a.text, b.text, score_cutoff=1) <= 1:
        return 2
    shorter, longer = sorted((a.text, b.text), key=len)
    return 3 if len(shorter) >= _TAIL and longer.endswith(shorter) else 4


def area(one: Hashable, other: Hashable) -> int:
    """Two different divisions: one inside the other, same city, same province, elsewhere."""
    a, b = str(one), str(other)
    city = divisions.city_of(a)
    if city and city == divisions.city_of(b):
        return 1 if city in {a, b} else 2
    return 3 if a[:2] == b[:2] else 4


def alike(one: Hashable, other: Hashable) -> int:
    """Two different names of a town or an estate: alike or not."""
    a, b = str(one), str(other)
    return 1 if a in b or b in a or ratio(a, b) >= _ALIKE else 2


def differs(_one: Hashable, _other: Hashable) -> int:
    """Two different numbers are different."""
    return 1


COMPARISONS = (
    Comparison(
        "road", "road", ("same", "sounds_alike", "one_apart", "contained", "other"), road,
        (0.91, 0.03, 0.03, 0.02, 0.01), (2e-4, 2e-6, 2e-5, 2e-5, 0.99976), by_frequency=True,
    ),
    Comparison(
        "number", "number", ("same", "other"), differs, (0.999, 0.001), (5e-3, 0.995), by_frequency=True,
    ),
    Comparison(
        "building", "building", ("same", "other"), differs, (0.999, 0.001), (0.05, 0.95), by_frequency=True,
    ),
    Comparison(
        "room", "room", ("same", "other"), differs, (0.999, 0.001), (5e-3, 0.995), by_frequency=True,
    ),
    Comparison(
        "area", "area", ("same", "inside", "same_city", "same_province", "elsewhere"), area,
        (0.85, 0.12, 0.01, 0.01, 0.01), (0.02, 0.005, 0.03, 0.1, 0.845), by_frequency=True,
    ),
    Comparison(
        "town", "town", ("same", "alike", "other"), alike, (0.93, 0.04, 0.03), (3e-3, 1e-3, 0.996),
        by_frequency=True,
    ),
    Comparison(
        "estate", "estate", ("same", "alike", "other"), alike, (0.7, 0.2, 0.1), (1e-3, 1e-3, 0.998),
        by_frequency=True,
    ),
)  # fmt: skip

#: Blocking rules by column, and what splits a block that is too big.
RULES: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("road_sound", "door"), ("city", "area")),
    (("holes", "door"), ("city", "area")),
    (("road_tail", "door"), ("city", "area")),
    (("road_sound", "number"), ("city", "room")),
)
#: What m is learned from; each is blind for what its pairs agree on.
_LESSONS = (
    (("road_sound", "door"), frozenset({"road", "number", "building", "room"})),
    (("area", "door"), frozenset({"area", "number", "building", "room"})),
)


def plan(data: Table) -> Plan:
    """Comparisons and blocking for a table of `columns`."""
    rules = tuple(
        rule_on("+".join(names), [data[name] for name in names], [data[s].codes for s in splitters])
        for names, splitters in RULES
    )
    return Plan(COMPARISONS, rules, _LESSONS)


def known_pairs(taken: Sequence[Parts], found: Pairs) -> Levels:
    """-1 where both name a part of the door and name it differently: two places; 0 elsewhere.

    Numbers inside a name (an estate's 191撞) are of the door too.
    """
    known = np.zeros(len(found), dtype=np.int8)
    doors = [
        (*each.door, "/".join(_DIGITS.findall(each.road.text + each.estate))) for each in taken
    ]
    for part in zip(*doors, strict=True):
        numbers: dict[str, int] = {"": 0}
        codes = np.array([numbers.setdefault(said, len(numbers)) for said in part])
        a, b = codes[found.left], codes[found.right]
        known[(a != b) & (a > 0) & (b > 0)] = -1
    return known


def match(taken: Sequence[Parts]) -> Scored:
    """Scores of all candidate pairs."""
    data = columns(taken)
    return score(data, plan(data), lambda found: known_pairs(taken, found))


def propose_places(spots: Sequence[Spot], settled: Settled | None = None) -> Proposals:
    """What the rules say of addresses: certain, or for people. `settled` is taken for granted.

    Deterministic, and independent of the order of the addresses.
    """
    read = [(spot, parts_of(spot.text)) for spot in sorted(spots, key=lambda each: each.id)]
    comparable = [(spot, parts) for spot, parts in read if parts is not None]
    ids = [spot.id for spot, _ in comparable]
    taken = [parts for _, parts in comparable]
    if len(taken) < 2:
        return Proposals((), (), (), 0)
    scored = match(taken)
    known = known_pairs(taken, scored.pairs)
    at = np.flatnonzero((scored.probability >= WORTH_ASKING) & (known == 0))
    order = at[np.lexsort((at, -scored.bits[at]))]
    opinions = [
        found
        for pair in order.tolist()
        if (found := _opinion(ids, taken, scored, pair)) is not None
    ]
    given = Given(
        # Two districts are two places: who names only the city joins one of them, or neither.
        {
            node: parts.area if parts.is_district else None
            for node, parts in zip(ids, taken, strict=True)
        },
        {node: parts.road.text for node, parts in zip(ids, taken, strict=True)},
    )
    chosen = without_contradiction(opinions, given, settled or Settled())
    decided = (settled or Settled()).same | (settled or Settled()).different
    kept = tuple(each for each in chosen if (each.a, each.b) not in decided)
    return Proposals(kept, (), scored.pairs.left_out, len(scored.pairs))


def _opinion(
    ids: Sequence[str], taken: Sequence[Parts], scored: Scored, pair: int
) -> Proposal | None:
    left, right = int(scored.pairs.left[pair]), int(scored.pairs.right[pair])
    one, other = taken[left], taken[right]
    levels = named_levels(scored, pair)
    if levels["road"] == "other" or levels["area"] in {"same_city", "same_province", "elsewhere"}:
        return None  # the same number in another road, or a road of that name in another place
    verdict: Verdict = "unsure"
    if one.door.key != other.door.key:
        reason = "says_less"
    elif levels.get("town") == "other":
        reason = "other_town"
    elif levels["road"] != "same" and not _is_backed(one.door, levels):
        reason = "road_differs"
    elif scored.probability[pair] < CERTAIN:
        reason = "score"
    else:
        verdict, reason = "same", "score"
    return scored_proposal((ids[left], ids[right]), verdict, reason, scored, pair)


def _is_backed(door: Door, levels: dict[str, str]) -> bool:
    """Whether a road with a slip is the same: its sound with the same room, or town or estate agree too."""
    has_room = bool(door.room) and levels["area"] == "same"
    named = levels.get("town") == "same" or levels.get("estate") in {"same", "alike"}
    alike_enough = levels["road"] in {"sounds_alike", "contained"} and has_room
    return alike_enough or (named and levels["area"] == "same")
