"""Words by which a thing is found: what the search index holds, and what a query asks it for.

Pure. Text is folded (width, case, traditional characters) and indexed as it is; everything that is more
than text is a *key*, one word of ASCII letters and digits that no analyzer takes apart:

    x<hash>   a whole text, or a company's name without region and legal form
    v<hash>   a whole identifier, only ever behind a region
    b<piece>  the first piece of such a text
    p<pinyin> and i<initials> of such a text, without tones and blanks
    t<type>   the type of the thing
    q<level>  an order among equals that depends on the thing's id alone
    c<hex>, w<word>, u<hex>  a piece: Chinese, of ASCII, or another word; on its own never a key
    r<region or "any"><key>  any of the above but t and q, as records of one region say it
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from functools import cache

from pypinyin import Style, lazy_pinyin

from graph.model import divisions
from graph.model.simplified import simplified
from graph.model.values.address_divisions import short

ANY_REGION = "any"

LEVELS = "abcdefg"
"""Each level holds a quarter of the things of the one before: 7 tell apart 100 of 1.6 million equals."""

_MAX_WORD_CHARS = 40
_MAX_SOUND_LETTERS, _MAX_INITIALS = 32, 16
_LEAST_CORE_CHARS = 2

CJK = (
    r"\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
    r"\uf900-\ufaff\U00020000-\U0003ffff"
)
_RUN = re.compile(rf"[{CJK}]+|[^\W_{CJK}]+")
IS_CJK = re.compile(rf"[{CJK}]")
_BRACKETS = re.compile(r"\([^()]*\)")
_FORMS = re.compile(
    r"(?:集团)?(?:股份有限公司|有限责任公司|股份公司|有限公司|公司|集团)$"
    r"|(?:官方)?(?:旗舰|专营|专卖)店$"
)


def fold(text: str) -> str:
    """Text as it is compared: NFKC, lower case, simplified characters, white space collapsed."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).translate(simplified())
    return " ".join(text.casefold().split())


def pieces(folded: str) -> Iterator[str]:
    """Overlapping pairs of Chinese characters, as the analyzer `cjk` makes them, and other words."""
    for run in _RUN.findall(folded):
        if IS_CJK.match(run) and len(run) > 1:
            for at in range(len(run) - 1):
                yield run[at : at + 2]
        else:
            yield run


def core(folded: str) -> str:
    """A company's short name: without leading divisions, brackets and legal form.

    The order of the parts is that of 企业名称登记管理规定 (2020) art. 6. What would leave fewer than two
    characters is not taken away; a name of another kind is its own core.
    """
    name = _BRACKETS.sub("", folded) if "(" in folded else folded
    found = _FORMS.search(name)
    if found and found.start() >= _LEAST_CORE_CHARS:
        name = name[: found.start()]
    name, places = name.strip(), _places()
    while True:
        for place in places.get(name[:2], ()):
            if name.startswith(place) and len(name) - len(place) >= _LEAST_CORE_CHARS:
                name = name[len(place) :]
                break
        else:
            return name


@cache
def _places() -> dict[str, tuple[str, ...]]:
    """First two characters → divisions that may lead a company's name, longest first.

    Counties in full only: too many cores are also the short name of some county.
    """
    names: set[str] = set()
    for code, spans in divisions.histories().items():
        for name in {span.name for span in spans if not divisions.is_grouping(span.name)}:
            names.add(name)
            stem = short(name)
            is_city = not code.endswith("00") and name.endswith("市")
            if len(stem) >= 2 and (code.endswith("00") or is_city):
                names |= {stem, stem + "市", stem + "省"}
    grouped: defaultdict[str, list[str]] = defaultdict(list)
    for name in sorted(names, key=len, reverse=True):
        grouped[name[:2]].append(name)
    return {head: tuple(found) for head, found in grouped.items()}


def sounds(folded: str) -> tuple[str, str]:
    """Toneless pinyin and initials of a text, without blanks; other letters and digits stay.

    Character by character, so that a part of a name sounds as it does alone: 重庆 is zhongqing.
    """
    syllables = [syllable for char in folded if (syllable := _syllable(char))]
    initials = "".join([syllable[0] for syllable in syllables[:_MAX_INITIALS]])
    return "".join(syllables)[:_MAX_SOUND_LETTERS], initials


@cache
def _syllable(char: str) -> str:
    syllable = lazy_pinyin(char, style=Style.NORMAL)[0] if IS_CJK.match(char) else char
    return syllable if syllable.isascii() and syllable.isalnum() else ""


def spoken(folded: str) -> str | None:
    """What of a query may be pinyin or initials: its letters, if it has two or more and no others."""
    letters = "".join(folded.replace("'", "").split())
    is_latin = letters.isascii() and letters.isalnum() and not letters.isdigit()
    return letters[:_MAX_INITIALS] if is_latin and len(letters) >= 2 else None


def whole_key(folded: str) -> str:
    """The key of a whole text."""
    return "x" + hashlib.blake2b(folded.encode(), digest_size=8).hexdigest()


def identifier_key(folded: str) -> str:
    """The key of a whole identifier, which proposes a thing and adds nothing to its score."""
    return "v" + whole_key(folded)[1:]


def piece_key(piece: str) -> str:
    """The key of a piece of text; that of one Chinese character begins that of every pair with it."""
    if IS_CJK.match(piece):
        return "c" + "".join(f"{ord(char):05x}" for char in piece)
    word = piece[:_MAX_WORD_CHARS]
    return "w" + word if word.isascii() else "u" + word.encode().hex()


def name_keys(folded: str) -> set[str]:
    """The keys of a name, whole and short."""
    keys: set[str] = set()
    for text in {folded, core(folded)}:
        keys.add(whole_key(text))
        if found := _RUN.search(text):
            first = found[0]
            keys.add("b" + piece_key(first[:2] if IS_CJK.match(first) else first))
        sound, initials = sounds(text)
        if len(initials) > 1:
            keys |= {"p" + sound, "i" + initials}
    return keys


def type_key(type_name: str) -> str:
    """The key of a type of things."""
    return "t" + type_name.lower()


def region_key(region: str, key: str) -> str:
    """A key as it stands for what one region says, or for what `ANY_REGION` says."""
    return f"r{region}{key}"


def level_keys(identifier: str) -> list[str]:
    """The levels a thing is on: one for every two leading zero bits of a hash of its id."""
    hashed = int.from_bytes(hashlib.blake2b(identifier.encode(), digest_size=4).digest(), "big")
    return ["q" + level for level in LEVELS[: (32 - hashed.bit_length()) // 2]]
