"""What a typed query means: its pieces, the Lucene query they make, and how well a thing matches.

Pure. A run of Chinese characters is cut into overlapping pairs, as the index does (analyzer `cjk`);
anything else is a word. Whether and how well a thing matches is decided here from what its reader may
see; the index only proposes candidates, and its scores, which depend on everybody's data, are not used.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

MAX_QUERY_CHARS = 200
MAX_GRAMS = 60

#: Share of the query's pieces a thing must contain to be shown at all.
LEAST_COVERAGE = 0.5

#: Pieces that very many names hold: company forms and trades.
_COMMON = frozenset(
    [
        "有限",
        "限公",
        "公司",
        "限责",
        "责任",
        "任公",
        "股份",
        "份有",
        "商贸",
        "贸有",
        "贸易",
        "易有",
        "科技",
        "技有",
        "实业",
        "业有",
        "电子",
        "子有",
        "商务",
        "务有",
        "集团",
        "团有",
        "个体",
        "体工",
        "工商",
        "商户",
        "经营",
        "营部",
        "商行",
        "商店",
        "旗舰",
        "舰店",
        "专营",
        "营店",
        "专卖",
        "卖店",
    ]
)

_CJK = (
    r"\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
    r"\uf900-\ufaff\U00020000-\U0003ffff"
)
_RUN = re.compile(rf"[{_CJK}]+|[^\W_{_CJK}]+")
_IS_CJK = re.compile(rf"[{_CJK}]")


@dataclass(frozen=True, slots=True)
class Terms:
    """A query: its normal text and its pieces, without repeats."""

    text: str
    grams: tuple[str, ...]

    @property
    def lucene(self) -> str:
        """A query that proposes all that can match: each piece quoted, so nothing typed is syntax.

        Of n pieces a match holds `LEAST_COVERAGE` at least, so one of any `n - least + 1` of them: the
        rarest are asked for, and a company form in a name does not propose every company.
        """
        least = max(1, math.ceil(LEAST_COVERAGE * len(self.grams)))
        rarest = sorted(self.grams, key=lambda gram: gram in _COMMON)
        return " OR ".join(f'"{gram}"' for gram in rarest[: len(self.grams) - least + 1])


@dataclass(frozen=True, slots=True)
class Match:
    """How a thing matches: 0..100, why (`exact`, `name`, `prefix`, `part`, `pieces`), and where."""

    score: int
    reason: str
    property: str


def normal(text: str) -> str:
    """Text as it is compared: NFKC, lower case, white space collapsed."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def terms(query: str) -> Terms:
    """The pieces of a query; none when it holds no letter, digit or character."""
    text = normal(query[:MAX_QUERY_CHARS])
    grams: dict[str, None] = {}
    for run in _RUN.findall(text):
        if _IS_CJK.match(run) and len(run) > 1:
            grams.update(dict.fromkeys(run[at : at + 2] for at in range(len(run) - 1)))
        else:
            grams[run] = None
    return Terms(text, tuple(grams)[:MAX_GRAMS])


def match(asked: Terms, display: str, properties: Mapping[str, str]) -> Match | None:
    """How well a thing matches: the best of its searchable properties, None for too little.

    `display` is the property that names the thing. The whole text counts more than its beginning, a
    beginning more than a part, a part more than pieces.
    """
    found = [
        match
        for name, value in sorted(properties.items())
        if (match := _match_one(asked, name, normal(value), is_display=name == display))
    ]
    return max(found, key=lambda m: (m.score, m.property == display, m.property), default=None)


def _match_one(asked: Terms, name: str, value: str, *, is_display: bool) -> Match | None:
    bonus = 5 if is_display else 0
    if value == asked.text:
        return Match(90 + bonus, "name", name)
    if value.startswith(asked.text):
        return Match(75 + bonus, "prefix", name)
    if asked.text in value:
        return Match(60 + bonus, "part", name)
    covered = sum(gram in value for gram in asked.grams) / len(asked.grams)
    if covered < LEAST_COVERAGE:
        return None
    return Match(round(50 * covered) + bonus, "pieces", name)
