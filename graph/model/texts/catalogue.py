"""Texts for people: every YAML file beside this one maps a key to its Chinese and English form."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from graph.errors import OntologyError

LANGUAGES = ("zh", "en")


@cache
def catalogue() -> Mapping[str, Mapping[str, str]]:
    """All texts, key → language → form; OntologyError when a key is given twice or lacks a language."""
    texts: dict[str, Mapping[str, str]] = {}
    for path in sorted(Path(__file__).parent.glob("*.yaml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        for key, forms in content.items():
            if key in texts:
                raise OntologyError(f"{path.name}: text {key!r} is given twice")
            if not isinstance(forms, dict) or set(forms) != set(LANGUAGES):
                raise OntologyError(f"{path.name}: text {key!r} needs exactly zh and en")
            texts[key] = forms
    return texts


def text(key: str, lang: str = "zh", **params: Any) -> str:
    """The text `key` in `lang` with its `{places}` filled; KeyError when there is no such text."""
    return catalogue()[key][lang].format(**params)
