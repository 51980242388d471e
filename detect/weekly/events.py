"""What can happen to a cluster, and what is said about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from detect.weekly.changes import ChangedLink
from detect.weekly.tracks import link_from_list, link_to_list


class EventKind(StrEnum):
    """What happened. BORN means *first visible*: the cluster itself may be older.

    REGROUPED is a change that no changed record explains (a threshold was crossed). It is logged
    and never announced.
    """

    BORN = "born"
    GREW = "grew"
    SHRANK = "shrank"
    MERGED = "merged"
    SPLIT = "split"
    DISSOLVED = "dissolved"
    REBORN = "reborn"
    REGROUPED = "regrouped"


@dataclass(frozen=True, slots=True)
class Event:
    """One event of one week.

    `tracks` names the track that lives on first. MERGED lists every side, so k clusters joining are
    one event; SPLIT lists the parent, then the child. `gained` and `lost` are merchants, counted
    against what was last announced. `causes` are the changed links that explain it. `would_be` is
    the kind that a REGROUPED event failed to prove. `oldest_record` is the day of the oldest link
    of the cluster to an identifier it owns, so that BORN never reads as "new". `is_baseline` marks the
    first run, `is_oversize` a cluster too large to be believed without a look.
    """

    kind: EventKind
    as_of: date
    tracks: tuple[str, ...]
    gained: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    causes: tuple[ChangedLink, ...] = ()
    would_be: EventKind | None = None
    oldest_record: date | None = None
    is_baseline: bool = False
    is_oversize: bool = False

    @property
    def is_announced(self) -> bool:
        """Whether anybody is told."""
        return self.kind is not EventKind.REGROUPED and not self.is_baseline

    @property
    def earliest_cause(self) -> date | None:
        """The day the sources date the earliest cause to; `as_of` is the day it was noticed."""
        return min((link.first_seen for link in self.causes), default=None)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        return {
            "kind": self.kind.value,
            "as_of": self.as_of.isoformat(),
            "tracks": list(self.tracks),
            "gained": list(self.gained),
            "lost": list(self.lost),
            "causes": [link_to_list(link) for link in self.causes],
            "would_be": self.would_be.value if self.would_be else None,
            "oldest_record": self.oldest_record.isoformat() if self.oldest_record else None,
            "is_baseline": self.is_baseline,
            "is_oversize": self.is_oversize,
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Event:
        """The inverse of `to_dict`."""
        return cls(
            kind=EventKind(data["kind"]),
            as_of=date.fromisoformat(data["as_of"]),
            tracks=tuple(data["tracks"]),
            gained=tuple(data["gained"]),
            lost=tuple(data["lost"]),
            causes=tuple(link_from_list(link) for link in data["causes"]),
            would_be=EventKind(data["would_be"]) if data["would_be"] else None,
            oldest_record=(
                date.fromisoformat(data["oldest_record"]) if data["oldest_record"] else None
            ),
            is_baseline=data["is_baseline"],
            is_oversize=data["is_oversize"],
        )
