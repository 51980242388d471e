"""Conditions as plain data, to be kept in the store and read back, and as words for people.

`condition_data` and `condition_from` are each other's inverse. What is read back is to be checked again
(`conditions.check`): who kept it is not known here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from graph.errors import ValueRefused
from queries.conditions import (
    FIRST_SEEN,
    ID,
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
    property_of,
)
from queries.masking import mask_text

_PARTS: Mapping[str, type[AllOf] | type[AnyOf]] = {"and": AllOf, "or": AnyOf}
_ONE: Mapping[str, type[Not] | type[Beyond]] = {"not": Not, "node": Beyond}
_STEPS: Mapping[str, type[Related] | type[Linked]] = {"related": Related, "edges": Linked}
_MOST_DEPTH = 200
_HIDDEN = "****"


def condition_data(condition: Condition) -> list[Any]:
    """The condition as lists of texts, numbers and lists."""
    match condition:
        case Compare(name, operation, value):
            wanted = list(value) if isinstance(value, tuple) else value
            return ["compare", name, operation, wanted]
        case InRegions(regions):
            return ["regions", *regions]
        case ValidOn(day):
            return ["valid_on", day]
        case AllOf(parts):
            return ["and", *map(condition_data, parts)]
        case AnyOf(parts):
            return ["or", *map(condition_data, parts)]
        case Not(part):
            return ["not", condition_data(part)]
        case Beyond(part):
            return ["node", condition_data(part)]
        case Related() | Linked():
            word = "related" if isinstance(condition, Related) else "edges"
            step = condition.step
            head = [word, step.relation, step.is_out, condition.quantifier]
            return [*head, condition_data(condition.part)]


def condition_from(data: Any) -> Condition:
    """The condition that was kept; ValueRefused for what is none."""
    return _from(data, 0)


def _from(data: Any, depth: int) -> Condition:
    if depth > _MOST_DEPTH:
        raise ValueRefused("filter.form")
    match data:
        case ["compare", str(name), str(operation), value]:
            return Compare(name, operation, tuple(value) if isinstance(value, list) else value)
        case ["regions", *regions] if all(isinstance(region, str) for region in regions):
            return InRegions(tuple(regions))
        case ["valid_on", str(day)]:
            return ValidOn(day)
        case ["and" | "or" as word, *parts]:
            return _PARTS[word](tuple(_from(part, depth + 1) for part in parts))
        case ["not" | "node" as word, part]:
            return _ONE[word](_from(part, depth + 1))
        case ["related" | "edges" as word, str(relation), bool(is_out), str(quantifier), part]:
            step = Step(relation, is_out)
            return _STEPS[word](step, quantifier, _from(part, depth + 1))
        case _:
            raise ValueRefused("filter.form")


def condition_words(condition: Condition, type_name: str) -> str:
    """One line for the head of a file. Personal values are hidden, and numbers in texts masked."""
    return mask_text(orjson.dumps(condition_data(_hidden(condition, type_name))).decode())


def _hidden(condition: Condition, about: str | Step) -> Condition:
    match condition:
        case Compare(name, operation) if isinstance(about, str) and name not in {ID, FIRST_SEEN}:
            is_personal = property_of(about, name).personal
            return Compare(name, operation, _HIDDEN) if is_personal else condition
        case AllOf(parts):
            return AllOf(tuple(_hidden(part, about) for part in parts))
        case AnyOf(parts):
            return AnyOf(tuple(_hidden(part, about) for part in parts))
        case Not(part):
            return Not(_hidden(part, about))
        case Beyond(part) if isinstance(about, Step):
            return Beyond(_hidden(part, about.far))
        case Related(step, quantifier, part):
            return Related(step, quantifier, _hidden(part, step.far))
        case Linked(step, quantifier, part):
            return Linked(step, quantifier, _hidden(part, step))
        case _:
            return condition
