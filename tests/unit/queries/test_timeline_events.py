"""Which events are read from what."""

from __future__ import annotations

from queries.steps import Step
from queries.timeline_events import KINDS, complaint_events, node_events, step_events
from queries.views import NodeView, RelationView


def node(type_name: str, seen: str = "2025-02-01", **properties: object) -> NodeView:
    return NodeView(f"{type_name}:1", type_name, properties, ("330000",), ("r",), seen)


def test_fact_and_knowledge_are_told_apart() -> None:
    relation = RelationView(
        "USES_PHONE",
        "Merchant:1",
        "Phone:1",
        {"role": "contact"},
        ("330000",),
        ("r",),
        "2025-02-03",
        "2025-06-02",
        "2024-01-01",
        "2025-05-01",
    )
    events = list(step_events(Step("OUT", relation, node("Phone"))))
    assert [(e.day, e.basis, e.kind, e.learned) for e in events] == [
        ("2024-01-01", "fact", "relation_started", "2025-02-03"),
        ("2025-05-01", "fact", "relation_ended", "2025-06-02"),
        ("2025-02-03", "knowledge", "relation_learned", "2025-02-03"),
        ("2025-06-02", "knowledge", "relation_end_learned", "2025-06-02"),
    ]
    assert {e.kind for e in events} <= set(KINDS)


def test_the_dates_of_a_report_are_events_of_it() -> None:
    report = node("TestReport", issued_on="2025-01-05", received_on="2025-01-01", is_pass=True)
    events = {(e.name, e.day): e.subject for e in node_events(report)}
    assert events == {
        ("TestReport.received_on", "2025-01-01"): "TestReport:1",
        ("TestReport.issued_on", "2025-01-05"): "TestReport:1",
        ("TestReport", "2025-02-01"): "TestReport:1",
    }


def test_complaints_are_one_event_a_month() -> None:
    partly = [node("Complaint", received_on="2025-01-31"), node("Complaint")]
    whole = [("2025-01", 3, "2025-01-20"), ("2025-02", 1, "2025-02-02")]
    found = complaint_events("Merchant:1", whole, partly)
    assert [(e.day, e.count, e.learned) for e in found] == [
        ("2025-01-01", 4, "2025-02-01"),
        ("2025-02-01", 1, "2025-02-02"),
    ]
