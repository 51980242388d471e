"""Ranges of serial numbers, both ends included, as recalls give them."""

from __future__ import annotations

import re

from graph.errors import ValueRefused
from graph.model.values import characters
from graph.model.values.base import ValueKind

_BETWEEN = re.compile(r"至|到|~|/")
_SERIAL = re.compile(r"([A-Z0-9._-]*?)([0-9]{1,18})([A-Z]{0,4})")


def clean(raw: str) -> str:
    """`SN00100/SN00899`: first and last serial, upper case, without blanks; one serial is both.

    Both must have the same letters around digits of the same length, else what lies between them is
    anyone's guess. Refused: `serial_range.format`, `serial_range.unlike`, `serial_range.reversed`.
    """
    text = characters.squeeze(raw)
    parts = _BETWEEN.split(text)
    middle = len(text) // 2
    if len(parts) == 1 and len(text) % 2 and text[middle] == "-":
        parts = [text[:middle], text[middle + 1 :]]  # a dash elsewhere belongs to the serial itself
    first, last = (parts[0], parts[-1]) if len(parts) in {1, 2} else ("", "")
    one, other = _SERIAL.fullmatch(first), _SERIAL.fullmatch(last)
    if one is None or other is None:
        raise ValueRefused("serial_range.format")
    if (one[1], len(one[2]), one[3]) != (other[1], len(other[2]), other[3]):
        raise ValueRefused("serial_range.unlike")
    if other[2] < one[2]:
        raise ValueRefused("serial_range.reversed")
    return f"{first}/{last}"


def holds(span: str, serial: str) -> bool:
    """Whether a serial number (any spelling) lies in a cleaned range."""
    first, _, last = span.partition("/")
    one, found = _SERIAL.fullmatch(first), _SERIAL.fullmatch(characters.squeeze(serial))
    if one is None or found is None or len(found[0]) != len(first):
        return False
    return (found[1], found[3]) == (one[1], one[3]) and first <= found[0] <= last


KIND = ValueKind(
    name="serial_range",
    python_type=str,
    clean=clean,
    title_zh="序列号区间",
    title_en="Range of serial numbers",
    doc="First and last serial of one pattern: the same letters, digits of one length; both included.",
    examples=("SN00100至SN00899", "00100-00899"),
)
