"""What the loader hands to the store: one asserted node or relation with the record that asserts it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graph.model.provenance import Record


@dataclass(frozen=True, slots=True)
class EntityRow:
    """One node as one record asserts it; `key` in the order of the ontology's key."""

    key: tuple[str, ...]
    properties: Mapping[str, Any]
    record: Record


@dataclass(frozen=True, slots=True)
class RelationRow:
    """One relation as one record asserts it.

    `properties` hold the relation's own properties, its key properties, `valid_from` and `valid_to`.
    """

    start_key: tuple[str, ...]
    end_key: tuple[str, ...]
    properties: Mapping[str, Any]
    record: Record
