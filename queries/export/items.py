"""One thing or relation as it leaves the house: masked, flat, and with its provenance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graph.ontology import ontology
from queries.masking import mask_properties
from queries.views import NodeView, RelationView

Value = str | int | float | bool
Item = Mapping[str, Any]
"""A flat row, column name → value; lists of texts are joined by `; `."""

NODE_COLUMNS = ("id", "type", "label", "first_seen", "regions", "records")
RELATION_COLUMNS = (
    "id",
    "type",
    "start",
    "end",
    "valid_from",
    "valid_to",
    "first_seen",
    "end_seen",
    "regions",
    "records",
)
_BETWEEN = "; "


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of an export: one page of a list, one step into the graph.

    `withheld`: how many things the reader may not see were met (None where that is not told);
    `is_cut`: a bound of the question itself left something out.
    """

    nodes: tuple[NodeView, ...] = ()
    relations: tuple[RelationView, ...] = ()
    withheld: int | None = 0
    is_cut: bool = False


def node_item(view: NodeView) -> dict[str, Any]:
    """A node, personal properties masked as the API masks them."""
    properties = mask_properties(view.type, view.properties)
    entity = ontology().entities[view.type]
    return {
        "id": view.id,
        "type": view.type,
        "label": str(properties.get(entity.display) or entity.title["zh"]),
        "first_seen": view.first_seen,
        "regions": _BETWEEN.join(view.regions),
        "records": _BETWEEN.join(view.records),
        **_columns(properties, NODE_COLUMNS),
    }


def relation_item(view: RelationView) -> dict[str, Any]:
    """A relation, personal properties masked."""
    return {
        "id": view.id,
        "type": view.type,
        "start": view.start,
        "end": view.end,
        "valid_from": view.valid_from,
        "valid_to": view.valid_to,
        "first_seen": view.first_seen,
        "end_seen": view.end_seen,
        "regions": _BETWEEN.join(view.regions),
        "records": _BETWEEN.join(view.records),
        **_columns(mask_properties(view.type, view.properties), RELATION_COLUMNS),
    }


def _columns(properties: Mapping[str, Any], taken: tuple[str, ...]) -> dict[str, Value]:
    return {
        (f"property_{name}" if name in taken else name): _plain(value)
        for name, value in properties.items()
        if value is not None
    }


def _plain(value: Any) -> Value:
    if isinstance(value, list | tuple):
        return _BETWEEN.join(map(str, value))
    return value if isinstance(value, str | int | float | bool) else str(value)
