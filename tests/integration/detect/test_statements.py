"""Every detector's statement on a real server: its plan, its parameters, and one small graph each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import neo4j
import pytest

from detect.contract import Detector
from detect.detectors import DETECTORS, by_id
from detect.run import arguments, run_detectors
from graph.store.connection import Connection
from graph.store.session import Store
from tests.integration.detect.examples import EXAMPLES, shared_payee
from tests.integration.detect.scene import AS_OF, BEFORE, Scene, found, subjects


@pytest.mark.parametrize("detector", DETECTORS, ids=lambda d: d.id)
def test_statement_finds_its_example(clean_store: Store, detector: Detector) -> None:
    example, scene = EXAMPLES[detector.id], Scene()
    example.draw(scene)
    scene.put(clean_store)
    findings = found(clean_store, detector)
    assert subjects(findings) == sorted(example.expect)
    assert all(f.input_records and f.regions for f in findings)
    assert found(clean_store, detector, BEFORE) == []
    if example.hub:
        assert found(clean_store, detector, hubs=(example.hub,)) == []


@pytest.mark.parametrize("detector", DETECTORS, ids=lambda d: d.id)
def test_plan_scans_no_unlabelled_nodes(server: Connection, detector: Detector) -> None:
    given = arguments(detector, AS_OF, (), detector.defaults())
    with (
        neo4j.GraphDatabase.driver(server.uri, auth=server.auth) as driver,
        driver.session() as session,
    ):
        plan = session.run(f"EXPLAIN {detector.statement.text}", given).consume().plan
    assert plan is not None
    operators = list(_operators(plan))
    assert len(operators) > 3
    assert not [name for name in operators if name.startswith("AllNodesScan")]


def _operators(plan: dict[str, Any]) -> Iterator[str]:
    yield plan["operatorType"]
    for child in plan.get("children", ()):
        yield from _operators(child)


def test_strangers_are_found_where_nobody_is_authorised(clean_store: Store) -> None:
    """A certificate and a report without a single authorisation or parent around them."""
    scene = Scene()
    certificate = scene.node("Certificate:1", holder_name="holder", manufacturer_name="factory")
    report = scene.node("TestReport:L/1", report_no="1", client_name="client")
    for at in range(2):
        listing = scene.listing(scene.merchant(f"m{at}"), str(at), shown_manufacturer="冒牌厂")
        scene.tie(listing, "SHOWS_CERTIFICATE", certificate)
        scene.tie(listing, "SHOWS_REPORT", report)
    scene.put(clean_store)
    assert subjects(found(clean_store, by_id("D20"))) == [["m0"], ["m1"]]
    assert subjects(found(clean_store, by_id("D9"))) == [["m0", "m1"]]


def test_a_producer_is_only_asked_when_none_of_its_own_sellers_was_sampled(
    clean_store: Store,
) -> None:
    """Each check has its own sellers: those of other checks say nothing about it."""
    scene = Scene()
    dealer, stranger = scene.merchant("dealer"), scene.merchant("stranger")
    for maker, seller in (("factory", dealer), ("victim", stranger)):
        producer = scene.merchant(maker)
        scene.tie(producer, "AUTHORISES", dealer)
        product = scene.node(f"Product:{maker}", product_class="power_bank")
        scene.tie(product, "MADE_BY", producer)
        for division in ("330100", "320500"):
            check = scene.node(
                f"SpotCheck:{maker}{division}", is_pass=False, checked_on="2025-08-01",
                division=division, failed_items="过充电",
            )  # fmt: skip
            scene.tie(check, "CHECKS", product)
            scene.tie(check, "SAMPLED_FROM", seller)
    scene.put(clean_store)
    severities = {f.subject_ids: f.severity for f in found(clean_store, by_id("D28"))}
    assert severities == {("Merchant:factory",): 4, ("Merchant:victim",): 2}


def test_run_names_progress_and_keeps_to_the_chosen(clean_store: Store) -> None:
    scene = Scene()
    shared_payee(scene)
    scene.put(clean_store)
    seen: list[tuple[str, int]] = []
    findings = run_detectors(
        clean_store, AS_OF, (), only=["D4", "D1"], progress=lambda d, n: seen.append((d, n))
    )
    assert seen == [("D1", 0), ("D4", 1)]
    assert [f.detector for f in findings] == ["D4"]
    with pytest.raises(KeyError):
        run_detectors(clean_store, AS_OF, (), only=["D99"])


def test_example_for_every_detector() -> None:
    assert set(EXAMPLES) == {d.id for d in DETECTORS}
    assert [by_id(d.id) for d in DETECTORS] == list(DETECTORS)
