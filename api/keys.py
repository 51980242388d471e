"""Values as readers write them, made into the values the graph keeps."""

from __future__ import annotations

from datetime import date, datetime

from api.settings import CHINA
from graph.errors import ValueRefused
from graph.model.values import KINDS
from graph.ontology import Property

#: Keys that are the value of another kind where they can be: a merchant's id is its credit code.
_ALSO = {"merchant_id": "uscc"}


def cleaned(prop: Property, raw: str) -> str:
    """The canonical text of a value in any spelling its kind accepts; ValueRefused for no such value."""
    if (other := _ALSO.get(prop.name)) is not None:
        try:
            return str(KINDS[other].clean(raw))
        except ValueRefused:
            pass
    if not raw.strip():
        raise ValueRefused("filter.empty")
    value = KINDS[prop.kind].clean(raw)
    if isinstance(value, datetime):
        return value.astimezone(CHINA).isoformat()  # as they are loaded
    return value.isoformat() if isinstance(value, date) else str(value)
