"""Judging things by a condition in the program: from what their reader sees of them, and of no more.

Pure. Agrees with the statements that `condition_cypher` makes wherever those are sure; a test with a real
server holds the two together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from queries.conditions import (
    FIRST_SEEN,
    ID,
    RELATION_DATES,
    AllOf,
    AnyOf,
    Beyond,
    Compare,
    Condition,
    InRegions,
    Linked,
    Not,
    Related,
    Step,
    ValidOn,
    as_linked,
    is_free_text,
    is_free_text_of,
)
from queries.masking import mask_text
from queries.views import NodeView, RelationView


@dataclass(frozen=True, slots=True)
class Thing:
    """A thing as its reader sees it, with the ends of the relations that a condition looks at: those
    he sees that were known on the day asked for, one per relation; `by` is the relation that led there."""

    view: NodeView
    related: Mapping[Step, tuple[Thing, ...]] = field(default_factory=dict)
    by: RelationView | None = None


def holds(condition: Condition, thing: Thing) -> bool:
    """Whether the condition holds of the thing; KeyError when relations it needs were not gathered."""
    match condition:
        case Compare():
            return _compares(condition, thing.view)
        case InRegions(regions):
            return not set(regions).isdisjoint(thing.view.regions)
        case AllOf(parts):
            return all(holds(part, thing) for part in parts)
        case AnyOf(parts):
            return any(holds(part, thing) for part in parts)
        case Not(part):
            return not holds(part, thing)
        case Related() | Linked():
            return _related(as_linked(condition), thing)
        case ValidOn() | Beyond():
            raise TypeError("asked of a thing, and not of a relation")


def _related(condition: Linked, thing: Thing) -> bool:
    ends = thing.related[condition.step]
    count = sum(_leads(condition.part, end) for end in ends)
    match condition.quantifier:
        case "some":
            return count > 0
        case "none":
            return count == 0
        case "single":
            return count == 1
        case _:
            return count == len(ends)


def _leads(condition: Condition, end: Thing) -> bool:
    """Whether something holds of the relation that led to a thing."""
    match condition:
        case Beyond(part):
            return holds(part, end)
        case AllOf(parts):
            return all(_leads(part, end) for part in parts)
        case AnyOf(parts):
            return any(_leads(part, end) for part in parts)
        case Not(part):
            return not _leads(part, end)
    if end.by is None:
        raise KeyError("no relation was gathered")
    match condition:
        case Compare():
            return _compares_relation(condition, end.by)
        case InRegions(regions):
            return not set(regions).isdisjoint(end.by.regions)
        case ValidOn(day):
            begun, ended = end.by.valid_from, end.by.valid_to
            return (begun is None or begun <= day) and (ended is None or ended > day)
        case _:
            raise TypeError("asked of a relation, and not of a thing")


def value_of(view: NodeView, name: str) -> Any:
    """The value of a property, of `id` or of `first_seen`; None where there is none."""
    if name == ID:
        return view.id
    if name == FIRST_SEEN:
        return view.first_seen
    return view.properties.get(name)


def _compares(condition: Compare, view: NodeView) -> bool:
    is_free = is_free_text(view.type, condition.name)
    return _matches(condition, value_of(view, condition.name), is_free=is_free)


def _compares_relation(condition: Compare, view: RelationView) -> bool:
    is_date = condition.name in RELATION_DATES
    value = getattr(view, condition.name) if is_date else view.properties.get(condition.name)
    return _matches(condition, value, is_free=is_free_text_of(view.type, condition.name))


def _matches(condition: Compare, value: Any, *, is_free: bool) -> bool:
    if condition.operation == "isNull":
        return (value is None) == condition.value
    if value is None:
        return False
    if condition.operation in {"contains", "startsWith"}:
        return _text_matches(condition, str(value), is_free=is_free)
    return bool(_TESTS[condition.operation](value, condition.value))


def _text_matches(condition: Compare, value: str, *, is_free: bool) -> bool:
    test, wanted = _TESTS[condition.operation], str(condition.value)
    if not test(value, wanted):
        return False
    # A part of a text must not tell digits that the text is shown without.
    return not is_free or bool(test(mask_text(value), wanted))


_TESTS: Mapping[str, Callable[[Any, Any], Any]] = {
    "eq": lambda value, wanted: value == wanted,
    "in": lambda value, wanted: value in wanted,
    "contains": lambda value, wanted: wanted in value,
    "startsWith": lambda value, wanted: value.startswith(wanted),
    "gt": lambda value, wanted: value > wanted,
    "gte": lambda value, wanted: value >= wanted,
    "lt": lambda value, wanted: value < wanted,
    "lte": lambda value, wanted: value <= wanted,
}
