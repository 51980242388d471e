"""Enterprise names taken apart: region, core (字号), trade, legal form, branch.

The order is that of 企业名称登记管理规定 (2020) art. 6; the region may also stand in brackets (art. 12).
有限责任公司 and 有限公司 are one form (公司法 art. 7), 股份有限公司 is another; a branch bears the name of
its company and a tail (分公司, 店) and is never the company itself.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from pypinyin import Style, lazy_pinyin

from graph.model import divisions
from graph.model.simplified import simplified
from graph.model.values import characters, numerals
from graph.model.values.address_divisions import short

_DATA = Path(__file__).with_name("data")

#: Legal forms at the end of a name → the class in which two spellings are one form; longest first.
FORMS = {
    "股份有限公司": "joint_stock",
    "有限责任公司": "limited",
    "股份公司": "joint_stock",
    "有限公司": "limited",
    "有限合伙企业": "partnership",
    "合伙企业": "partnership",
    "专业合作社": "cooperative",
    "合作联社": "cooperative",
    "合作社": "cooperative",
    "事务所": "office",
    "公司": "company",
    "经营部": "shop",
    "服务部": "shop",
    "门市部": "shop",
    "营业部": "shop",
    "批发部": "shop",
    "工作室": "shop",
    "商行": "shop",
    "商店": "shop",
    "超市": "shop",
    "药房": "shop",
    "中心": "centre",
    "商城": "shop",
    "店": "shop",
    "厂": "factory",
    "行": "shop",
    "部": "shop",
}
_FORMS_LONGEST_FIRST = sorted(FORMS, key=len, reverse=True)
_NOISE_CLASS = frozenset({"company"})  # 公司 alone: the writer left out which kind
_LATIN_FORM = re.compile(
    r"[\s,.]*\b(?:co\b[\s,.]*(?:ltd|limited)?|ltd|limited|llc|inc|corp(?:oration)?|gmbh)[\s.]*$"
)
_BRANCH = re.compile(
    r"^(.+?(?:有限责任公司|有限公司|股份公司|合作社|合伙企业|集团))([^（(]{1,20})$"
    r"|^(.+?公司)([^（(]{0,20}?(?:营业部|门市部|店))$"
    r"|^(.+?(?:公司|厂|院|行|社|所|中心|店))([^（(]{0,20}?(?:分公司|分店|分部|分厂|分院|分校|办事处|代表处))$"
)
_BRACKETED = re.compile(r"\(([^()]*)\)")
_PARTNERSHIP_NOTE = frozenset({"有限合伙", "普通合伙", "特殊普通合伙"})
_PUNCTUATION = re.compile(r"[\s·・.,，、。\-_'\"“”‘’]+")
_COUNTED = re.compile(rf"[{numerals.NUMERALS}]+")
_MIN_BODY = 2  # a core of one character is no core: 上海贸易 would leave nothing to compare

Codes = frozenset[str]


@dataclass(frozen=True, slots=True)
class NameParts:
    """One name taken apart. `regions` are the division codes the region may mean (empty: none named),
    `form` a class of `FORMS` or "", `branch` the tail of a branch's name or "". `core_sound` and
    `body_sound` are toneless pinyin, one syllable per character, joined by blanks."""

    folded: str
    regions: Codes
    core: str
    trade: str
    form: str
    branch: str
    core_sound: str
    body_sound: str

    @property
    def body(self) -> str:
        """Core and trade together, for where the border between the two was read differently."""
        return self.core + self.trade


@lru_cache(maxsize=65_536)
def parse(raw: str) -> NameParts:
    """Take one name apart. Never raises; a name with no known part is all core."""
    folded = fold(raw)
    stem, branch = _split_branch(folded)
    regions: Codes = frozenset()
    for inside in _BRACKETED.findall(stem):
        found = _whole_region(inside)
        if found or inside in _PARTNERSHIP_NOTE:
            regions = regions or found
            stem = stem.replace(f"({inside})", "", 1)
    stem = stem.replace("(", "").replace(")", "")
    stem, form = _split_form(stem)
    leading, body = _split_region(stem)
    regions = leading or regions
    core, trade = _split_trade(_PUNCTUATION.sub("", body))
    return NameParts(folded, regions, core, trade, form, branch, sound(core), sound(core + trade))


def may_be_one_region(one: Codes, other: Codes) -> bool:
    """Whether two named regions can be one: equal, one inside the other, or one of them not named."""
    if not one or not other:
        return True
    return any(_is_inside(a, {b}) or _is_inside(b, {a}) for a in one for b in other)


def fold(raw: str) -> str:
    """NFKC, simplified characters, lower case, brackets half width, no blanks beside Chinese text."""
    plain = characters.fold(raw).translate(simplified()).lower()
    plain = plain.translate({ord("（"): "(", ord("）"): ")", ord("【"): "(", ord("】"): ")"})
    # Folded once more: without its blank, an accent may join the letter before it.
    return plain if plain.isascii() else characters.fold(plain.replace(" ", ""))


def sound(text: str) -> str:
    """Toneless pinyin, character by character, so that a neighbour never changes a reading."""
    return " ".join(_syllable(char) for char in text)


@cache
def _syllable(char: str) -> str:
    return lazy_pinyin(char, style=Style.NORMAL)[0]


@cache
def _trades() -> dict[str, tuple[str, ...]]:
    """First character → trade words that begin with it."""
    grouped: defaultdict[str, list[str]] = defaultdict(list)
    for line in (_DATA / "trades.txt").read_text(encoding="utf-8").splitlines():
        for word in () if line.startswith("#") else line.split():
            grouped[word[0]].append(word)
    return {head: tuple(words) for head, words in grouped.items()}


def _split_branch(name: str) -> tuple[str, str]:
    """The company's own name and the tail that makes it a branch; a bracketed form is no tail."""
    found = _BRANCH.match(name)
    if not found:
        return name, ""
    stem, tail = (part for part in found.groups() if part)
    if _split_form(tail)[1] in {"limited", "joint_stock"} or tail in FORMS:
        return name, ""  # …集团有限公司: the group word belongs to the trade
    return stem, _COUNTED.sub(lambda m: numerals.digits(m[0]), tail)


