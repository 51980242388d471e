"""What the weekly run flagged: newly linked clusters, and clusters that changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from detect.weekly.parts import Told, part_of
from queries.expand import checked_date
from queries.findings import json_object
from queries.pages import Page, PageRequest, encode_cursor
from queries.reading import Reading
from queries.statements import load

CURSOR = (str, str)
MAX_LOOKS = 10
"""Statements for one page: a page may come short where a kind is asked for that is rarely seen."""


@dataclass(frozen=True, slots=True)
class FlagView:
    """One flag as one reader sees it: what kind of change, of which clusters and merchants.

    `withheld` counts links and merchants of it that are left out; the rest is said of what is left
    (None where that is not told).
    """

    id: str
    kind: str
    as_of: str
    cluster_ids: tuple[str, ...]
    member_ids: tuple[str, ...]
    regions: tuple[str, ...]
    values: Mapping[str, Any]
    is_announced: bool
    withheld: int | None = 0


@dataclass(frozen=True, slots=True)
class FlagFilter:
    """Which flags; None means all. `since` is an ISO date, inclusive; `cluster` an id."""

    since: str | None = None
    kind: str | None = None
    region: str | None = None
    announced_only: bool = True
    cluster: str | None = None


async def weekly_flags(
    reading: Reading, wanted: FlagFilter, request: PageRequest
) -> Page[FlagView]:
    """Flags, newest first, mostly in one statement; ValueRefused for a date that is none.

    `kind` is the kind that this reader is shown, so some of what is read may not be of it: then it is
    read on.
    """
    since = checked_date(wanted.since) if wanted.since else ""
    after = tuple(map(str, request.after or ("9999", "")))
    found: list[tuple[FlagView, str]] = []
    withheld = 0
    for _ in range(MAX_LOOKS):
        (row,) = await reading.rows(
            load("flags"),
            since=since,
            region=wanted.region,
            cluster=wanted.cluster,
            announced_only=wanted.announced_only,
            after_date=after[0],
            after_id=after[1],
            limit=request.first + 1,
        )
        withheld = row["withheld"]
        found += [(view, _cursor(view)) for view in _views(reading, wanted, row["page"])]
        has_more = len(row["page"]) > request.first
        if not has_more or len(found) > request.first:
            break
        last = row["page"][-1]
        after = (last["as_of"], last["id"])
    chosen = found[: request.first]
    return Page(
        tuple(view for view, _ in chosen),
        tuple(cursor for _, cursor in chosen),
        has_more or len(found) > request.first,
        False,
        reading.withheld(withheld),
        reading.as_of,
    )


def flag_view(stored: Mapping[str, Any], reading: Reading) -> FlagView | None:
    """The part of a flag, from the properties of its node, that the reader may see."""
    told = Told(
        stored["kind"],
        tuple(stored.get("cluster_ids") or ()),
        tuple(stored.get("member_ids") or ()),
        tuple(sorted(stored.get("regions") or ())),
        json_object(stored.get("values")),
    )
    reader = reading.reader
    part = part_of(told, reader.visible, is_told_withheld=reader.is_told_withheld)
    if part is None:
        return None
    return FlagView(
        stored["id"],
        part.kind,
        stored["as_of"],
        part.cluster_ids,
        part.member_ids,
        part.regions,
        part.values,
        bool(stored.get("announced", False)),
        reading.withheld(part.withheld),
    )


def _views(
    reading: Reading, wanted: FlagFilter, page: Sequence[Mapping[str, Any]]
) -> Iterator[FlagView]:
    for stored in page:
        view = flag_view(stored, reading)
        if view is not None and wanted.kind in {None, view.kind}:
            yield view


def _cursor(view: FlagView) -> str:
    return encode_cursor((view.as_of, view.id))
