"""Which laboratories are suspected of selling reports: what several detectors say of one lab, together.

A lab is flagged when one of these holds, and the finding says which:

* it is unqualified for, or gives impossible dates to, at least two reports on key products or ten in
  all: the steps of "serious circumstances" in the 2026 opinion on article 57 of the Product Quality
  Law (the detectors give those severity 5);
* two different kinds of fault of its own meet (qualification and dates);
* a supply network has captured it (D18), which by itself accuses nobody, and it has a fault of its own.

One slip flags nobody. What merchants do with a lab's name (D9, D10, D11) is not held against the lab.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from graph.model.findings import Finding
from graph.model.ids import type_of

DETECTOR_ID = "LAB"
VERSION = 1

#: Faults that are the lab's own doing (order 39 art. 14), and the one that is about its company.
OWN_FAULTS = frozenset({"D12", "D13"})
CAPTURED = "D18"
_GRAVE = 5


def assess_labs(findings: Iterable[Finding]) -> list[Finding]:
    """One finding per suspected lab, in the order of lab ids; subject is the lab alone."""
    by_lab: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.detector in OWN_FAULTS or finding.detector == CAPTURED:
            for subject in finding.subject_ids:
                if type_of(subject) == "TestLab":
                    by_lab.setdefault(subject, []).append(finding)
    return [
        _finding(lab, reasons) for lab, reasons in sorted(by_lab.items()) if is_suspected(reasons)
    ]


def is_suspected(reasons: Iterable[Finding]) -> bool:
    """The rule of the module's docstring."""
    gravest = _gravest(reasons)
    own = gravest.keys() & OWN_FAULTS
    return (
        any(gravest[detector] >= _GRAVE for detector in own)
        or len(own) >= 2
        or (CAPTURED in gravest and bool(own))
    )


def _gravest(reasons: Iterable[Finding]) -> Mapping[str, int]:
    gravest: dict[str, int] = {}
    for finding in reasons:
        gravest[finding.detector] = max(finding.severity, gravest.get(finding.detector, 0))
    return gravest


def _finding(lab: str, reasons: list[Finding]) -> Finding:
    gravest = _gravest(reasons)
    return Finding(
        detector=DETECTOR_ID,
        version=VERSION,
        severity=_GRAVE,
        subject_ids=(lab,),
        value=float(len(gravest)),
        threshold=1.0,
        unit="kinds of fault",
        values={"reasons": "、".join(sorted(gravest)), "faults": len(gravest)},
        input_ids=tuple(sorted({i for f in reasons for i in f.input_ids})),
        input_records=tuple(sorted({r for f in reasons for r in f.input_records})),
        legal_basis=tuple(sorted({basis for f in reasons for basis in f.legal_basis})),
        is_violation=True,
        checks=("one_slip",),
        regions=tuple(sorted({region for f in reasons for region in f.regions})),
    )
