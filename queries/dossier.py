"""All that is known of one merchant, at once: what an investigator opens first."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graph.model.ids import node_id, type_of
from queries import certificates, clusters, lookup
from queries.bounds import Bound
from queries.cluster_view import ClusterView
from queries.expand import SCAN_LIMIT, checked_date
from queries.findings import FindingView, finding_view
from queries.history import PropertyHistory, node_history
from queries.lookup import view_of
from queries.reading import Reading, Row
from queries.statements import load
from queries.steps import Step, step_of
from queries.views import NodeView, RelationEnds, RelationView, node_view, relation_view

SECTION_LIMIT = 50
"""Rows shown of one section."""

SECTION_SCAN = 1_000
"""Visible relations read of one section: its rows are counted up to here."""

RECORD_LIMIT = 500
FINDING_LIMIT = 50
IDENTIFYING = ("name", "uscc", "registration_no", "merchant_id")
"""Properties whose every value ever said is told, with who says so."""

#: Section → the relations it shows and the types at their other end.
SECTIONS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "people": (("REPRESENTED_BY",), ("Person",)),
    "authorised": (("AUTHORISES",), ("Merchant",)),
    "stores": (("OPERATES",), ("Store",)),
    "live_rooms": (("OPERATES_ROOM",), ("LiveRoom",)),
    "certificates": (("HELD_BY",), ("Certificate",)),
    "reports": (("COMMISSIONED_BY",), ("TestReport",)),
    "addresses": (("OPERATES_AT", "REGISTERED_AT", "RETURNS_TO", "SHIPS_FROM"), ("Address",)),
    "couriers": (("SENDS_WITH",), ("CourierAccount",)),
    "phones": (("USES_PHONE",), ("Phone",)),
    "payees": (("PAID_TO",), ("PayeeAccount",)),
    "devices": (("USES_DEVICE",), ("Device",)),
    "products": (("MADE_BY",), ("Product",)),
    "spot_checks": (("SAMPLED_FROM",), ("SpotCheck",)),
    "penalties": (("PENALISES",), ("Penalty",)),
    "complaints": (("COMPLAINS_ABOUT",), ("Complaint",)),
    "clues": (("CLUE_ABOUT",), ("Clue",)),
}


@dataclass(frozen=True, slots=True)
class DossierRow:
    """One row of a section. `state`: of a certificate on the day; `lab`: that issued a report;
    `flags`: detectors with an open finding about the thing."""

    step: Step
    flags: tuple[str, ...]
    state: NodeView | None = None
    lab: NodeView | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """One section: its first rows, and how many there are (at least, when `truncated`)."""

    name: str
    rows: tuple[DossierRow, ...]
    count: int
    truncated: bool


@dataclass(frozen=True, slots=True)
class Control:
    """A declared parent (or one of its parents) or child (or one of its children), `depth` steps away."""

    depth: int
    is_above: bool
    relation: RelationView
    other: NodeView


@dataclass(frozen=True, slots=True)
class Dossier:
    """A merchant with all its sections; `truncated` when any of them is cut."""

    merchant: NodeView
    identifying: tuple[PropertyHistory, ...]
    control: tuple[Control, ...]
    sections: Mapping[str, Section]
    findings: tuple[FindingView, ...]
    clusters: tuple[ClusterView, ...]
    truncated: bool
    withheld: int | None
    as_of: str
    bounds: tuple[Bound, ...]


async def dossier(reading: Reading, identifier: str, as_of: str) -> Dossier | None:
    """All that is known of a merchant on a date, in at most six statements.

    None for what is absent, not visible or no merchant; ValueRefused for a date that is none.
    """
    day = checked_date(as_of)
    if type_of(identifier) != "Merchant":
        return None
    rows = await reading.rows(
        load("dossier"),
        id=identifier,
        as_of=day,
        sections=[
            {"name": name, "relations": list(relations), "types": list(types)}
            for name, (relations, types) in SECTIONS.items()
        ],
        limit=SECTION_LIMIT + 1,
        scan_stop=SECTION_SCAN + 1,
        scan_limit=SCAN_LIMIT,
        record_limit=RECORD_LIMIT + 1,
        finding_limit=FINDING_LIMIT + 1,
    )
    if not rows:
        return None
    (row,) = rows
    steps = {each["name"]: _steps(reading, identifier, each, day) for each in row["sections"]}
    found, (states, labs) = await asyncio.gather(
        _clusters(reading, identifier, row["clusters"]), _beyond(reading, steps)
    )
    sections = {
        each["name"]: _section(each, steps[each["name"]], states, labs, day)
        for each in row["sections"]
    }
    return _dossier(reading, row, sections, found, day)


def _dossier(
    reading: Reading,
    row: Row,
    sections: Mapping[str, Section],
    found: Sequence[ClusterView],
    day: str,
) -> Dossier:
    said = [
        (at, record, payload)
        for at, record, payload in row["records"][:RECORD_LIMIT]
        if at[:10] <= day
    ]
    bounds = (
        Bound(
            "rows_of_a_section",
            SECTION_LIMIT,
            any(section.truncated for section in sections.values())
            or max(len(row["above"]), len(row["below"])) > SECTION_LIMIT,
        ),
        Bound("findings", FINDING_LIMIT, len(row["findings"]) > FINDING_LIMIT),
        Bound("records", RECORD_LIMIT, len(row["records"]) > RECORD_LIMIT),
    )
    return Dossier(
        view_of(reading, row),
        tuple(each for each in node_history(said) if each.name in IDENTIFYING),
        _control(reading, row, day),
        sections,
        tuple(map(finding_view, row["findings"][:FINDING_LIMIT])),
        tuple(found),
        any(bound.is_reached for bound in bounds),
        None if row["withheld"] is None else reading.withheld(row["withheld"]),
        day,
        bounds,
    )


def _steps(
    reading: Reading, identifier: str, section: Mapping[str, Any], day: str
) -> list[tuple[Step, tuple[str, ...]]]:
    found = [
        (step_of(identifier, item, reading.reader.visible), tuple(item["flags"]))
        for item in section["steps"][:SECTION_SCAN]
    ]
    known = [(step, flags) for step, flags in found if step.is_known_on(day)]
    return sorted(known, key=lambda each: each[0].key)


_Steps = Mapping[str, Sequence[tuple[Step, tuple[str, ...]]]]


async def _beyond(
    reading: Reading, steps: _Steps
) -> tuple[Mapping[str, Sequence[NodeView]], Mapping[str, NodeView]]:
    """States of the certificates shown, and labs of the reports shown: a statement each, if any."""

    def shown(name: str) -> list[NodeView]:
        return [step.other for step, _ in steps.get(name, ())[:SECTION_LIMIT]]

    held = [view.id for view in shown("certificates")]
    labs = {_lab_of(view) for view in shown("reports")}
    states, found = await asyncio.gather(
        certificates.states(reading, held) if held else _nothing(), lookup.nodes(reading, labs)
    )
    return states, found


async def _nothing() -> dict[str, tuple[NodeView, ...]]:
    return {}


def _lab_of(report: NodeView) -> str:
    return node_id("TestLab", [report.properties["lab_id"]])


def _section(
    stored: Mapping[str, Any],
    steps: Sequence[tuple[Step, tuple[str, ...]]],
    states: Mapping[str, Sequence[NodeView]],
    labs: Mapping[str, NodeView],
    day: str,
) -> Section:
    rows = []
    for step, flags in steps[:SECTION_LIMIT]:
        state = certificates.state_on(states.get(step.other.id, ()), day)
        lab = labs.get(_lab_of(step.other)) if step.other.type == "TestReport" else None
        rows.append(DossierRow(step, flags, state, lab))
    is_cut = len(steps) > SECTION_LIMIT or stored["scanned"] > SECTION_SCAN
    return Section(stored["name"], tuple(rows), len(steps), is_cut)


def _control(reading: Reading, row: Row, day: str) -> tuple[Control, ...]:
    """Parents, then children, nearest first; only along what was known on the day all the way."""
    return tuple(
        control
        for name, is_above in (("above", True), ("below", False))
        for control in _chain(reading, row["stored"]["id"], row[name], is_above=is_above, day=day)
    )


def _chain(
    reading: Reading,
    start: str,
    items: Sequence[Mapping[str, Any]],
    *,
    is_above: bool,
    day: str,
) -> list[Control]:
    visible = reading.reader.visible
    reached = {start}
    found = []
    for item in items[:SECTION_LIMIT]:
        ends = RelationEnds(item["type"], item["start"], item["end"])
        relation = relation_view(ends, item["relation"], item["relation_said"], visible)
        other = node_view(item["other_type"], item["other"], item["other_said"], visible)
        near = relation.end if is_above else relation.start
        # Every way comes after the shorter ways that it goes on from.
        if near in reached and relation.is_known_on(day) and other.first_seen <= day:
            reached.add(other.id)
            found.append(Control(item["depth"], is_above, relation, other))
    return found


async def _clusters(reading: Reading, identifier: str, ids: Sequence[str]) -> list[ClusterView]:
    """The clusters in which the reader sees the merchant, in three statements, or none."""
    if not ids:
        return []
    views = await clusters.by_ids(reading, ids)
    return [
        view
        for _, view in sorted(views.items())
        if identifier in {member.merchant for member in view.members}
    ]
