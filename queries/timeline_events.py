"""What a thing, a relation, a finding or a flag says happened on which day.

Pure. An event of time basis `fact` happened on its day; one of `knowledge` is the day on which somebody
told us. A fact is only told once it was learned: `learned` is that day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from graph.ontology import ontology
from queries.findings import FindingView
from queries.flags import FlagView
from queries.steps import Step
from queries.views import NodeView, RelationView

FACT, KNOWLEDGE = "fact", "knowledge"

KINDS = (
    "complaints",
    "date",
    "finding",
    "first_seen",
    "flag",
    "relation_end_learned",
    "relation_ended",
    "relation_learned",
    "relation_started",
)


@dataclass(frozen=True, slots=True)
class Event:
    """One event. `name` says which: a date property, a relation type, a detector, a kind of flag.

    `subject` is the id of the thing, finding or flag it is an event of; `count` how many there were
    (complaints of one month, whose day is its first). Exactly that of `node`, `relation`, `finding`,
    `flag` is set which the event was read from.
    """

    day: str
    basis: str
    kind: str
    name: str
    subject: str
    learned: str
    count: int = 1
    node: NodeView | None = None
    relation: RelationView | None = None
    finding: FindingView | None = None
    flag: FlagView | None = None

    @property
    def key(self) -> tuple[str, str]:
        """By day, then by what it is: no two events of one thing have the same."""
        return (self.day, f"{self.kind} {self.name} {self.subject}")


def node_events(view: NodeView) -> Iterator[Event]:
    """The dates that a thing itself has, and the day it was first heard of."""
    for name in date_properties(view.type):
        day = view.properties.get(name)
        if day:
            label = f"{view.type}.{name}"
            yield Event(str(day)[:10], FACT, "date", label, view.id, view.first_seen, node=view)
    yield Event(
        view.first_seen, KNOWLEDGE, "first_seen", view.type, view.id, view.first_seen, node=view
    )


def step_events(step: Step) -> Iterator[Event]:
    """The interval of a relation, when it was learned, and the dates of the thing at its other end."""
    relation = step.relation
    learned = max(relation.first_seen, step.other.first_seen)
    told = [
        (relation.valid_from, FACT, "relation_started", learned),
        (relation.valid_to, FACT, "relation_ended", relation.end_seen or learned),
        (relation.first_seen, KNOWLEDGE, "relation_learned", learned),
        (relation.end_seen, KNOWLEDGE, "relation_end_learned", relation.end_seen or learned),
    ]
    for day, basis, kind, since in told:
        if day:
            yield Event(
                day,
                basis,
                kind,
                relation.type,
                relation.id,
                since,
                node=step.other,
                relation=relation,
            )
    for event in node_events(step.other):
        if event.kind == "date":
            yield event


def complaint_events(
    about: str, months: Iterable[tuple[str, int, str]], partly: Sequence[NodeView]
) -> Iterator[Event]:
    """Complaints by month: counted ones, and further ones that are only partly visible."""
    counts: dict[str, tuple[int, str]] = {month: (n, seen) for month, n, seen in months}
    for view in partly:
        month = str(view.properties.get("received_on") or "")[:7]
        if month:
            number, seen = counts.get(month, (0, view.first_seen))
            counts[month] = (number + 1, max(seen, view.first_seen))
    for month, (number, seen) in counts.items():
        yield Event(f"{month}-01", FACT, "complaints", month, about, seen, number)


def finding_events(found: Iterable[FindingView]) -> Iterator[Event]:
    """The day a finding was first made."""
    for finding in found:
        day = finding.first_found or finding.as_of
        if day:
            yield Event(
                day, KNOWLEDGE, "finding", finding.detector, finding.id, day, finding=finding
            )


def flag_events(found: Iterable[FlagView]) -> Iterator[Event]:
    """The week in which a change of a cluster was flagged."""
    for flag in found:
        yield Event(flag.as_of, KNOWLEDGE, "flag", flag.kind, flag.id, flag.as_of, flag=flag)


@cache
def date_properties(type_name: str) -> tuple[str, ...]:
    """Properties of a type that are days or times."""
    entity = ontology().entities[type_name]
    return tuple(p.name for p in entity.properties if p.kind in {"date", "datetime"})
