"""What a typed query means: its pieces, and how well a thing matches.

Pure. A run of Chinese characters is cut into overlapping pairs, as the index does (analyzer `cjk`);
anything else is a word. Whether and how well a thing matches is decided here from what its reader may
see; the index only proposes candidates (`queries.search_lucene`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from graph.model.search_words import core, fold, pieces, sounds, spoken

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


@dataclass(frozen=True, slots=True)
class Terms:
    """A query: its folded text, its pieces without repeats, its short form, and its letters.

    `core` is the text without region and legal form; `spoken` what may be pinyin, or None.
    """

    text: str
    grams: tuple[str, ...]
    core: str
    spoken: str | None

    @property
    def least(self) -> int:
        """How many of its pieces a thing must hold to match by pieces."""
        return max(1, math.ceil(LEAST_COVERAGE * len(self.grams)))

    @property
    def rarest(self) -> tuple[str, ...]:
        """Pieces of which whatever matches holds one at least, so that they propose all of it.

        Of n pieces a match holds `least`, so one of any `n - least + 1`: the rarest are asked for, and
        a company form in a name does not propose every company.
        """
        ordered = sorted(self.grams, key=lambda gram: gram in _COMMON)
        return tuple(ordered[: len(self.grams) - self.least + 1])


@dataclass(frozen=True, slots=True)
class Match:
    """How a thing matches: 0..100, why, and where.

    Why is `exact` (an identifier), `name`, `short` (a name without region and legal form), `prefix`,
    `part`, `sound` (pinyin), `initials`, or `pieces`.
    """

    score: int
    reason: str
    property: str


def terms(query: str) -> Terms:
    """The pieces of a query; none when it holds no letter, digit or character."""
    text = fold(query[:MAX_QUERY_CHARS])
    grams = tuple(dict.fromkeys(pieces(text)))[:MAX_GRAMS]
    return Terms(text, grams, core(text), spoken(text))


def match(asked: Terms, display: str, properties: Mapping[str, str]) -> Match | None:
    """How well a thing matches: the best of its searchable properties, None for too little.

    `display` is the property that names the thing. The whole text counts more than its beginning, a
    beginning more than a part, a part more than its sound, and that more than pieces.
    """
    found = [
        match
        for name, value in sorted(properties.items())
        if (match := _match_one(asked, name, fold(value), is_display=name == display))
    ]
    return max(found, key=lambda m: (m.score, m.property == display, m.property), default=None)


def _match_one(asked: Terms, name: str, value: str, *, is_display: bool) -> Match | None:
    bonus = 5 if is_display else 0
    if value == asked.text:
        return Match(90 + bonus, "name", name)
    short = core(value) if is_display else value
    if is_display and short == asked.core:
        return Match(85 + bonus, "short", name)
    if value.startswith(asked.text):
        return Match(75 + bonus, "prefix", name)
    if asked.text in value:
        return Match(60 + bonus, "part", name)
    if is_display and asked.spoken and (reason := _heard(asked.spoken, value, short)):
        return Match(56 if reason == "initials" else 60, reason, name)
    covered = sum(gram in value for gram in asked.grams) / len(asked.grams)
    if covered < LEAST_COVERAGE:
        return None
    return Match(round(50 * covered) + bonus, "pieces", name)


def _heard(letters: str, value: str, short: str) -> str | None:
    found = [sounds(value), sounds(short)]
    if any(sound.startswith(letters) for sound, _ in found):
        return "sound"
    return "initials" if any(initials.startswith(letters) for _, initials in found) else None
