"""Walking the graph over HTTP, and that what others load changes nothing in those answers."""

from __future__ import annotations

import re

from hypothesis import HealthCheck, given, settings

from graph.store.session import Store
from tests.integration.api.service import Service
from tests.integration.api.test_non_interference import hidden_facts, what_is_hidden_tells_nothing
from tests.integration.queries.world import LATER, World

_COLD_S = 400.0
"""A dozen statements asked at once of a server that has planned none of them."""

QUESTION = """query ($ids: [ID!]!, $a: ID!, $b: ID!) {
  nodes(ids: $ids) { id relationCounts { truncated withheldCount
    kinds { relation direction otherType count } bounds { name isReached } } }
  expand(id: $a, withoutHubs: true, hubLimit: 3, nodeTypes: ["Phone"],
         excludeRelations: ["SHIPS_FROM"]) {
    truncated withheldCount bounds { name most isReached } edges { cursor node { id } } }
  kShortestPaths(from: $a, to: $b, first: 5, hubLimit: 3) { truncated withheldCount hubCount
    hubs { id label } bounds { name isReached } paths { length nodes { id label }
    relations { id endSeen } parallel { id } } }
  strict: shortestPath(from: $a, to: $b, hubLimit: 2, asOf: "2025-12-01") {
    truncated withheldCount hubCount hubs { id } paths { nodes { id } } }
  commonNeighbours(ids: [$a, $b]) { truncated withheldCount bounds { name isReached }
    edges { cursor holders node { id label } sharedBy { id throughId relation { id endSeen } } } }
  timeline(id: $a, first: 20) { truncated withheldCount pageInfo { endCursor } edges { cursor node {
    day basis kind name subjectId count node { id label } relation { id } finding { id } flag { id }
  } } }
  difference(id: $a, from: "2025-08-01", to: "2025-12-01") { wasKnown truncated withheldCount
    values { name before after records { id } }
    relations { kind direction node { id } records { id } values { name before after } } }
  clusterDifference(id: "Cluster:C-1", from: "2025-08-01", to: "2025-12-01") { truncated withheldCount
    stayedCount joined { merchant { id } ties { relation } } flags { id } }
  dossier(id: $a) { truncated withheldCount regions merchant { id label }
    identifying { name values { value holds records { id } } } control { depth node { id } }
    sections { name count truncated rows { node { id label } relation { id } flags } }
    findings { id } clusters { id size withheldCount } notice(lang: EN) }
}"""


def test_walking_over_http(service: Service, world: World) -> None:
    a, b = (world.thing("Merchant", (name,), name=f"{name}电子") for name in "AB")
    phone = world.thing("Phone", ("+8613812345678",))
    for merchant in (a, b):
        world.link("USES_PHONE", merchant, phone, role="contact", valid_from="2025-01-01")
    world.thing("Merchant", ("A",), name="甲电子", at=LATER)
    cluster = world.cluster("Cluster:C-1", ["330000"])
    world.crowd(50)
    world.settle()
    for merchant in (a, b):
        world.member_by_relation(cluster, merchant, phone)
    service.deadline_s = _COLD_S
    response = service.post(QUESTION, ids=[a, phone], a=a, b=b)
    assert "errors" not in response.json(), response.text
    data = response.json()["data"]
    assert "13812345678" not in response.text
    assert data["nodes"][1]["relationCounts"]["kinds"] == [
        {"relation": "USES_PHONE", "direction": "IN", "otherType": "Merchant", "count": 2}
    ]
    assert [edge["node"]["id"] for edge in data["expand"]["edges"]] == [phone]
    (path,) = data["kShortestPaths"]["paths"]
    assert [node["id"] for node in path["nodes"]] == [a, phone, b]
    assert path["nodes"][1]["label"] == "138****5678"
    (shared,) = data["commonNeighbours"]["edges"]
    assert (shared["holders"], [by["id"] for by in shared["sharedBy"]]) == (2, [a, b])
    days = {(e["node"]["kind"], e["node"]["basis"], e["node"]["day"]) for e in events(data)}
    assert ("RELATION_STARTED", "FACT", "2025-01-01") in days
    assert ("RELATION_LEARNED", "KNOWLEDGE", "2025-09-01") in days
    assert {value["name"]: value["before"] for value in data["difference"]["values"]} == {
        "merchant_id": None,
        "name": None,
    }
    assert [r["kind"] for r in data["difference"]["relations"]] == ["ADDED"]
    newcomers = {each["merchant"]["id"] for each in data["clusterDifference"]["joined"]}
    assert newcomers == {a, b}
    sections = {section["name"]: section for section in data["dossier"]["sections"]}
    assert sections["phones"]["rows"][0]["node"]["label"] == "138****5678"
    names = {p["name"]: p["values"] for p in data["dossier"]["identifying"]}["name"]
    assert [(each["value"], each["holds"]) for each in names] == [
        ("甲电子", True),
        ("A电子", False),
    ]
    assert [each["id"] for each in data["dossier"]["clusters"]] == [cluster]


def events(
    data: dict[str, dict[str, list[dict[str, dict[str, str]]]]],
) -> list[dict[str, dict[str, str]]]:
    return data["timeline"]["edges"]


def test_what_is_asked_wrongly_is_refused(service: Service, world: World) -> None:
    merchant = world.thing("Merchant", ("A",), name="A")
    world.settle()
    for question in (
        '{ expand(id: "%s", withoutHubs: true, hubLimit: 0) { truncated } }',
        '{ expand(id: "%s", nodeTypes: ["Nothing"]) { truncated } }',
        '{ kShortestPaths(from: "%s", to: "Merchant:B", first: 51) { truncated } }',
        '{ commonNeighbours(ids: ["%s"]) { truncated } }',
        '{ difference(id: "%s", from: "2025-02-01", to: "2025-01-01") { truncated } }',
    ):
        assert service.code(question % merchant) == "BAD_USER_INPUT"


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(facts=hidden_facts)
def test_hidden_data_changes_no_walk(
    service: Service, clean_store: Store, facts: list[tuple[str, str, str]]
) -> None:
    what_is_hidden_tells_nothing(clean_store, facts, lambda: answer(service))


def answer(service: Service) -> str:
    service.deadline_s = _COLD_S
    ids = ["Merchant:M0", "Merchant:M1", "Merchant:M3", "Merchant:M4"]
    response = service.post(QUESTION, ids=ids, a=ids[0], b=ids[1])
    assert "errors" not in response.json(), response.text
    return re.sub(r'"withheldCount":(\d+|null)', "", response.text)
