"""The weekly run: what is wrong, who belongs together, what is new since last time. Told once.

`detect_now` finds and publishes without remembering; `run_weekly` also compares with the last run,
flags what is new, makes a digest per region, and remembers. All of it is shown by one transaction:
readers see the old picture or the new one, and a run that was cut off leaves nothing half done.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from detect.network import engines
from detect.run import AT_ONCE
from detect.weekly.flags import Flag
from detect.weekly.lease import analysis_lease
from detect.weekly.lineage import lineage
from detect.weekly.picture import described, engine_of, look
from detect.weekly.publishing import Memory, Publication, publish, told_week
from detect.weekly.remembered import remembered
from detect.weekly.telling import tell
from detect.weekly.tracker import advance, follow
from detect.weekly.tracks import TrackerState
from graph.errors import SuyuanError
from graph.store.session import Store
from graph.store.statement import Statement

_RUN_AT = Statement.load(__file__, "run_at.cypher")
_FLAGS_AT = Statement.load(__file__, "flags_at.cypher")

Progress = Callable[[str], None]


class RunInThePast(SuyuanError):
    """A run for a date before the newest run would rewrite what was already told."""

    code = "detect.run_in_the_past"


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a run found and told. `is_repeat`: the same data of the same date was already done.

    `incomplete` names kinds of links whose feed seems to have failed; `regions` have a digest.
    """

    as_of: date
    engine: str
    counts: dict[str, Any]
    flags: list[dict[str, Any]] = field(default_factory=list)
    is_repeat: bool = False
    incomplete: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        return {
            "as_of": self.as_of.isoformat(),
            "engine": self.engine,
            "is_repeat": self.is_repeat,
            "counts": self.counts,
            "flags": self.flags,
            "incomplete": list(self.incomplete),
            "regions": list(self.regions),
        }


def detect_now(
    store: Store,
    as_of: date,
    engine: str = engines.DEFAULT_ENGINE,
    progress: Progress = lambda _: None,
) -> RunResult:
    """Run detectors and networks as of a date and publish them; remembers and flags nothing.

    Raises AnalysisIsRunning when another run has the store.
    """
    with ThreadPoolExecutor(AT_ONCE) as pool, analysis_lease(store) as lease:
        picture = look(pool, store, as_of, engine, progress)
        before = remembered(store, as_of)
        after, _ = advance(before.state, before.snapshot, picture.snapshot)
        progress("detect")
        findings = picture.judging(None)
        clusters = described(store, picture, after, findings, before.studied, progress)
        lease.confirm()
        done = publish(store, lease, Publication(picture, clusters, findings, after), progress)
    return RunResult(as_of, engine, done.counts)


def run_weekly(
    store: Store,
    as_of: date,
    engine: str = engines.DEFAULT_ENGINE,
    progress: Progress = lambda _: None,
) -> RunResult:
    """Find, compare with the last run before `as_of`, publish, flag once, remember.

    The same data of the same date is recognised and tells nothing again. Raises RunInThePast when a
    later run has been published, AnalysisIsRunning when another run has the store.
    """
    with ThreadPoolExecutor(AT_ONCE) as pool, analysis_lease(store) as lease:
        known = store.read(_RUN_AT, id=_run_id(as_of))[0]
        if known["newest"] is not None and known["newest"] > as_of.isoformat():
            raise RunInThePast(as_of=as_of.isoformat(), newest=known["newest"])
        picture = look(pool, store, as_of, engine, progress)
        if known["digest"] == picture.snapshot.digest:
            pool.shutdown(cancel_futures=True)
            return _repeated(store, as_of, engine, known)
        before = remembered(store, as_of)
        week = follow(before.state, before.snapshot, picture.snapshot)
        progress("detect")
        findings = picture.judging(None)
        clusters = described(store, picture, week.state, findings, before.studied, progress)
        flags = tell(store, before.state, week, picture.snapshot, engine_of(engine, picture.hubs))
        lease.confirm()
        memory = Memory(
            _run_id(as_of),
            engine,
            lineage(before.state, week.state, week.events),
            told_week(store, as_of, flags, clusters, incomplete_feeds(week.state)),
        )
        wish = Publication(picture, clusters, findings, week.state, memory)
        done = publish(store, lease, wish, progress)
    return RunResult(
        as_of,
        engine,
        done.counts,
        flags_at(store, as_of),
        incomplete=incomplete_feeds(week.state),
        regions=done.regions,
    )


def incomplete_feeds(state: TrackerState) -> tuple[str, ...]:
    """Kinds of links of which so many are missing that their feed must have failed."""
    return tuple(sorted(alarm.kind for alarm in state.alarms))


def flags_at(store: Store, as_of: date) -> list[dict[str, Any]]:
    """What was told on a date."""
    rows = store.read(_FLAGS_AT, as_of=as_of.isoformat())
    return [{**row, "values": json.loads(row["values"])} for row in rows]


def flag_dict(flag: Flag) -> dict[str, Any]:
    """A flag that is not written, as `flags_at` gives it back once it is."""
    stored = flag.properties()
    return {
        "id": flag.id,
        **{name: stored[name] for name in ("kind", "as_of", "cluster_ids", "member_ids")},
        "values": json.loads(stored["values"]),
    }


def _run_id(as_of: date) -> str:
    return f"WeeklyRun:{as_of.isoformat()}"


def _repeated(store: Store, as_of: date, engine: str, known: dict[str, Any]) -> RunResult:
    return RunResult(
        as_of,
        engine,
        json.loads(known["counts"]),
        flags_at(store, as_of),
        is_repeat=True,
        incomplete=tuple(known["incomplete"] or ()),
        regions=tuple(known["regions"]),
    )
