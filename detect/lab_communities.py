"""Fake-report labs that belong together: labs with faults of their own, tied by two kinds of evidence.

Two labs are tied when at least two of these kinds of evidence speak for it:

* clients: at least two of the same merchants of suspected networks commission reports from both, and such
  merchants are three in ten of the clients of each (so no large lab is tied by its size);
* company: the companies that the labs are share a person, a telephone, a place or an account that few
  others hold;
* hosts: copies of reports of both lead to one query site, which no lab without a finding has filed;
* templates: copies of reports of both have the very same text.

Only labs with a finding on their own doings, or captured by a network, are looked at, and a community is
told only where one of them is suspected of selling reports (`detect.labs`). So a lawful group of labs with
one address and one query site is silent, and so is the local lab of an industrial district. The
finding is a link: it accuses nobody beyond what is said of each lab.

It is published as a finding on the labs and not as a cluster: clusters have merchants as members, and
everything that follows clusters through time rests on that.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from detect.detectors.legal_basis import lab_rules, plan
from detect.labs import CAPTURED, OWN_FAULTS
from detect.labs import DETECTOR_ID as LAB_DETECTOR
from graph.model.findings import Finding
from graph.model.ids import type_of
from graph.store.statement import Statement

DETECTOR_ID = "LABS"
VERSION = 1

LEAST_KINDS = 2
LEAST_SHARED_CLIENTS = 2
#: Clients in suspected networks among all clients of a lab: below it the lab serves the market at large.
LEAST_NETWORK_SHARE = 0.3
#: The hub cap of the network engines: an identifier that more merchants hold ties nobody.
MOST_HOLDERS = 20
_LIMIT = 500

_TIES = Statement.load(__file__, "lab_ties.cypher")
_KINDS = ("clients", "company", "hosts", "templates")

Run = Callable[..., Sequence[Mapping[str, Any]]]
"""Runs a statement with parameters; a store's `read`, or a transaction's."""


@dataclass(frozen=True, slots=True)
class Trace:
    """One thing that a lab may have in common with another, and where it was seen.

    `network` is the cluster that a client is in; empty for other kinds.
    """

    key: str
    records: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    network: str = ""


@dataclass(frozen=True, slots=True)
class LabTraces:
    """One lab: its traces by kind of evidence, and how many `clients` it has in all."""

    lab: str
    name: str
    clients: int
    traces: Mapping[str, tuple[Trace, ...]]
    records: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()

    def common(self, other: LabTraces, kind: str) -> list[Trace]:
        """What both have of a kind, as seen of either."""
        theirs = {trace.key for trace in other.traces.get(kind, ())}
        mine = [trace for trace in self.traces.get(kind, ()) if trace.key in theirs]
        keys = {trace.key for trace in mine}
        return [*mine, *(trace for trace in other.traces.get(kind, ()) if trace.key in keys)]

    @property
    def is_of_networks(self) -> bool:
        """Whether merchants of suspected networks are a large part of its clients."""
        inside = len({trace.key for trace in self.traces.get("clients", ())})
        return self.clients > 0 and inside >= LEAST_NETWORK_SHARE * self.clients


def find_lab_communities(
    run: Run,
    as_of: str,
    hubs: Collection[str],
    findings: Sequence[Finding],
    networks: Mapping[str, str],
) -> list[Finding]:
    """The communities of a store on a day; `findings` are those of the detectors and of `detect.labs`.

    `networks`: suspected networks (cluster ids) by the merchants that are members. They are told and not
    looked up: within the transaction that writes them no planner knows how many there are.
    """
    candidates = sorted(_labs_of(findings, {*OWN_FAULTS, CAPTURED}))
    if len(candidates) < LEAST_KINDS:
        return []
    rows = run(
        _TIES,
        labs=candidates,
        members=sorted(networks),
        as_of=as_of,
        hubs=sorted(hubs),
        most_holders=MOST_HOLDERS,
        limit=_LIMIT,
    )
    return communities(
        [traces_of(row, networks) for row in rows], _labs_of(findings, {LAB_DETECTOR})
    )


def traces_of(row: Mapping[str, Any], networks: Mapping[str, str]) -> LabTraces:
    """A lab from a row of lab_ties.cypher, and the networks of its clients."""
    return LabTraces(
        row["lab"],
        row["name"],
        row["clients"],
        {
            kind: tuple(
                Trace(
                    t["key"],
                    tuple(t["records"]),
                    tuple(t["regions"]),
                    networks.get(t["key"], "") if kind == "clients" else "",
                )
                for t in row[f"of_{kind}"]
            )
            for kind in _KINDS
        },
        tuple(row["records"]),
        tuple(row["regions"]),
    )


def evidence_between(one: LabTraces, other: LabTraces) -> dict[str, list[Trace]]:
    """What ties two labs, by kind of evidence; see the docstring of the module."""
    found = {}
    for kind in _KINDS:
        common = one.common(other, kind)
        if kind == "clients":
            is_enough = len({trace.key for trace in common}) >= LEAST_SHARED_CLIENTS
            if not (is_enough and one.is_of_networks and other.is_of_networks):
                continue
        if common:
            found[kind] = common
    return found


def communities(labs: Sequence[LabTraces], suspected: Collection[str]) -> list[Finding]:
    """One finding per group of labs tied to one another, in the order of lab ids."""
    ties: list[tuple[str, str, dict[str, list[Trace]]]] = []
    for one, other in _meeting(sorted(labs, key=lambda each: each.lab)):
        found = evidence_between(one, other)
        if len(found) >= LEAST_KINDS:
            ties.append((one.lab, other.lab, found))
    by_id = {each.lab: each for each in labs}
    said = []
    for group in _connected((one, other) for one, other, _ in ties):
        if not group & set(suspected):
            continue
        inside = [found for one, _, found in ties if one in group]
        said.append(_finding([by_id[lab] for lab in sorted(group)], inside))
    return said


def _meeting(labs: Sequence[LabTraces]) -> list[tuple[LabTraces, LabTraces]]:
    """Pairs of labs that have anything in common, in the order given: of thousands few do."""
    having: dict[tuple[str, str], list[int]] = {}
    for at, lab in enumerate(labs):
        for kind in _KINDS:
            for key in {trace.key for trace in lab.traces.get(kind, ())}:
                having.setdefault((kind, key), []).append(at)
    pairs = {pair for holders in having.values() for pair in combinations(holders, 2)}
    return [(labs[one], labs[other]) for one, other in sorted(pairs)]


def _connected(pairs: Iterable[tuple[str, str]]) -> list[set[str]]:
    groups: list[set[str]] = []
    for one, other in pairs:
        touched = [group for group in groups if group & {one, other}]
        groups = [group for group in groups if group not in touched]
        groups.append({one, other}.union(*touched))
    return sorted(groups, key=min)


def _labs_of(findings: Iterable[Finding], detectors: Collection[str]) -> set[str]:
    return {
        subject
        for finding in findings
        if finding.detector in detectors
        for subject in finding.subject_ids
        if type_of(subject) == "TestLab"
    }


def _finding(labs: Sequence[LabTraces], ties: Sequence[Mapping[str, Sequence[Trace]]]) -> Finding:
    seen = {kind: [t for found in ties for t in found.get(kind, ())] for kind in _KINDS}
    kinds = [kind for kind in _KINDS if seen[kind]]
    traces = [trace for kind in kinds for trace in seen[kind]]
    clients = sorted({trace.key for trace in seen["clients"]})
    networks = sorted({trace.network for trace in traces if trace.network})
    # Ids of clients, networks and identifiers; hosts and digests are no things of the graph.
    things = [*clients, *networks, *(trace.key for trace in seen["company"])]
    return Finding(
        detector=DETECTOR_ID,
        version=VERSION,
        severity=4,
        subject_ids=tuple(lab.lab for lab in labs),
        value=float(len(kinds)),
        threshold=float(LEAST_KINDS),
        unit="kinds of evidence",
        values={
            "labs": "、".join(lab.name for lab in labs),
            "count": len(labs),
            "links": "、".join(f"lab_{kind}" for kind in kinds),
            "clients": len(clients),
            "networks": "、".join(networks) or "—",
            "hosts": "、".join(sorted({trace.key for trace in seen["hosts"]})) or "—",
        },
        input_ids=tuple(sorted({lab.lab for lab in labs} | set(things))),
        input_records=tuple(
            sorted(
                {r for lab in labs for r in lab.records} | {r for t in traces for r in t.records}
            )
        ),
        legal_basis=(plan("三(六)"), lab_rules("第十四条")),
        is_violation=False,
        checks=("own_fault", "network_share", "public_query_site", "holder_limit"),
        regions=tuple(
            sorted(
                {r for lab in labs for r in lab.regions} | {r for t in traces for r in t.regions}
            )
        ),
    )
