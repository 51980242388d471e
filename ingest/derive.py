"""Every value that is worked out from another one, in one place.

`complete` adds what an entity's own key or text implies (an address's precision, a phone's class); it
runs for every row, whatever source it came from. `FUNCTIONS` are the derivations a mapping may name.
A value that a source states itself is never replaced.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import lru_cache

from graph.errors import ValueRefused
from graph.model import divisions
from graph.model.values import (
    KINDS,
    address,
    money_fen,
    phone,
    store_native_id,
    trace_code,
    waybill,
)
from graph.ontology import ontology
from ingest.facts import Value

Properties = dict[str, Value]

CACHED_ADDRESSES = 4_096
"""Parsed addresses remembered: a market building comes up thousands of times, far apart."""

_ADDRESS_ID = re.compile(r"A[0-9a-f]{16}")
_EDITION = re.compile(r"[-\u2014\u2013]\s?(?:19|20)\d\d$")
# The two-character surnames in common use.
_COMPOUND_SURNAMES = frozenset(
    ("欧阳", "上官", "司马", "诸葛", "东方", "皇甫", "尉迟", "公孙", "令狐", "司徒", "慕容", "夏侯")
)
_SOLE_TRADER = "92"
_ENTERPRISE = "91"
# Safety Gate prints one block per measure; the date is day/month/year or "Unknown".
_IN_FORCE = re.compile(r"Date of entry into force:\s*(\S+)")
_DAY_MONTH_YEAR = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


def _complete_address(properties: Properties, raw: str) -> None:
    """`raw` is the address_id cell as read: it may be the address in full."""
    is_text = not _ADDRESS_ID.fullmatch(raw)
    if is_text:
        properties.setdefault("text", str(KINDS["address_text"].clean(raw)))
    text = properties.get("text")
    if not isinstance(text, str):
        return
    if (
        not (is_text and text == raw)
        and KINDS["address_id"].clean(text) != properties["address_id"]
    ):
        raise ValueRefused("address.id_mismatch")
    for name, value in _address_values(text).items():
        properties.setdefault(name, value)


@lru_cache(maxsize=CACHED_ADDRESSES)
def _address_values(text: str) -> Properties:
    parsed = address.parse(text)
    found = parsed.district or parsed.city or parsed.province
    values: Properties = {"level": parsed.level, "is_linkable": address.may_link(parsed)}
    if found is not None:
        values["division"] = found.code
    return values


def _complete_phone(properties: Properties, _: str) -> None:
    number = str(properties["number"])
    properties.setdefault("link_class", phone.link_class(number))
    properties.setdefault("is_linkable", phone.may_link(number))


def _complete_hub(properties: Properties, raw: str) -> None:
    """A hub is named by the key of what it is; an address may be given in full."""
    entity = ontology().entities.get(str(properties["identifier_type"]))
    if entity is None:
        raise ValueRefused("hub.unknown_type")
    if len(entity.key) == 1:
        cleaned = KINDS[entity.property(entity.key[0]).kind].clean(raw)
        properties["identifier_key"] = str(cleaned)


#: Type → (the column whose raw text is wanted, what completes the properties).
COMPLETIONS: dict[str, tuple[str, Callable[[Properties, str], None]]] = {
    "Address": ("address_id", _complete_address),
    "Phone": ("number", _complete_phone),
    "HubRegistration": ("identifier_key", _complete_hub),
}


def division_of_uscc(uscc: str) -> str | None:
    """Division of the registering authority (GB 32100-2015, places 3 to 8); None when none is known.

    Registrars of development zones use numbers of their own; those become the city or province above.
    """
    code = uscc[2:8]
    if divisions.get(code) is not None:
        return code
    return divisions.city_of(code) or divisions.province_of(code)


def merchant_type_of_uscc(uscc: str) -> str | None:
    """`company` or `sole_trader` by places 1 and 2 of the code (GB 32100-2015, table 1), else None."""
    return {_ENTERPRISE: "company", _SOLE_TRADER: "sole_trader"}.get(uscc[:2])


@lru_cache(maxsize=CACHED_ADDRESSES)
def division_of_place(province: str, place: str) -> str | None:
    """Code of a city or county given by short names (河北, 石家庄); the province's when it is unknown."""
    parsed = address.parse(province + place)
    found = parsed.district or parsed.city or parsed.province
    return found.code if found is not None else None


