"""Where made-up merchants are: real divisions, made-up roads, numbers, buildings and rooms."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from graph.model import divisions

#: Districts and counties that merchants live in, by province, with the province's share of merchants.
_DISTRICTS: tuple[tuple[float, tuple[str, ...]], ...] = (
    (0.22, ("330106", "330108", "330110", "330212", "330282", "330303", "330382", "330782")),
    (0.20, ("440106", "440111", "440305", "440306", "440307", "440513", "440606")),
    (0.14, ("320102", "320115", "320412", "320505", "320583")),
    (0.10, ("310112", "310114", "310115", "310117", "310120")),
    (0.07, ("350102", "350203", "350582")),
    (0.06, ("340104", "340111", "340207")),
    (0.06, ("110105", "110108", "110112")),
    (0.05, ("130102", "131003", "130683")),
    (0.04, ("370102", "371302")),
    (0.03, ("410105", "420106")),
    (0.03, ("510107", "500112", "120113")),
)
_ROADS_A = "文兴金华新中和光明红人建解胜长安东南西北永福康宁青龙凤玉泉柳桃杏梅竹松柏江湖海山云"
_ROADS_B = "化业山港园村丰民放利城源庆昌乐平泰湾桥岸水溪池岭景苑阳春秋江林荣富强"
_ROAD_FORMS = ("路", "路", "路", "街", "大道", "巷")
_BUILDINGS = ("幢", "号楼", "栋")


@dataclass(frozen=True, slots=True)
class Place:
    """One county-level division: `code`, full `name` from the province down, `city` short name."""

    code: str
    name: str
    city: str
    district: str

    @property
    def province(self) -> str:
        """Province code of the place."""
        return self.code[:2] + "0000"


def _place(code: str) -> Place:
    name = divisions.full_name(code)
    above = divisions.parent(code)
    if name is None or above is None:
        raise LookupError(f"division {code} is not in the table")
    city = divisions.name(above) or ""
    return Place(code, name, city.removesuffix("市"), divisions.name(code) or "")


class Places:
    """Hands out places and addresses; an address is never handed out twice."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._used: set[str] = set()
        self._places: list[Place] = []
        self._weights: list[float] = []
        for share, codes in _DISTRICTS:
            self._places += [_place(code) for code in codes]
            self._weights += [share / len(codes)] * len(codes)
        self._cumulative = [sum(self._weights[: at + 1]) for at in range(len(self._weights))]

    def place(self) -> Place:
        """A place drawn by its province's share of merchants."""
        return self._rng.choices(self._places, cum_weights=self._cumulative)[0]

    def in_province(self, province: str) -> Place:
        """A place of one province."""
        return self._rng.choice([p for p in self._places if p.province == province])

    def provinces(self) -> list[str]:
        """Province codes in use, most merchants first."""
        return list(dict.fromkeys(place.province for place in self._places))

    def building(self, place: Place) -> str:
        """An address down to the building: place, road, number, building."""
        rng = self._rng
        while True:
            road = rng.choice(_ROADS_A) + rng.choice(_ROADS_B) + rng.choice(_ROAD_FORMS)
            form = rng.choice(_BUILDINGS)
            text = f"{place.name}{road}{rng.randint(1, 999)}号{rng.randint(1, 28)}{form}"
            if text not in self._used:
                self._used.add(text)
                return text

    def room(self, place: Place) -> str:
        """An address down to the room, in a building of its own."""
        return f"{self.building(place)}{self._rng.randint(1, 24)}{self._rng.randint(1, 20):02d}室"
