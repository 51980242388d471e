"""Texts that are safe in the file they go into."""

from __future__ import annotations

import re
from typing import Any

#: A spreadsheet takes a cell that begins so for a formula (OWASP, "CSV Injection"; the full-width signs
#: are taken for the plain ones by East Asian input).
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

#: Characters that XML 1.0 section 2.2 does not allow, and that spreadsheets refuse too.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def cell(value: Any) -> Any:
    """A value for a spreadsheet: texts that begin like a formula get an apostrophe before them.

    Numbers and truth values are not texts and stay as they are.
    """
    if not isinstance(value, str):
        return value
    cleaned = printable(value)
    # Spaces before the sign do not stop every program.
    return "'" + cleaned if cleaned.lstrip(" ").startswith(_FORMULA_STARTS) else cleaned


def printable(value: str) -> str:
    """A text without the characters that XML forbids."""
    return _NOT_XML.sub("", value)
