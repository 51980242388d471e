"""Companies under several names: noisy copies and near-misses made from a real register, with the truth.

The register is read beside the checkout at run time and nothing of it is kept. Every row of it stands
in the store with its code, as in the field; copies are what platforms report of some of them.
Telephones are made up, because the register has none.
"""

from __future__ import annotations

import csv
import gzip
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from pathlib import Path

from benchmarks.identity_noise import Spelling
from graph.model.values import phone, uscc
from ingest.resolve.records import Subject

REGISTER = (
    Path(__file__).resolve().parents[2] / "shared" / "data" / "companies" / "companies_2019.csv.gz"
)

AGENCY_SHARE, AGENCY_CLIENTS = 0.1, 120


@dataclass(frozen=True, slots=True)
class Quality:
    """What a platform's report of a company has, as shares of the reports.

    A code with a wrong digit fails its check digits and is refused at loading, so it counts as none.
    """

    no_code: float
    address_same: float
    address_written_otherwise: float
    address_elsewhere: float  # what is left of the three has none
    wrong_code: float = 0.05
    phone_changed: float = 0.2
    phone_private: float = 0.15
    no_person: float = 0.4
    person_changed: float = 0.03


#: `reported`: what platforms must report twice a year, with gaps (网络交易合规数据报送管理暂行办法: name,
#: code, business address, contact). `poor`: half without a code, a third without a usable address; about
#: three in a hundred then have nothing beside a name, which is never enough to join them.
QUALITIES = {
    "reported": Quality(0.3, 0.35, 0.45, 0.1),
    "poor": Quality(0.5, 0.25, 0.4, 0.15),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A company of the register."""

    name: str
    uscc: str
    person: str
    address: str


@dataclass(slots=True)
class World:
    """Subjects, each with the number of the company it is (`company[i]`), and what kind it was made as."""

    subjects: list[Subject] = field(default_factory=list)
    company: list[int] = field(default_factory=list)
    kind: list[str] = field(default_factory=list)

    def truth(self) -> frozenset[tuple[str, str]]:
        """Pairs of subject ids that are one company, each `a < b`."""
        grouped: defaultdict[int, list[str]] = defaultdict(list)
        for subject, company in zip(self.subjects, self.company, strict=True):
            grouped[company].append(subject.id)
        return frozenset(
            pair for group in grouped.values() for pair in combinations(sorted(group), 2)
        )

    def codes(self) -> dict[str, str]:
        """Subject id → credit code, where it has one."""
        return {each.id: each.uscc for each in self.subjects if each.uscc}

    def add(self, subject: Subject, company: int, kind: str) -> None:
        """Add one subject."""
        self.subjects.append(subject)
        self.company.append(company)
        self.kind.append(kind)


def read(path: Path = REGISTER) -> list[Row]:
    """The register."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as handle:
        return [
            Row(row["name"], row["uscc"], row["legal_rep_token"], row["address"])
            for row in csv.DictReader(handle)
        ]


class Maker:
    """Makes one world of a seed: the register, `copies` noisy reports and `near` near-misses."""

    def __init__(self, rows: Sequence[Row], seed: int, quality: Quality) -> None:
        self._rows = rows
        self._quality = quality
        self._random = random.Random(seed)
        self._spelling = Spelling([row.name for row in rows], self._random)
        self._world = World()
        self._phones = [self._mobile() for _ in rows]
        agencies = [
            self._mobile() for _ in range(max(1, int(len(rows) * AGENCY_SHARE) // AGENCY_CLIENTS))
        ]
        for at in range(len(rows)):
            if self._random.random() < AGENCY_SHARE:
                self._phones[at] = self._random.choice(agencies)
        self._companies = len(rows)

    def make(self, copies: int, near: int) -> World:
        """The world."""
        for at, row in enumerate(self._rows):
            subject = Subject(
                f"Merchant:{row.uscc}", row.name, row.uscc, None, _linkable(self._phones[at]),
                _people(row.person), (row.address,),
            )  # fmt: skip
            self._world.add(subject, at, "register")
        for number in range(copies):
            self._copy(number, self._random.randrange(len(self._rows)))
        kinds = (self._branch, self._group, self._sibling, self._homonym, self._imitator)
        for number, at in enumerate(self._random.sample(range(len(self._rows)), near)):
            kinds[number % len(kinds)](number, at)
        return self._world

    def _copy(self, number: int, at: int) -> None:
        row, said = self._rows[at], self._quality
        code = None if self._random.random() < said.no_code + said.wrong_code else row.uscc
        phone_said = self._phones[at]
        chance = self._random.random()
        if chance < said.phone_changed:
            phone_said = self._mobile()
        elif chance < said.phone_changed + said.phone_private:
            phone_said = f"{self._mobile()};ext={self._random.randrange(1000, 9999)}"
        person = row.person
        chance = self._random.random()
        if chance < said.no_person:
            person = ""
        elif chance < said.no_person + said.person_changed:
            person = self._random.choice(self._rows).person
        subject = Subject(
            id=f"Merchant:platform/C{number}",
            name=self._spelling.name(row.name),
            uscc=code,
            phones=_linkable(phone_said),
            people=_people(person),
            addresses=self._address(at),
        )
        self._world.add(subject, at, "copy")

    def _address(self, at: int) -> tuple[str, ...]:
        said, chance = self._quality, self._random.random()
        if chance < said.address_same:
            return (self._rows[at].address,)
        chance -= said.address_same
        if chance < said.address_written_otherwise:
            return (self._spelling.address(self._rows[at].address),)
        chance -= said.address_written_otherwise
        if chance < said.address_elsewhere:
            return (self._random.choice(self._rows).address,)
        return ()

    def _near(self, kind: str, number: int, subject: Subject) -> None:
        self._companies += 1
        made = replace(subject, id=f"Merchant:platform/N{number}")
        self._world.add(made, self._companies, kind)

    def _beside(self, at: int) -> Subject:
        """A subject with everything of a company but its name and code."""
        row = self._rows[at]
        return Subject(
            "", "", None, None, _linkable(self._phones[at]), _people(row.person), (row.address,)
        )

    def _branch(self, number: int, at: int) -> None:
        """A branch at the company's own telephone, place and person, reported without a code."""
        tail = self._random.choice(
            ("第一分公司", "第二分公司", "杭州分公司", "滨江店", "人民路营业部")
        )
        self._near("branch", number, replace(self._beside(at), name=self._rows[at].name + tail))

    def _group(self, number: int, at: int) -> None:
        """A parent company under the same core, at the same place, with a code of its own."""
        name = self._spelling.group(self._rows[at].name)
        made = replace(self._beside(at), name=name, uscc=self._code())
        self._near("group", number, made)

    def _sibling(self, number: int, at: int) -> None:
        """Another firm of the same person, place and telephone, not in the register, without a code."""
        self._near(
            "sibling",
            number,
            replace(self._beside(at), name=self._spelling.sibling(self._rows[at].name)),
        )

    def _homonym(self, number: int, at: int) -> None:
        """The same core, trade and form in another city; half without the city in front."""
        other = self._random.choice(self._rows)
        name = self._spelling.homonym(self._rows[at].name, other.name)
        if name is None:
            return
        where = (other.address,) if self._random.random() < 0.6 else ()
        made = Subject("", name, None, None, _linkable(self._mobile()), frozenset(), where)
        self._near("homonym", number, made)

    def _imitator(self, number: int, at: int) -> None:
        """A core that sounds the same, the same trade in the same city, nothing else in common."""
        name = self._spelling.same_sound(self._rows[at].name)
        if name is None:
            return
        made = Subject(
            "", name, None, None, _linkable(self._mobile()),
            _people(f"P{self._random.randrange(10**12):012d}"), (self._random.choice(self._rows).address,),
        )  # fmt: skip
        self._near("imitator", number, made)

    def _mobile(self) -> str:
        return f"+861{self._random.choice('3589')}{self._random.randrange(10**9):09d}"

    def _code(self) -> str:
        body = f"{self._random.randrange(10**6):06d}"
        serial = f"MA{body}"
        first = f"91330100{serial}{uscc.inner_check_digit(serial)}"
        return first + uscc.check_digit(first)


def _linkable(number: str) -> frozenset[str]:
    return frozenset({number}) if phone.may_link(number) else frozenset()


def _people(person: str) -> frozenset[str]:
    return frozenset({person}) if person and person != "N/A" else frozenset()
