"""The questions of the guide, each asked as it stands there, find what a small world holds."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.integration.api.service import Service
from tests.integration.queries.world import HERE, NATION, World

FOLDER = Path(__file__).parents[3] / "docs" / "guides" / "questions"
QUESTIONS = sorted(FOLDER.glob("*.graphql"))
CODE = "91350100M000100Y43"
_VARIABLES = re.compile(r"^# Variables: (\{.*\})$", re.MULTILINE)


def test_there_are_ten_and_the_guide_names_each() -> None:
    guide = (FOLDER.parent / "ten_questions.md").read_text(encoding="utf-8")
    assert len(QUESTIONS) == 10
    assert all(f"questions/{path.name}" in guide for path in QUESTIONS)


@pytest.fixture
def filled(world: World) -> World:
    first = world.thing("Merchant", (CODE,), name="甲商贸", uscc=CODE)
    second = world.thing("Merchant", ("taobao/op2",), name="乙商行")
    person = world.thing("Person", ("P0001",))
    shop = world.thing("Store", ("taobao", "s1"), name="甲的店")
    other = world.thing("Store", ("taobao", "s2"), name="甲的二店")
    offer = world.thing("Listing", ("taobao", "l1"), title="充电宝", listed_on="2025-09-02")
    product = world.thing("Product", ("p1",), name="充电宝 20000")
    paper = world.thing(
        "Certificate", ("2023010916123456",), expires_on="2025-01-01", region=NATION
    )
    lab = world.thing("TestLab", ("LAB0001",), name="丙检测", region=NATION)
    report = world.thing("TestReport", ("LAB0001", "R1"), is_registered=False, client_name="甲商贸")
    place = world.thing("Address", ("A0123456789abcdef",), text="某市某路1号2幢301室")
    world.link("REPRESENTED_BY", first, person, role="legal_representative")
    world.link("OPERATES", first, shop)
    world.link("OPERATES", first, other)
    world.link("LISTS", shop, offer)
    world.link("OF_PRODUCT", offer, product)
    world.link("SHOWS_CERTIFICATE", offer, paper)
    world.link("SHOWS_REPORT", offer, report)
    world.link("COMMISSIONED_BY", report, first)
    world.link("REPORT_FROM", report, lab)
    for merchant in (first, second):
        world.link("SHIPS_FROM", merchant, place)
    world.finding(1, [lab], [HERE], detector="D11", values=json.dumps({}))
    cluster = world.cluster("C1", [HERE])
    world.flag(1, [HERE], member_ids=[first, second], cluster_ids=[cluster])
    return world.settle()


def test_each_question_is_answered(service: Service, filled: World) -> None:
    answers = {path.name[:2]: _asked(service, path) for path in QUESTIONS}
    (operator,) = answers["01"]["store"]["operatedBy"]["edges"]
    assert {store["name"] for store in operator["node"]["operates"]["nodes"]} == {
        "甲的店",
        "甲的二店",
    }
    assert operator["node"]["representedBy"]["nodes"]
    offers = [
        o for s in answers["02"]["merchant"]["operates"]["nodes"] for o in s["lists"]["nodes"]
    ]
    assert [offer["ofProduct"]["nodes"][0]["name"] for offer in offers] == ["充电宝 20000"]
    (report,) = answers["03"]["merchant"]["commissioned"]["nodes"]
    assert report["reportFrom"]["nodes"][0]["name"] == "丙检测"
    (origin,) = answers["04"]["merchant"]["shipsFrom"]["edges"]
    assert len(origin["node"]["shippingAddressOf"]["nodes"]) == 2
    (shared,) = answers["05"]["commonNeighbours"]["edges"]
    assert (shared["node"]["type"], shared["holders"]) == ("Address", 2)
    (way, *_) = answers["06"]["kShortestPaths"]["paths"]
    assert (way["nodes"][0]["id"], way["nodes"][-1]["id"]) == ("Store:taobao/s1", "TestLab:LAB0001")
    assert answers["07"]["listings"]["totalCount"] == 1
    (lab,) = answers["08"]["testLabs"]["nodes"]
    assert [r["clientName"] for r in lab["reports"]["nodes"]] == ["甲商贸"]
    assert answers["08"]["findings"]["edges"]
    (flag,) = answers["09"]["weeklyFlags"]["edges"]
    assert flag["node"]["kind"] == "newly_linked"
    told = answers["10"]["dossier"]
    assert told["merchant"]["label"] == "甲商贸"
    assert any(section["count"] for section in told["sections"])


def _asked(service: Service, path: Path) -> Any:
    text = path.read_text(encoding="utf-8")
    found = _VARIABLES.search(text)
    return service.data(text, **(json.loads(found[1]) if found else {}))
