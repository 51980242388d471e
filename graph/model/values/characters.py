"""Character work that several kinds share: invisible characters, widths, blanks, dashes.

NFKC (Unicode Annex 15) turns full-width and compatibility forms into plain ones. It runs after
invisible characters are gone, because removing one between a letter and its accent lets them compose.
"""

from __future__ import annotations

import re
import unicodedata

# Controls, soft hyphen, zero-width and directional marks, byte-order mark, surrogates, fillers and
# variation selectors: nothing a reader sees, everything a faker needs to make two equal names differ.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    "\ud800-\udfff\U000e0000-\U000e0fff]"
)
# The few of them that Python calls printable.
_UNSEEN_LETTERS = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0]"
)
_BLANKS = re.compile(r"\s+")
_DASHES = re.compile("[\u2010-\u2015\u2043\u2212\ufe58\ufe63\uff0d\u2500\u30fc]+")
_LOWER = re.compile("[a-z]")
_UPPER = str.maketrans("abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")


def visible(raw: str) -> str:
    """The text without invisible characters, composed (NFC); blanks and widths stay as they are."""
    if raw.isascii() and raw.isprintable():
        return raw
    return unicodedata.normalize("NFC", _INVISIBLE.sub("", raw))


def fold(raw: str) -> str:
    """Plain one-line form: invisible characters out, NFKC, every run of blanks one space, trimmed."""
    if raw.isascii() and raw.isprintable():  # most codes and numbers: no other rule applies
        return " ".join(raw.split())
    if not raw.isprintable() or _UNSEEN_LETTERS.search(raw):
        raw = _INVISIBLE.sub("", raw)
    if not raw.isascii() and not unicodedata.is_normalized("NFKC", raw):
        raw = unicodedata.normalize("NFKC", raw)
        if _UNSEEN_LETTERS.search(raw):
            raw = unicodedata.normalize("NFKC", _INVISIBLE.sub("", raw))
    return " ".join(raw.split())


def tighten(plain: str) -> str:
    """Folded text without any blank, dashes of every width as `-`, ASCII letters in upper case."""
    if not plain.isascii():
        plain = _DASHES.sub("-", plain)
    if _LOWER.search(plain):
        plain = plain.translate(_UPPER)  # not upper(): it would turn ı and ſ into letters of a code
    return plain.replace(" ", "")


def squeeze(raw: str) -> str:
    """`tighten(fold(raw))`: the form in which codes and numbers are compared."""
    return tighten(fold(raw))


def code(raw: str) -> str:
    """`squeeze` without dashes and dots: for codes whose standard knows neither."""
    return squeeze(raw).replace("-", "").replace(".", "")


def without_blanks(text: str) -> str:
    """The text without any blank."""
    return _BLANKS.sub("", text)