def first_date_in_force(measures: str) -> str | None:
    """Earliest "Date of entry into force" in the measures of a Safety Gate alert; None when unknown.

    Dates are day/month/year (European Commission, Safety Gate weekly report). ValueRefused
    `date.malformed` when one is neither a date nor "Unknown".
    """
    days = [day for raw in _IN_FORCE.findall(measures) if (day := _european_day(raw))]
    return min(days) if days else None


def _european_day(raw: str) -> str | None:
    if raw.lower() == "unknown":
        return None
    match = _DAY_MONTH_YEAR.fullmatch(raw)
    if match is None:
        raise ValueRefused("mapping.date")
    day, month, year = map(int, match.groups())
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        raise ValueRefused("mapping.date") from None


def province_of_division(code: str) -> str | None:
    """Province code of a division code; None where no province has these digits."""
    return divisions.province_of(str(KINDS["division"].clean(code)))


def operator_id(platform: str, native_id: str) -> str:
    """Merchant id of an operator without a social credit code: platform and the platform's own id."""
    return f"{KINDS['platform'].clean(platform)}/{KINDS['token'].clean(native_id)}"


def masked_name(name: str) -> str:
    """A natural person's name as it may be shown: the surname alone (`张**`, `欧阳**`)."""
    cleaned = str(KINDS["name"].clean(name))
    length = 2 if cleaned[:2] in _COMPOUND_SURNAMES and len(cleaned) > 2 else 1
    return cleaned[:length] + "**"


def fen_of_yuan(amount: str) -> str:
    """Fen of an amount in yuan as sheets write it (`1,299.00元`, `3.5万元`)."""
    return str(money_fen.parse_yuan(amount))


def carrier_code(name: str) -> str:
    """Code of a courier from its name (`顺丰速运` → `sf`)."""
    return waybill.carrier_code(name)


def standard_number(standard: str) -> str:
    """A standard's number without its year (`GB 31241-2022` → `GB 31241`), as scopes are compared."""
    return _EDITION.sub("", str(KINDS["text"].clean(standard)))


def code_level(code: str) -> str | None:
    """`serial`, `lot` or `gtin` for a code that follows GS1; None for one of a private form."""
    return trace_code.level(code)


def listing_id_of_url(url: str, platform: str | None = None) -> str | None:
    """The listing that a platform's web address shows; None when no known form of address matches.

    Refused: `mapping.no_listing` when it shows a store or a live room, `mapping.other_platform` when it is
    of another platform than the one named: the number alone would name a listing that nobody saw.
    """
    found = store_native_id.from_url(url)
    if found is None:
        return None
    if found.target != "listing":
        raise ValueRefused("mapping.no_listing")
    if platform is not None and found.platform != KINDS["platform"].clean(platform):
        raise ValueRefused("mapping.other_platform")
    return found.native_id


def prefecture_of(code: str) -> str | None:
    """Prefecture-level code of a division: places of persons are kept no finer than that."""
    cleaned = str(KINDS["division"].clean(code))
    return divisions.city_of(cleaned) or divisions.province_of(cleaned)


#: What a mapping may name under `derive`; arguments are texts, absence in gives absence out.
FUNCTIONS: dict[str, Callable[..., str | None]] = {
    "division_of_uscc": division_of_uscc,
    "merchant_type_of_uscc": merchant_type_of_uscc,
    "division_of_place": division_of_place,
    "first_date_in_force": first_date_in_force,
    "province_of_division": province_of_division,
    "prefecture_of": prefecture_of,
    "operator_id": operator_id,
    "masked_name": masked_name,
    "fen_of_yuan": fen_of_yuan,
    "carrier_code": carrier_code,
    "standard_number": standard_number,
    "code_level": code_level,
    "listing_id_of_url": listing_id_of_url,
}
