"""Numbers that a spreadsheet has spoilt: it keeps 15 digits, and shows the rest as a power of ten.

`6.92123E+12` in a column of identifiers means that the digits typed are gone. Elsewhere it may be right.
"""

from __future__ import annotations

import re

from graph.errors import ValueRefused

_POWER_OF_TEN = re.compile(r"\d(?:\.\d+)?[Ee]\+\d{1,3}")
# Kinds of which no value is ever written so; and those where one might be, unless it is a key.
_NEVER = frozenset(
    (
        "uscc",
        "registration_number",
        "ccc",
        "cma",
        "gtin",
        "phone",
        "waybill",
        "hs_code",
        "customs_declaration",
        "store_native_id",
        "division",
    )
)
_AS_KEY = frozenset(("token", "report_number", "text", "trace_code"))


def is_code(kind: str, is_required: bool) -> bool:
    """Whether a power of ten in a column of this kind must be a spoilt identifier."""
    return kind in _NEVER or (is_required and kind in _AS_KEY)


def check(text: str) -> None:
    """Refuse `value.spreadsheet_number` when the text is a power of ten."""
    if _POWER_OF_TEN.fullmatch(text):
        raise ValueRefused("value.spreadsheet_number")
