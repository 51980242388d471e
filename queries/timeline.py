"""What happened to a thing, and when we learned of it, in one order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from graph.errors import ValueRefused
from graph.model.ids import type_of
from graph.ontology import ontology
from queries.bounds import Bound, BoundedPage
from queries.expand import checked_date
from queries.findings import finding_view
from queries.flags import flag_view
from queries.lookup import view_of
from queries.pages import PageRequest, encode_cursor
from queries.reading import Reading, Row
from queries.statements import for_type
from queries.steps import step_of
from queries.timeline_events import (
    KINDS,
    Event,
    complaint_events,
    finding_events,
    flag_events,
    node_events,
    step_events,
)

CURSOR = (str, str)
RELATION_LIMIT = 5_000
STATE_LIMIT = 2_000
SAID_LIMIT = 1_000
"""Findings, flags and months of complaints, newest first."""

TOO_MANY = ("Complaint", "Listing", "PriceObservation", "SalesAggregate", "Scan")
"""Types of which one thing has thousands: complaints are counted by month, the others have no place on
the timeline of what they belong to."""


@dataclass(frozen=True, slots=True)
class TimelineRange:
    """Which events: of which kinds, from when to when (ISO dates, inclusive; None: open), which first."""

    kinds: tuple[str, ...]
    since: str | None
    until: str | None
    is_newest_first: bool

    @classmethod
    def of(
        cls,
        kinds: Sequence[str] | None,
        since: str | None,
        until: str | None,
        *,
        is_newest_first: bool,
    ) -> TimelineRange:
        """Check it; ValueRefused for an unknown kind or a date that is none."""
        if unknown := sorted(set(kinds or ()) - set(KINDS)):
            raise ValueRefused("timeline.kind", name=unknown[0][:40])
        return cls(
            KINDS if kinds is None else tuple(sorted(set(kinds))),
            since and checked_date(since),
            until and checked_date(until),
            is_newest_first,
        )

    def holds(self, event: Event) -> bool:
        """Whether an event is asked for."""
        return (
            event.kind in self.kinds
            and (self.since is None or event.day >= self.since)
            and (self.until is None or event.day <= self.until)
        )


Timeline = BoundedPage[Event]


async def timeline(
    reading: Reading, identifier: str, wanted: TimelineRange, request: PageRequest
) -> Timeline | None:
    """The events of a thing, in one statement; None for what is absent or not visible.

    Nothing that was learned after the day of the reading is told.
    """
    if type_of(identifier) not in ontology().entities:
        return None
    rows = await reading.rows(
        for_type("timeline", type_of(identifier)),
        id=identifier,
        too_many=list(TOO_MANY),
        limit=RELATION_LIMIT + 1,
        state_limit=STATE_LIMIT + 1,
        said_limit=SAID_LIMIT + 1,
    )
    if not rows:
        return None
    (row,) = rows
    chosen = sorted(
        {
            event.key: event
            for event in _events(reading, row)
            if wanted.holds(event) and event.learned <= reading.as_of
        }.values(),
        key=lambda event: event.key,
        reverse=wanted.is_newest_first,
    )
    return _page(reading, row, chosen, wanted, request)


def _page(
    reading: Reading,
    row: Row,
    events: Sequence[Event],
    wanted: TimelineRange,
    request: PageRequest,
) -> Timeline:
    after = request.after
    rest = [
        event
        for event in events
        if after is None or (event.key < after if wanted.is_newest_first else event.key > after)
    ]
    items = tuple(rest[: request.first])
    bounds = (
        Bound("relations", RELATION_LIMIT, len(row["steps"]) > RELATION_LIMIT),
        Bound("certificate_states", STATE_LIMIT, len(row["states"]) > STATE_LIMIT),
        Bound(
            "findings_flags_and_months",
            SAID_LIMIT,
            any(
                len(row[name]) > SAID_LIMIT
                for name in ("findings", "flags", "complaints", "complaint_said")
            ),
        ),
    )
    return BoundedPage(
        items,
        tuple(encode_cursor(event.key) for event in items),
        len(rest) > request.first,
        any(bound.is_reached for bound in bounds),
        None if row["withheld"] is None else reading.withheld(row["withheld"]),
        reading.as_of,
        bounds,
    )


def _events(reading: Reading, row: Row) -> Iterable[Event]:
    own = view_of(reading, row)
    yield from node_events(own)
    for item in row["steps"][:RELATION_LIMIT]:
        yield from step_events(step_of(own.id, item, reading.reader.visible))
    for state in row["states"][:STATE_LIMIT]:
        yield from node_events(view_of(reading, state))
    whole = [(each["month"], each["number"], each["learned"]) for each in row["complaints"]]
    partly = [view_of(reading, each) for each in row["complaint_said"]]
    yield from complaint_events(own.id, whole, partly)
    yield from finding_events(finding_view(stored) for stored in row["findings"])
    seen = (flag_view(stored, reading) for stored in row["flags"])
    yield from flag_events(view for view in seen if view is not None)
