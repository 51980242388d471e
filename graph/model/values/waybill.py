"""Courier waybills (快递单号): a number means a shipment only together with its carrier."""

from __future__ import annotations

import re
from collections.abc import Mapping

from graph.errors import ValueRefused
from graph.model.values import characters
from graph.model.values.base import ValueKind
from graph.model.values.check_digits import s10

# Formats drift; sources are public parsers and the carriers' own pages, 2022 to 2025.
FORMATS: Mapping[str, re.Pattern[str]] = {
    carrier: re.compile(rule)
    for carrier, rule in {
        "sf": r"SF[0-9]{13}|[0-9]{12}",
        "zto": r"[0-9]{12}|[0-9]{14,15}",
        "yto": r"YT[0-9]{13}|[A-Z0-9]{2}[0-9]{10,13}",
        "sto": r"77[0-9]{13}|(?:268|368|468|568|668|688|768|773|868|888|968)[0-9]{9,13}|STO[0-9]{10}",
        "yunda": r"[0-9]{13}|[0-9]{15}",
        "jt": r"JT[0-9]{12,13}",
        "jd": r"JD[XK][0-9]{12}|JDV[A-Z][0-9]{11}",
        "ems": r"[A-Z]{2}[0-9]{9}CN|(?:10|11|12|50|51|52|95|97|98|99)[0-9]{11}",
        "deppon": r"DPK[0-9]{11,}|[0-9]{8,10}",
        "best": r"[0-9]{12,14}",
        "cainiao": r"[A-Z0-9]{10,24}",
        "other": r"[A-Z0-9]{8,24}",
    }.items()
}
# Letters that no other carrier uses.
_OWN_LETTERS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"SF[0-9]{13}"), "sf"),
    (re.compile(r"YT[0-9]{13}"), "yto"),
    (re.compile(r"STO[0-9]{10}"), "sto"),
    (re.compile(r"JT[0-9]{12,13}"), "jt"),
    (re.compile(r"JD[XK][0-9]{12}|JDV[A-Z][0-9]{11}"), "jd"),
    (re.compile(r"DPK[0-9]{11,}"), "deppon"),
    (re.compile(r"[A-Z]{2}[0-9]{9}CN"), "ems"),
)
_ALIASES: Mapping[str, str] = {
    "顺丰": "sf", "中通": "zto", "圆通": "yto", "申通": "sto", "韵达": "yunda", "极兔": "jt",
    "J&T": "jt", "京东": "jd", "EMS": "ems", "邮政": "ems", "中国邮政": "ems", "德邦": "deppon",
    "百世": "best", "百世汇通": "best", "菜鸟": "cainiao", "其他": "other", "SHUNFENG": "sf",
    "ZHONGTONG": "zto", "YUANTONG": "yto", "SHENTONG": "sto", "JITU": "jt", "DEBANG": "deppon",
}  # fmt: skip
_CARRIERS = {carrier.upper(): carrier for carrier in FORMATS} | dict(_ALIASES)
_ENDING = re.compile(r"(?:速运|速递|快递|快运|物流|特快|EXPRESS)+$")
_NUMBER = re.compile(r"[A-Z0-9]{8,24}")
_S10 = re.compile(r"[A-Z]{2}([0-9]{8})([0-9])CN")


def carrier_code(raw: str) -> str:
    """Code of a carrier from its name (`顺丰速运` → `sf`). Refused: `waybill.unknown_carrier`."""
    text = characters.squeeze(raw)
    found = _CARRIERS.get(text) or _CARRIERS.get(_ENDING.sub("", text))
    if found is None:
        raise ValueRefused("waybill.unknown_carrier")
    return found


def compose(carrier: str, number: str) -> str:
    """Canonical waybill from a carrier's name and a number, as two columns of a sheet give them."""
    return clean(f"{carrier}:{number}")


def clean(raw: str) -> str:
    """`carrier:NUMBER`. Without a carrier only numbers with a carrier's own letters pass.

    A stated carrier is believed even where its number follows no known rule, because the rules drift
    (`known_format` tells); only the postal S10 form has a check digit to fail.

    Refused: `waybill.format`, `waybill.carrier_needed`, `waybill.unknown_carrier`, `waybill.check_digit`.
    """
    text = characters.squeeze(raw)
    stated, colon, number = text.rpartition(":")
    number = number.replace("-", "")
    if not _NUMBER.fullmatch(number):
        raise ValueRefused("waybill.format")
    carrier = carrier_code(stated) if colon else _by_letters(number)
    if carrier == "ems" and (postal := _S10.fullmatch(number)) and s10(postal[1]) != postal[2]:
        raise ValueRefused("waybill.check_digit")
    return f"{carrier}:{number}"


def _by_letters(number: str) -> str:
    for rule, carrier in _OWN_LETTERS:
        if rule.fullmatch(number):
            return carrier
    raise ValueRefused("waybill.carrier_needed")


def known_format(waybill: str) -> bool:
    """Whether the number of a cleaned waybill follows a rule known for its carrier."""
    carrier, _, number = waybill.partition(":")
    return FORMATS[carrier].fullmatch(number) is not None


KIND = ValueKind(
    name="waybill",
    python_type=str,
    clean=clean,
    title_zh="快递单号",
    title_en="Waybill",
    doc="Carrier and number together: carriers share 12-, 13- and 15-digit forms. Post: UPU S10.",
    examples=("SF1234567890123", "中通快递:73112345678901", "EA123456785CN"),
)
