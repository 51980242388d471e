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
from graph.store.columns import PropertyColumns, RecordColumns
from graph.store.search_values import SEARCH_PROPERTIES, is_in_words

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


def cells(values: Iterable[Any]) -> list[str]:
    """A column of values as cells."""
    # Texts without the quote, which nearly all values are, are done in place: a call costs more.
    return [
        f"{QUOTE}{value}{QUOTE}" if type(value) is str and QUOTE not in value else cell(value)
        for value in values
    ]


def property_cells(names: Sequence[str], columns: PropertyColumns, rows: int) -> list[list[str]]:
    """The cells of properties, one column per name in `names`.

    Raises ValueError for a property that is not among them: it would be lost in silence.
    """
    if unknown := sorted(columns.keys() - set(names)):
        raise ValueError(f"no column for {', '.join(unknown)}")
    absent = [""] * rows
    return [cells(columns[name]) if name in columns else absent for name in names]


def lines_of(columns: Sequence[Sequence[str]]) -> list[str]:
    """Columns of cells as lines."""
    return [f"{line}\n" for line in map(DELIMITER.join, zip(*columns, strict=True))]


def properties_format(names: Sequence[str]) -> Format:
    """A function that writes the properties of one thing as cells in the order of `names`."""

    def write(properties: Mapping[str, Any]) -> str:
        columns = {name: (value,) for name, value in properties.items()}
        return DELIMITER.join([column[0] for column in property_cells(names, columns, 1)])

    return write


def entity_columns(entity: EntityType) -> tuple[tuple[str, ...], str]:
    """The property columns of an entity's file, and its header."""
    head = [f":ID({entity.name})", "id:string", *_bookkeeping(), *map(_typed, entity.properties)]
    searched = SEARCH_PROPERTIES if is_in_words(entity) else ()
    head += [f"{name}:string" for name in searched]
    return (*(p.name for p in entity.properties), *searched), DELIMITER.join(head) + "\n"


def relation_columns(relation: RelationType) -> tuple[tuple[str, ...], str]:
    """The property columns of a relation's file (`end_seen` last), and its header."""
    properties = (*relation.properties, *INTERVAL)
    ends = (f":START_ID({relation.start})", f":END_ID({relation.end})")
    head = [*ends, *_bookkeeping(), *map(_typed, properties), "end_seen:string"]
    return (*(p.name for p in properties), "end_seen"), DELIMITER.join(head) + "\n"


def record_lines(records: RecordColumns) -> list[str]:
    """Records as lines of their file."""
    texts = (
        records.id,
        records.source,
        records.locator,
        records.retrieved_at,
        records.region,
        records.asserts,
        records.payload,
    )
    between, least = f"{QUOTE}{DELIMITER}{QUOTE}", 2 * (len(texts) - 1)
    rows = list(map(between.join, zip(*texts, strict=True)))
    if "".join(rows).count(QUOTE) == least * len(rows):
        return [f"{QUOTE}{row}{QUOTE}\n" for row in rows]
    return lines_of([cells(column) for column in texts])


def first_cells(line: str, count: int) -> str:
    """The first cells of a line as they were written; they are numbers, or texts between quotes."""
    at = -1
    is_quoted = False
    for place, character in enumerate(line):
        if character == QUOTE:
            is_quoted = not is_quoted
        elif character == DELIMITER and not is_quoted:
            count -= 1
            if not count:
                at = place
                break
    return line[:at]


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
