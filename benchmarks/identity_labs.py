"""Test labs under several names: made-up labs of real cities, as lists of reports would name them.

No public register of labs exists that could be read at once, so names are made from cores of the company
register beside the checkout, read at run time; numbers are made up by their formats (domain findings §1.3).
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations

from benchmarks.figures import Figure
from benchmarks.identity_noise import Spelling
from benchmarks.identity_world import Row
from graph.model import divisions
from graph.model.identity import identity
from ingest.resolve import names
from ingest.resolve.labs import LABS
from ingest.resolve.proposals import propose
from ingest.resolve.records import Subject

LAB_COUNT, COPY_COUNT, NEAR_COUNT = 1500, 1500, 900
PRECISION_GOAL = 0.99

_TAILS = (
    "检测技术有限公司",
    "检验检测有限公司",
    "检测科技有限公司",
    "质量检测中心",
    "计量测试研究院",
)


@dataclass(slots=True)
class World:
    """Labs, the number of the lab each is, and what kind it was made as."""

    subjects: list[Subject] = field(default_factory=list)
    lab: list[int] = field(default_factory=list)
    kind: list[str] = field(default_factory=list)

    def add(self, subject: Subject, lab: int, kind: str) -> None:
        """Add one."""
        self.subjects.append(replace(subject, id=f"TestLab:{len(self.subjects):05d}"))
        self.lab.append(lab)
        self.kind.append(kind)


class Maker:
    """Makes one world of a seed: labs with their numbers, noisy copies and near-misses."""

    def __init__(self, rows: Sequence[Row], seed: int) -> None:
        self._random = random.Random(seed)
        self._spelling = Spelling([row.name for row in rows], self._random)
        parsed = (names.parse(row.name) for row in rows)
        self._cores = sorted({each.core for each in parsed if 2 <= len(each.core) <= 4})
        self._taken: set[str] = set()
        codes = sorted(code for code in divisions.histories() if code.endswith("00"))
        self._cities = [
            (code, divisions.full_name(code) or "")
            for code in codes
            if not code.endswith("0000") and divisions.current(code) == code
        ]

    def make(self) -> World:
        """The world."""
        world = World()
        labs = [self._lab() for _ in range(LAB_COUNT)]
        for number, lab in enumerate(labs):
            world.add(lab, number, "list")
        for _ in range(COPY_COUNT):
            number = self._random.randrange(LAB_COUNT)
            world.add(self._otherwise(labs[number]), number, "copy")
        for at in range(NEAR_COUNT):
            lab = self._random.choice(labs)
            kind, made = self._near(lab)
            world.add(made, LAB_COUNT + at, kind)
        return world

    def _lab(self) -> Subject:
        division, city = self._random.choice(self._cities)
        short = city.rpartition("省")[2].removesuffix("市")
        name = short + self._random.choice(self._cores) + self._random.choice(_TAILS)
        return Subject("", name, None, division, codes=self._numbers(0.9, 0.6))

    def _numbers(self, cma: float, cnas: float) -> frozenset[tuple[str, str]]:
        draw, number = self._random.random, self._random.randrange
        found = set()
        if draw() < cma:
            head = f"{number(1, 32):02d}{number(22):02d}00"
            found.add(("cma", f"{number(18, 26)}{self._new(head, 10**4)}"))
        if draw() < cnas:
            found.add(("cnas", self._new("CNASL", 10**5)))
        return frozenset(found)

    def _new(self, head: str, below: int) -> str:
        """A number that no other lab has."""
        while (made := f"{head}{self._random.randrange(below):04d}") in self._taken:
            pass
        self._taken.add(made)
        return made

    def _otherwise(self, lab: Subject) -> Subject:
        """As a list of reports names it: half without a number, four in ten without a place."""
        draw = self._random.random
        numbers = dict(lab.codes)
        if draw() < 0.5:
            numbers.pop("cma", None)
        if draw() < 0.6:
            numbers.pop("cnas", None)
        if "cma" in numbers and draw() < 0.15:
            numbers["cma"] = f"{int(numbers['cma'][:2]) + 6:02d}" + numbers["cma"][2:]  # renewed
        for kind in sorted(numbers):
            if draw() < 0.05:
                numbers[kind] = self._slip(numbers[kind])
        division = lab.division if draw() < 0.6 else None
        return replace(
            lab,
            name=self._spelling.name(lab.name),
            division=division,
            codes=frozenset(numbers.items()),
        )

    def _slip(self, number: str) -> str:
        at = self._random.randrange(5, len(number))
        return number[:at] + str((int(number[at]) + 1) % 10) + number[at + 1 :]

    def _near(self, lab: Subject) -> tuple[str, Subject]:
        """Another lab that looks like this one, with numbers of its own or none."""
        numbers = self._numbers(0.6, 0.4)
        chance = self._random.random()
        if chance < 0.35:
            division, city = self._random.choice(self._cities)
            own = divisions.full_name(lab.division or "") or ""
            mine, theirs = (text.rpartition("省")[2].removesuffix("市") for text in (own, city))
            name = lab.name.replace(mine, theirs, 1)
            return "other_city", Subject("", name, None, division, codes=numbers)
        if chance < 0.6:
            tail = self._random.choice(("杭州分公司", "第一分公司", "滨江实验室分部"))
            return "branch", replace(lab, name=lab.name + tail, codes=numbers)
        name = self._spelling.same_sound(lab.name) or lab.name + "二"
        return "imitator", Subject("", name, None, lab.division, codes=numbers)


def labs(rows: Sequence[Row], seed: int) -> list[Figure]:
    """Figures on one made-up world of labs."""
    world = Maker(rows, seed).make()
    found = propose(world.subjects, None, LABS)
    joined = identity([(each.a, each.b) for each in found.of("same")], []).representatives()
    ids = [each.id for each in world.subjects]
    pairs = _pairs([joined.get(node, node) for node in ids])
    truth = _pairs([str(number) for number in world.lab])
    asked = {(each.a, each.b) for each in found.of("unsure")}
    wrong = Counter("+".join(sorted((world.kind[a], world.kind[b]))) for a, b in pairs - truth)
    right = pairs & truth
    queue = {(a, b) for a, b in truth - pairs if (ids[a], ids[b]) in asked}
    note = ", ".join(f"{count} {kind}" for kind, count in sorted(wrong.items())) or "none wrong"
    precision = len(right) / max(len(pairs), 1)
    met = precision >= PRECISION_GOAL
    return [
        Figure("identity.labs.precision", precision, "share", f">= {PRECISION_GOAL:g}", met, note),
        Figure(
            "identity.labs.recall",
            len(right) / len(truth),
            "share",
            note=f"{len(right)} of {len(truth)}",
        ),
        Figure("identity.labs.recall_with_review", (len(right) + len(queue)) / len(truth), "share"),
        Figure("identity.labs.queue", len(asked), "pairs", note=f"{len(queue)} of them one"),
    ]


def _pairs(labels: Sequence[str]) -> frozenset[tuple[int, int]]:
    grouped: defaultdict[str, list[int]] = defaultdict(list)
    for at, label in enumerate(labels):
        grouped[label].append(at)
    return frozenset(pair for group in grouped.values() for pair in combinations(group, 2))
