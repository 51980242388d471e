"""What the weekly run told, asked over HTTP: parts of flags, digests, and what clusters have become."""

from __future__ import annotations

import json
from typing import Any

from graph.store.statement import Statement
from tests.integration.api.service import Service
from tests.integration.queries.world import HERE, NATION, THERE, World

_PUT_DIGEST = Statement("test_put_digest", "CREATE (d:WeeklyDigest) SET d = $properties")
_BECAME = Statement(
    "test_put_became",
    "MATCH (a:Cluster {id: $a}) MATCH (b:Cluster {id: $b}) "
    "CREATE (a)-[:BECAME {kind: $kind, as_of: $as_of, announced: $told}]->(b)",
)

FLAGS = """query { weeklyFlags { withheldCount edges { node {
  id kind withheldCount regions memberIds clusterIds values } } } }"""
DIGEST = """query ($region: String!, $asOf: Date) { weeklyDigest(region: $region, asOf: $asOf) {
  id asOf edition region withheldCount body text(lang: EN) incompleteFeeds(lang: EN) notice } }"""
FOLLOW = """query ($id: ID!, $since: Date) { followCluster(id: $id, since: $since) {
  id presentIds dormantIds endedIds withheldCount truncated present { id size }
  steps { asOf kind start end isAnnounced } } }"""


def link(merchant: str, region: str) -> dict[str, Any]:
    return {
        "merchant": merchant,
        "identifier": "Phone:1",
        "relation": "USES_PHONE",
        "first_seen": "2025-10-01",
        "noticed": "2025-10-06",
        "change": "added",
        "records": [],
        "regions": [region],
    }


def flag(world: World, number: int, regions: dict[str, str], links: dict[str, str]) -> str:
    """A flag that names these merchants (each with its region), on links of these."""
    values = {
        "links": [link(merchant, region) for merchant, region in links.items()],
        "sides": [{"cluster": "Cluster:C-1", "members": sorted(regions)}],
        "merged": False,
        "regions_of": {merchant: [region] for merchant, region in regions.items()},
        "sources": {},
    }
    return world.flag(
        number,
        sorted({*regions.values(), *links.values()}),
        kind="grew",
        seen_by=sorted(set(links.values())),
        member_ids=sorted(regions),
        cluster_ids=["Cluster:C-1"],
        values=json.dumps(values),
    )


def test_a_reader_of_one_region_sees_its_part_of_a_flag(service: Service, world: World) -> None:
    a, b, x = "Merchant:a", "Merchant:b", "Merchant:x"
    wide = flag(world, 1, {a: HERE, b: HERE, x: THERE}, {a: HERE, x: THERE})
    single = flag(world, 2, {a: HERE, x: THERE}, {a: HERE, x: THERE})
    flag(world, 3, {x: THERE}, {x: THERE})
    world.settle()
    here = service.data(FLAGS)["weeklyFlags"]
    assert here["withheldCount"] == 1
    shown = {edge["node"]["id"]: edge["node"] for edge in here["edges"]}
    assert set(shown) == {wide, single}
    assert shown[wide]["kind"] == "grew", "two members are seen to have grown it"
    assert shown[single]["kind"] == "wider"
    for node in shown.values():
        assert node["withheldCount"] > 0
        assert x not in json.dumps(node)
        assert node["regions"] == [HERE]
        assert "regions_of" not in node["values"]
    both = service.data(FLAGS, "both")["weeklyFlags"]
    assert both["withheldCount"] == 0
    assert {edge["node"]["kind"] for edge in both["edges"]} == {"grew"}
    by_kind = 'query { weeklyFlags(kind: "wider") { edges { node { id } } } }'
    (only,) = service.data(by_kind)["weeklyFlags"]["edges"]
    assert only["node"]["id"] == single, "the kind that is shown is the kind that is asked for"


def digest(world: World, region: str, as_of: str, edition: int = 1) -> None:
    body = {
        "id": f"WeeklyDigest:{as_of}.{edition}/{region}",
        "as_of": as_of,
        "edition": edition,
        "region": region,
        "counts": {},
        "incomplete": ["USES_PHONE"],
        "withheld": 4,
        "entries": [],
    }
    kept = {name: body[name] for name in ("id", "as_of", "edition", "region")}
    world.store.write(_PUT_DIGEST, properties={**kept, "body": json.dumps(body)})


def test_a_digest_is_read_by_its_region_alone(service: Service, world: World) -> None:
    digest(world, HERE, "2025-10-01")
    digest(world, HERE, "2025-10-08")
    digest(world, HERE, "2025-10-08", 2)
    digest(world, THERE, "2025-10-15")
    digest(world, NATION, "2025-10-15")
    newest = service.data(DIGEST, region=HERE)["weeklyDigest"]
    assert (newest["asOf"], newest["edition"], newest["withheldCount"]) == ("2025-10-08", 2, 4)
    assert "incomplete" in newest["text"]
    assert len(newest["incompleteFeeds"]) == 1
    old = service.data(DIGEST, region=HERE, asOf="2025-10-01")["weeklyDigest"]
    assert old["body"]["as_of"] == "2025-10-01"
    assert service.data(DIGEST, region=THERE)["weeklyDigest"] is None, "not theirs"
    assert service.data(DIGEST, "there", region=THERE)["weeklyDigest"]["edition"] == 1
    assert service.data(DIGEST, region=NATION)["weeklyDigest"]["region"] == NATION
    assert service.data(DIGEST, region=HERE, asOf="2025-01-01")["weeklyDigest"] is None


def test_a_case_finds_its_cluster_again(service: Service, world: World) -> None:
    phones = [world.thing("Phone", (f"+86138001380{n}0",)) for n in range(2)]
    for name in "ab":
        merchant = world.thing("Merchant", (name,), name=name)
        for phone in phones:
            world.link("USES_PHONE", merchant, phone, role="contact")
    world.settle()
    for name, region in [("C-1", HERE), ("C-2", HERE), ("C-3", THERE), ("C-4", HERE)]:
        world.cluster(f"Cluster:{name}", [region], status="gone")
    for name in "ab":
        ties = [(phone, "USES_PHONE", [HERE]) for phone in phones]
        world.member("Cluster:C-2", f"Merchant:{name}", ties)
    for a, kind, b, day, told in [
        ("C-1", "merged", "C-2", "2025-10-01", True),
        ("C-2", "split", "C-4", "2025-10-08", False),
        ("C-2", "split", "C-3", "2025-10-08", True),
        ("C-4", "dissolved", "C-4", "2025-10-15", True),
    ]:
        world.store.write(
            _BECAME, a=f"Cluster:{a}", b=f"Cluster:{b}", kind=kind, as_of=day, told=told
        )
    found = service.data(FOLLOW, id="Cluster:C-1")["followCluster"]
    assert (found["presentIds"], found["endedIds"]) == (["Cluster:C-2"], ["Cluster:C-4"])
    assert found["present"] == [{"id": "Cluster:C-2", "size": 2}]
    assert found["withheldCount"] == 1, "one part went where this reader may not look"
    assert [(step["kind"], step["end"][-3:], step["isAnnounced"]) for step in found["steps"]] == [
        ("merged", "C-2", True),
        ("split", "C-4", False),
        ("dissolved", "C-4", True),
    ]
    later = service.data(FOLLOW, id="Cluster:C-1", since="2025-10-02")["followCluster"]
    assert (later["dormantIds"], later["steps"]) == (["Cluster:C-1"], [])
    assert service.data(FOLLOW, id="Cluster:C-3")["followCluster"] is None
    assert service.data(FOLLOW, id="Cluster:C-99")["followCluster"] is None
