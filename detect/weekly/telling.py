"""Puts a week into words with sources: flags, the records behind their links, and what joined whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from detect.weekly.explanation import LinkSet, Recluster, explain
from detect.weekly.flags import NEWLY_LINKED, Flag, cluster_id, flags_of, links_to_json
from detect.weekly.snapshot import Snapshot
from detect.weekly.tracker import WeekOutcome
from detect.weekly.tracks import TrackerState
from graph.store.attach import hop_sources, link_records_statement
from graph.store.session import Store

#: Joinings explained in one run, about 0.15 CPU seconds each; the rest are labelled not explained.
MAX_EXPLAINED = 200

_NOT_EXPLAINED = {"label": "not_explained"}

_Sources = dict[tuple[str, str, str], tuple[list[str], list[str]]]


def tell(
    store: Store,
    before: TrackerState,
    week: WeekOutcome,
    current: Snapshot,
    recluster: Recluster,
) -> list[Flag]:
    """The flags of a week with the records behind each new link.

    Each joining carries its bridging links and an irreducible cut, both checked by clustering again
    without them. `recluster` must be the engine that made the clusters.
    """
    sides = {track.id: tuple(track.members) for track in before.tracks.values()}
    reasons = _explanations(before, week, current, recluster)
    flags = [_with_reason(flag, reasons) for flag in flags_of(week.events, week.alerts, sides)]
    sources = _sources(store, current.as_of.isoformat(), flags)
    return [_with_sources(flag, sources) for flag in flags]


def _explanations(
    before: TrackerState, week: WeekOutcome, current: Snapshot, recluster: Recluster
) -> dict[tuple[str, ...], dict[str, Any]]:
    reasons: dict[tuple[str, ...], dict[str, Any]] = {}
    for alert in [alert for alert in week.alerts if alert.merged][:MAX_EXPLAINED]:
        sides = (before.tracks[alert.a], before.tracks[alert.b])
        found = explain(sides, current, week.state.history, recluster)
        reasons[(cluster_id(alert.a), cluster_id(alert.b))] = {
            "label": found.label,
            "weeks": found.weeks,
            "bridging": _link_set(found.bridging),
            "cut": _link_set(found.cut),
        }
    return reasons


def _link_set(links: LinkSet) -> dict[str, Any]:
    return {"verified": links.verified, "links": links_to_json(links.links)}


def _with_reason(flag: Flag, reasons: dict[tuple[str, ...], dict[str, Any]]) -> Flag:
    if flag.kind != NEWLY_LINKED or not flag.values["merged"]:
        return flag
    reason = reasons.get(flag.cluster_ids, _NOT_EXPLAINED)
    return replace(flag, values={**flag.values, "explanation": reason})


def _sources(store: Store, as_of: str, flags: Sequence[Flag]) -> _Sources:
    """(relation, merchant, identifier) → records and regions of the links that were added."""
    wanted: dict[str, set[tuple[str, str]]] = {}
    for flag in flags:
        for link in flag.values["links"]:
            if link["change"] == "added":
                wanted.setdefault(link["relation"], set()).add(
                    (link["merchant"], link["identifier"])
                )
    found: _Sources = {}
    for relation, pairs in wanted.items():
        rows = [{"merchant": m, "identifier": i} for m, i in sorted(pairs)]
        for row in store.read(link_records_statement(relation), rows=rows, as_of=as_of):
            records, owners = hop_sources(row["hops"])
            key = (relation, row["merchant"], row["identifier"])
            found[key] = (sorted(records), sorted(owners))
    return found


def _with_sources(flag: Flag, sources: _Sources) -> Flag:
    links = []
    for link in flag.values["links"]:
        key = (link["relation"], link["merchant"], link["identifier"])
        records, owners = sources.get(key, ([], []))
        links.append({**link, "records": records, "regions": owners})
    regions = tuple(sorted({region for link in links for region in link["regions"]}))
    return replace(flag, values={**flag.values, "links": links}, regions=regions)
