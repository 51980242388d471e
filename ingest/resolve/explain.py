"""Scores in words: each part with its level, its weight and the two values, fit for a person's eyes.

Values are kept without what personal data rules hide: telephones and people as the store's pseudonyms,
places down to the house number, never the room.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any

from graph.model import divisions
from graph.model.texts import catalogue, text
from ingest.resolve.records import Masked, Place
from ingest.resolve.scoring import Part

_SHOWN_ELEMENTS = 3


def part_dict(part: Part) -> dict[str, Any]:
    """A part as plain values for JSON."""
    return {
        "comparison": part.comparison,
        "level": part.level,
        "bits": part.bits,
        "left": shown(part.left),
        "right": shown(part.right),
    }


def shown(value: Hashable) -> str:
    """A compared value as text."""
    if isinstance(value, frozenset):
        texts = sorted({shown(element) for element in value})
        more = "…" if len(texts) > _SHOWN_ELEMENTS else ""
        return "、".join(texts[:_SHOWN_ELEMENTS]) + more
    if isinstance(value, Place):
        return value.shown
    if isinstance(value, Masked):
        return "***"
    if isinstance(value, tuple):
        return str(value[0])  # a road with its sound
    said = str(value)
    return divisions.full_name(said) or said if said.isdigit() and len(said) == 6 else said


def lines(parts: Iterable[Mapping[str, Any]], language: str) -> Sequence[str]:
    """One line per part: what was compared, how it came out, its bits, the two values."""
    return [
        text(
            "resolve.part",
            language,
            comparison=_word("comparison", part["comparison"], language),
            level=_word("level", part["level"], language),
            bits=f"{part['bits']:+.1f}",
            left=part["left"],
            right=part["right"],
        )
        for part in parts
    ]


def reason(code: str, language: str) -> str:
    """Why a rule judged as it did; a person's words stay as they are."""
    return _word("reason", code, language)


def _word(kind: str, code: str, language: str) -> str:
    key = f"resolve.{kind}.{code}"
    return text(key, language) if key in catalogue() else code
