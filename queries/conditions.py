"""What a reader asks of things: a condition is a small tree of frozen values, checked when it is made.

A condition never names anything that is not in the ontology, and holds values apart from names, so that
compiling it (`condition_cypher`) and judging by it (`condition_judge`) cannot be led astray.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from graph.errors import LimitExceeded, ValueRefused
from graph.model.values import KINDS
from graph.ontology import Property, ontology

MAX_CONDITIONS = 30
"""Comparisons, relations and and/or/not of one filter together."""
MAX_STEPS = 4
"""Relations within relations."""
MAX_VALUES = 1_000
"""Values in the lists of one filter together."""

OPERATIONS = frozenset({"eq", "in", "contains", "startsWith", "isNull", "gt", "gte", "lt", "lte"})
QUANTIFIERS = ("some", "none", "all", "single")
FIRST_SEEN = "first_seen"
ID = "id"
RELATION_DATES = frozenset({FIRST_SEEN, "valid_from", "valid_to"})
"""What every relation has besides its properties."""
FREE_KINDS = frozenset({"text", "name"})
"""Kinds of value in which a number of a person may stand; it is masked where it is shown."""

Value = str | int | float | bool | tuple[str | int | float, ...]


@dataclass(frozen=True, slots=True)
class Compare:
    """A property of the thing, its `id` or `first_seen`, against a value.

    `in` takes a tuple, `isNull` a boolean; of personal properties only `eq` is allowed.
    """

    name: str
    operation: str
    value: Value


@dataclass(frozen=True, slots=True)
class InRegions:
    """Whether a record of one of these regions, as far as the reader may see it, speaks of the thing."""

    regions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part holds; of no parts, always."""

    parts: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One part at least holds; of no parts, never."""

    parts: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold. Every comparison with a missing value is false, its opposite true."""

    part: Condition


@dataclass(frozen=True, slots=True)
class Step:
    """One relation type in one direction, seen from the thing: `is_out` when it leaves the thing."""

    relation: str
    is_out: bool

    @property
    def near(self) -> str:
        """Entity type it is asked of."""
        known = ontology().relations[self.relation]
        return known.start if self.is_out else known.end

    @property
    def far(self) -> str:
        """Entity type at its other end."""
        known = ontology().relations[self.relation]
        return known.end if self.is_out else known.start


@dataclass(frozen=True, slots=True)
class Related:
    """How many relations of a kind, known on the day asked for, lead to things that `part` holds of:
    `some`, `none`, `single` (exactly one), or `all` (none leads elsewhere)."""

    step: Step
    quantifier: str
    part: Condition


@dataclass(frozen=True, slots=True)
class Linked:
    """As `Related`, by what is said of the relations themselves and of the things at their ends.

    `part` is asked of each relation: a `Compare` looks at its properties, its dates and `first_seen`, and
    `ValidOn` and `Beyond` may stand in it.
    """

    step: Step
    quantifier: str
    part: Condition


@dataclass(frozen=True, slots=True)
class ValidOn:
    """The relation was in force on a day (ISO), as far as is known: what has no date was, `valid_to` is
    exclusive."""

    day: str


@dataclass(frozen=True, slots=True)
class Beyond:
    """The part holds of the thing that the relation leads to."""

    part: Condition


Condition = Compare | InRegions | AllOf | AnyOf | Not | Related | Linked | ValidOn | Beyond
EVERYTHING = AllOf()


def as_linked(condition: Related | Linked) -> Linked:
    """The same, asked of relations."""
    if isinstance(condition, Linked):
        return condition
    return Linked(condition.step, condition.quantifier, Beyond(condition.part))


def check(condition: Condition, type_name: str) -> Condition:
    """The condition itself; LimitExceeded when it is too large, ValueRefused when it asks for what
    may not be asked of a thing of that type."""
    count = values = 0
    for part, about, depth in _walk(condition, type_name, 0):
        count += 1
        if isinstance(part, Compare):
            _check_compare(part, about)
            values += len(part.value) if isinstance(part.value, tuple) else 1
        elif isinstance(part, InRegions):
            values += len(part.regions)
        elif isinstance(part, Related | Linked):
            if part.step.near != about or part.quantifier not in QUANTIFIERS:
                raise ValueRefused("filter.relation")
            if depth >= MAX_STEPS:
                raise too_much("filter nesting", MAX_STEPS)
        elif isinstance(part, ValidOn | Beyond) and not isinstance(about, Step):
            raise ValueRefused("filter.relation")
    if count > MAX_CONDITIONS:
        raise too_much("filter conditions", MAX_CONDITIONS)
    if values > MAX_VALUES:
        raise too_much("filter values", MAX_VALUES)
    return condition


