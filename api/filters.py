"""Typed filters, one input per entity type, made from the ontology: `MerchantWhere`, `StoreWhere`, …

`condition_of` turns what was given into a condition; everything that is not in the ontology has been
refused by the schema before. What was given as null is refused too: left out, it would widen the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Annotated, Any

import strawberry
from strawberry import UNSET
from strawberry.types.lazy_type import LazyType

from api.filter_values import (
    DateFilter,
    IdFilter,
    RegionsFilter,
    add_member,
    described,
    filter_of,
    given_of,
    input_type,
    optional,
)
from api.keys import cleaned
from api.relation_names import relations_of
from api.scalars import Date
from graph.errors import ValueRefused
from graph.model.values import KINDS
from graph.ontology import EntityType, Property, ontology
from queries.conditions import (
    EVERYTHING,
    FIRST_SEEN,
    ID,
    MAX_CONDITIONS,
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
    relation_property,
    too_much,
)
from queries.expand import checked_date

_OPERATIONS = {"in_": "in", "starts_with": "startsWith", "is_null": "isNull"}
#: What asks of relations themselves is called after the relation: `uses_phone_edges`.
_EDGES = "_edges"
_Make = Callable[[Any, int], Condition]


def where_argument(type_name: str) -> Any:
    """The annotation of an argument that filters things of a type."""
    where: Any = LazyType(f"{type_name}Where", __name__)
    return Annotated[
        where | None,
        strawberry.argument(description="条件，默认全部 / Which things, all by default"),
    ]


def condition_of(type_name: str, where: Any, depth: int = 0) -> Condition:
    """The condition that an input of a type stands for; everything for None.

    Raises ValueRefused for a null and for a value that is none of its property's kind, LimitExceeded
    for one that is deeper than any condition may be large.
    """
    if where is None or where is UNSET:
        return EVERYTHING
    return _all_of(where, depth, partial(condition_of, type_name), partial(_parts_of, type_name))


def _edge_condition(step: Step, where: Any, depth: int) -> Condition:
    """The same for what is asked of relations."""
    return _all_of(where, depth, partial(_edge_condition, step), partial(_edge_parts_of, step))


def _all_of(
    where: Any, depth: int, make: _Make, parts_of: Callable[[str, Any, int], Iterator[Condition]]
) -> Condition:
    if depth > MAX_CONDITIONS:
        raise too_much("filter conditions", MAX_CONDITIONS)
    parts = tuple(
        part
        for name, value in given_of(where)
        for part in (
            (_joined(name, value, depth + 1, make),)
            if name in {"and_", "or_", "not_"}
            else parts_of(name, value, depth + 1)
        )
    )
    return parts[0] if len(parts) == 1 else AllOf(parts)


def _joined(name: str, value: Any, depth: int, make: _Make) -> Condition:
    if name == "not_":
        return Not(make(value, depth))
    parts = tuple(make(one, depth) for one in value)
    return AllOf(parts) if name == "and_" else AnyOf(parts)


def _parts_of(type_name: str, name: str, value: Any, depth: int) -> Iterator[Condition]:
    steps = relations_of(type_name)
    if name == "regions":
        yield from _in_regions(value)
    elif name in steps:
        step = steps[name]
        for quantifier, part in given_of(value):
            yield Related(step, quantifier, condition_of(step.far, part, depth))
    elif name.removesuffix(_EDGES) in steps:
        step = steps[name.removesuffix(_EDGES)]
        for quantifier, part in given_of(value):
            yield Linked(step, quantifier, _edge_condition(step, part, depth))
    else:
        yield from _compares(type_name, name, value)


def _edge_parts_of(step: Step, name: str, value: Any, depth: int) -> Iterator[Condition]:
    if name == "regions":
        yield from _in_regions(value)
    elif name == "valid_on":
        yield ValidOn(checked_date(value))
    elif name == "node":
        yield Beyond(condition_of(step.far, value, depth))
    else:
        yield from _compares(step, name, value)


def _in_regions(value: Any) -> Iterator[Condition]:
    for _, regions in given_of(value):
        yield InRegions(tuple(sorted(set(regions))))


def _compares(about: str | Step, name: str, value: Any) -> Iterator[Condition]:
    for operation, wanted in given_of(value):
        yield _compare(about, name, _OPERATIONS.get(operation, operation), wanted)


def _compare(about: str | Step, name: str, operation: str, wanted: Any) -> Compare:
    if name == ID or operation == "isNull":
        return Compare(name, operation, tuple(wanted) if operation == "in" else wanted)
    if name in RELATION_DATES and (name == FIRST_SEEN or isinstance(about, Step)):
        clean: Any = checked_date
    else:
        prop = _property(about, name)
        is_part = operation in {"contains", "startsWith"}
        clean = _part if is_part else lambda value: _canonical(prop, value)
    if operation == "in":
        return Compare(name, operation, tuple(clean(value) for value in wanted))
    return Compare(name, operation, clean(wanted))


def _property(about: str | Step, name: str) -> Property:
    if isinstance(about, Step):
        return relation_property(about.relation, name)
    return ontology().entities[about].property(name)


def _part(text: str) -> str:
    if not text:
        raise ValueRefused("filter.empty")
    return text


def _canonical(prop: Property, value: Any) -> Any:
    """A value as the graph keeps it; ValueRefused for one that the property cannot have."""
    scalar = KINDS[prop.kind].graphql_type
    if scalar == "Boolean" or (scalar == "Float" and isinstance(value, int | float)):
        return value
    if scalar == "Int":
        # Long takes any JSON value, so its type is checked here.
        if isinstance(value, bool) or not isinstance(value, int) or abs(value) > 2**53:
            raise ValueRefused("filter.number")
        return value
    return cleaned(prop, str(value))


def _members(itself: Any, **more: tuple[Any, Any]) -> dict[str, tuple[Any, Any]]:
    """What every filter has, whatever it is of, and what more it has."""
    return {
        "and_": (list[itself] | None, optional("全部满足 / All of these hold", "and")),
        "or_": (
            list[itself] | None,
            optional(
                "至少一个满足，空则不满足 / One of these holds at least; never for none", "or"
            ),
        ),
        "not_": (itself | None, optional("不满足 / This does not hold", "not")),
        **more,
        "first_seen": (DateFilter | None, optional("首次得知的日期 / Day we first learned of it")),
        "regions": (
            RegionsFilter | None,
            optional("提供记录的地区 / Regions whose records speak of it"),
        ),
    }


def _where(entity: EntityType) -> type:
    """The filter of a type: its properties, what every thing has, its relations, and/or/not."""
    identifier = (IdFilter | None, optional("全局编号 / Global id"))
    members = _members(LazyType(f"{entity.name}Where", __name__), id=identifier)
    for prop in entity.properties:
        member = (filter_of(prop) | None, optional(described(prop)))
        add_member(members, entity.table, prop.name, member)
    for name, step in relations_of(entity.name).items():
        related: Any = LazyType(f"{step.far}RelationWhere", __name__)
        edges: Any = LazyType(f"{_edges_name(step)}EdgesWhere", __name__)
        said = ontology().relations[step.relation].title
        arrow = "→" if step.is_out else "←"
        text = f"{said['zh']}{arrow} / {step.relation} {arrow} {step.far}"
        add_member(members, entity.table, name, (related | None, optional(text)))
        text = f"{said['zh']}{arrow}，依关系本身 / {step.relation} {arrow}, by the relation itself"
        add_member(members, entity.table, name + _EDGES, (edges | None, optional(text)))
    title = entity.title
    text = f"{title['zh']}的条件，同时满足 / Conditions on a {title['en']}; all must hold"
    return input_type(f"{entity.name}Where", text, members)


def _relation_where(entity: EntityType) -> type:
    """How many relations lead to things of a type that something holds of."""
    texts = {
        "some": "至少一个 / At least one leads to such a thing",
        "none": "没有 / None leads to such a thing",
        "all": "全部（没有时亦成立） / None leads elsewhere; holds where there is none",
        "single": "恰好一个 / Exactly one leads to such a thing",
    }
    text = (
        f"指向{entity.title['zh']}的关系的条件，截至所问之日 / Conditions on relations to a "
        f"{entity.title['en']}, as known on the day asked for; all must hold"
    )
    return _quantified(f"{entity.name}RelationWhere", f"{entity.name}Where", text, texts)


def _quantified(name: str, of: str, text: str, texts: Mapping[str, str]) -> type:
    """The filter of a number of relations: what each quantifier means, and the filter `of` each."""
    where = LazyType(of, __name__) | None
    members = {key: (where, optional(said)) for key, said in texts.items()}
    return input_type(name, text, members)


def _edges_name(step: Step) -> str:
    """What the filters of a relation are called, seen from one of its ends."""
    return "".join(word.capitalize() for word in step.relation.split("_")) + step.far


def _edge_where(step: Step) -> type:
    """The filter of relations: their properties, their dates, and the thing that they lead to."""
    name, relation = f"{_edges_name(step)}EdgeWhere", ontology().relations[step.relation]
    members = _members(LazyType(name, __name__))
    dates = {
        "valid_from": "起效日期 / Day from which it holds, as reported",
        "valid_to": "失效日期，当日已失效 / Day from which it no longer holds, as reported",
    }
    for key, text in dates.items():
        members[key] = (DateFilter | None, optional(text))
    text = "当日有效；无日期者视为有效 / In force on that day; what has no date counts as in force"
    members["valid_on"] = (Date | None, optional(text))
    far: Any = LazyType(f"{step.far}Where", __name__)
    members["node"] = (far | None, optional("另一端 / The thing at its other end"))
    for prop in relation.properties:
        member = (filter_of(prop) | None, optional(described(prop)))
        add_member(members, relation.table, prop.name, member)
    title = relation.title
    text = f"{title['zh']}关系的条件，同时满足 / Conditions on a relation ({title['en']}); all must hold"
    return input_type(name, text, members)


def _edges_where(step: Step) -> type:
    """How many relations something holds of."""
    texts = {
        "some": "至少一个 / It holds of one at least",
        "none": "没有 / It holds of none",
        "all": "全部（没有时亦成立） / It holds of each; also where there is none",
        "single": "恰好一个 / It holds of exactly one",
    }
    title = ontology().relations[step.relation].title
    text = (
        f"{title['zh']}关系及其另一端的条件，截至所问之日 / Conditions on relations ({title['en']}) and "
        "the things at their ends, as known on the day asked for; all must hold"
    )
    name = _edges_name(step)
    return _quantified(f"{name}EdgesWhere", f"{name}EdgeWhere", text, texts)


def _inputs() -> dict[str, type]:
    things = ontology().entities.values()
    steps = [step for thing in things for step in relations_of(thing.name).values()]
    # Both directions of a relation between things of one type lead to the same.
    apart = {_edges_name(step): step for step in steps}.values()
    made = [
        *(make(thing) for thing in things for make in (_where, _relation_where)),
        *(make(step) for step in apart for make in (_edge_where, _edges_where)),
    ]
    return {kind.__name__: kind for kind in made}


# Filters name each other; strawberry looks for them as names of this module.
globals().update(_inputs())
