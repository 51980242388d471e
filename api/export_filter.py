"""What an export of things may be narrowed by: the filter of each type, made from the ontology."""

from __future__ import annotations

from typing import Any

from strawberry import UNSET
from strawberry.types.lazy_type import LazyType

from api.filter_values import given_of, input_type, optional
from api.filters import condition_of
from graph.ontology import ontology
from queries.condition_data import condition_data
from queries.conditions import check


def _export_where() -> type:
    members: dict[str, tuple[Any, Any]] = {}
    for entity in ontology().entities.values():
        where: Any = LazyType(f"{entity.name}Where", "api.filters")
        title = entity.title
        text = f"{title['zh']}的条件，同其列表 / Which of these, as in their list: {title['en']}"
        members[entity.table] = (where | None, optional(text))
    return input_type(
        "ExportWhere",
        "各类实体的条件；未给出的类型全部导出 / Which things of each type; of a type without one, all",
        members,
    )


ExportWhere: Any = _export_where()


def conditions_of(where: Any) -> dict[str, list[Any]]:
    """The conditions by type, as data to be kept. Raises what `condition_of` and `check` raise."""
    if where is None or where is UNSET:
        return {}
    found = {}
    for table, given in given_of(where):
        entity = ontology().entity_of_table(table)
        if entity is not None:
            found[entity.name] = condition_data(
                check(condition_of(entity.name, given), entity.name)
            )
    return found
