"""Conditions as Cypher: what the stored values say, and where they do not decide.

The stored values of a thing or relation are its reader's truth only where he may see every region that
speaks of it. Of others he sees fewer records than were merged into what is stored. So three predicates
are made of a condition:

`plain` judges by stored values, counting only relations and far ends that the reader may see. It is right
of a thing that is wholly seen and not doubtful.

`doubtful` is true of a thing when something that the condition looks at, a relation or the thing at its
end, is seen in part only; also when a text holds a number that is masked.

`possible` is true of every thing that the condition may hold of: it takes what is unknown for neither
true nor false (the three-valued logic of S. C. Kleene, Introduction to Metamathematics, 1952, § 64).

What is doubtful and possible is judged in the program, from the visible records (`condition_judge`). Each
predicate is linear in the size of the condition.

Names come from the checked ontology, values are parameters.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from graph.ontology import ontology
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
    about_relations,
    as_linked,
    flat,
    is_free_text,
    is_free_text_of,
    is_identity,
    property_of,
    relation_property,
    steps,
)
from queries.predicates import ALWAYS, NEVER, either, every, negated

#: A mobile number as `masking.mask_text` finds it, a little wider: what it takes for one is judged in
#: the program, by the text that is shown.
_MOBILE = r"(?s).*1[3-9]\p{Nd}[- ]?\p{Nd}{4}[- ]?\p{Nd}{4}.*"
_COMPARISONS = {"eq": "=", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
_TEXT_COMPARISONS = {"contains": "CONTAINS", "startsWith": "STARTS WITH"}


def whole(variable: str) -> str:
    """Cypher: every region that speaks of it is the reader's."""
    return f"all(region IN {variable}.regions WHERE region IN $regions)"


def visible(variable: str) -> str:
    """Cypher: one region that speaks of it is the reader's."""
    return f"any(region IN {variable}.regions WHERE region IN $regions)"


def known(variable: str) -> str:
    """Cypher: the relation was known, and not known to have ended, on `$as_of`."""
    return (
        f"{variable}.first_seen <= $as_of "
        f"AND ({missing(f'{variable}.end_seen')} OR {variable}.end_seen > $as_of)"
    )


def known_as_seen(variable: str) -> str:
    """Cypher: the same as its reader sees the relation: by his records alone where others spoke of it too.

    As `graph.model.provenance.merge_relation` has it: the first record says since when, the last whether
    it ended. A payload is JSON without spaces, in which a quote within a text is escaped.
    """
    record = "(known:Record {id: known_id})"
    said = f"UNWIND {variable}.records AS known_id MATCH {record} WHERE known.region IN $regions"
    day = "substring(known.retrieved_at, 0, 10)"
    return (
        f"CASE WHEN {whole(variable)} THEN {known(variable)} ELSE "
        f"EXISTS {{ {said} AND {day} <= $as_of RETURN known }} AND coalesce(head(COLLECT {{ {said} "
        "WITH known ORDER BY known.retrieved_at DESC, known.id DESC LIMIT 1 "
        f"RETURN NOT known.payload CONTAINS '\"valid_to\":' OR {day} > $as_of }}), false) END"
    )


def missing(subject: str) -> str:
    """Cypher: a property is not there.

    Not a plain `IS NULL`: Neo4j 5.26 remembers from that only whether there is a value, and where the
    same row is asked again, `properties()` of the thing then says `true` in place of the value.
    """
    return f"coalesce({subject}, null) IS NULL"


