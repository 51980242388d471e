"""Unified social credit code (统一社会信用代码, GB 32100-2015)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from graph.errors import ValueRefused
from graph.model.values import characters
from graph.model.values.base import ValueKind

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # no I O S V Z
AUTHORITIES = "123456789ANY"
_VALUE = {char: value for value, char in enumerate(ALPHABET)}
_SHAPE = re.compile(f"[{ALPHABET}]{{18}}")
_WEIGHTS = tuple(3**place % 31 for place in range(17))
_BODY_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_BODY_VALUE = {char: int(char, 36) for char in ALPHABET}


@dataclass(frozen=True, slots=True)
class UsccParts:
    """What a code says: authority (登记管理部门), type, registering division, organisation code."""

    authority: str
    category: str
    division: str
    organisation: str


def check_digit(body: str) -> str:
    """Last character for the first 17 (GB 32100 §4.6). A remainder of 0 gives 0, not 31."""
    return ALPHABET[
        -sum(_VALUE[char] * weight for char, weight in zip(body, _WEIGHTS, strict=True)) % 31
    ]


def inner_check_digit(body: str) -> str:
    """Last character of the organisation code for its first eight (GB 11714), 17th of the whole."""
    rest = -sum(_BODY_VALUE[c] * w for c, w in zip(body, _BODY_WEIGHTS, strict=True)) % 11
    return "X" if rest == 10 else str(rest)


def clean(raw: str) -> str:
    """18 characters in upper case, without blanks and dashes.

    Both check digits are tested: a random slip that passes one fails the other. The first place may be
    a letter (N: rural collectives, A, Y). Whether the division is known is not tested: registrars of
    development zones use codes of their own.

    Refused: `uscc.length`, `uscc.alphabet`, `uscc.authority`, `uscc.division_digits`,
    `uscc.inner_check_digit`, `uscc.check_digit`.
    """
    text = characters.code(raw)
    if not _SHAPE.fullmatch(text):
        raise ValueRefused("uscc.length") if len(text) != 18 else ValueRefused("uscc.alphabet")
    if text[0] not in AUTHORITIES:
        raise ValueRefused("uscc.authority")
    if not text[2:8].isdigit():
        raise ValueRefused("uscc.division_digits")
    if check_digit(text[:17]) != text[17]:
        raise ValueRefused("uscc.check_digit")
    if inner_check_digit(text[8:16]) != text[16]:
        raise ValueRefused("uscc.inner_check_digit")
    return text


def parts(uscc: str) -> UsccParts:
    """The parts of a cleaned code."""
    return UsccParts(uscc[0], uscc[1], uscc[2:8], uscc[8:17])


KIND = ValueKind(
    name="uscc",
    python_type=str,
    clean=clean,
    title_zh="统一社会信用代码",
    title_en="Unified social credit code",
    doc="GB 32100-2015: 18 places, check digit mod 31; places 9 to 17 with the check digit of GB 11714.",
    examples=("91350100M000100Y43",),
)
