"""The subjects whose identity is asked for, and the columns they are compared by."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, cast

from graph.model import divisions
from graph.model.values import address as addresses
from graph.model.values import uscc as usccs
from ingest.resolve import names
from ingest.resolve.table import Table, column, table

MAX_HOLDERS = 10
"""A telephone or a person that more subjects share says as little as none (agencies, hubs)."""

MAX_ADDRESS_HOLDERS = 200
"""The same for a place; below it, frequency already weighs a crowded place down."""

_SHORTEST_HOLE = 2


@dataclass(frozen=True, slots=True)
class Subject:
    """One merchant or lab as the store knows it.

    `phones` are ids of numbers that may link (never privacy, service or masked numbers), `people` tokens
    of legal representatives, `addresses` texts. `codes` are further strong keys, each with its kind
    ("registration_no", "cma", "organisation"). `links` counts its relations, for the queue's order.
    """

    id: str
    name: str
    uscc: str | None = None
    division: str | None = None
    phones: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()
    addresses: tuple[str, ...] = ()
    codes: frozenset[tuple[str, str]] = frozenset()
    parents: frozenset[str] = frozenset()
    links: int = 0


class Place(NamedTuple):
    """What of an address is compared. `house` is division, road and number (or estate and building);
    `rest` is building, unit, floor and room behind it."""

    key: str
    house: str
    road: str
    rest: tuple[str, ...]
    shown: str


class Masked(NamedTuple):
    """A value that is compared and never shown: a room number."""

    value: str


class Name(NamedTuple):
    """What of a name is compared. Body is core and trade together, for where the border between the
    two was read differently."""

    core: str
    sound: str
    body: str


@lru_cache(maxsize=65_536)
def place_of(text: str) -> tuple[Place | None, str | None]:
    """What of an address is compared, and its division; no place where the address may not link."""
    parsed = addresses.parse(text)
    found = parsed.district or parsed.city or parsed.province
    division = divisions.current(found.code) if found else None
    if not addresses.may_link(parsed):
        return None, division
    area = division or ""
    road = "/".join(filter(None, (area, parsed.road or parsed.village or parsed.place)))
    house = "/".join(
        filter(None, (road, parsed.lane, parsed.road_no or parsed.building or parsed.section))
    )
    rest = tuple(part or "" for part in (parsed.building, parsed.unit, parsed.floor, parsed.room))
    shown = "".join(
        filter(None, (found.name if found else "", parsed.road or parsed.place, parsed.road_no))
    )
    return Place(addresses.key(parsed), house, road, rest, shown), division


@dataclass(frozen=True, slots=True)
class Features:
    """A subject taken apart, once. `seats` are divisions of its addresses or its declared one, without
    its name's word; `divisions` are all it may be in."""

    name: names.NameParts
    places: frozenset[Place]
    seats: frozenset[str]
    divisions: frozenset[str]


def features(subject: Subject) -> Features:
    """Take a subject apart. Its whereabouts are its addresses' and its name's, else its division.

    The division inside a credit code is that of the registrar and a weak sign only: it is used last.
    """
    parts = names.parse(subject.name)
    read = [place_of(text) for text in subject.addresses]
    places = frozenset(place for place, _ in read if place is not None)
    seats = frozenset(code for _, code in read if code)
    if not seats and subject.division:
        seats = frozenset({divisions.current(subject.division)})
    where = seats
    if len(parts.regions) == 1:  # a name that several divisions bear says little
        where |= {divisions.current(code) for code in parts.regions}
    if not where and subject.uscc:
        where = frozenset({divisions.current(usccs.parts(subject.uscc).division)})
    return Features(parts, places, seats, where)


def share_a_city(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two sets of divisions have a city in common; a province alone is none."""
    mine = {divisions.city_of(code) for code in one} - {None}
    return not mine.isdisjoint({divisions.city_of(code) for code in other})


def columns(subjects: Sequence[Subject]) -> tuple[Table, list[Features]]:
    """The table that subjects are compared by, and their features in the same order."""
    taken = [features(subject) for subject in subjects]
    cells: dict[str, list[Hashable | None]] = {
        "core": [
            Name(f.name.core, f.name.core_sound, f.name.body) if f.name.core else None
            for f in taken
        ],
        "trade": [f.name.trade or None for f in taken],
        "form": [f.name.form or None for f in taken],
        "region": [f.divisions or None for f in taken],
        "core_sound": [f.name.core_sound or None for f in taken],
        "body_sound": [f.name.body_sound or None for f in taken],
        "holes": [_holes(f.name) or None for f in taken],
        "city": [_city(f) for f in taken],
        "uscc": [subject.uscc for subject in subjects],
    }
    return table(
        [
            *(column(name, values) for name, values in cells.items() if name != "core"),
            column("core", cells["core"], crowd=lambda value: cast("Name", value).core),
            column("phone", [s.phones or None for s in subjects], MAX_HOLDERS),
            column("person", [s.people or None for s in subjects], MAX_HOLDERS),
            column("place", [f.places or None for f in taken], MAX_ADDRESS_HOLDERS),
        ]
    ), taken


def _city(taken: Features) -> str | None:
    cities = {divisions.city_of(code) or code for code in taken.divisions}
    return min(cities) if len(cities) == 1 else None


def _holes(name: names.NameParts) -> frozenset[str]:
    """The body with each one character of its core left out: what one wrong character cannot hide."""
    body = name.body
    if len(body) <= _SHORTEST_HOLE:
        return frozenset()
    return frozenset(f"{body[:i]}_{body[i + 1 :]}" for i in range(len(name.core)))
