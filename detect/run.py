"""Runs detectors over a store: read each one's rows, judge them, collect the findings."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import date

from detect.contract import Detector, Row
from detect.detectors import DETECTORS, by_id
from graph.model.findings import Finding
from graph.store.session import Store
from graph.store.statement import Statement

_PUBLISHED = Statement.load(__file__, "published_members.cypher")

CLUSTERS = "clusters"
"""Name of the parameter of detectors that ask for clusters; told, because one that reads them within the
transaction that writes them is planned as if there were none."""

#: Called after each detector with its id and the number of findings.
Progress = Callable[[str, int], None]

#: A judging pass is a batch job: it may read for longer than an interactive query.
TIMEOUT_S = 300.0


#: Statements that run side by side: a fresh server spends a second of one core on planning each.
AT_ONCE = 2


def run_detectors(
    store: Store,
    as_of: date,
    hubs: Collection[str],
    only: Collection[str] | None = None,
    progress: Progress | None = None,
) -> list[Finding]:
    """All findings that hold on `as_of`, in the order of the detectors, each finding once.

    `hubs` are ids of identifiers that the hub register holds harmless on that date; `only` names the
    detectors to run (all when None). Raises KeyError for an unknown detector, StatementFailed and
    StoreUnavailable from the store.
    """
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return begin_detectors(pool, store, as_of, hubs, only)(progress)


def begin_detectors(
    pool: Executor,
    store: Store,
    as_of: date,
    hubs: Collection[str],
    only: Collection[str] | None = None,
) -> Callable[[Progress | None], list[Finding]]:
    """Start detectors in a pool; calling what is returned waits for them. Else as `run_detectors`."""
    chosen = DETECTORS if only is None else tuple(by_id(name) for name in sorted(only))

    def judged(detector: Detector) -> list[Finding]:
        return judge_rows(detector, rows_of(store, detector, as_of, hubs))

    running = [(detector, pool.submit(judged, detector)) for detector in chosen]

    def outcome(progress: Progress | None) -> list[Finding]:
        found: list[Finding] = []
        for detector, pending in running:
            findings = pending.result()
            found += findings
            if progress:
                progress(detector.id, len(findings))
        return found

    return outcome


def rows_of(
    store: Store,
    detector: Detector,
    as_of: date,
    hubs: Collection[str],
    clusters: Sequence[Mapping[str, object]] | None = None,
    timeout_s: float = TIMEOUT_S,
) -> Iterable[Mapping[str, object]]:
    """The rows that a detector's statement returns, with the detector's default parameters.

    A detector that asks for clusters is given `clusters`, or else those that are published.
    """
    if clusters is None:
        is_asking = CLUSTERS in detector.statement.parameters
        clusters = store.read(_PUBLISHED, as_of=as_of.isoformat()) if is_asking else ()
    return store.read(
        detector.statement,
        timeout_s=timeout_s,
        **arguments(detector, as_of, hubs, detector.defaults(), clusters),
    )


def arguments(
    detector: Detector,
    as_of: date,
    hubs: Collection[str],
    parameters: Mapping[str, float],
    clusters: Sequence[Mapping[str, object]] = (),
) -> dict[str, object]:
    """Exactly the parameters that the detector's statement names, with their values.

    `clusters`: `{id, members}` of those that are no lawful groups.
    """
    said = {"as_of": as_of.isoformat(), "hubs": sorted(hubs), CLUSTERS: list(clusters)}
    known: dict[str, object] = {**said, **parameters}
    return {name: known[name] for name in sorted(detector.statement.parameters)}


def judge_rows(
    detector: Detector, rows: Iterable[Row], parameters: Mapping[str, float] | None = None
) -> list[Finding]:
    """Judge rows without any store; of findings with one id the gravest is kept.

    The order of the rows does not matter: findings come sorted by id.
    """
    settings = {**detector.defaults(), **(parameters or {})}
    kept: dict[str, Finding] = {}
    for row in rows:
        for finding in detector.findings(row, settings):
            other = kept.get(finding.id)
            if other is None or _weight(finding) > _weight(other):
                kept[finding.id] = finding
    return [kept[name] for name in sorted(kept)]


def _weight(finding: Finding) -> tuple[int, float, tuple[str, ...], str]:
    """Gravest first; the rest only makes the choice independent of the order of rows."""
    return finding.severity, finding.value, finding.input_records, repr(finding.values)
