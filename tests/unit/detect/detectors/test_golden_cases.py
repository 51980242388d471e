"""Every detector against its golden cases: what must fire, and the lawful look-alikes that must not."""

from __future__ import annotations

from pathlib import Path

import pytest

from detect.contract import Detector
from detect.detectors import DETECTORS, by_id
from detect.detectors.wording import explanation
from detect.run import CLUSTERS, judge_rows
from graph.model.findings import Finding
from graph.model.texts.catalogue import LANGUAGES, text
from tests.unit.detect.detectors.golden import CASES, Case, cases_of

#: The lawful look-alikes that the field's practice names for each rule; each needs a near-miss.
TRAPS: dict[str, tuple[str, ...]] = {
    "D1": ("cloud_warehouse", "market_building", "truncated_address", "parent_and_branches"),
    "D2": ("privacy_number", "agency", "family_shop", "franchise_chain"),
    "D3": ("return_centre_of_brand",),
    "D4": ("platform_escrow", "payment_company", "mcn_settlement", "parent_and_branches"),
    "D5": ("homonyms", "franchise_owner"),
    "D6": ("cluster_registration", "steady_pace"),
    "D8": ("lawful_relocation", "name_change"),
    "D9": ("authorised_distributors", "same_factory_oem", "brand_with_200_stores"),
    "D10": ("amended_report", "recognition_error"),
    "D11": ("registry_lag", "non_cma_report"),
    "D12": ("newer_edition", "non_cma_report", "scope_unknown"),
    "D13": ("time_zone", "express_service"),
    "D18": ("local_lab", "cheap_big_lab"),
    "D20": ("brand_owner_authorisation", "series_names"),
    "D21": ("produced_before_suspension", "grace_period", "not_yet_required"),
    "D22": ("recognition_error", "new_format"),
    "D23": ("decoy_sku", "coupon", "second_hand", "unit_size", "clearance"),
    "D24": ("repaired_units", "later_batch"),
    "D26": ("courier_outlet", "third_party_logistics", "multi_warehouse"),
    "D28": ("duplicate_sampling", "honest_brand"),
}

HITS = [case for d in DETECTORS for case in cases_of(d.id, "hits.yaml")]
NEAR_MISSES = [case for d in DETECTORS for case in cases_of(d.id, "near_misses.yaml")]


def _name(case: Case) -> str:
    return f"{case.detector}-{case.name}"


def _judge(case: Case) -> list[Finding]:
    return judge_rows(by_id(case.detector), [case.row], case.parameters)


def _compare(case: Case, findings: list[Finding]) -> None:
    assert len(findings) == len(case.expect), [f.values for f in findings]
    ordered = sorted(findings, key=lambda f: f.subject_ids)
    for finding, expected in zip(ordered, case.expect, strict=True):
        for field, value in expected.items():
            if field == "subjects":
                assert sorted(finding.subject_ids) == sorted(value)
            elif field == "values":
                assert {k: finding.values[k] for k in value} == value
            else:
                said = getattr(finding, field)
                assert (list(said) if isinstance(said, tuple) else said) == value, field


@pytest.mark.parametrize("case", HITS, ids=_name)
def test_hit(case: Case) -> None:
    findings = _judge(case)
    assert case.expect, "a hit expects at least one finding"
    _compare(case, findings)
    for finding in findings:
        assert 1 <= finding.severity <= 5
        assert finding.input_records, "a finding names the records it was seen in"
        assert finding.regions
        assert set(finding.subject_ids) <= set(finding.input_ids)
        for lang in LANGUAGES:
            said = explanation(finding.detector, finding.values, lang)
            assert "{" not in said
            assert len(said) > 40


@pytest.mark.parametrize("case", NEAR_MISSES, ids=_name)
def test_near_miss(case: Case) -> None:
    """Silent, or for D22 at most a manual review."""
    _compare(case, _judge(case))
    assert all(expected["severity"] <= 2 for expected in case.expect)


@pytest.mark.parametrize("detector", DETECTORS, ids=lambda d: d.id)
def test_every_trap_has_a_near_miss(detector: Detector) -> None:
    named = {case.name for case in NEAR_MISSES if case.detector == detector.id}
    missing = [t for t in TRAPS[detector.id] if not any(name.startswith(t) for name in named)]
    assert not missing


@pytest.mark.parametrize("detector", DETECTORS, ids=lambda d: d.id)
def test_texts_and_parameters_are_complete(detector: Detector) -> None:
    for lang in LANGUAGES:
        assert text(f"detector.{detector.id}.title", lang)
        assert text(f"detector.{detector.id}.limits", lang)
    for parameter in detector.parameters:
        assert parameter.minimum <= parameter.default <= parameter.maximum, parameter.name
        assert parameter.unit
        assert parameter.reason
    assert detector.statement.parameters <= {"as_of", "hubs", CLUSTERS, *detector.defaults()}
    assert {"as_of", "hubs"} <= detector.statement.parameters
    assert detector.legal_basis


def test_ids_are_unique_and_cases_belong_to_detectors() -> None:
    ids = [detector.id for detector in DETECTORS]
    assert len(ids) == len(set(ids))
    folders = {folder.name for folder in Path(CASES).iterdir() if folder.name.startswith("D")}
    assert folders == set(ids)


def test_rows_in_any_order_give_the_same_findings() -> None:
    for detector in DETECTORS:
        rows = [case.row for case in HITS if case.detector == detector.id]
        assert judge_rows(detector, rows) == judge_rows(detector, rows[::-1])
