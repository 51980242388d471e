"""Peel the administrative divisions off the front of a Chinese address.

The names of every province, prefecture and county ever listed (graph/model/divisions.py) are kept under
their first two characters, longest first: a shallow trie that costs one dictionary look-up per step.
A name is only taken where it agrees with the divisions already read, so that 鼓楼区 is the one of the
city before it. Short names (杭州, 余杭) count too, unless what follows makes them the name of a road or
of a building (北京东路, 杭州大厦).
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache

from graph.model import divisions
from graph.model.divisions import Division

_PEOPLES = (
    "蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|拉祜|水|东乡|纳西|景颇|"
    "柯尔克孜|土|达斡尔|仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|普米|塔吉克|怒|鄂温克|裕固|独龙|鄂伦春|各"
)
_SUFFIX = re.compile(
    rf"(?:(?:(?:{_PEOPLES})族?)+自治(?:区|州|县|旗)|特别行政区|自治区|自治州|自治县|自治旗|地区|林区|新区|"
    r"省|市|县|区|旗|盟)$"
)
# After a short name: what makes it part of a road, an estate, a firm.
_NOT_AFTER_SHORT = re.compile(
    r"[东南西北中]?[一二三四五六七八九十]?(?:环城?)?(?:大?[路街道巷]|胡同|弄)|"
    r"[省市县区旗盟]|大厦|大酒店|花园|小区|广场|市场|宾馆|银行|新?村|镇|乡|社区|大桥|[站港山湖湾门]|公司|公园|医院|"
    r"大学|学院|中学|小学|国际|商[城厦贸]|[苑园府庭]|人家|[号幢栋座\d]"
)
_TOWN_AHEAD = re.compile(r".{1,6}?(?:镇|乡|街道)")
_SKIP = re.compile(
    r"(?:[\s,，、_\-./:;|]+|NULL|中国|市辖区|省直辖县级行政区划|自治区直辖县级行政区划)+"
)
_SPECIAL_REGIONS = frozenset({"81", "82"})  # their districts (东区, 北区) are no names on their own


@dataclass(frozen=True, slots=True)
class Peeled:
    """Divisions found and the rest of the text behind them."""

    province: Division | None
    city: Division | None
    district: Division | None
    rest: str


@dataclass(frozen=True, slots=True)
class _Line:
    """One division with the codes above it; '' where there is none."""

    province: str
    city: str
    district: str
    abolished: bool

    @property
    def lowest(self) -> str:
        return self.district or self.city or self.province

    def agrees(self, other: _Line) -> bool:
        """Whether two lines can be one: no level on which both say something different."""
        return (
            (not self.province or not other.province or self.province == other.province)
            and (not self.city or not other.city or self.city == other.city)
            and (not self.district or not other.district or self.district == other.district)
        )


_NOTHING = _Line("", "", "", abolished=False)


@dataclass(frozen=True, slots=True)
class _Name:
    text: str
    full: bool
    lines: tuple[_Line, ...]


def short(name: str) -> str:
    """A division's name without its kind (丰宁满族自治县 → 丰宁, 浦东新区 → 浦东)."""
    return _SUFFIX.sub("", name)


@cache
def _names() -> dict[str, tuple[_Name, ...]]:
    """First two characters → names that begin with them, longest first, full before short."""
    codes: defaultdict[tuple[str, bool], dict[str, None]] = defaultdict(dict)
    for code, spans in divisions.histories().items():
        for name in {span.name for span in spans if not divisions.is_grouping(span.name)}:
            codes[name, True][code] = None
            stem = short(name)
            if len(stem) >= 2 and stem != name:
                codes[stem, False][code] = None
            if name.endswith("自治区"):
                codes[stem + "省", True][code] = None  # 广西省: wrong, and often written
    grouped: defaultdict[str, list[_Name]] = defaultdict(list)
    for (text, full), found in codes.items():
        lines = sorted(map(_line, found), key=lambda line: (line.abolished, line.lowest))
        grouped[text[:2]].append(_Name(text, full, tuple(lines)))
    return {
        head: tuple(sorted(group, key=lambda name: (-len(name.text), not name.full)))
        for head, group in grouped.items()
    }


@cache
def _provinces() -> re.Pattern[str]:
    names = {
        name.text
        for group in _names().values()
        for name in group
        if name.full and name.lines[0].lowest.endswith("0000")
    }
    return re.compile("|".join(sorted(names, key=len, reverse=True)))


def _line(code: str) -> _Line:
    kind = divisions.level(code)
    return _Line(
        province=divisions.province_of(code) or "",
        city=code if kind == "city" else divisions.city_of(code) or "",
        district=code if kind == "district" else "",
        abolished=divisions.histories()[code][-1].valid_to is not None,
    )


def peel(text: str) -> Peeled:
    """Read divisions from the front of a folded address for as long as they agree.

    A province named in full that contradicts what was read starts the reading anew: such addresses
    are two pasted together, and the second is the one meant. So does one that stands a little way in,
    behind a town. A district that exists under several cities, with no city read, stays unread.
    """
    line, position = _read(text, 0)
    if line is _NOTHING and (found := _provinces().search(text, 1, 18)):
        line, position = _read(text, found.start())
    return Peeled(
        divisions.get(line.province),
        divisions.get(line.city),
        divisions.get(line.district),
        text[position:],
    )


def _read(text: str, position: int) -> tuple[_Line, int]:
    line = _NOTHING
    names = _names()
    while True:
        if skipped := _SKIP.match(text, position):
            position = skipped.end()
        for name in names.get(text[position : position + 2], ()):
            end = position + len(name.text)
            if not text.startswith(name.text, position):
                continue
            if not name.full and _NOT_AFTER_SHORT.match(text, end):
                continue
            if (chosen := _choose(name, line, text, end)) is not None:
                line, position = chosen, end
                break
        else:
            return line, position


def _choose(name: _Name, line: _Line, text: str, end: int) -> _Line | None:
    """What is read once this name is added to the line, or None where the name does not fit."""
    agreeing = [other for other in name.lines if other.agrees(line)]
    if not line.province:
        return _without_context(name, agreeing, text, end)
    if agreeing:
        # 浙江省杭州市浙江省: what only repeats a part of the line takes nothing away from it.
        other = agreeing[0]
        if (other.city or not line.city) and (other.district or not line.district):
            return other
        return _Line(
            line.province, other.city or line.city, other.district or line.district, abolished=False
        )
    if not name.full:
        return None
    same = [other for other in name.lines if other.province == line.province]
    if same:
        # Right province, other city: counties change hands, and some cities are written without need.
        return same[0] if len(same) == 1 and not line.district else None
    return name.lines[0] if name.text.endswith(("省", "自治区")) else None


def _without_context(name: _Name, lines: list[_Line], text: str, end: int) -> _Line | None:
    """A first name: provinces and cities always, a county only where there is but one."""
    for line in lines:
        if not line.district:
            return line
    lines = [line for line in lines if line.province[:2] not in _SPECIAL_REGIONS]
    in_force = [line for line in lines if not line.abolished] or lines
    if len(in_force) != 1:
        return None
    return in_force[0] if name.full or _TOWN_AHEAD.match(text, end) else None
