"""What the weekly run flagged: newly linked clusters, and clusters that changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from queries.expand import checked_date
from queries.findings import json_object
from queries.pages import Page, PageRequest, encode_cursor
from queries.reading import Reading
from queries.statements import load

CURSOR = (str, str)


@dataclass(frozen=True, slots=True)
class FlagView:
    """One flag: what kind of change, of which clusters and merchants, seen on `as_of`."""

    id: str
    kind: str
    as_of: str
    cluster_ids: tuple[str, ...]
    member_ids: tuple[str, ...]
    regions: tuple[str, ...]
    values: Mapping[str, Any]
    is_announced: bool


@dataclass(frozen=True, slots=True)
class FlagFilter:
    """Which flags; None means all. `since` is an ISO date, inclusive."""

    since: str | None = None
    kind: str | None = None
    region: str | None = None
    announced_only: bool = True


async def weekly_flags(
    reading: Reading, wanted: FlagFilter, request: PageRequest
) -> Page[FlagView]:
    """Flags, newest first, in one statement; ValueRefused for a date that is none."""
    since = checked_date(wanted.since) if wanted.since else ""
    after = request.after or ("9999", "")
    (row,) = await reading.rows(
        load("flags"),
        since=since,
        kind=wanted.kind,
        region=wanted.region,
        announced_only=wanted.announced_only,
        after_date=str(after[0]),
        after_id=str(after[1]),
        limit=request.first + 1,
    )
    found = [flag_view(stored) for stored in row["page"]]
    chosen = tuple(found[: request.first])
    return Page(
        chosen,
        tuple(encode_cursor((flag.as_of, flag.id)) for flag in chosen),
        len(found) > request.first,
        False,
        reading.withheld(row["withheld"]),
        reading.as_of,
    )


def flag_view(stored: Mapping[str, Any]) -> FlagView:
    """A flag from the properties of its node."""
    return FlagView(
        stored["id"],
        stored["kind"],
        stored["as_of"],
        tuple(stored.get("cluster_ids") or ()),
        tuple(stored.get("member_ids") or ()),
        tuple(sorted(stored.get("regions") or ())),
        json_object(stored.get("values")),
        bool(stored.get("announced", False)),
    )
