"""When two written values mean the same thing: firms, copied texts, and product models.

Text recognition and typing change width, case, spaces, punctuation and look-alike characters; such
differences are never held against anyone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_LOOK_ALIKE = str.maketrans("OQDILBSZ", "00011852")
_MODEL_TOKEN = re.compile(r"[A-Z]+|\d+|[一-鿿]+|[*＊]")
_MODEL_BREAK = re.compile(r"[；;、，,\n]")
_SERIES = re.compile(r"(?:系列|SERIES)$", re.IGNORECASE)
#: A series may add a colour or a plug, not another product: at most this many characters.
_MAX_SUFFIX_CHARACTERS = 4


def fold(value: str) -> str:
    """Only letters and digits, NFKC and upper case: what is left when spelling does not matter."""
    return "".join(c for c in unicodedata.normalize("NFKC", value).upper() if c.isalnum())


def same_firm(a: str | None, b: str | None) -> bool:
    """Whether two names are one firm's; 有限责任公司 and 有限公司 are the same form (company law)."""
    return bool(a and b) and _firm(str(a)) == _firm(str(b))


def is_among(name: str | None, firms: Iterable[str | None]) -> bool:
    """Whether `name` is the name of one of the firms."""
    return any(same_firm(name, firm) for firm in firms)


def _firm(name: str) -> str:
    return fold(name).replace("有限责任公司", "有限公司")


def same_copy(a: str, b: str) -> bool:
    """Whether `a` can be a reading of `b`: equal up to spelling and look-alike characters.

    In texts of eight characters or more one misread character is allowed too. One text containing
    the other whole is a shortened copy, from four characters on.
    """
    left, right = (_firm(t).translate(_LOOK_ALIKE) for t in (a, b))
    if left == right:
        return True
    shorter, longer = sorted((left, right), key=len)
    if len(shorter) >= 4 and not shorter.isascii() and shorter in longer:
        return True
    return len(shorter) >= 8 and not shorter.isascii() and _one_edit(shorter, longer)


def _one_edit(shorter: str, longer: str) -> bool:
    if len(longer) - len(shorter) > 1:
        return False
    at = next((i for i, c in enumerate(shorter) if c != longer[i]), len(shorter))
    if len(shorter) == len(longer):
        return shorter[at + 1 :] == longer[at + 1 :]
    return shorter[at:] == longer[at + 1 :]


def same_model(a: str, b: str) -> bool:
    """Whether two model texts are equal up to spelling and look-alike characters."""
    return fold(a).translate(_LOOK_ALIKE) == fold(b).translate(_LOOK_ALIKE)


def is_model_covered(model: str, listed: str) -> bool:
    """Whether `model` is one of the `listed` models (separated by ；) or a variant of one.

    A variant adds a short suffix after the listed model (`PB-10000` covers `PB-10000-B`, never
    `PB-100000`); an entry that ends in 系列 or holds `*` covers everything that begins with it.
    """
    shown = _tokens(model)
    for entry in _MODEL_BREAK.split(listed):
        if not entry.strip():
            continue
        stem = _SERIES.sub("", unicodedata.normalize("NFKC", entry).strip())
        is_series = stem != unicodedata.normalize("NFKC", entry).strip()
        tokens = _tokens(stem)
        if "*" in tokens:
            tokens, is_series = tokens[: tokens.index("*")], True
        if same_model(model, entry) or (
            tokens
            and shown[: len(tokens)] == tokens
            and (is_series or (len(tokens) >= 2 and _is_suffix(shown[len(tokens) :])))
        ):
            return True
    return False


def _is_suffix(rest: list[str]) -> bool:
    return sum(map(len, rest)) <= _MAX_SUFFIX_CHARACTERS


def _tokens(model: str) -> list[str]:
    return _MODEL_TOKEN.findall(unicodedata.normalize("NFKC", model).upper())
