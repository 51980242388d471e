"""Puts a week into words with sources: flags, the records behind their links, and what joined whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from detect.weekly.explanation import LinkSet, Recluster, explain
from detect.weekly.flags import NEWLY_LINKED, Flag, cluster_id, flags_of, links_to_json
from detect.weekly.snapshot import Snapshot
from detect.weekly.sources import with_sources
from detect.weekly.tracker import WeekOutcome
from detect.weekly.tracks import TrackerState
from graph.model.judgements import WITHDRAWN_PREFIX, day_of
from graph.store.constraints import prepare_records
from graph.store.session import Store
from graph.store.statement import Statement

#: Joinings explained in one run, about 0.15 CPU seconds each; the rest are labelled not explained.
MAX_EXPLAINED = 200

_NOT_EXPLAINED = {"label": "not_explained"}

_JUDGEMENTS = Statement.load(__file__, "judgements_named.cypher")


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
    if flags:
        prepare_records(store)
    as_of = current.as_of.isoformat()
    judgements = _judgements(store, as_of, flags)
    flags = [_with_judgements(flag, judgements) for flag in flags]
    return with_sources(store, as_of, flags, current.fold)


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


def _judgements(store: Store, as_of: str, flags: Sequence[Flag]) -> dict[str, dict[str, Any]]:
    """The judgements that links of the flags name, by id; a later withdrawal is not yet known."""
    named = {said for flag in flags for said in _named(flag)}
    if not named:
        return {}
    found = {}
    for row in store.read(_JUDGEMENTS, ids=sorted(named)):
        is_withdrawn = row["withdrawn_at"] is not None and day_of(row["withdrawn_at"]) <= as_of
        found[row["id"]] = {
            name: value
            for name, value in row.items()
            if is_withdrawn or not name.startswith(WITHDRAWN_PREFIX)
        }
    return found


def _named(flag: Flag) -> set[str]:
    return {said for link in flag.values["links"] for said in link.get("judgement", "").split()}


def _with_judgements(flag: Flag, judgements: dict[str, dict[str, Any]]) -> Flag:
    """The flag with who judged what, and when."""
    named = [judgements[said] for said in sorted(_named(flag)) if said in judgements]
    return replace(flag, values={**flag.values, "judgements": named}) if named else flag
