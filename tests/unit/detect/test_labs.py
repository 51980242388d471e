"""A lab is suspected by what it did itself, never by one slip or by what merchants do with its name."""

from __future__ import annotations

from detect.labs import assess_labs
from graph.model.findings import Finding

LAB = "TestLab:LAB0001"


def finding(detector: str, severity: int, *subjects: str) -> Finding:
    return Finding(
        detector=detector,
        version=1,
        severity=severity,
        subject_ids=subjects or (LAB,),
        value=1.0,
        threshold=1.0,
        unit="reports",
        values={},
        input_ids=(LAB, detector),
        input_records=(f"r-{detector}",),
        legal_basis=("clause",),
        is_violation=True,
        regions=("330000",),
    )


def suspected(*findings: Finding) -> list[str]:
    return [subject for found in assess_labs(findings) for subject in found.subject_ids]


def test_a_grave_fault_of_its_own_is_enough() -> None:
    assert suspected(finding("D12", 5)) == [LAB]


def test_one_slip_is_not() -> None:
    assert suspected(finding("D12", 4)) == []
    assert suspected(finding("D13", 3)) == []


def test_two_kinds_of_fault_are() -> None:
    (found,) = assess_labs([finding("D12", 4), finding("D13", 3)])
    assert found.subject_ids == (LAB,)
    assert found.input_records == ("r-D12", "r-D13")


def test_capture_alone_accuses_nobody_and_with_a_fault_it_does() -> None:
    assert suspected(finding("D18", 4)) == []
    assert suspected(finding("D18", 4), finding("D12", 4)) == [LAB]


def test_what_merchants_do_with_its_name_is_not_held_against_it() -> None:
    assert suspected(finding("D9", 5), finding("D10", 5), finding("D11", 5)) == []


def test_faults_of_two_labs_do_not_add_up() -> None:
    assert suspected(finding("D12", 4, LAB), finding("D13", 3, "TestLab:LAB0002")) == []
