"""What the run of a past date would tell: from event time, first-seen time and the memory before it.

Reads only. Where the weeks were run as they came, a replay tells exactly what was told then. It cannot
know of data that was loaded later under an earlier date, nor of properties that have no time of their own
(whether a telephone is linkable); both are said in the guide.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date

from detect.network import engines
from detect.network.reading import read_closed_merchants, read_incidence
from detect.run import AT_ONCE
from detect.weekly.picture import engine_of
from detect.weekly.remembered import remembered
from detect.weekly.run import RunResult, flag_dict, incomplete_feeds
from detect.weekly.snapshot import Snapshot, take
from detect.weekly.telling import tell
from detect.weekly.tracker import follow
from graph.model.provenance import merge_payloads
from graph.store.constraints import prepare_records
from graph.store.judgements import read_fold
from graph.store.naming import Namer
from graph.store.projection import read_hubs
from graph.store.session import Store
from graph.store.statement import Statement

_CLOSED = Statement.load(__file__, "said_of_closed.cypher")

Progress = Callable[[str], None]


def replay(
    store: Store,
    as_of: date,
    engine: str = engines.DEFAULT_ENGINE,
    progress: Progress = lambda _: None,
) -> RunResult:
    """The flags of `as_of`, compared with the last run before it; nothing is written.

    Without a run before it the date is a first run, which tells nothing.
    """
    progress("replay")
    prepare_records(store)
    before = remembered(store, as_of)
    hubs, snapshot = _past(store, as_of, engine)
    week = follow(before.state, before.snapshot, snapshot)
    told = tell(store, before.state, week, snapshot, engine_of(engine, hubs))
    flags = sorted((flag_dict(flag) for flag in told), key=lambda each: (each["kind"], each["id"]))
    counts = {
        "merchants": len(snapshot.incidence.merchants),
        "identifiers": len(snapshot.incidence.identifiers),
        "links": int(snapshot.incidence.merchant.size),
        "hubs": len(hubs),
    }
    return RunResult(as_of, engine, counts, flags, incomplete=incomplete_feeds(week.state))


def _past(store: Store, as_of: date, engine: str) -> tuple[frozenset[str], Snapshot]:
    day = as_of.isoformat()
    hubs = read_hubs(store, Namer.of(store), day)
    fold = read_fold(store, day)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        incidence = read_incidence(store, as_of, pool, fold.representative)
    not_yet = frozenset(
        row["id"]
        for row in store.read(_CLOSED, as_of=day)
        if (
            merge_payloads([(at, record, said) for at, record, said in row["said"]]).get(
                "closed_on"
            )
            or "9999"
        )
        > day
    )
    closed = read_closed_merchants(store, as_of, fold, not_yet)
    return hubs, take(as_of, incidence, engines.find(incidence, engine, hubs), closed, fold)
