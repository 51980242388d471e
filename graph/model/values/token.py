"""Opaque identifiers given by a source: nothing is read into them."""

from __future__ import annotations

import re

from graph.errors import ValueRefused
from graph.model.values import characters
from graph.model.values.base import ValueKind

_TOKEN = re.compile(r"[A-Za-z0-9_:./|@+=#~%-]{1,200}")


def clean(raw: str) -> str:
    """The token itself, case kept, folded from full width and trimmed.

    Refused: `token.format` with blanks, other characters, or more than 200 of them.
    """
    plain = characters.fold(raw)
    if not _TOKEN.fullmatch(plain):
        raise ValueRefused("token.format")
    return plain


KIND = ValueKind(
    name="token",
    python_type=str,
    clean=clean,
    title_zh="标识",
    title_en="Token",
    doc="An identifier of a source, compared as it stands; ASCII letters, digits and _:./|@+=#~%-.",
    examples=("src-7:0012", "complaint/2025-000017"),
    graphql_type="ID",
)
