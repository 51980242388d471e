"""Addresses of one place written otherwise: noisy copies and near-misses of real ones, with the truth.

The addresses are read beside the checkout at run time and nothing of them is kept. They come with a label
per character (city, road, number, room …), so copies are made from the labels, not with our own parser.
"""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.identity_noise import Spelling
from graph.model import divisions
from graph.model.identity import identity
from graph.model.values import address, address_id
from ingest.resolve.places import Spot, propose_places

ADDRESSES = Path(__file__).resolve().parents[2] / "shared" / "data" / "addresses" / "dev.txt"
PRECISION_GOAL = 0.99

Segments = tuple[tuple[str, str], ...]
"""(label, text) in the order of the address."""

_DOOR = ("roadno", "subroadno", "houseno", "cellno", "floorno", "roomno")
_NUMBER = ("roadno", "houseno")
_ROADS = ("路", "街", "道", "巷", "弄", "线")
#: How often a road of the same name has the same number in another district of the city.
_TWIN_SHARE = 0.15
_BUILDING = re.compile(r"(?<=[\dA-Za-z])(?:幢|栋|号楼|座)$")
_WIDE = str.maketrans({chr(c): chr(c + 0xFEE0) for c in range(0x30, 0x3A)})
_CHINESE = str.maketrans("123456789", "一二三四五六七八九")


def read(path: Path = ADDRESSES) -> list[Segments]:
    """The labelled addresses, each text once."""
    found: dict[str, Segments] = {}
    for block in path.read_text(encoding="utf-8").split("\n\n"):
        segments: list[list[str]] = []
        for line in block.splitlines():
            char, _, label = line.rpartition(" ")
            begins, _, kind = label.partition("-")
            if begins == "B" or not segments or segments[-1][0] != kind:
                segments.append([kind, ""])
            segments[-1][1] += char
        made = tuple((kind, text) for kind, text in segments)
        found.setdefault(written(made), made)
    return [each for each in found.values() if each]


def written(segments: Segments) -> str:
    """The address as text."""
    return "".join(text for kind, text in segments if text != "_" or kind != "redundant")


def names_a_door(segments: Segments) -> bool:
    """Whether an address names a house in a road, village or estate of a known city or district."""
    kinds = {kind for kind, _ in segments}
    return (
        bool(kinds & {"city", "district"})
        and bool(kinds & {"road", "community", "poi"})
        and bool(kinds & set(_NUMBER))
        and "assist" not in kinds
    )


@dataclass(slots=True)
class World:
    """Written addresses, the place each is (`place[i]`), and what kind it was made as."""

    texts: list[str] = field(default_factory=list)
    place: list[int] = field(default_factory=list)
    kind: list[str] = field(default_factory=list)

    def add(self, text: str, place: int, kind: str) -> None:
        """Add one."""
        self.texts.append(text)
        self.place.append(place)
        self.kind.append(kind)


class Maker:
    """Makes one world of a seed: all addresses, two noisy copies of each that names a door, near-misses."""

    def __init__(self, rows: Sequence[Segments], seed: int) -> None:
        self._rows = rows
        self._random = random.Random(seed)
        roads = [text for row in rows for kind, text in row if kind == "road"]
        self._spelling = Spelling(roads, self._random)
        self._by_city: defaultdict[str, set[str]] = defaultdict(set)
        for row in rows:
            said = dict(row)
            if "city" in said and "district" in said:
                self._by_city[said["city"]].add(said["district"])
        self._places = 0

    def make(self) -> World:
        """The world."""
        world = World()
        for row in self._rows:
            place = self._places
            self._places += 1
            world.add(written(row), place, "real")
            if not names_a_door(row):
                continue
            for _ in range(2):
                world.add(written(self._otherwise(row)), place, "copy")
            for kind, near in self._near(row):
                world.add(written(near), self._places, kind)
                self._places += 1
        for text in ("浙江省", "浙江省杭州市", "杭州市西湖区", "", "文三路"):
            world.add(text, self._places, "no_place")
            self._places += 1
        return world

    def _otherwise(self, row: Segments) -> Segments:
        """One place written otherwise; the door stays whole."""
        kinds = {kind for kind, _ in row}
        if not any(kind == "road" and text.endswith(_ROADS) for kind, text in row):
            kinds -= {"road", "roadno"}  # the number counts in the village or the estate
        draw = self._random.random
        gone: set[str] = set()
        for kind, beside, chance in (
            ("prov", "city", 0.4),
            ("city", "district", 0.2),
            ("district", "city", 0.2),
            ("town", "road", 0.3),
            ("community", "road", 0.2),
            ("poi", "roadno", 0.3),
            ("devzone", "road", 0.3),
        ):
            if beside in kinds - gone and draw() < chance:
                gone.add(kind)
        if "poi" in gone:
            gone.add("subpoi")
        return tuple((k, self._spelt(k, text)) for k, text in row if k not in gone)

    def _spelt(self, kind: str, text: str) -> str:
        draw = self._random.random
        if kind == "road" and draw() < 0.08:
            return self._slip(text)
        if kind == "road" and draw() < 0.2:
            return text.translate(_CHINESE)
        if kind == "houseno" and draw() < 0.4:
            return _BUILDING.sub(self._random.choice(("幢", "栋", "号楼", "座")), text)
        if kind == "roomno" and draw() < 0.3:
            return text.removesuffix("室")
        return text.translate(_WIDE) if kind in _DOOR and draw() < 0.15 else text

    def _slip(self, road: str) -> str:
        if self._random.random() < 0.7:
            return self._spelling.same_sound(road) or road
        at = self._random.randrange(max(1, len(road) - 1))
        return road[:at] + self._random.choice("兴华宏泰明秀春江") + road[at + 1 :]

    def _near(self, row: Segments) -> list[tuple[str, Segments]]:
        """Two near-misses: other places that share most of what is written."""
        found = []
        doors = [at for at, (kind, text) in enumerate(row) if kind in _DOOR and text[0].isdigit()]
        if doors:
            at = self._random.choice(doors)
            kind, text = row[at]
            number = re.sub(
                r"\d+", lambda m: str(int(m[0]) + self._random.randrange(1, 9)), text, count=1
            )
            found.append((f"other_{kind}", (*row[:at], (kind, number), *row[at + 1 :])))
        said = dict(row)
        others = self._other_districts(said)
        if others and "road" in said and self._random.random() < _TWIN_SHARE:
            other = self._random.choice(others)
            # Streets and villages of another district have other names.
            moved = tuple(
                (kind, other if kind == "district" else text)
                for kind, text in row
                if kind not in {"town", "community"}
            )
            found.append(("other_district", moved))
        inner = [at for at, (kind, _) in enumerate(row) if kind in {"roomno", "floorno"}]
        if inner and (not found or self._random.random() < 0.3):
            found.append(("says_less", row[: inner[0]]))
        return found

    def _other_districts(self, said: dict[str, str]) -> list[str]:
        """Districts that the same city has beside the one named, by the register of divisions."""
        city, own = said.get("city", ""), said.get("district", "")
        mine = address.parse(city + own).district
        if mine is None:
            return []
        known = (
            (each, address.parse(city + each).district) for each in sorted(self._by_city[city])
        )
        return [
            each
            for each, found in known
            if found
            and found.code[:4] == mine.code[:4]
            and divisions.current(found.code) != divisions.current(mine.code)
        ]


