"""Telephone numbers in China: one form (E.164), and whether sharing one means anything."""

from __future__ import annotations

import re
from typing import Literal

from graph.errors import ValueRefused
from graph.model.values import characters
from graph.model.values.base import ValueKind

LinkClass = Literal[
    "mobile", "virtual_operator", "landline", "service", "privacy", "masked", "foreign"
]

_EXTENSION = re.compile(
    r"(?:;EXT=|EXT\.?|转接?|分机号?|,|#)([0-9]{1,6})$|(?<=[0-9*]{7})-([0-9]{1,6})$"
)
_NOISE = re.compile(r"[\s().·-]+")
_HOME = re.compile(r"(?:\+|00)86(?=[1-9])|86(?=1[3-9][0-9*]{9}$)")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_MASKED = re.compile(r"1[3-9][0-9*]{9}|0?(?:10|2[0-9]|[3-9][0-9]{2})[0-9*]{7,8}")
_LANDLINE = re.compile(r"(?:10|2[0-9])[0-9]{8}|[3-9][0-9]{2}[2-9][0-9]{6,7}")
_SERVICE = re.compile(r"[48]00[0-9]{7}|95[0-9]{3,6}|1[012][0-9]{3}|96[0-9]{3,4}")
_FOREIGN = re.compile(r"\+(?!86)[1-9][0-9]{7,14}")
_VIRTUAL_OPERATORS = ("162", "165", "167", "170", "171")
_LINKING: frozenset[LinkClass] = frozenset({"mobile", "virtual_operator", "landline", "foreign"})


def clean(raw: str) -> str:
    """E.164 (`+8613800138000`), with `;ext=` (RFC 3966) behind it where an extension is given.

    Masked digits stay as `*`, so that a masked number is kept for what it is. A landline needs its area
    code with the leading 0, or +86. Refused: `phone.no_area_code` (7 or 8 bare digits), `phone.format`.
    """
    text = _spelled(characters.squeeze(raw))
    extension = ""
    if found := _EXTENSION.search(text):
        extension = f";ext={found[1] or found[2]}"
        text = text[: found.start()]
    text = _NOISE.sub("", text).replace("X", "*")
    home = _HOME.match(text)
    national = text[home.end() :] if home else text
    if _MOBILE.fullmatch(national) or _SERVICE.fullmatch(national):
        return f"+86{national}{extension}"
    if "*" in national and _MASKED.fullmatch(national):
        return f"+86{national.removeprefix('0')}{extension}"
    if home or national.startswith("0"):
        area = national.removeprefix("0")
        if _LANDLINE.fullmatch(area):
            return f"+86{area}{extension}"
    if _FOREIGN.fullmatch(national):
        return national + extension
    if national.isdigit() and len(national) in {7, 8}:
        raise ValueRefused("phone.no_area_code")
    raise ValueRefused("phone.format")


def _spelled(text: str) -> str:
    return text.removeprefix("TEL").removeprefix("电话").removeprefix("手机").lstrip(":")


def link_class(phone: str) -> LinkClass:
    """What a cleaned number is, as far as its form says.

    A mobile number with an extension is a platform's privacy number (隐私号): it is lent for days, to many.
    Numbers of virtual operators raise anonymity, not guilt.
    """
    number, _, extension = phone.partition(";ext=")
    if "*" in number:
        return "masked"
    if not number.startswith("+86"):
        return "foreign"
    national = number[3:]
    if _MOBILE.fullmatch(national):
        if extension:
            return "privacy"
        return "virtual_operator" if national.startswith(_VIRTUAL_OPERATORS) else "mobile"
    return "service" if _SERVICE.fullmatch(national) else "landline"


def may_link(phone: str) -> bool:
    """Whether two parties with this cleaned number share anything: never privacy, masked or service."""
    return link_class(phone) in _LINKING


KIND = ValueKind(
    name="phone",
    python_type=str,
    clean=clean,
    title_zh="电话",
    title_en="Telephone number",
    doc="ITU-T E.164; Chinese mobile, area and service codes as in the national numbering plan.",
    examples=("138 0013 8000", "0571-87654321", "400-123-4567", "138****8000", "13800138000-1234"),
)
