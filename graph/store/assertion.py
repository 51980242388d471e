"""One more record about one thing, within a transaction of the service.

What the loader does in batches: the record and the thing are written, and the thing's properties worked
out again from all its records, so that whoever loads the same later finds the same.
"""

from __future__ import annotations

from typing import Any

from graph.model.provenance import Record
from graph.store.async_session import Run
from graph.store.statement import Statement
from graph.store.upsert import SETTLING_NODES, entity_parameters, entity_statement

_ELEMENT = Statement(
    "asserted_element",
    "MATCH (record:Record {id: $record}) "
    "RETURN record.settles AS element, record:Unsettled AS is_open",
)


async def assert_entity(
    run: Run, type_name: str, identifier: str, properties: dict[str, Any], record: Record
) -> None:
    """Write what a record says of a node, and settle the node. Repeating it changes nothing."""
    row = entity_parameters(type_name, identifier, properties, record)
    await run(entity_statement(type_name), rows=[row])
    (open_,) = await run(_ELEMENT, record=record.id)
    if not open_["is_open"]:
        return
    read, write, merge = SETTLING_NODES
    known = await run(read, elements=[open_["element"]])
    rows = [
        {"element": each["element"], "count": each["count"], "properties": merge(each)}
        for each in known
    ]
    await run(write, rows=rows)
