"""Rows of the files that Neo4j's offline importer reads, and how they are read back.

Texts stand between quotes of a kind that cleaned values never hold (U+001F, UNIT SEPARATOR; were one to
come along, it is doubled after RFC 4180), so the JSON payloads of records need no escaping. Nothing
between two delimiters is "no value", two quotes are the empty text: the importer keeps them apart.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from graph.model.provenance import Record
from graph.model.values import KINDS
from graph.ontology import EntityType, Property, RelationType
from graph.ontology.schema import INTERVAL

QUOTE = "\x1f"
ARRAY_DELIMITER = ";"
"""Between record ids (hex digits) and between regions (digits); no other array is imported."""

DELIMITER = ","
_MAX_READ_BACK_CHARS = 1 << 30

#: Property → type in the header, after "CSV header format" of the Neo4j 5 Operations Manual.
_TYPES = {int: "long", float: "double", bool: "boolean"}

RECORD_HEADER = (
    "id:string,source:string,locator:string,retrieved_at:string,"
    "region:string,asserts:string,payload:string\n"
)

META_HEADER = "id:string,token_key:string\n"

Format = Callable[[Mapping[str, Any]], str]


def cell(value: Any) -> str:
    """One value as a cell; None is the empty cell."""
    if value is None:
        return ""
    if isinstance(value, str):
        if QUOTE in value:
            value = value.replace(QUOTE, QUOTE + QUOTE)
        return f"{QUOTE}{value}{QUOTE}"
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value)


def properties_format(names: Sequence[str]) -> Format:
    """A function that writes properties as cells in the order of `names`.

    It raises ValueError for a property that is not among them: it would be lost in silence.
    """
    known = frozenset(names)

    def cells(properties: Mapping[str, Any]) -> str:
        if not properties.keys() <= known:
            unknown = ", ".join(sorted(properties.keys() - known))
            raise ValueError(f"no column for {unknown}")
        get = properties.get
        # Texts without the quote, which nearly all values are, are done in place: a call costs more.
        return DELIMITER.join(
            [
                f"{QUOTE}{value}{QUOTE}"
                if type(value := get(name)) is str and QUOTE not in value
                else cell(value)
                for name in names
            ]
        )

    return cells


def entity_columns(entity: EntityType) -> tuple[tuple[str, ...], str]:
    """The property columns of an entity's file, and its header."""
    head = [f":ID({entity.name})", "id:string", *_bookkeeping(), *map(_typed, entity.properties)]
    return tuple(p.name for p in entity.properties), DELIMITER.join(head) + "\n"


def relation_columns(relation: RelationType) -> tuple[tuple[str, ...], str]:
    """The property columns of a relation's file (`end_seen` last), and its header."""
    properties = (*relation.properties, *INTERVAL)
    ends = (f":START_ID({relation.start})", f":END_ID({relation.end})")
    head = [*ends, *_bookkeeping(), *map(_typed, properties), "end_seen:string"]
    return (*(p.name for p in properties), "end_seen"), DELIMITER.join(head) + "\n"


def record_row(record: Record) -> str:
    """A record as a line of its file."""
    texts = (
        record.id,
        record.source,
        record.locator,
        record.retrieved_at,
        record.region,
        record.asserts,
        record.payload,
    )
    row = f"{QUOTE}{DELIMITER}{QUOTE}".join(texts)
    if row.count(QUOTE) != 2 * (len(texts) - 1):
        return DELIMITER.join(map(cell, texts)) + "\n"
    return f"{QUOTE}{row}{QUOTE}\n"


def read_record(line: str) -> Record:
    """The record that `record_row` wrote."""
    limit = csv.field_size_limit(_MAX_READ_BACK_CHARS)  # of the process, so it is put back
    try:
        cells = next(csv.reader(io.StringIO(line, newline=""), quotechar=QUOTE))
    finally:
        csv.field_size_limit(limit)
    _, source, locator, retrieved_at, region, asserts, payload = cells
    return Record(source, locator, retrieved_at, region, asserts, payload)


def joined(values: Iterable[str]) -> str:
    """Array elements, each once, in the order they came."""
    return ARRAY_DELIMITER.join(dict.fromkeys(values))


def _bookkeeping() -> tuple[str, ...]:
    return ("records:string[]", "regions:string[]", "first_seen:string")


def _typed(prop: Property) -> str:
    return f"{prop.name}:{_TYPES.get(KINDS[prop.kind].python_type, 'string')}"
