"""What a value kind is: one name, one cleaning function, one documented rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

Scalar = str | int | float | bool | date | datetime


@dataclass(frozen=True, slots=True)
class ValueKind:
    """One kind of value as the ontology names it.

    `clean` takes the raw, non-empty text of one cell and returns the canonical value, an instance of
    `python_type`, or raises `graph.errors.ValueRefused` with a stable reason. Cleaning is idempotent:
    `clean(str(clean(raw))) == clean(raw)`. `doc` gives the rule and its source; `examples` are raw
    texts that are accepted; `graphql_type` names the scalar the API shows the value as.
    """

    name: str
    python_type: type[Scalar]
    clean: Callable[[str], Scalar]
    title_zh: str
    title_en: str
    doc: str
    examples: tuple[str, ...]
    graphql_type: str = "String"
