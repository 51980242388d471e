"""What clients of the reconciliation protocol send, read strictly.

Everything arrives as JSON inside a form field or a query parameter. Nothing is guessed: what has the
wrong shape is `RequestRefused`, with the name of the part.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from api.errors import RequestRefused, Shown
from queries.reconcile import DEFAULT_CANDIDATES, Row

MAX_BATCH = 50
"""Rows in one request; OpenRefine sends ten."""
MAX_EXTENDED = 200
"""Things whose columns are asked for at once."""
_MAX_PROPERTIES = 20
_REFUSED = Shown("BAD_REQUEST", 400, "api.error.parameter")


@dataclass(frozen=True, slots=True)
class Extension:
    """Columns to add: ids of things, and names of properties or relations."""

    ids: tuple[str, ...]
    columns: tuple[str, ...]


def rows_of(text: str) -> dict[str, Row]:
    """The queries of a batch by their key; RequestRefused for anything else."""
    given = _object(text, "queries")
    if len(given) > MAX_BATCH:
        raise _refused(f"queries (≤ {MAX_BATCH})")
    return {key: _row(key, item) for key, item in given.items()}


def extension_of(text: str) -> Extension:
    """What a data extension asks for; RequestRefused for anything else."""
    given = _object(text, "extend")
    ids = _texts(given.get("ids"), "extend.ids", MAX_EXTENDED)
    properties = given.get("properties")
    if not isinstance(properties, list) or len(properties) > _MAX_PROPERTIES:
        raise _refused("extend.properties")
    columns = [_member(item, "id", "extend.properties.id") for item in properties]
    return Extension(tuple(ids), tuple(columns))


def _row(key: str, item: Any) -> Row:
    if not isinstance(item, dict):
        raise _refused(f"queries.{key}")
    limit = item.get("limit", DEFAULT_CANDIDATES)
    if not isinstance(limit, int) or isinstance(limit, bool):
        raise _refused(f"queries.{key}.limit")
    kinds = item.get("type")
    listed = kinds if isinstance(kinds, list) else [kinds]
    types = tuple(_texts(listed, f"queries.{key}.type", 50)) if kinds else None
    given = item.get("properties") or []
    if not isinstance(given, list) or len(given) > _MAX_PROPERTIES:
        raise _refused(f"queries.{key}.properties")
    said = tuple(pair for entry in given for pair in _said(entry, key))
    return Row(_member(item, "query", f"queries.{key}.query"), types, said, limit)


def _said(entry: Any, key: str) -> list[tuple[str, str]]:
    name = _member(entry, "pid", f"queries.{key}.properties.pid")
    value = entry.get("v")
    values = value if isinstance(value, list) else [value]
    # A value may be an entity that was reconciled before: then its name is what was in the cell.
    plain = [item.get("name") if isinstance(item, dict) else item for item in values]
    return [(name, str(item)) for item in plain if item not in (None, "")]


def _object(text: str, name: str) -> Mapping[str, Any]:
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise _refused(name) from error
    if not isinstance(value, dict):
        raise _refused(name)
    return value


def _texts(value: Any, name: str, most: int) -> list[str]:
    if not isinstance(value, list) or len(value) > most:
        raise _refused(f"{name} (≤ {most})")
    if not all(isinstance(item, str) for item in value):
        raise _refused(name)
    return value


def _member(item: Any, member: str, name: str) -> str:
    value = item.get(member) if isinstance(item, dict) else None
    if not isinstance(value, str):
        raise _refused(name)
    return value


def _refused(name: str) -> RequestRefused:
    return RequestRefused(_REFUSED, name=name)