def arrow(step: Step, variable: str = "") -> str:
    """Cypher: the relation, as it is drawn from the thing it is asked of."""
    body = f"[{variable}:{ontology().relations[step.relation].name}]"
    return f"-{body}->" if step.is_out else f"<-{body}-"


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a condition is compiled: the thing's variable and type, and how many relations away.

    `is_strict`: below a `NOT`, where the database's unknown of a missing value must be false. `step`: it
    is asked of a relation, `variable`, which leads to a thing of the type.
    """

    variable: str
    type_name: str
    depth: int = 0
    is_strict: bool = False
    step: Step | None = None

    @property
    def beyond(self) -> _Place:
        """The thing that the relation leads to."""
        return _Place(f"n{self.depth}", self.type_name, self.depth, self.is_strict)


@dataclass(slots=True)
class Compiler:
    """Compiles conditions of one statement and collects their parameters."""

    parameters: dict[str, Any] = field(default_factory=dict)

    def plain(self, condition: Condition, variable: str, type_name: str) -> str:
        """Cypher: the condition holds by stored values of what is visible."""
        return self._plain(condition, _Place(variable, type_name))

    def doubtful(self, condition: Condition, variable: str, type_name: str) -> str:
        """Cypher: stored values do not decide, although the thing itself is wholly seen."""
        return self._doubtful(condition, _Place(variable, type_name))

    def possible(
        self, condition: Condition, variable: str, type_name: str, *, is_whole: bool
    ) -> str:
        """Cypher: the condition may hold of a doubtful thing, or of one that is seen in part."""
        return self._kleene(condition, _Place(variable, type_name), is_whole, is_sure=False)

    def candidate(self, condition: Condition, variable: str, type_name: str) -> str:
        """Cypher: the condition holds of a thing that is wholly seen, or it is doubtful and may hold."""
        about = (condition, variable, type_name)
        unsure = every(self.possible(*about, is_whole=True), self.doubtful(*about))
        return either(self.plain(*about), unsure)

    def given(self, value: object) -> str:
        """The parameter that holds a value; the same for the same value."""
        for name, known_value in self.parameters.items():
            if type(known_value) is type(value) and known_value == value:
                return f"${name}"
        name = f"p{len(self.parameters)}"
        self.parameters[name] = value
        return f"${name}"

    def _plain(self, condition: Condition, at: _Place) -> str:
        match condition:
            case Compare():
                return self._comparison(condition, at)
            case InRegions():
                return self._regions(condition, at)
            case AllOf(parts):
                return every(*(self._plain(part, at) for part in parts))
            case AnyOf(parts):
                return either(*(self._plain(part, at) for part in parts))
            case Not(part):
                return negated(self._plain(part, replace(at, is_strict=True)))
            case Related() | Linked():
                return self._related(as_linked(condition), at)
            case ValidOn(day):
                return self._valid_on(day, at)
            case Beyond(part):
                return self._plain(part, at.beyond)

    def _related(self, condition: Linked, at: _Place) -> str:
        if condition.quantifier == "all":
            condition = Linked(condition.step, "none", Not(condition.part))
        relation = _below(condition.step, at)
        what = self._plain(condition.part, relation)
        if what == NEVER:  # it leads to nothing that counts: neither to some nor to one
            return ALWAYS if condition.quantifier == "none" else NEVER
        ends = (
            f"{_visible_ends(condition.step, at)} AND {known(relation.variable)} "
            f"AND {relation.beyond.variable}.first_seen <= $as_of AND {what}"
        )
        match condition.quantifier:
            case "some":
                return f"EXISTS {{ {ends} }}"
            case "none":
                return f"NOT EXISTS {{ {ends} }}"
            case _:
                # A hub has a million relations; whether there is exactly one is known after two.
                return f"COUNT {{ {ends} RETURN 1 AS one LIMIT 2 }} = 1"

    def _valid_on(self, day: str, at: _Place) -> str:
        begun, ended = f"{at.variable}.valid_from", f"{at.variable}.valid_to"
        return (
            f"(({missing(begun)} OR {begun} <= {self.given(day)}) "
            f"AND ({missing(ended)} OR {ended} > {self.given(day)}))"
        )

    def _doubtful(self, condition: Condition, at: _Place) -> str:
        doubts = self._masked_texts(condition, at)
        said = about_relations(condition)
        for step, parts in steps(condition).items():
            relation = _below(step, at)
            there = [f"NOT ({whole(relation.variable)} AND {whole(relation.beyond.variable)})"]
            there += self._masked_texts(AllOf(said.get(step, ())), relation)
            doubt = either(*there, self._doubtful(AllOf(parts), relation.beyond))
            doubts.append(f"EXISTS {{ {_visible_ends(step, at)} AND {doubt} }}")
        return either(*doubts)

    def _masked_texts(self, condition: Condition, at: _Place) -> list[str]:
        """Where a part of a text was found that may hold a masked number."""
        strict = replace(at, is_strict=True)
        return [
            f"({self._comparison(part, strict)} "
            f"AND {at.variable}.{part.name} =~ {self.given(_MOBILE)})"
            for part in _partial_texts(condition, at)
        ]

    def _kleene(self, condition: Condition, at: _Place, is_whole: bool, *, is_sure: bool) -> str:
        """Whether it is surely true, or else whether it is not surely false."""
        match condition:
            case Compare():
                return self._kleene_compare(condition, at, is_whole, is_sure=is_sure)
            case InRegions():
                return self._regions(condition, at)
            case AllOf(parts):
                said = [self._kleene(part, at, is_whole, is_sure=is_sure) for part in parts]
                return every(*said)
            case AnyOf(parts):
                said = [self._kleene(part, at, is_whole, is_sure=is_sure) for part in parts]
                return either(*said)
            case Not(part):
                below = replace(at, is_strict=True)
                return negated(self._kleene(part, below, is_whole, is_sure=not is_sure))
            case Related() | Linked() | ValidOn() | Beyond():
                return NEVER if is_sure else ALWAYS

    def _kleene_compare(
        self, condition: Compare, at: _Place, is_whole: bool, *, is_sure: bool
    ) -> str:
        if not (is_whole or is_identity(at.type_name, condition.name)):
            return NEVER if is_sure else ALWAYS
        if is_sure and _is_partial_text(condition, at):
            return NEVER
        return self._comparison(condition, at)

    def _comparison(self, condition: Compare, at: _Place) -> str:
        said = self._bare_comparison(condition, at)
        # Elsewhere unknown is as good as false, and `coalesce` would keep the server from its indexes.
        return f"coalesce({said}, false)" if at.is_strict else said

    def _bare_comparison(self, condition: Compare, at: _Place) -> str:
        name = _name_of(condition, at)
        subject = f"{at.variable}.{name}"
        if condition.operation == "isNull":
            return missing(subject) if condition.value else f"NOT {missing(subject)}"
        if condition.operation == "in":
            values = condition.value if isinstance(condition.value, tuple) else ()
            return f"{subject} IN {self.given(list(values))}"
        symbol = _COMPARISONS.get(condition.operation) or _TEXT_COMPARISONS[condition.operation]
        return f"{subject} {symbol} {self.given(condition.value)}"

    def _regions(self, condition: InRegions, at: _Place) -> str:
        # Which of the reader's regions speak of a thing he knows, whoever else does.
        wanted = self.given(list(condition.regions))
        return (
            f"any(region IN {at.variable}.regions WHERE region IN {wanted} AND region IN $regions)"
        )


def _name_of(condition: Compare, at: _Place) -> str:
    """The name of what is compared, from the ontology."""
    if at.step is not None:
        is_date = condition.name in RELATION_DATES
        return (
            condition.name if is_date else relation_property(at.step.relation, condition.name).name
        )
    if condition.name in {ID, FIRST_SEEN}:
        return condition.name
    return property_of(at.type_name, condition.name).name


def _below(step: Step, at: _Place) -> _Place:
    """A relation of a thing."""
    depth = at.depth + 1
    return _Place(f"r{depth}", step.far, depth, step=step)


def _visible_ends(step: Step, at: _Place) -> str:
    relation = _below(step, at)
    far = relation.beyond.variable
    pattern = f"({at.variable}){arrow(step, relation.variable)}({far}:{step.far})"
    return f"MATCH {pattern} WHERE {visible(relation.variable)} AND {visible(far)}"


def _partial_texts(condition: Condition, at: _Place) -> Iterator[Compare]:
    for part in flat(condition):
        if isinstance(part, Compare) and _is_partial_text(part, at):
            yield part


def _is_partial_text(condition: Compare, at: _Place) -> bool:
    if condition.operation not in _TEXT_COMPARISONS:
        return False
    if at.step is not None:
        return is_free_text_of(at.step.relation, condition.name)
    return is_free_text(at.type_name, condition.name)
