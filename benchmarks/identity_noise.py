"""How names and addresses of one company come to differ: forms, widths, scripts, slips by sound and shape.

Independent of the matcher: it takes names apart with rules of its own, so that it cannot be kind to it.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from pypinyin import Style, pinyin

from graph.model import divisions
from graph.model.values.address_divisions import short

_FORM = re.compile(r"(有限责任公司|股份有限公司|有限公司)")
_TRADITIONAL = Path(__file__).parents[1] / "graph" / "model" / "data" / "traditional.txt"
_WIDE = str.maketrans({chr(c): chr(c + 0xFEE0) for c in range(0x21, 0x7F)})

#: Characters taken for each other by readers and by optical recognition.
_SHAPES = """
己已巳 未末 土士 日曰目 大太犬 天夫 人入八 千干于 贝见 洋样 晴睛 候侯 博搏 代伐 令今 东车 风凤 科料 历厉
鸟乌 兔免 束柬 竞竟 喧暄 瑞端 诚城 恒桓 源沅 祥详 佳住 盛盟 宇字 亨享 申甲由 云去 元无 力刀 木本 王玉主
九丸 万方 古吉 合台 白自 间问 安按 建健 伟纬 辉挥 腾滕 捷婕 晨辰 徽微 赢羸 耀跃 泽译 润闰
"""


@cache
def _places() -> frozenset[str]:
    """Full names of divisions, and short ones of provinces and cities."""
    known = {
        name
        for code, spans in divisions.histories().items()
        for span in spans
        for name in (span.name, short(span.name) if code.endswith("00") else span.name)
    }
    return frozenset(name for name in known if len(name) >= 2)


def _place_in_front(name: str) -> str:
    """The division a name begins with, or ""."""
    return next((name[:end] for end in range(10, 1, -1) if name[:end] in _places()), "")


@cache
def _shape() -> dict[str, str]:
    return {char: group for group in _SHAPES.split() for char in group}


class Spelling:
    """Writes names and addresses otherwise; `names` give the characters that slips come from."""

    def __init__(self, names: Sequence[str], source: random.Random) -> None:
        self._random = source
        characters = sorted(
            {char for name in names for char in name if "\u4e00" <= char <= "\u9fff"}
        )
        self._by_sound: defaultdict[str, list[str]] = defaultdict(list)
        for char in characters:
            self._by_sound[_sound(char)].append(char)
        self._traditional = _traditional()

    def name(self, name: str) -> str:
        """One company's name as a shop would type it: none, one or several deviations."""
        draw = self._random.random
        if draw() < 0.1:
            name = self._slip(name)
        if draw() < 0.25:
            name = (
                name.replace("有限责任公司", "有限公司")
                if "有限责任公司" in name
                else re.sub(r"(?<!股份)有限公司", "有限责任公司", name)
            )
        elif draw() < 0.08:
            name = _FORM.sub("", name, count=1) or name
        city = _place_in_front(name)
        if city and draw() < 0.2:
            name = name.removeprefix(city)
        elif city and draw() < 0.1:
            rest = name.removeprefix(city)
            form = _FORM.search(rest)
            at = form.start() if form else len(rest)
            name = f"{rest[:at]}（{city}）{rest[at:]}"
        if draw() < 0.08:
            name = "".join(self._traditional.get(char, char) for char in name)
        if draw() < 0.1:
            name = self._spaced(name)
        return name

    def _spaced(self, name: str) -> str:
        form = self._random.randrange(3)
        if form == 0:
            return name.replace("（", "(").replace("）", ")").translate(_WIDE)
        at = self._random.randrange(1, len(name))
        return f"{name[:at]} {name[at:]}" if form == 1 else f"{name}（自主申报）"

    def _slip(self, name: str) -> str:
        """One slip in the part in front of the form: by sound, by shape, or a character lost."""
        form = _FORM.search(name)
        end = form.start() if form else len(name)
        at = self._random.randrange(min(2, end - 1), end)
        chance = self._random.random()
        if chance < 0.55:
            return name[:at] + self._other_of_sound(name[at]) + name[at + 1 :]
        if chance < 0.85:
            places = [i for i in range(end) if name[i] in _shape()]
            if places:
                at = self._random.choice(places)
                others = _shape()[name[at]].replace(name[at], "")
                return name[:at] + self._random.choice(others) + name[at + 1 :]
            return name
        return name[:at] + name[at + 1 :]

    def _other_of_sound(self, char: str) -> str:
        others = [other for other in self._by_sound.get(_sound(char), ()) if other != char]
        return self._random.choice(others) if others else char

    def address(self, address: str) -> str:
        """One place written otherwise."""
        draw = self._random.random
        if draw() < 0.4:
            address = re.sub(r"^[\u4e00-\u9fff]{2,3}省", "", address)
        if draw() < 0.5:
            word = self._random.choice(("幢", "栋", "号楼", "座"))
            address = re.sub(r"(?<=\d)(?:幢|栋|号楼|座)", word, address)
        if draw() < 0.3:
            address = re.sub(r"(?<=\d)室", "", address)
        if draw() < 0.2:
            address = re.sub(r"[（(][^（）()]*[）)]$", "", address)
        if draw() < 0.15:
            address = re.sub(r"(?<=号).*$", "", address)
        if draw() < 0.15:
            address = address.translate(_WIDE)
        if draw() < 0.1:
            address = re.sub(r"[\u4e00-\u9fff]{2,4}街道", "", address)
        return address

    def group(self, name: str) -> str:
        """The name a parent company would have."""
        return _FORM.sub(r"集团\1", name, count=1) if _FORM.search(name) else f"{name}集团"

    def sibling(self, name: str) -> str:
        """Another firm of the same boss: a core with one other character, the same trade."""
        at = min(len(_place_in_front(name)) + self._random.randrange(2), len(name) - 1)
        pool = "鑫隆盛源泰和顺达通宏恒瑞祥丰华兴诚信德嘉"
        return name[:at] + self._random.choice(pool.replace(name[at], "")) + name[at + 1 :]

    def homonym(self, name: str, elsewhere: str) -> str | None:
        """The same name behind another city, or behind none; None where the name has no city in front.

        Two companies of one full name, city included, cannot be: the registrar refuses the second.
        """
        city, other = _place_in_front(name), _place_in_front(elsewhere)
        if not city or city == other or "（" in name or "(" in name:
            return None
        bare = name.removeprefix(city)
        return other + bare if other and self._random.random() < 0.5 else bare

    def same_sound(self, name: str) -> str | None:
        """The name with one character of its core replaced by another of the same sound, or None."""
        at = min(len(_place_in_front(name)) + self._random.randrange(2), len(name) - 1)
        other = self._other_of_sound(name[at])
        return None if other == name[at] else name[:at] + other + name[at + 1 :]


@cache
def _sound(char: str) -> str:
    return pinyin(char, style=Style.NORMAL)[0][0]


def _traditional() -> dict[str, str]:
    lines = [
        line
        for line in _TRADITIONAL.read_text(encoding="utf-8").splitlines()
        if not line.startswith("#")
    ]
    # Of several traditional forms of one character the last is taken: people err there too.
    return dict(zip(lines[1], lines[0], strict=True))
