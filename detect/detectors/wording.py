"""Says a finding in plain words: the catalogue's text with its places filled, codes put into words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from graph.model.texts.catalogue import catalogue, text

#: Places that hold codes (`suspended`, `no_qualification×2、expired×1`), never names or numbers.
CODED = frozenset(
    {"status", "fault", "faults", "field", "fields", "roles", "outcome", "reason", "level", "links"}
)
_CODE = re.compile(r"[a-z][a-z_]+")


def explanation(detector_id: str, values: Mapping[str, Any], lang: str = "zh") -> str:
    """What was seen, compared with what, and what would clear it; KeyError for an unknown detector."""
    words = {
        name: _in_words(value, lang) if name in CODED and isinstance(value, str) else value
        for name, value in values.items()
    }
    return text(f"detector.{detector_id}.explanation", lang, **words)


def _in_words(value: str, lang: str) -> str:
    def word(match: re.Match[str]) -> str:
        forms = catalogue().get(f"word.{match.group()}")
        return forms[lang] if forms else match.group()

    return _CODE.sub(word, value)
