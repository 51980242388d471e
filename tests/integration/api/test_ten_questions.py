"""The questions of the guide, each asked as it stands there, find what a small world holds."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest

from graph.store.connection import Connection
from graph.store.statement import Statement
from tests.integration.api.live import Live, Lives
from tests.integration.api.service import Service
from tests.integration.queries.world import HERE, LATER, NATION, World

FOLDER = Path(__file__).parents[3] / "docs" / "guides" / "questions"
ALL = sorted(FOLDER.glob("*.graphql"))
EXPORT = FOLDER / "09_export_it.graphql"
QUESTIONS = [path for path in ALL if path != EXPORT]
CODE = "91130102MAP9DXE787"
_VARIABLES = re.compile(r"^# Variables: (\{.*\})$", re.MULTILINE)


def test_the_guide_names_each_and_the_first_are_ten() -> None:
    guide = (FOLDER.parent / "ten_questions.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| \[(\d+)\]\(questions/([^)]+)\)", guide, re.MULTILINE)
    assert [(f"{int(number):02d}", FOLDER / name) for number, name in rows] == [
        (path.name[:2], path) for path in ALL[:10]
    ]
    assert all(f"questions/{path.name}" in guide for path in ALL)


@pytest.fixture
def filled(world: World) -> World:
    first = world.thing("Merchant", (CODE,), name="甲商贸", uscc=CODE, division="130102")
    second = world.thing("Merchant", ("91130102MAWUHXC283",), name="乙商行")
    third = world.thing("Merchant", ("92130102MA2210JF1T",), name="丁商行")
    buyer = world.thing("Merchant", ("91310120MA0FU51Q73",), name="戊电器")
    person = world.thing("Person", ("P0001",))
    shop = world.thing("Store", ("taobao", "100009877"), name="甲的店")
    other = world.thing("Store", ("taobao", "s1"), name="甲的二店")
    offer = world.thing("Listing", ("taobao", "l1"), title="充电宝", listed_on="2025-09-02")
    product = world.thing("Product", ("p1",), name="充电宝 20000")
    paper = world.thing(
        "Certificate", ("2023010916123456",), expires_on="2025-01-01", region=NATION
    )
    lab = world.thing("TestLab", ("LAB0001",), name="丙检测", region=NATION)
    report = world.thing("TestReport", ("LAB0001", "R1"), is_registered=False, client_name="戊电器")
    place = world.thing("Address", ("A0123456789abcdef",), text="某市某路1号2幢301室")
    phone = world.thing("Phone", ("+8613800138000",))
    world.link("REPRESENTED_BY", first, person, role="legal_representative")
    world.link("OPERATES", first, shop)
    world.link("OPERATES", first, other)
    world.link("LISTS", shop, offer)
    world.link("OF_PRODUCT", offer, product)
    world.link("SHOWS_CERTIFICATE", offer, paper)
    world.link("SHOWS_REPORT", offer, report)
    world.link("COMMISSIONED_BY", report, buyer)
    world.link("REPORT_FROM", report, lab)
    for merchant in (first, second, third):
        world.link("SHIPS_FROM", merchant, place)
    for merchant in (first, second):
        world.link("USES_PHONE", merchant, phone, role="contact", at=LATER)
    world.settle()
    _found(world, (first, second, third, lab), (place, phone))
    return world


def _found(world: World, subjects: tuple[str, ...], ties: tuple[str, str]) -> None:
    """Findings, clusters and a flag."""
    first, second, third, lab = subjects
    place, phone = ties
    records = [row["id"] for row in world.store.read(_RECORDS)]
    world.finding(1, [lab], [HERE], detector="LAB", values=json.dumps({}), input_records=records)
    world.finding(2, [first], [HERE], input_records=records, legal_basis=["电子商务法 第十五条"])
    hangs = {
        "rule": "best",
        "is_verified": True,
        "identifiers": 2,
        "tried": 2,
        "losses": [{"identifier_id": phone, "dropped": [second], "is_split": False}],
        "smallest": [place],
        "is_irreducible": True,
    }
    for name in ("Cluster:C-000007", "Cluster:C-000014"):
        world.cluster(name, [HERE], fragility=json.dumps(hangs))
        for merchant in (first, second, third):
            tied = ties if merchant != third else ties[:1]
            kinds = {place: "SHIPS_FROM", phone: "USES_PHONE"}
            world.member(name, merchant, [(tie, kinds[tie], [HERE]) for tie in tied])
    world.flag(1, [HERE], member_ids=[first, second], cluster_ids=["Cluster:C-000014"])


_RECORDS = Statement(
    "test_records", "MATCH (r:Record) WHERE r.region = '330000' RETURN r.id AS id LIMIT 1"
)


def test_each_question_is_answered(service: Service, filled: World) -> None:
    service.deadline_s = 300.0
    answers = {path.name[:2]: _asked(service, path) for path in QUESTIONS}
    (operator,) = answers["01"]["store"]["operatedBy"]["edges"]
    assert {store["name"] for store in operator["node"]["operates"]["nodes"]} == {
        "甲的店",
        "甲的二店",
    }
    assert operator["node"]["representedBy"]["nodes"]
    assert len(operator["node"]["clusters"]) == 2
    phone, place = answers["02"]["commonNeighbours"]["edges"]
    assert (phone["node"]["type"], phone["holders"]) == ("Phone", 2)
    assert (place["node"]["type"], place["holders"]) == ("Address", 3)
    assert all(by["relation"]["records"] for by in place["sharedBy"])
    (suspected,) = answers["03"]["findings"]["edges"]
    (lab,) = suspected["node"]["subjects"]
    (report,) = lab["reports"]["nodes"]
    assert [buyer["name"] for buyer in report["commissionedBy"]["nodes"]] == ["戊电器"]
    assert report["shownOn"]["nodes"]
    (flag,) = answers["04"]["weeklyFlags"]["edges"]
    assert (flag["node"]["kind"], len(flag["node"]["members"])) == ("newly_linked", 2)
    then, since = answers["05"]["then"], answers["05"]["since"]
    assert {s["name"]: s["count"] for s in then["sections"]}["phones"] == 0
    assert since["wasKnown"]
    assert [(c["kind"], c["relation"]["type"]) for c in since["relations"]] == [
        ("ADDED", "USES_PHONE")
    ]
    assert all(change["records"] for change in since["relations"])
    concerned = answers["06"]["cluster"]
    assert (concerned["regions"], concerned["withheldCount"]) == ([HERE], 0)
    divisions = {m["node"]["merchant"]["division"] for m in concerned["members"]["edges"]}
    assert "130102" in divisions
    (finding,) = answers["07"]["findings"]["edges"]
    assert finding["node"]["evidence"]
    assert finding["node"]["legalBasis"] == ["电子商务法 第十五条"]
    (way, *_) = answers["08"]["kShortestPaths"]["paths"]
    assert (way["length"], way["nodes"][0]["id"], way["nodes"][-1]["id"]) == (
        2,
        f"Merchant:{CODE}",
        "Merchant:92130102MA2210JF1T",
    )
    (loss,) = answers["10"]["cluster"]["fragility"]["losses"]
    assert (loss["identifier"]["type"], loss["droppedCount"]) == ("Phone", 1)
    offers = [
        o for s in answers["11"]["merchant"]["operates"]["nodes"] for o in s["lists"]["nodes"]
    ]
    assert [offer["ofProduct"]["nodes"][0]["name"] for offer in offers] == ["充电宝 20000"]
    (signed,) = answers["12"]["merchant"]["commissioned"]["nodes"]
    assert signed["reportFrom"]["nodes"][0]["name"] == "丙检测"
    (origin,) = answers["13"]["merchant"]["shipsFrom"]["edges"]
    assert len(origin["node"]["shippingAddressOf"]["nodes"]) == 3
    assert answers["14"]["listings"]["totalCount"] == 1
    told = answers["15"]["dossier"]
    assert told["merchant"]["label"] == "甲商贸"
    assert any(section["count"] for section in told["sections"])


def test_what_was_found_is_exported(server: Connection, tmp_path: Path, filled: World) -> None:
    text, variables = read(EXPORT)

    async def use(live: Live) -> int:
        refused = (await live.data(text, "reader", **variables))["startExport"]
        (error,) = refused["errors"]
        assert (error["code"], "investigator" in error["message"]) == ("FORBIDDEN", True)
        job = (await live.data(text, **variables))["startExport"]["job"]
        ask = "query ($id: ID!) { exportJob(id: $id) { state url } }"
        async with asyncio.timeout(120):
            while job.get("url") is None:
                await asyncio.sleep(0.1)
                job = (await live.data(ask, id=job["id"]))["exportJob"] | {"id": job["id"]}
        return len((await live.client.get(job["url"], headers=live.headers())).content)

    assert Lives(server, tmp_path).run(use) > 0


def test_the_examples_of_the_guides_of_lists_are_answered(service: Service, filled: World) -> None:
    guide = (FOLDER.parent / "lists.md").read_text(encoding="utf-8")
    asked = re.findall(r"^```graphql\n(.*?)^```", guide, re.MULTILINE | re.DOTALL)
    assert len(asked) >= 4
    for text in asked:
        assert service.data(text)


def read(path: Path) -> tuple[str, dict[str, Any]]:
    """A question and its variables, as they stand in the file."""
    text = path.read_text(encoding="utf-8")
    found = _VARIABLES.search(text)
    return text, json.loads(found[1]) if found else {}


def _asked(service: Service, path: Path) -> Any:
    text, variables = read(path)
    return service.data(text, **variables)