def _split_form(name: str) -> tuple[str, str]:
    if name.isascii():
        found = _LATIN_FORM.search(name)
        return (name[: found.start()], "limited") if found else (name, "")
    for form in _FORMS_LONGEST_FIRST:
        if name.endswith(form) and len(name) - len(form) >= _MIN_BODY:
            kind = FORMS[form]
            return name[: -len(form)], "" if kind in _NOISE_CLASS else kind
    return name, ""


@cache
def _regions() -> dict[str, tuple[tuple[str, Codes], ...]]:
    """First two characters → names of divisions that may open a name, longest first, with their codes.

    Counties and districts only in full, cities and provinces in short too: too many cores are also
    the short name of some county (和平, 东方, 新华).
    """
    codes: defaultdict[str, set[str]] = defaultdict(set)
    for code, spans in divisions.histories().items():
        for name in {span.name for span in spans if not divisions.is_grouping(span.name)}:
            codes[name].add(code)
            stem = short(name)
            is_city = not code.endswith("00") and name.endswith("市")
            if len(stem) >= 2 and (code.endswith("00") or is_city) and stem not in _CORES:
                codes[stem].add(code)
                codes[stem + "市"].add(code)
    grouped: defaultdict[str, list[tuple[str, Codes]]] = defaultdict(list)
    for name, found in codes.items():
        grouped[name[:2]].append((name, frozenset(found)))
    return {
        head: tuple(sorted(names, key=lambda item: (-len(item[0]), item[0])))
        for head, names in grouped.items()
    }


_CORES = frozenset({"东方", "海东", "安康", "中卫", "吉安", "永安", "福安", "宁安", "大安", "华安"})


def _openings(text: str) -> Iterator[tuple[str, Codes]]:
    for name, codes in _regions().get(text[:2], ()):
        if text.startswith(name):
            yield name, codes


def _whole_region(text: str) -> Codes:
    return next((codes for name, codes in _openings(text) if name == text), frozenset())


def _split_region(stem: str) -> tuple[Codes, str]:
    """Strip divisions from the front, each inside the one before, as long as a body is left."""
    regions: Codes = frozenset()
    while True:
        for name, codes in _openings(stem):
            rest = stem[len(name) :]
            inside = frozenset(c for c in codes if _is_inside(c, regions)) if regions else codes
            # 中山 alone may be a city or a core: what leaves no core in front of the trade is one.
            if inside and len(rest) >= _MIN_BODY and not _begins_with_trade(rest):
                regions, stem = inside, rest
                break
        else:
            return regions, stem


def _is_inside(code: str, regions: AbstractSet[str]) -> bool:
    heads = {region[:2] if region.endswith("0000") else region[:4] for region in regions}
    return any(code.startswith(head) for head in heads)


def _begins_with_trade(text: str) -> bool:
    return any(text.startswith(word) for word in _trades().get(text[0], ()))


def _split_trade(body: str) -> tuple[str, str]:
    """The core ends where the first trade word begins, behind at least two characters."""
    known = _trades()
    for at in range(_MIN_BODY, len(body)):
        if any(body.startswith(word, at) for word in known.get(body[at], ())):
            return body[:at], body[at:]
    if body.endswith("业") and len(body) >= _MIN_BODY + 2:
        return body[:-2], body[-2:]  # 石业, 布业, 锁业: any field may be written so
    return body, ""
