"""What changed between two days: in a thing and its relations, and in who a cluster is seen to hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from graph.errors import ValueRefused
from graph.model.ids import type_of
from graph.ontology import ontology
from queries import clusters as cluster_queries
from queries.bounds import Bound
from queries.changes import ValueChange, Window, node_changes, relation_change
from queries.cluster_leavers import LEAVER_LIMIT, Left, leavers
from queries.cluster_view import LEAST_MEMBERS, ClusterView, Member, Tie, largest_part
from queries.expand import SCAN_LIMIT, checked_date, checked_relations
from queries.flags import FlagFilter, FlagView, weekly_flags
from queries.lookup import view_of
from queries.pages import MAX_FIRST, Cut, Page, PageRequest, page_of
from queries.provenance import records
from queries.reading import Reading, Row
from queries.statements import for_type
from queries.steps import Step, step_of
from queries.views import NodeView

CURSOR = (str,)
CHANGE_LIMIT = 2_000
"""Relations that records of the days speak of."""

RECORD_LIMIT = 2_000
"""Records of the thing itself, latest first."""


@dataclass(frozen=True, slots=True)
class RelationChange:
    """What became of one relation (`added`, `ended`, `changed`, `came_and_went`), by which records."""

    kind: str
    step: Step
    values: tuple[ValueChange, ...]
    records: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed in a thing: its values, and a page of its relations. `was_known`: on the first day."""

    node: NodeView
    was_known: bool
    values: tuple[ValueChange, ...]
    relations: Page[RelationChange]
    bounds: tuple[Bound, ...]


@dataclass(frozen=True, slots=True)
class Joined:
    """A member of a cluster that nothing yet known on the first day tied to the others."""

    member: Member
    new_ties: tuple[Tie, ...]


@dataclass(frozen=True, slots=True)
class ClusterDifference:
    """Who of a cluster's members of today joined, who left, and what the weekly runs flagged in between."""

    cluster: ClusterView
    joined: tuple[Joined, ...]
    left: tuple[Left, ...]
    stayed: tuple[str, ...]
    flags: Page[FlagView]
    bounds: tuple[Bound, ...]


def window_of(before: str, after: str) -> Window:
    """A window of days; ValueRefused when the first is not before the second."""
    window = Window(checked_date(before), checked_date(after))
    if window.before >= window.after:
        raise ValueRefused("difference.dates")
    return window


async def difference(
    reading: Reading, identifier: str, window: Window, request: PageRequest
) -> Difference | None:
    """What changed in a thing, in one statement; None for what is absent or not visible."""
    if type_of(identifier) not in ontology().entities:
        return None
    rows = await reading.rows(
        for_type("difference", type_of(identifier)),
        id=identifier,
        relations=list(checked_relations(None)),
        **{"from": window.before, "to": window.after},
        scan_limit=SCAN_LIMIT,
        scan_stop=SCAN_LIMIT + 1,
        limit=CHANGE_LIMIT + 1,
        record_limit=RECORD_LIMIT + 1,
    )
    if not rows:
        return None
    (row,) = rows
    said = [(at, record, payload) for at, record, payload in row["records"][:RECORD_LIMIT]]
    bounds = (
        Bound("relations", SCAN_LIMIT, row["scanned"] > SCAN_LIMIT),
        Bound("changed_relations", CHANGE_LIMIT, len(row["steps"]) > CHANGE_LIMIT),
        Bound("records", RECORD_LIMIT, len(row["records"]) > RECORD_LIMIT),
    )
    cut = Cut(
        window.after,
        None if row["withheld"] is None else reading.withheld(row["withheld"]),
        any(bound.is_reached for bound in bounds),
    )
    changes = sorted(_relation_changes(reading, row, window), key=lambda c: c.step.key)
    return Difference(
        view_of(reading, row),
        bool(window.up_to(said, window.before)),
        node_changes(said, window),
        page_of(changes, request, lambda change: change.step.key, cut),
        bounds,
    )


def _relation_changes(reading: Reading, row: Row, window: Window) -> list[RelationChange]:
    found = []
    for item in row["steps"][:CHANGE_LIMIT]:
        said = [(at, record, payload) for at, record, payload in item["relation_said"]]
        became = relation_change(said, window)
        if became is not None:
            step = step_of(row["stored"]["id"], item, reading.reader.visible)
            inside = tuple(record for _, record, _ in window.inside(said))
            found.append(RelationChange(became[0], step, became[1], inside))
    return found


async def cluster_difference(
    reading: Reading, identifier: str, window: Window
) -> ClusterDifference | None:
    """Who joined a cluster and who left it, in seven statements; None for what is absent or not visible."""
    view = (await cluster_queries.by_ids(reading, [identifier])).get(identifier)
    if view is None:
        return None
    said = {record for member in view.members for tie in member.ties for record in tie.records}
    seen = await records(reading, said)
    learned = {name: record.retrieved_at[:10] for name, record in seen.items()}
    before = _held_on(view, learned, window.before)
    now = _held_on(view, learned, window.after)
    joined = [
        Joined(member, _new_ties(member, learned, window))
        for member in view.members
        if member.merchant in now and member.merchant not in before
    ]
    wanted = FlagFilter(since=window.before, cluster=identifier)
    flags = _of(await weekly_flags(reading, wanted, PageRequest(MAX_FIRST)), view, window)
    left, is_cut = await leavers(reading, view, flags.items, window)
    bounds = (
        Bound("flags", MAX_FIRST, flags.truncated),
        Bound("leavers", LEAVER_LIMIT, is_cut),
    )
    stayed = tuple(sorted(before & now))
    return ClusterDifference(view, tuple(joined), left, stayed, flags, bounds)


def _held_on(view: ClusterView, learned: dict[str, str], day: str) -> frozenset[str]:
    """The members tied together by what was known on a day."""
    part = largest_part(
        {
            member.merchant: [tie for tie in member.ties if _learned(tie, learned) <= day]
            for member in view.members
        }
    )
    return part if len(part) >= LEAST_MEMBERS else frozenset()


def _learned(tie: Tie, learned: dict[str, str]) -> str:
    """The day a tie was known: of one through other relations, the last of its records."""
    days = [learned[record] for record in tie.records if record in learned]
    rule = ontology().relations[tie.relation].link
    if not days:
        return (
            "0000"  # nothing says since when: it is taken as old, which accuses nobody of joining
        )
    return max(days) if rule and rule.through else min(days)


def _new_ties(member: Member, learned: dict[str, str], window: Window) -> tuple[Tie, ...]:
    return tuple(
        tie for tie in member.ties if window.before < _learned(tie, learned) <= window.after
    )


def _of(flags: Page[FlagView], view: ClusterView, window: Window) -> Page[FlagView]:
    kept: Sequence[tuple[FlagView, str]] = [
        (flag, cursor)
        for flag, cursor in zip(flags.items, flags.cursors, strict=True)
        if view.id in flag.cluster_ids and window.before < flag.as_of <= window.after
    ]
    return Page(
        tuple(flag for flag, _ in kept),
        tuple(cursor for _, cursor in kept),
        False,
        flags.has_next,
        flags.withheld,
        window.after,
    )
