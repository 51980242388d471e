"""One digest per region: what is new this week there, why, and how much of it is withheld.

Pure. A digest is made once, when its week is published, from what a reader of that region alone may see
(his own and national records); it is kept as JSON and never made again. Its text is a rendering of that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from detect.weekly.flags import NEWLY_LINKED, Flag
from detect.weekly.parts import WIDER, Part, Told, part_of
from graph.model.provenance import NATIONAL, merge_payloads

VERSION = 1

#: What concerns people most comes first.
ORDER = (
    "merged",
    NEWLY_LINKED,
    "born",
    "reborn",
    "grew",
    "split",
    "shrank",
    "dissolved",
    WIDER,
)


@dataclass(frozen=True, slots=True)
class ClusterFacts:
    """What was published of a cluster: label, score 0..100, members, regions of their records."""

    label: str
    score: int
    size: int
    regions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MerchantSaid:
    """A merchant's name, and what its records say: (retrieved at, record id, payload, region)."""

    name: str
    regions: tuple[str, ...]
    said: tuple[tuple[str, str, str, str], ...] = ()

    def name_for(self, allowed: frozenset[str]) -> str:
        """The name as the visible records have it; empty where they have none."""
        if allowed.issuperset(self.regions):
            return self.name
        seen = [(at, record, body) for at, record, body, region in self.said if region in allowed]
        return str(merge_payloads(seen).get("name") or "") if seen else ""


@dataclass(frozen=True, slots=True)
class ToldWeek:
    """What is told of a week: `edition` counts what was told for the same date.

    `incomplete` names the kinds of links whose feed failed.
    """

    as_of: date
    edition: int
    flags: Sequence[Flag]
    clusters: Mapping[str, ClusterFacts] = field(default_factory=dict)
    merchants: Mapping[str, MerchantSaid] = field(default_factory=dict)
    incomplete: tuple[str, ...] = ()

    @property
    def regions(self) -> list[str]:
        """Every region that has a part in the week, and the national one."""
        seen = {region for flag in self.flags for region in flag.regions}
        seen |= {region for cluster in self.clusters.values() for region in cluster.regions}
        return sorted(seen | {NATIONAL})


def digest_id(as_of: date, edition: int, region: str) -> str:
    """`WeeklyDigest:<date>.<edition>/<region>`."""
    return f"WeeklyDigest:{as_of.isoformat()}.{edition}/{region}"


def digests(week: ToldWeek) -> list[dict[str, Any]]:
    """The digest of every region, as JSON; of a later edition only those that tell something."""
    made = [regional(week, region) for region in week.regions]
    return [each for each in made if week.edition == 1 or each["entries"]]


def regional(week: ToldWeek, region: str) -> dict[str, Any]:
    """The digest of one region."""
    allowed = frozenset({region, NATIONAL})
    entries = []
    for flag in week.flags:
        told = Told(flag.kind, flag.cluster_ids, flag.member_ids, flag.regions, flag.values)
        part = part_of(told, allowed)
        if part is not None:
            entries.append(_entry(flag.id, part, week, allowed))
    entries.sort(key=_rank)
    return {
        "version": VERSION,
        "id": digest_id(week.as_of, week.edition, region),
        "as_of": week.as_of.isoformat(),
        "edition": week.edition,
        "region": region,
        "counts": _counts(entries),
        "incomplete": list(week.incomplete),
        "withheld": len(week.flags) - len(entries),
        "entries": entries,
    }


def without_withheld(body: Mapping[str, Any]) -> dict[str, Any]:
    """The digest for one who is not told what is withheld: nothing in it hints at it."""
    entries = [{**entry, "withheld": None} for entry in body["entries"] if entry["kind"] != WIDER]
    return {**body, "counts": _counts(entries), "withheld": None, "entries": entries}


def _entry(flag_id: str, part: Part, week: ToldWeek, allowed: frozenset[str]) -> dict[str, Any]:
    return {
        "flag": flag_id,
        "kind": part.kind,
        "clusters": [_cluster(name, week.clusters.get(name), allowed) for name in part.cluster_ids],
        "merchants": [{"id": name, "name": _name(week, name, allowed)} for name in part.member_ids],
        "values": part.values,
        "withheld": part.withheld,
    }


def _cluster(name: str, facts: ClusterFacts | None, allowed: frozenset[str]) -> dict[str, Any]:
    """Label, score and size rest on all members, so they are told where all may be seen."""
    if facts is None or not allowed.issuperset(facts.regions):
        return {"id": name, "label": None, "score": None, "size": None}
    return {"id": name, "label": facts.label, "score": facts.score, "size": facts.size}


def _name(week: ToldWeek, merchant: str, allowed: frozenset[str]) -> str:
    said = week.merchants.get(merchant)
    return said.name_for(allowed) if said else ""


def _rank(entry: Mapping[str, Any]) -> tuple[int, int, int, str]:
    scores = [cluster["score"] or 0 for cluster in entry["clusters"]]
    place = ORDER.index(entry["kind"]) if entry["kind"] in ORDER else len(ORDER)
    return place, -max(scores, default=0), -len(entry["merchants"]), entry["flag"]


def _counts(entries: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    return dict(sorted(Counter(entry["kind"] for entry in entries).items()))
