"""What so many things lead to that a way through it says nothing.

Two kinds: what people entered in the register of legitimate hubs, while the entry holds; and what has
more holders than a limit. A *holder* is a relation that leads to a thing: a phone's merchants, a lab's
reports. Only entries and holders that the reader may see count, whatever their date, so neither others'
data nor the day asked for decides what is a hub.
"""

from __future__ import annotations

from dataclasses import dataclass

from graph.errors import ValueRefused
from queries.lookup import view_of
from queries.reading import Reading
from queries.statements import load

HUB_LIMIT = 50
"""Visible holders beyond which a thing is a hub: the limit of detectors D1 to D4 for shared identifiers."""

MAX_HUB_LIMIT = 1_000
MAX_REGISTERED = 20_000
"""Registrations read, in order of their id."""


@dataclass(frozen=True, slots=True)
class Hubs:
    """Which things are hubs: those registered, by node id, and those with more than `limit` holders.

    `is_cut`: there are more registrations than are read.
    """

    limit: int
    registered: frozenset[str]
    is_cut: bool = False


def checked_limit(limit: int) -> int:
    """A limit of holders as it is; ValueRefused outside 1..1000."""
    if not 1 <= limit <= MAX_HUB_LIMIT:
        raise ValueRefused("hub.limit", most=MAX_HUB_LIMIT)
    return limit


async def hubs(reading: Reading, as_of: str, limit: int = HUB_LIMIT) -> Hubs:
    """The hubs of a date (ISO), in one statement."""
    rows = await reading.rows(load("hubs"), limit=MAX_REGISTERED + 1)
    registered = set()
    for row in rows[:MAX_REGISTERED]:
        view = view_of(reading, row)
        expires_on = str(view.properties.get("expires_on") or "9999-12-31")
        if row["node"] and view.first_seen <= as_of < expires_on:
            registered.add(row["node"])
    return Hubs(checked_limit(limit), frozenset(registered), len(rows) > MAX_REGISTERED)
