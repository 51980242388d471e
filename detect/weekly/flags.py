"""What the weekly run tells people: one flag per announced event and per newly linked pair."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from detect.weekly.changes import ChangedLink
from detect.weekly.events import Event
from detect.weekly.newly_linked import NewlyLinked
from graph.model.ids import digest

NEWLY_LINKED = "newly_linked"
CLUSTER_PREFIX = "Cluster:"


@dataclass(frozen=True, slots=True)
class Flag:
    """One thing to tell. `values` is plain JSON: sides, links with their records, and the event.

    `regions` are all that it touches; readers of any one of `seen_by` are shown a part of it (see
    `parts`). The id is derived from what is told, so that a repeated run tells it once.
    """

    kind: str
    as_of: date
    cluster_ids: tuple[str, ...]
    member_ids: tuple[str, ...]
    values: Mapping[str, Any]
    regions: tuple[str, ...] = ()
    seen_by: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """`Flag:<date>-<content>`."""
        return f"Flag:{self.as_of}-" + digest(self.kind, *self.cluster_ids, "|", *self.member_ids)

    def properties(self) -> dict[str, Any]:
        """As stored."""
        return {
            "kind": self.kind,
            "as_of": self.as_of.isoformat(),
            "cluster_ids": list(self.cluster_ids),
            "member_ids": list(self.member_ids),
            "regions": list(self.regions),
            "seen_by": list(self.seen_by),
            "values": json.dumps(dict(self.values), ensure_ascii=False, default=str),
            "announced": True,
        }


def flags_of(
    events: Iterable[Event],
    alerts: Iterable[NewlyLinked],
    sides: Mapping[str, Iterable[str]],
) -> list[Flag]:
    """The flags of one week. `sides` maps a track id to its members as they were a week ago."""
    flags = [
        Flag(
            event.kind.value,
            event.as_of,
            tuple(cluster_id(track) for track in event.tracks),
            tuple(sorted({*event.gained, *event.lost})),
            {
                "gained": list(event.gained),
                "lost": list(event.lost),
                "links": links_to_json(event.causes),
                "oldest_record": event.oldest_record.isoformat() if event.oldest_record else None,
                "is_oversize": event.is_oversize,
                "sides": _sides(event.tracks, sides),
            },
        )
        for event in events
        if event.is_announced
    ]
    flags += [
        Flag(
            NEWLY_LINKED,
            alert.as_of,
            (cluster_id(alert.a), cluster_id(alert.b)),
            tuple(sorted({link.merchant for link in alert.links})),
            {
                "merged": alert.merged,
                "links": links_to_json(alert.links),
                "sides": _sides((alert.a, alert.b), sides),
            },
        )
        for alert in alerts
    ]
    return flags


def cluster_id(track: str) -> str:
    """The node id of a track's cluster."""
    return CLUSTER_PREFIX + track


def links_to_json(links: Iterable[ChangedLink]) -> list[dict[str, str]]:
    """Changed links as readable maps, each once; `judgement` only where one moved the link."""
    return [
        ({"judgement": link.judgement} if link.judgement else {})
        | {
            "merchant": link.merchant,
            "identifier": link.identifier,
            "relation": link.kind,
            "first_seen": link.first_seen.isoformat(),
            "noticed": link.noticed.isoformat(),
            "change": link.change.value,
        }
        for link in sorted(set(links))
    ]


def _sides(
    tracks: Iterable[str], members: Mapping[str, Iterable[str]]
) -> list[dict[str, str | list[str]]]:
    return [
        {"cluster": cluster_id(track), "members": sorted(members[track])}
        for track in tracks
        if track in members
    ]
