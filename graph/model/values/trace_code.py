"""Traceability and anti-counterfeit codes of one item, lot or kind (追溯码, 防伪码, 电子监管码)."""

from __future__ import annotations

import re
from typing import Literal

from graph.errors import ValueRefused
from graph.model.values import characters, digital_link, gtin, url
from graph.model.values.base import ValueKind

Level = Literal["serial", "lot", "gtin"]

_ELEMENTS = re.compile(r"\(01\)(\d{14})(?:\(10\)([^()]{1,20}))?(?:\(21\)([^()]{1,20}))?")
# EPC Pure Identity URIs (GS1 EPC Tag Data Standard): an item, a lot, a kind of goods.
_EPC_LEVELS: tuple[tuple[str, Level], ...] = (
    ("urn:epc:id:sgtin:", "serial"),
    ("urn:epc:class:lgtin:", "lot"),
    ("urn:epc:idpat:sgtin:", "gtin"),
)
_SERIAL = re.compile(r"[!-~]{1,200}")


def clean(raw: str) -> str:
    """A GS1 Digital Link in its canonical form, another web address cleaned, or the serial as printed.

    No national syntax is published, so any serial of visible ASCII passes, upper and lower case kept;
    GS1 element strings keep their brackets, with the GTIN checked. Refused: `trace_code.format`, and
    what `url` and `gtin` refuse.
    """
    text = characters.fold(raw)
    if text.lower().startswith(("http://", "https://")):
        try:
            return digital_link.clean(text)
        except ValueRefused:
            return url.clean(text)
    if found := _ELEMENTS.fullmatch(text):
        gtin.clean(found[1])
        return text
    packed = text.replace(" ", "")
    if not _SERIAL.fullmatch(packed):
        raise ValueRefused("trace_code.format")
    return packed


def level(code: str) -> Level | None:
    """Whether a cleaned code names one item, a lot or a kind of goods; None where its form is private."""
    for prefix, named in _EPC_LEVELS:
        if code.startswith(prefix):
            return named
    if code.startswith("https://"):
        try:
            link = digital_link.parse(code)
        except ValueRefused:
            return None
        return "serial" if link.serial else "lot" if link.lot else "gtin"
    if found := _ELEMENTS.fullmatch(code):
        return "serial" if found[3] else "lot" if found[2] else "gtin"
    return None


KIND = ValueKind(
    name="trace_code",
    python_type=str,
    clean=clean,
    title_zh="追溯码",
    title_en="Traceability code",
    doc="GS1 Digital Link, GS1 element string, another web address, or any serial (20-digit codes too).",
    examples=("https://id.example.cn/01/06901234567892/21/A1", "81234567890123456789"),
)
