"""What is shown of personal data: enough to recognise it, not enough to use it.

Default masks after PIPL art. 6 (minimum necessary) and art. 51 (de-identification): a phone keeps its
first three and last four digits, a token its last four characters, an address ends at its building.
Pure: a value goes in, a text comes out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from graph.model.ids import type_of
from graph.ontology import ontology

_DIGITS = re.compile(r"\d")
_MOBILE = re.compile(r"(?<!\d)(?:\+?86[- ]?)?(1[3-9]\d)[- ]?(\d{4})[- ]?(\d{4})(?!\d)")
#: Part of every text that `_MOBILE` matches. It begins with one character, which is quickly looked for.
_MOBILE_WITHIN = re.compile(r"1[3-9]\d[- ]?\d{4}[- ]?\d{4}")
#: The last of these in an address is its building; what stands after it says which door.
_BUILDING = re.compile(
    r"(?:\d+|[A-Za-z]|[一二三四五六七八九十]+)(?:号楼|栋|幢|座|号)|大厦|大楼|广场|市场|大院|商城|中心"
)
_HIDDEN = "****"


def mask_phone(number: str) -> str:
    """`+8613812345678` → `138****5678`; numbers of other kinds keep their last four digits."""
    digits = "".join(_DIGITS.findall(number))
    if digits.startswith("86") and len(digits) > 11:
        digits = digits[2:]
    if len(digits) == 11 and digits.startswith("1"):
        return digits[:3] + _HIDDEN + digits[-4:]
    return _HIDDEN + digits[-4:] if len(digits) > 6 else _HIDDEN


def mask_token(token: str) -> str:
    """The last four characters; nothing of a token that has eight or fewer."""
    return _HIDDEN + token[-4:] if len(token) > 8 else _HIDDEN


def mask_address(text: str) -> str:
    """An address up to its building; without one, its first half, and no number in it."""
    ends = [match.end() for match in _BUILDING.finditer(text)]
    if ends:
        kept = (
            ends[-1]
            if not re.search(r"\d号$", text[: ends[-1]])
            else _after_road_number(text, ends)
        )
    else:
        first_digit = _DIGITS.search(text)
        kept = min(len(text) // 2, first_digit.start() if first_digit else len(text))
    return text if kept >= len(text) else text[:kept] + _HIDDEN


def _after_road_number(text: str, ends: list[int]) -> int:
    # "中山路12号3栋501号": the last 号 names a door once a building stands before it.
    buildings = [end for end in ends if not re.search(r"\d号$", text[:end])]
    return buildings[-1] if buildings else ends[0]


def mask_text(text: str) -> str:
    """Free text with every mobile number in it masked."""
    return _MOBILE.sub(rf"\1{_HIDDEN}\3", text)


_MASKS: Mapping[str, Callable[[str], str]] = {
    "phone": mask_phone,
    "address_text": mask_address,
    "token": mask_token,
}


def mask_value(kind: str, value: Any) -> str:
    """One personal value of a value kind; kinds without a mask of their own are hidden whole."""
    mask = _MASKS.get(kind)
    return mask(str(value)) if mask else _HIDDEN


@cache
def personal_kinds(type_name: str) -> Mapping[str, str]:
    """Personal properties of an entity type or relation with their kinds.

    For a name that is neither, every property that is personal anywhere: unknown is masked.
    """
    entities, relations = ontology().entities, ontology().relations
    if type_name in entities:
        properties = entities[type_name].properties
    elif type_name in relations:
        properties = relations[type_name].properties
    else:
        properties = tuple(p for entity in entities.values() for p in entity.properties)
    return {p.name: p.kind for p in properties if p.personal}


def mask_properties(type_name: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    """Properties of a node or relation with the personal ones masked, and no phone in free text.

    By name: the order in which they are stored tells who said what first, hidden regions included.
    """
    personal = personal_kinds(type_name)
    return {
        name: mask_value(personal[name], value)
        if name in personal
        else (mask_text(value) if isinstance(value, str) and _is_free(type_name, name) else value)
        for name, value in sorted(properties.items())
    }


def mask_column(type_name: str, name: str, values: Sequence[Any]) -> Sequence[Any]:
    """One property of many things of a type, each as `mask_properties` shows it; null stays null."""
    kind = personal_kinds(type_name).get(name)
    if kind is not None:
        return [None if value is None else mask_value(kind, value) for value in values]
    if not _is_free(type_name, name):
        return values
    # A mobile number has no line break in it, so one search over all tells whether any has one.
    if not _MOBILE_WITHIN.search("\n".join(value for value in values if isinstance(value, str))):
        return values
    return [mask_text(value) if isinstance(value, str) else value for value in values]


def mask_deeply(value: Any) -> Any:
    """A JSON value in which every text is shown as `mask_text` shows it."""
    if isinstance(value, str):
        return mask_text(value)
    if isinstance(value, Mapping):
        return {key: mask_deeply(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [mask_deeply(item) for item in value]
    return value


@cache
def _is_free(type_name: str, name: str) -> bool:
    entity = ontology().entities.get(type_name)
    if entity is None:
        return True
    kinds = {p.name: p.kind for p in entity.properties}
    return kinds.get(name, "text") in {"text", "name"}


def mask_payload(asserts: str, payload: Mapping[str, Any]) -> dict[str, Any]:
    """The properties that a record asserts, masked as those of the thing it speaks of."""
    return mask_properties(type_of(asserts), payload)
