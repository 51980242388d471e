"""GS1 Digital Links: the web address in a product's code (GS1 Digital Link Standard: URI syntax 1.3)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from graph.errors import ValueRefused
from graph.model.values import characters, gtin, host
from graph.model.values.base import ValueKind

# Key and its qualifiers in the order the standard fixes; the names are those of earlier versions.
_QUALIFIERS = ("22", "10", "21")
_NAMES: Mapping[str, str] = {"gtin": "01", "cpv": "22", "lot": "10", "ser": "21"}
_VALUE = re.compile(r"[!-~]{1,20}")
_ATTRIBUTE = re.compile(r"[0-9]{2,4}")
_YYMMDD = re.compile(r"[0-9]{6}")


@dataclass(frozen=True, slots=True)
class DigitalLink:
    """A parsed link. `gtin` in 14 digits; `attributes` are the application identifiers of the query."""

    host: str
    gtin: str
    variant: str | None
    lot: str | None
    serial: str | None
    attributes: tuple[tuple[str, str], ...]

    @property
    def expiry(self) -> str | None:
        """AI 17 as YYMMDD, None where missing."""
        return dict(self.attributes).get("17")


def parse(raw: str) -> DigitalLink:
    """Read a link: host, /01/ and GTIN, qualifiers in any order, attributes from the query.

    Refused: `digital_link.format` (not a web address), `digital_link.no_key` (no GTIN in the path),
    `digital_link.value` (a value outside its rule), and what `host` and `gtin` refuse.
    """
    text = characters.fold(raw)
    try:
        parts = urlsplit(text)
        where = host.clean(parts.hostname or "")
    except ValueError:
        raise ValueRefused("digital_link.format") from None
    if parts.scheme.lower() not in {"http", "https"}:
        raise ValueRefused("digital_link.format")
    key, found = _path(parts.path)
    attributes = tuple(
        sorted((ai, value) for ai, value in parse_qsl(parts.query) if _ATTRIBUTE.fullmatch(ai))
    )
    values = [*found.values(), *(value for _, value in attributes)]
    if not all(_VALUE.fullmatch(value) for value in values):
        raise ValueRefused("digital_link.value")
    if any(
        ai in {"11", "13", "15", "17"} and not _YYMMDD.fullmatch(value) for ai, value in attributes
    ):
        raise ValueRefused("digital_link.value")
    return DigitalLink(
        where, gtin.clean(key), found.get("22"), found.get("10"), found.get("21"), attributes
    )


def _path(path: str) -> tuple[str, dict[str, str]]:
    steps = path.strip("/").split("/")
    for start, step in enumerate(steps[:-1]):
        if _NAMES.get(step, step) != "01":
            continue
        names = [_NAMES.get(name, name) for name in steps[start + 2 :: 2]]
        values = [unquote(value) for value in steps[start + 3 :: 2]]
        if len(names) == len(values) and set(names) <= set(_QUALIFIERS):
            return steps[start + 1], dict(zip(names, values, strict=True))
    raise ValueRefused("digital_link.no_key")


def clean(raw: str) -> str:
    """`https://host/01/<gtin14>[/22/…][/10/…][/21/…][?ai=value…]`, attributes in the order of their AI.

    The host stays: where a code leads is evidence. Refused as `parse` does.
    """
    link = parse(raw)
    path = f"/01/{link.gtin}"
    for ai, value in zip(_QUALIFIERS, (link.variant, link.lot, link.serial), strict=True):
        if value:
            path += f"/{ai}/{quote(value, safe='')}"
    query = "&".join(f"{ai}={quote(value, safe='')}" for ai, value in link.attributes)
    return f"https://{link.host}{path}" + (f"?{query}" if query else "")


KIND = ValueKind(
    name="digital_link",
    python_type=str,
    clean=clean,
    title_zh="商品二维码链接",
    title_en="GS1 Digital Link",
    doc="GS1 Digital Link URI syntax: GTIN, variant, lot, serial in the path, attributes in the query.",
    examples=("https://id.example.com/01/06901234567892/10/A1/21/S7?17=261231",),
)
