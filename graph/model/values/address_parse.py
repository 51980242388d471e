"""Split the part of a Chinese address behind its divisions: town, village, road, numbers, place.

The tail is read as a run of numbers, each with the word that says what it counts (弄 号 幢 单元 层 室 …);
what stands between them names the place. The order of the words decides what a bare 号 means: the first
one is the house number, one behind a building, unit or floor is a room.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from graph.model.values import characters, numerals

_NOTE = re.compile(
    r"[(\[{【〔「<《][^()\[\]{}【】〔〕「」<>《》]*(?:[)\]}】〕」>》]|$)|[)\]}】〕」>》]"
)
_CODE_NOTE = re.compile(
    r"\(([A-Z]?\d[\dA-Z-]*(?:室|号|铺|房)?)\)"
)  # 望云路15号(1201室) is no remark
_FREE_TRADE = re.compile(r"中国\(([^()]{2,4})\)(?=自)")
_GAP_BETWEEN_CODES = re.compile(r"(?<=[0-9A-Za-z]) +(?=[0-9A-Za-z])")
_COUNTED = re.compile(
    rf"[第{numerals.NUMERALS}][{numerals.NUMERALS}]*(?=号|幢|栋|座|单元|层|楼|室|弄|院|区|组|排|期|队|#)"
)
_CJK = "[\u3400-\u4dbf\u4e00-\u9fff〇]"

_ZONE = re.compile(
    r"((?:(?![路街道号村镇弄乡幢栋])[\u4e00-\u9fff]){0,12}?(?:经济技术开发区|经济开发区|高新技术产业开发区|"
    r"高新技术开发区|工业园区|产业园区|工业集中区|工业区|开发区|高新区|自贸试验区|自由贸易试验区|保税港区|保税区|"
    r"经开区|经济区|集聚区|示范区|风景区|度假区|新区))(?![路街])"
)
_TOWN = re.compile(
    r"((?:(?![路街号弄幢栋])[\u4e00-\u9fff]){1,8}?(?:街道办事处|街道办|街道|[路街]街道|[路街]办事处|街镇|镇人民政府|镇|乡|苏木))"
    r"(?![路道巷村]|街(?!道)|[上中][路街])"
)
_VILLAGE = re.compile(
    r"((?:(?![路街道号弄幢栋])[\u4e00-\u9fff]){1,10}?(?:社区居民委员会|社区居委会|社区|居民委员会|居委会|"
    r"村民委员会|村委会|村委|村))(?![东南西北]?[路街巷口里])((?:\d+|(?:(?![路街号])[\u4e00-\u9fff]){1,4}?)(?:村民小组|小组|组|社|队|屯))?"
)
_ROAD = re.compile(
    r"((?:\d+号?|[A-Z]\d{0,4})?(?:(?![号幢栋室层])[\u4e00-\u9fff]){0,12}?(?:(?<=[\u4e00-\u9fff])\d{1,2}号?)?"
    r"(?:大道|大街|国道|省道|县道|公路|胡同|路|街(?!道)|(?<![通管赛轨渠频报味车])道|巷|"
    r"(?<=[\u4e00-\u9fff])弄(?=\d)))"
    r"(?<![街道巷](?=口))(?<![街道巷](?=[东南西北中][路街]))(?![桥局坊区]|新村|小区)((?:[东南西北中一二三四五六七八九十]|\d)段|延伸段|支路|支弄)?"
)
_PLACE_BEFORE_ROAD = re.compile(
    rf"({_CJK}*(?:花园|大厦|广场|市场|中心|公司|工业园|新村|公寓|花苑|学校|学院|医院|{_CJK}[区县]))"
    rf"(?={_CJK}{{2,}}(?:大道|大街|国道|省道|县道|公路|胡同|路|街|道|巷)$)"
)
_CROSSING = re.compile(
    rf"(?:与|和|及|、)({_CJK}{{1,8}}?(?:大道|大街|公路|路|街|道|巷))(?:交[叉汇]?口|交界处?|路口)?"
)
_PIECE = re.compile(
    r"(?P<n>(?:地下|负|[甲乙丙丁增附副临])?[A-Z]{0,2}-?\d+(?:[A-Z甲乙丙丁](?![A-Z]))?(?:[-/~之至]+[A-Z]{0,2}\d*[A-Z]?)*|"
    r"[A-Z](?=[幢栋座区楼号馆]|单元)|[东南西北中主副附裙](?=[座楼幢栋]))"
    r"(?P<s>号(?:楼|院|厂房|库|馆|房|室|铺|商铺|门市|门面|店)?|#楼?|弄|幢|栋|座|楼|单元|层|室|房间|房|商铺|铺|户|门市|门面|"
    r"摊位|档口|区|期|组团|排|门(?![面市店口卫])|F(?![A-Z]))?"
)
_NEAR = re.compile(
    r"对面|旁边?|附近|隔壁|斜对|[东南西北]侧|[东南西北]面|向[东南西北]|[东南西北]\d+米|后面|前面"
)
_EDGE = " ,，、。.;；:：_-/|#*·~&+'\"的内之!?\\"
_SIDE = re.compile(r"^(?:的|[东南西北]侧|[东南西北]面|[以向][东南西北])+")

_LETTERED = re.compile(r"[AC-Z东南西北中主副附裙]|B(?!\d)")  # A3楼 is a building, B1楼 the basement
_HOUSE_BEHIND_ROAD = frozenset(
    {"号", "号院", "号厂房", "号库", "号店", "号门市", "号门面", "号铺", "号商铺"}
)
_BUILDING = frozenset({"号楼", "#", "#楼", "幢", "栋", "座", "号厂房", "号库", "号馆"})
_ROOM = frozenset({
    "室", "房", "房间", "铺", "商铺", "户", "门市", "门面", "摊位", "档口",
    "号房", "号室", "号铺", "号商铺", "号门市", "号门面", "号店",
})  # fmt: skip
_OF_ROOMS = ("市场", "商场", "大厦", "城", "广场", "商厦", "大楼", "中心")
_PART_OF_PLACE = frozenset({"区", "期", "组团", "排"})


@dataclass(slots=True)
class Parts:
    """The rest of an address, '' where a part is missing. Filled while reading, then only read."""

    zone: str = ""
    town: str = ""
    village: str = ""
    road: str = ""
    crossing: str = ""
    lane: str = ""
    road_no: str = ""
    building: str = ""
    unit: str = ""
    floor: str = ""
    room: str = ""
    room_is_house: bool = False  # the room was a bare 号: a room behind it makes it the entrance
    section: str = ""
    place: str = ""
    near: bool = False


def fold_address(raw: str) -> str:
    """One spelling of the characters: NFKC, upper case, no blanks, bracketed notes gone, 三号楼 → 3号楼.

    A blank between two codes becomes a dash, so that `3 1402` does not turn into 31402. Where nothing
    stands outside the brackets, what stands inside them is kept.
    """
    plain = characters.fold(raw)
    if " " in plain:
        plain = _GAP_BETWEEN_CODES.sub("-", plain)
    plain = characters.tighten(plain)
    if "(" in plain:
        plain = _CODE_NOTE.sub(r"-\1", _FREE_TRADE.sub(r"\1", plain))
    without_notes = _NOTE.sub("", plain) or plain.strip("()[]{}【】〔〕「」<>《》")
    return _COUNTED.sub(_arabic, without_notes)


def _arabic(match: re.Match[str]) -> str:
    return numerals.digits(match[0].removeprefix("第"))


def split(rest: str) -> Parts:
    """Read the parts of what stands behind the divisions (text from `fold_address`)."""
    parts = Parts()
    at = _head(rest, parts)
    road = _ROAD.match(rest, at)
    if road:
        at = _take_road(road, parts)
        crossing = _CROSSING.match(rest, at)
        if crossing:
            parts.crossing = crossing[1]
            at = crossing.end()
    _tail(rest, at, parts)
    return parts


def _head(rest: str, parts: Parts) -> int:
    at = 0
    if found := _TOWN.match(rest, at):
        parts.town, at = _town(found[1]), found.end()
    if found := _ZONE.match(rest, at):
        parts.zone, at = found[1], found.end()
        if not parts.town and (found := _TOWN.match(rest, at)):
            parts.town, at = _town(found[1]), found.end()
    if found := _VILLAGE.match(rest, at):
        parts.village, at = _village(found[1]) + (found[2] or ""), found.end()
    return at


def _town(text: str) -> str:
    return text.removesuffix("办事处").removesuffix("人民政府").removesuffix("办")


def _village(text: str) -> str:
    for ending, kind in (("村民委员会", "村"), ("村委会", "村"), ("村委", "村")):
        if text.endswith(ending):
            return text.removesuffix(ending) + kind
    for ending in ("居民委员会", "居委会"):
        text = text.removesuffix(ending)
    return text


def _take_road(found: re.Match[str], parts: Parts) -> int:
    road = found[1]
    if before := _PLACE_BEFORE_ROAD.match(road):
        parts.place = before[1]
        road = road[before.end() :]
    parts.road = road + (found[2] or "")
    return found.end()


def _tail(rest: str, at: int, parts: Parts) -> None:
    start = at
    places = [parts.place] if parts.place else []
    for piece in _PIECE.finditer(rest, at):
        between = rest[at : piece.start()]
        number, word = piece["n"].strip("-/~之至"), piece["s"] or ""
        behind_road = bool(parts.road) and piece.start() == start
        at = piece.end()
        _between(between, parts, places)
        if word in _PART_OF_PLACE:
            parts.section += number + word
        elif not word and not behind_road and _names_place(rest, at, parts):
            places.append(number)  # 青禾80小区
        else:
            _count(number, word, parts, places, behind_road=behind_road)
    _between(rest[at:], parts, places)
    parts.place = "".join(places)


def _names_place(rest: str, at: int, parts: Parts) -> bool:
    """Whether a number without a word is part of a name: letters follow, and nothing is counted yet."""
    counted = parts.road_no or parts.building or parts.unit or parts.floor
    return not counted and "\u4e00" <= rest[at : at + 1] <= "\u9fff"


def _between(text: str, parts: Parts, places: list[str]) -> None:
    text = text.strip(_EDGE)
    if not text:
        return
    if (parts.road_no or parts.building) and not parts.floor and _NEAR.search(text):
        parts.near = True
    text = _SIDE.sub("", text)
    if len(text) > 1:
        places.append(text)


def _count(number: str, word: str, parts: Parts, places: list[str], *, behind_road: bool) -> None:
    """Put one number where its word says; the house number is the first 号, or first behind a road."""
    named = bool(places)
    inside = bool(parts.building or parts.unit or parts.floor)
    if word == "弄":
        parts.lane = parts.lane or number
    elif behind_road and not parts.road_no and (not word or word in _HOUSE_BEHIND_ROAD):
        parts.road_no = number
    elif word in {"号", "号院"} and not inside and not parts.road_no:
        _house(number, parts, places)
    elif word in _BUILDING or (word == "楼" and _LETTERED.match(number)):
        parts.building = _join(parts.building, number)
    elif word == "单元" or (word == "门" and parts.building and not parts.unit):
        parts.unit = number
    elif word in {"层", "楼", "F"}:
        parts.floor = number.replace("地下", "-").replace("负", "-")
    elif word == "号" and not inside and not named:
        parts.building = number
    elif word in _ROOM or word == "号" or parts.road_no or parts.village or named or inside:
        _dashed(number, parts, house=word == "号")


def _house(number: str, parts: Parts, places: list[str]) -> None:
    """The first 号: a house number, but in a market or tower without a road a stall or a room."""
    rooms_only = places and places[-1].endswith(_OF_ROOMS) and len(number) >= 3
    if rooms_only and not (parts.road or parts.lane or parts.village):
        _room(number, parts, house=True)
    elif places and parts.road and not parts.lane:
        parts.building = number  # 望云路青禾苑14号: of the estate, not of the road
    else:
        parts.road_no = number


def _join(outer: str, inner: str) -> str:
    return f"{outer}-{inner}" if outer and outer != inner else inner


def _room(number: str, parts: Parts, *, house: bool) -> None:
    if parts.room and parts.room_is_house and not house and not parts.unit:
        parts.unit, parts.room = parts.room, ""
    parts.room = _join(parts.room, number)
    parts.room_is_house = house


def _dashed(number: str, parts: Parts, *, house: bool) -> None:
    """A number in pieces: 9-7-1453 is building, unit, room; behind a building, unit and room."""
    pieces = [piece for piece in re.split(r"[-/~]+", number) if piece]
    inside = parts.building or parts.unit or parts.floor or parts.room
    if not inside and len(pieces) in {2, 3} and len(pieces[0]) < len(pieces) + 1:
        parts.building = pieces.pop(0)
    if parts.building and not parts.unit and len(pieces) == 2 and len(pieces[0]) <= 2:
        parts.unit = pieces.pop(0)
    _room("-".join(pieces), parts, house=house)
