"""Production licences: XK (工业产品生产许可证) and SC (食品生产许可证)."""

from __future__ import annotations

import re

from graph.errors import ValueRefused
from graph.model.values import characters
from graph.model.values.base import ValueKind
from graph.model.values.check_digits import mod_11_10

_PROVINCES = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵黔滇云藏陕甘青宁新"
_XK = re.compile(rf"(?:\(([{_PROVINCES}])\))?XK-?([0-9]{{2}})-?([0-9]{{3}})-?([0-9]{{5}})")
_SC = re.compile(r"SC-?([12][0-9]{13})")


def clean(raw: str) -> str:
    """`XK16-204-00001`, `(浙)XK16-204-00001` with the province that issued it, or `SC` and 14 digits.

    SC: kind of food (3), division (6), serial (4), check digit by GB/T 17710 MOD 11,10. XK has none.
    Refused: `licence.format`, `licence.check_digit`.
    """
    text = characters.squeeze(raw)
    if found := _XK.fullmatch(text):
        province = f"({found[1]})" if found[1] else ""
        return f"{province}XK{found[2]}-{found[3]}-{found[4]}"
    found = _SC.fullmatch(text)
    if not found:
        raise ValueRefused("licence.format")
    if mod_11_10(found[1][:13]) != found[1][13]:
        raise ValueRefused("licence.check_digit")
    return f"SC{found[1]}"


KIND = ValueKind(
    name="licence",
    python_type=str,
    clean=clean,
    title_zh="生产许可证编号",
    title_en="Production licence number",
    doc="XK: industry (2), product (3), enterprise (5). SC: check digit by GB/T 17710.",
    examples=("XK16-204-00001", "（浙）XK16-204-00001"),
)
