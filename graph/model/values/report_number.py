"""Number of a test report (检验检测报告编号). There is no national form: every lab has its own series."""

from __future__ import annotations

import re

from graph.errors import ValueRefused
from graph.model.values import characters
from graph.model.values.base import ValueKind

_BRACKETS = str.maketrans("[{【〔〖「《<]}】〕〗」》>", "((((((((" + "))))))))")
_PREFIX = re.compile(r"^(?:报告)?(?:编号[:.]*|NO(?:[.:]+|(?=[0-9])))")
_SHAPE = re.compile(r"[A-Z0-9\u3400-\u9fff()./_#:-]{4,64}")
_DIGIT = re.compile(r"[0-9]")


def clean(raw: str) -> str:
    """One spelling: half width, upper case, no blanks, round brackets; 字第 and 号 stay.

    Refused: `report_number.format` (length 4 to 64, letters, digits, Chinese and ()./_#:- only),
    `report_number.no_digit`.
    """
    text = characters.squeeze(raw).translate(_BRACKETS)
    while stripped := _PREFIX.match(text):
        text = text[stripped.end() :]
    if not _SHAPE.fullmatch(text):
        raise ValueRefused("report_number.format")
    if not _DIGIT.search(text):
        raise ValueRefused("report_number.no_digit")
    return text


def series(number: str) -> str:
    """The series of a cleaned number: digits masked (`NZJ(2020)JC01-03200` → `NZJ(####)JC##-#####`)."""
    return _DIGIT.sub("#", number)


KIND = ValueKind(
    name="report_number",
    python_type=str,
    clean=clean,
    title_zh="报告编号",
    title_en="Report number",
    doc="No national form; normalised for comparison, unique only together with the lab.",
    examples=("国纺委字第YJ202001981号", "NZJ（2020）JC01-03200"),
)