def steps(condition: Condition) -> dict[Step, tuple[Condition, ...]]:
    """The relations a condition looks at from the thing itself, each with what it asks beyond them."""
    found: dict[Step, tuple[Condition, ...]] = {}
    for part in flat(condition):
        if isinstance(part, Related | Linked):
            linked = as_linked(part)
            beyond = [one.part for one in flat(linked.part) if isinstance(one, Beyond)]
            found[part.step] = (*found.get(part.step, ()), *beyond)
    return found


def about_relations(condition: Condition) -> dict[Step, tuple[Condition, ...]]:
    """What a condition asks of relations themselves, by step."""
    found: dict[Step, tuple[Condition, ...]] = {}
    for part in flat(condition):
        if isinstance(part, Linked):
            found[part.step] = (*found.get(part.step, ()), part.part)
    return found


def never_holds(condition: Condition) -> bool:
    """Whether it is false of everything by its form alone, as `or: []` is."""
    return _constant(condition) is False


def _constant(condition: Condition) -> bool | None:
    """What it is whatever it is asked of; None where that depends."""
    match condition:
        case AllOf(parts):
            known = [_constant(part) for part in parts]
            return False if False in known else (None if None in known else True)
        case AnyOf(parts):
            known = [_constant(part) for part in parts]
            return True if True in known else (None if None in known else False)
        case Not(part):
            inner = _constant(part)
            return None if inner is None else not inner
        case Beyond(part):
            return _constant(part)
        case Related() | Linked():
            if not never_holds(condition.part):
                return None
            # Nothing it leads to is counted: there is neither some nor one, and there is none.
            return {"some": False, "single": False, "none": True}.get(condition.quantifier)
        case _:
            return None


def may_seek(condition: Condition, type_name: str) -> bool:
    """Whether an index may lead to the few things that a condition can hold of."""
    parts = condition.parts if isinstance(condition, AllOf) else (condition,)
    return any(
        isinstance(part, Compare)
        and part.operation in {"eq", "in"}
        and (part.name == ID or (part.name != FIRST_SEEN and _is_indexed(type_name, part.name)))
        for part in parts
    )


def _is_indexed(type_name: str, name: str) -> bool:
    return property_of(type_name, name).is_indexed


@cache
def property_of(type_name: str, name: str) -> Property:
    """The property; ValueRefused for none of that name."""
    for prop in ontology().entities[type_name].properties:
        if prop.name == name:
            return prop
    raise ValueRefused("filter.property")


@cache
def relation_property(relation: str, name: str) -> Property:
    """The property of a relation; ValueRefused for none of that name."""
    for prop in ontology().relations[relation].properties:
        if prop.name == name:
            return prop
    raise ValueRefused("filter.property")


def is_identity(type_name: str, name: str) -> bool:
    """Whether everyone who sees a thing sees the same value: its id, and what its id is made of."""
    return name == ID or name in ontology().entities[type_name].key


def is_free_text(type_name: str, name: str) -> bool:
    """Whether the property is text in which a number of a person may stand."""
    if name in {ID, FIRST_SEEN}:
        return False
    prop = property_of(type_name, name)
    return prop.kind in FREE_KINDS and not prop.personal


def is_free_text_of(relation: str, name: str) -> bool:
    """The same for a property of a relation: every text of one is shown with numbers masked."""
    if name in RELATION_DATES:
        return False
    return KINDS[relation_property(relation, name).kind].graphql_type in {"String", "ID"}


def _check_compare(part: Compare, about: str | Step) -> None:
    if part.operation not in OPERATIONS:
        raise ValueRefused("filter.operation")
    if isinstance(about, Step):
        if part.name in RELATION_DATES:
            return
        prop = relation_property(about.relation, part.name)
    elif part.name in {ID, FIRST_SEEN}:
        return
    else:
        prop = property_of(about, part.name)
    if prop.personal and part.operation != "eq":
        raise ValueRefused("filter.personal")


def flat(condition: Condition) -> Iterator[Condition]:
    """The condition and its parts that are asked of the same thing."""
    yield condition
    if isinstance(condition, Not):
        yield from flat(condition.part)
    elif isinstance(condition, AllOf | AnyOf):
        for part in condition.parts:
            yield from flat(part)


def _walk(
    condition: Condition, about: str | Step, depth: int
) -> Iterator[tuple[Condition, str | Step, int]]:
    """Every part but the outermost `and`, which every filter has, with what it is asked of, a type or
    the relations of a step, and its nesting."""
    parts: Sequence[Condition] = condition.parts if isinstance(condition, AllOf) else (condition,)
    for outer in parts:
        for part in flat(outer):
            yield part, about, depth
            if isinstance(part, Related):
                yield from _walk(part.part, part.step.far, depth + 1)
            elif isinstance(part, Linked):
                yield from _walk(part.part, part.step, depth + 1)
            elif isinstance(part, Beyond) and isinstance(about, Step):
                yield from _walk(part.part, about.far, depth)


def too_much(what: str, most: int) -> LimitExceeded:
    """The error for more of something than one filter may have."""
    return LimitExceeded(f"{what} > {most}", limit=f"{what} {most}")
