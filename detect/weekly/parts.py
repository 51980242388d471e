"""The part of a flag that a reader of some regions may see.

Pure. Links, merchants and judgements that a reader may not see are left out and counted; what is said of
the rest rests on the rest alone. Where the visible part would not make such a flag by itself, its reader
is told that it is part of a wider change, and not which: and only if he is told what is withheld.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from detect.weekly.flags import NEWLY_LINKED

#: Shown in place of a kind that rests on what the reader may not see.
WIDER = "wider"

#: As many merchants must be seen on a side (as in a cluster) before anything is said of it.
LEAST_MEMBERS = 2

_TWO_SIDED = frozenset({NEWLY_LINKED, "merged"})
#: Kept with a flag to work out its parts; no reader is shown them.
_INTERNAL = frozenset({"regions_of", "sources"})


@dataclass(frozen=True, slots=True)
class Told:
    """A flag as it is stored; `values` as JSON types."""

    kind: str
    cluster_ids: tuple[str, ...]
    member_ids: tuple[str, ...]
    regions: tuple[str, ...]
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """What is shown of a flag. `withheld` counts links, merchants and judgements that are not."""

    kind: str
    cluster_ids: tuple[str, ...]
    member_ids: tuple[str, ...]
    regions: tuple[str, ...]
    values: Mapping[str, Any]
    withheld: int

    @property
    def is_whole(self) -> bool:
        """Whether nothing is hidden."""
        return self.withheld == 0


def part_of(told: Told, regions: Iterable[str], *, is_told_withheld: bool = True) -> Part | None:
    """The part that a reader of `regions` (his own and the national one) sees; None for nothing."""
    allowed = frozenset(regions)
    if "regions_of" not in told.values:  # a flag that does not say who may see what: all or nothing
        if not told.regions or not allowed.issuperset(told.regions):
            return None
        return Part(told.kind, told.cluster_ids, told.member_ids, told.regions, told.values, 0)
    view = _View(told.values, allowed)
    links = view.links(told.values["links"])
    members = view.merchants(told.member_ids)
    if not (links if told.values["links"] else members):
        return None
    hidden = view.hidden(told)
    kind = told.kind
    if hidden and not view.stands_alone(told):
        if not is_told_withheld:
            return None
        kind = WIDER
    clusters = told.cluster_ids
    if hidden:
        sides = {side["cluster"] for side in told.values["sides"]}
        seen = {side["cluster"] for side in view.sides()}
        clusters = tuple(
            name for name in clusters if name in seen or (kind != WIDER and name not in sides)
        )
    return Part(
        kind,
        clusters,
        tuple(members),
        tuple(sorted(allowed.intersection(told.regions))),
        _shown(told, view, kind, hidden),
        hidden,
    )


def _shown(told: Told, view: _View, kind: str, hidden: int) -> dict[str, Any]:
    shown: dict[str, Any] = {
        name: view.merchants(told.values[name])
        for name in ("gained", "lost")
        if name in told.values and kind != WIDER
    }
    if judged := view.judgements():
        shown["judgements"] = judged
    shown |= {"links": view.links(told.values["links"]), "sides": view.sides()}
    if hidden:
        return shown
    rest = {name: told.values[name] for name in told.values.keys() - shown.keys() - _INTERNAL}
    if reason := rest.get("explanation"):
        rest["explanation"] = view.explanation(reason)
    return {**rest, **shown}


@dataclass(frozen=True, slots=True)
class _View:
    """The values of a flag through the eyes of a reader."""

    values: Mapping[str, Any]
    allowed: frozenset[str]

    def merchants(self, ids: Iterable[str]) -> list[str]:
        """Those he may see."""
        regions = self.values["regions_of"]
        return [name for name in ids if self.allowed.intersection(regions.get(name, ()))]

    def judgements(self) -> list[dict[str, Any]]:
        """Those on two whom he may both see."""
        return [
            {name: value for name, value in said.items() if name != "regions"}
            for said in self.values.get("judgements", ())
            if self.allowed.intersection(said["regions"])
        ]

    def links(self, links: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Those he may see, with the records he may see."""
        known = {said["id"] for said in self.judgements()}
        return [self._link(link, known) for link in links if self._sees(link)]

    def sides(self) -> list[dict[str, Any]]:
        """The clusters as they were, with those of their members he may see."""
        found = [
            {**side, "members": self.merchants(side["members"])} for side in self.values["sides"]
        ]
        return [side for side in found if side["members"]]

    def stands_alone(self, told: Told) -> bool:
        """Whether what he sees is enough to say what kind of change it is."""
        if told.kind in _TWO_SIDED:
            sides = [side for side in self.sides() if len(side["members"]) >= LEAST_MEMBERS]
            return len(sides) >= 2
        return len(self.merchants(told.member_ids)) >= LEAST_MEMBERS

    def hidden(self, told: Told) -> int:
        """How many links, merchants and judgements he does not see."""
        named = {*told.member_ids, *(m for side in told.values["sides"] for m in side["members"])}
        links = sum(not self._sees(link) for link in told.values["links"])
        judged = len(told.values.get("judgements", ())) - len(self.judgements())
        return links + judged + len(named) - len(self.merchants(named))

    def explanation(self, reason: Mapping[str, Any]) -> dict[str, Any]:
        """Why two became one, if he sees all of it: half a proof proves something else."""
        parts = [part for part in reason.values() if isinstance(part, Mapping)]
        if not all(self._sees(link) for part in parts for link in part["links"]):
            return {"label": "withheld"}
        return {
            name: {**part, "links": self.links(part["links"])}
            if isinstance(part, Mapping)
            else part
            for name, part in reason.items()
        }

    def _sees(self, link: Mapping[str, Any]) -> bool:
        return bool(self.allowed.intersection(link["regions"]))

    def _link(self, link: Mapping[str, Any], judgements: set[str]) -> dict[str, Any]:
        sources = self.values["sources"]
        records = [record for record in link["records"] if sources[record][0] in self.allowed]
        shown = {
            **link,
            "records": records,
            "regions": sorted(self.allowed.intersection(link["regions"])),
        }
        if len(records) < len(link["records"]):
            # The day of the link may be that of a hidden record: the first of those seen is told.
            shown["first_seen"] = min((sources[record][1] for record in records), default=None)
        if "judgement" in link:
            kept = [said for said in link["judgement"].split() if said in judgements]
            del shown["judgement"]
            if kept:
                shown["judgement"] = " ".join(kept)
        return shown
