"""Chinese addresses: their parts, the key two spellings of one place share, and whether it may link.

Traps this is built around (measured on company registrations): an address that says no more than its
district grouped hundreds of unrelated firms, so such a one never links; 号楼, 幢, 栋 and 座 are one word;
bracketed notes (集群登记, 自主申报) are remarks, not places; counties are abolished and renamed, so a key
holds the code in force today.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, NamedTuple

from graph.model import divisions
from graph.model.divisions import Division
from graph.model.values import address_divisions, address_parse, numerals

AddressLevel = Literal["room", "building", "road_no", "road", "town", "district", "none"]

_LINKING: frozenset[AddressLevel] = frozenset({"room", "building", "road_no"})
_NUMERAL = re.compile(f"[{numerals.NUMERALS}]+")  # 文一路 and 文1路
_LONG_ROOM = re.compile(r"\d{3,}")


class Address(NamedTuple):
    """One parsed address; a missing part is None.

    Divisions carry code and name; a municipality (北京) is its own city, a county directly under its
    province has no city. `zone` is a development zone, `village` a village or residents' community,
    `lane` the 弄, `section` a lettered or counted part of an estate (C区, 2期), `place` an estate,
    building or firm by name. `near` says that the text only points at the place (对面, 旁边), which is
    no address of its own. A named tuple, because building a frozen dataclass of twenty fields took as long
    as the parsing.
    """

    raw: str
    province: Division | None = None
    city: Division | None = None
    district: Division | None = None
    zone: str | None = None
    town: str | None = None
    village: str | None = None
    road: str | None = None
    crossing: str | None = None
    lane: str | None = None
    road_no: str | None = None
    building: str | None = None
    unit: str | None = None
    floor: str | None = None
    section: str | None = None
    room: str | None = None
    place: str | None = None
    near: bool = False

    @property
    def level(self) -> AddressLevel:
        """How far down the address reaches."""
        if self.room:
            return "room"
        if self.building or self.unit or self.floor:
            return "building"
        if self.road_no:
            return "road_no"
        if self.road or self.lane or self.place:
            return "road"
        if self.town or self.village or self.zone:
            return "town"
        return "district" if self.province else "none"


@lru_cache(maxsize=4_096)  # an id is made of it, and then the precision of the same address
def parse(raw: str) -> Address:
    """Parse one address. Never raises: what cannot be read ends in `place`, or nowhere."""
    peeled = address_divisions.peel(address_parse.fold_address(raw))
    parts = address_parse.split(peeled.rest)
    return Address(
        raw=raw,
        province=peeled.province,
        city=peeled.city,
        district=peeled.district,
        zone=parts.zone or None,
        town=parts.town or None,
        village=parts.village or None,
        road=parts.road or None,
        crossing=parts.crossing or None,
        lane=parts.lane or None,
        road_no=parts.road_no or None,
        building=parts.building or None,
        unit=parts.unit or None,
        floor=parts.floor or None,
        section=parts.section or None,
        room=parts.room or None,
        place=parts.place or None,
        near=parts.near,
    )


def key(address: Address) -> str:
    """Canonical key: two spellings of one place share it. Empty where nothing was read.

    Left out on purpose: the estate's name where road and number are there, a street office (街道) where
    there is a road, because half of all writers leave them out; the floor where the room number begins
    with it (501 on the fifth), not where it says another (955 on the fifth). A town (镇, 乡) stays: every
    town has its own 人民路.
    """
    area = address.district or address.city or address.province
    numbered_road = bool(address.road and address.road_no)
    town = None if address.road and (address.town or "").endswith("街道") else address.town
    road_no, building = address.road_no, address.building
    if not (address.road or address.lane) and building is None and (address.unit or address.room):
        road_no, building = None, road_no  # inside an estate, 1号1单元 is building 1
    pieces = (
        ("", divisions.current(area.code) if area else None),
        ("t", town),
        ("v", None if numbered_road else address.village),
        ("r", address.road and _NUMERAL.sub(_digits, address.road)),
        ("x", None if numbered_road else address.crossing),
        ("l", address.lane),
        ("n", road_no),
        ("s", address.section),
        ("b", building),
        ("u", address.unit),
        ("f", None if _repeats_floor(address) else address.floor),
        ("h", address.room),
        ("p", None if numbered_road and not address.near else address.place),
        ("~", "near" if address.near else None),
    )
    return "/".join(f"{mark}{value}" for mark, value in pieces if value)


def _repeats_floor(address: Address) -> bool:
    room = _LONG_ROOM.search(address.room or "")
    return room is not None and room[0][:-2].lstrip("0") == (address.floor or "").lstrip("0")


def _digits(match: re.Match[str]) -> str:
    return numerals.digits(match[0])


def may_link(address: Address) -> bool:
    """Whether two parties at this address share anything worth a link.

    Needs a house number, a building or a room; a road, lane, village or named place it belongs to; and
    a city or district around it. Text that only points at a place never links.
    """
    anchored = bool(address.road or address.lane or address.village or address.place)
    located = bool(address.city or address.district)
    return anchored and located and not address.near and address.level in _LINKING