def places(seed: int) -> list[Figure]:
    """Figures on one made-up world; FileNotFoundError where the addresses are missing."""
    world = Maker(read(), seed).make()
    ids = [f"Address:{_id(text, at)}" for at, text in enumerate(world.texts)]
    found = propose_places(
        [Spot(node, text) for node, text in dict(zip(ids, world.texts, strict=True)).items()]
    )
    joined = identity([(each.a, each.b) for each in found.of("same")], []).representatives()
    asked = {(each.a, each.b) for each in found.of("unsure")}
    by_key, by_score = _pairs(ids), _pairs([joined.get(node, node) for node in ids])
    truth = _pairs([str(place) for place in world.place]) - _alike_by_nature(world)
    wrong = by_score - _pairs([str(place) for place in world.place])
    kinds = Counter("+".join(sorted((world.kind[a], world.kind[b]))) for a, b in wrong)
    queue = {(a, b) for a, b in truth if tuple(sorted((ids[a], ids[b]))) in asked}
    right = by_score & truth
    note = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items())) or "none wrong"
    more = by_score - by_key
    keyed, share = len(by_key & truth) / len(truth), f"{len(right)} of {len(truth)}"
    precision = 1 - len(wrong) / max(len(by_score), 1)
    return [
        _goal("identity.addresses.precision", precision, PRECISION_GOAL, note),
        Figure("identity.addresses.recall", len(right) / len(truth), "share", note=share),
        Figure("identity.addresses.recall_by_key", keyed, "share", note="one node already"),
        Figure(
            "identity.addresses.precision_of_scores", len(more - wrong) / max(len(more), 1), "share",
            note=f"{len(more)} pairs that the key alone keeps apart",
        ),
        Figure("identity.addresses.recall_with_review", len(right | queue) / len(truth), "share"),
        Figure("identity.addresses.queue", len(asked), "pairs"),
        Figure("identity.addresses.compared", found.compared, "pairs", note=f"{len(set(ids))} addresses"),
    ]  # fmt: skip


def _id(text: str, at: int) -> str:
    """The id the store would give; what has no key at all stays apart."""
    return address_id.clean(text) if address.key(address.parse(text)) else f"empty{at}"


def _alike_by_nature(world: World) -> frozenset[tuple[int, int]]:
    """Pairs that are one in truth and in writing too: no merit to find them."""
    return frozenset(
        pair for pair in _pairs([str(place) for place in world.place])
        if world.texts[pair[0]] == world.texts[pair[1]]
    )  # fmt: skip


def _pairs(labels: Sequence[str]) -> frozenset[tuple[int, int]]:
    grouped: defaultdict[str, list[int]] = defaultdict(list)
    for at, label in enumerate(labels):
        grouped[label].append(at)
    return frozenset(pair for group in grouped.values() for pair in combinations(group, 2))


def _goal(name: str, value: float, goal: float, note: str) -> Figure:
    return Figure(name, value, "share", f">= {goal:g}", value >= goal, note)
