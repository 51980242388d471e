"""Business registration number (工商注册号, GS 15-2006), in use before the social credit code."""

from __future__ import annotations

import re

from graph.errors import ValueRefused
from graph.model.values import characters
from graph.model.values.base import ValueKind
from graph.model.values.check_digits import mod_11_10

_SHAPE = re.compile(r"[0-9]{15}")


def clean(raw: str) -> str:
    """15 digits: 6 of the registering authority, 8 serial, 1 check by ISO 7064 MOD 11,10.

    Refused: `registration_number.format`, `registration_number.check_digit`.
    """
    text = characters.code(raw)
    if not _SHAPE.fullmatch(text):
        raise ValueRefused("registration_number.format")
    if mod_11_10(text[:14]) != text[14]:
        raise ValueRefused("registration_number.check_digit")
    return text


KIND = ValueKind(
    name="registration_number",
    python_type=str,
    clean=clean,
    title_zh="工商注册号",
    title_en="Business registration number",
    doc="GS 15-2006: 15 digits, last one by ISO 7064 MOD 11,10.",
    examples=("110108000000016",),
)
