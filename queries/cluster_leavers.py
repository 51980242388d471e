"""Who was a member of a cluster and is no longer, and why, as far as that is known.

The store holds the members of today. Of those before tell the weekly flags, which name whom a cluster
lost, and relations that were seen to end. A merchant that no flag names has left when two things that tie
the cluster tied it on the first day and fewer do on the last: one alone makes nobody a member
(docs/adr/0009).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from graph.ontology import ontology
from queries.changes import Window
from queries.cluster_view import ClusterView
from queries.flags import FlagView
from queries.lookup import view_of
from queries.reading import Reading, Row
from queries.statements import for_types, ids_by_type, load
from queries.steps import Step, step_of
from queries.views import NodeView

LEAVER_LIMIT = 500
"""Merchants looked at."""
_TIES_OF_ONE = 200
_LEAST_IDENTIFIERS = 2

TIES_ENDED = "ties_ended"
CLOSED = "closed"
JUDGED = "judged"


@dataclass(frozen=True, slots=True)
class Left:
    """A merchant that left: the flags that say so, the relations to what ties the cluster that were seen
    to end in these days, and why (`ties_ended`, `closed`, `judged`; none where that is not known)."""

    merchant: NodeView
    flags: tuple[str, ...]
    ended: tuple[Step, ...]
    reasons: tuple[str, ...]


async def leavers(
    reading: Reading, view: ClusterView, flags: Sequence[FlagView], window: Window
) -> tuple[tuple[Left, ...], bool]:
    """Those who left, by id, in two statements; and whether a bound cut them."""
    members = {member.merchant for member in view.members}
    identifiers = {tie.identifier for member in view.members for tie in member.ties}
    identifiers |= {*view.identifiers}
    named = {name for flag in flags for name in _lost(flag)} - members
    met = await _met(reading, identifiers, members, window)
    wanted = sorted({*named, *met})
    rows = await reading.rows(
        load("cluster_leaver_ties"),
        merchants=wanted[:LEAVER_LIMIT],
        identifiers=sorted(identifiers),
        relations=_relations(),
        limit=_TIES_OF_ONE,
    )
    found = [_left(reading, row, flags, window) for row in rows]
    kept = sorted((one for one in found if one is not None), key=lambda one: one.merchant.id)
    return tuple(kept), len(wanted) > LEAVER_LIMIT


async def _met(
    reading: Reading, identifiers: Iterable[str], members: Iterable[str], window: Window
) -> list[str]:
    """Merchants that may have lost a relation to one of the identifiers."""
    ids = ids_by_type(identifiers)
    if not ids:
        return []
    rows = await reading.rows(
        for_types("cluster_leavers", tuple(ids)),
        ids=ids,
        relations=_relations(),
        members=sorted(members),
        **{"from": window.before, "to": window.after},
        limit=LEAVER_LIMIT + 1,
    )
    return [row["merchant"] for row in rows]


def _relations() -> list[str]:
    """Relations by which a merchant itself is tied."""
    return [known.name for known, _ in ontology().links() if known.start == "Merchant"]


def _left(reading: Reading, row: Row, flags: Sequence[FlagView], window: Window) -> Left | None:
    """What became of one; None for one that was none of them."""
    merchant = view_of(reading, row)
    steps = [step_of(merchant.id, item, reading.reader.visible) for item in row["steps"]]
    ended = tuple(step for step in steps if _is_ended(step, window))
    naming = [flag for flag in flags if merchant.id in _lost(flag)]
    before = {step.other.id for step in steps if step.is_known_on(window.before)}
    now = {step.other.id for step in steps if step.is_known_on(window.after)}
    was_tied = len(before) >= _LEAST_IDENTIFIERS > len(now)
    if not naming and not (ended and was_tied):
        return None
    closed_on = merchant.properties.get("closed_on")
    judged = any(
        link.get("judgement") and link.get("merchant") == merchant.id
        for flag in naming
        for link in flag.values.get("links", ())
    )
    known = {
        TIES_ENDED: bool(ended),
        CLOSED: closed_on is not None and window.before < closed_on <= window.after,
        JUDGED: judged,
    }
    reasons = tuple(reason for reason, holds in known.items() if holds)
    return Left(merchant, tuple(flag.id for flag in naming), ended, reasons)


def _is_ended(step: Step, window: Window) -> bool:
    """Whether it held on the first day and was seen to end after it."""
    seen = step.relation.end_seen
    is_inside = seen is not None and window.before < seen <= window.after
    return step.relation.first_seen <= window.before and is_inside


def _lost(flag: FlagView) -> Sequence[str]:
    lost: Sequence[str] = flag.values.get("lost", ())
    return lost
