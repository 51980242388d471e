"""Each root field, over HTTP, on a real server."""

from __future__ import annotations

import json

from tests.integration.api.service import Service
from tests.integration.queries.world import HERE, LATER, NATION, THERE, World

CODE = "91350100M000100Y43"


def test_things_by_key_and_by_id(service: Service, world: World) -> None:
    merchant = world.thing("Merchant", (CODE,), name="福州甲电子", uscc=CODE, role="seller")
    shop = world.thing("Store", ("taobao", "s1"), name="甲的店", opened_on="2025-08-01")
    world.thing("TestLab", ("LAB0001",), name="乙检测", region=NATION)
    world.thing("TestReport", ("LAB0001", "WT2025001"), region=NATION, is_pass=True)
    world.thing("Certificate", ("2023010916123456",), scheme="ccc", region=NATION)
    address = world.thing("Address", ("A0123456789abcdef",), text="某市某路1号2幢301室")
    world.settle()
    data = service.data(
        """query ($m: ID!, $ids: [ID!]!, $code: String!, $address: String!) {
          node(id: $m) { id ... on Merchant { name role } }
          nodes(ids: $ids) { id type }
          merchant(merchantId: $code) {
            merchantId uscc label zh: label(lang: ZH) firstSeen regions
            sources(first: 1) { source locator region payload }
          }
          store(platform: "taobao", nativeId: "s1") { name openedOn }
          testLab(labId: "LAB0001") { name }
          testReport(labId: "LAB0001", reportNo: "WT2025001") { isPass }
          certificate(certificateNo: "2023010916123456") { scheme statusOn(date: "2025-01-01") { status } }
          address(addressId: $address) { text label }
        }""",
        m=merchant,
        ids=[shop, "Merchant:nobody", merchant],
        code=CODE.lower(),
        address=address.removeprefix("Address:"),
    )
    assert data["node"] == {"id": merchant, "name": "福州甲电子", "role": "seller"}
    assert data["nodes"] == [
        {"id": shop, "type": "Store"},
        None,
        {"id": merchant, "type": "Merchant"},
    ]
    assert data["merchant"]["sources"] == [
        {
            "source": "register",
            "locator": "world.csv:1",
            "region": HERE,
            "payload": {"merchant_id": CODE, "name": "福州甲电子", "role": "seller", "uscc": CODE},
        }
    ]
    assert data["merchant"]["firstSeen"] == "2025-09-01"
    assert data["store"] == {"name": "甲的店", "openedOn": "2025-08-01"}
    assert data["testReport"] == {"isPass": True}
    assert data["certificate"] == {"scheme": "ccc", "statusOn": None}
    assert data["address"] == {"text": "某市某路1号2幢****", "label": "某市某路1号2幢****"}


def test_personal_data_is_masked_wherever_it_shows(service: Service, world: World) -> None:
    merchant = world.thing("Merchant", ("M1",), name="联系13812345678")
    phone = world.thing("Phone", ("+8613812345678",))
    payee = world.thing("PayeeAccount", ("PAY0000012345",))
    world.link("USES_PHONE", merchant, phone, role="contact")
    world.link("PAID_TO", merchant, payee)
    world.settle()
    world.finding(1, [merchant], [HERE])
    response = service.post(
        """query ($m: ID!, $p: ID!) {
          search(query: "13812345678") { edges { reason node { label ... on Phone { number } } } }
          expand(id: $m) { edges { node { id label sources { payload asserts } } } }
          explain(id: $p) { payload }
          findings { edges { node { values explanation } } }
          node(id: $m) { ... on Merchant { name } }
          payee: node(id: "PayeeAccount:PAY0000012345") { ... on PayeeAccount { payeeToken } }
        }""",
        m=merchant,
        p=phone,
    )
    assert "138****5678" in response.text
    assert "13812345678" not in response.text
    data = response.json()["data"]
    assert data["search"]["edges"][0]["reason"] == "号码完全一致"
    assert data["payee"] == {"payeeToken": "****2345"}


def test_expansion_and_paths(service: Service, world: World) -> None:
    a, b = (world.thing("Merchant", (name,), name=name) for name in "AB")
    phone = world.thing("Phone", ("+8613812345678",))
    for merchant in (a, b):
        world.link("USES_PHONE", merchant, phone, role="contact", valid_from="2025-01-01")
    world.settle()
    data = service.data(
        """query ($a: ID!, $b: ID!) {
          expand(id: $a, relations: ["USES_PHONE"], direction: "OUT", asOf: "2025-12-01") {
            truncated withheldCount asOf pageInfo { hasNextPage }
            edges { direction node { type }
              relation { type title(lang: EN) properties validFrom startId records { region } } }
          }
          early: expand(id: $a, asOf: "2025-08-31") { edges { cursor } }
          none: expand(id: "Merchant:nobody") { truncated }
          shortestPath(from: $a, to: $b) { truncated withheldCount paths { length nodes { id } } }
          node(id: $a) { ... on Entity { expand(first: 1) { edges { node { expand { edges { direction
            node { id } } } } } } } }
        }""",
        a=a,
        b=b,
    )
    assert data["expand"] == {
        "truncated": False,
        "withheldCount": 0,
        "asOf": "2025-12-01",
        "pageInfo": {"hasNextPage": False},
        "edges": [
            {
                "direction": "OUT",
                "node": {"type": "Phone"},
                "relation": {
                    "type": "USES_PHONE",
                    "title": "uses phone",
                    "properties": {"role": "contact"},
                    "validFrom": "2025-01-01",
                    "startId": a,
                    "records": [{"region": HERE}],
                },
            }
        ],
    }
    assert data["early"]["edges"] == []
    assert data["none"] is None
    assert data["shortestPath"]["paths"] == [
        {"length": 2, "nodes": [{"id": a}, {"id": phone}, {"id": b}]}
    ]
    back = data["node"]["expand"]["edges"][0]["node"]["expand"]["edges"]
    assert [(e["direction"], e["node"]["id"]) for e in back] == [("IN", a), ("IN", b)]


def network(world: World) -> str:
    phone = world.thing("Phone", ("+8613812345678",))
    payee = world.thing("PayeeAccount", ("PAY0000012345",))
    merchants = [world.thing("Merchant", (f"M{n}",), name=f"商户{n}") for n in range(4)]
    world.thing("Merchant", ("M0",), name="别处的名字", region=THERE, at=LATER)
    world.crowd(500)
    hidden = world.thing("Merchant", ("M9",), name="别处", region=THERE)
    cluster = world.cluster("Cluster:C-000001", [HERE, THERE])
    for merchant in merchants:
        world.member(cluster, merchant, [(phone, "USES_PHONE", [HERE]), (payee, "PAID_TO", [HERE])])
    world.member(cluster, hidden, [(phone, "USES_PHONE", [THERE])])
    world.settle()
    for n, merchant in enumerate(merchants[:3]):
        world.finding(n, [merchant], [HERE])
    return cluster


def test_clusters_with_members_and_reasons(service: Service, world: World) -> None:
    cluster = network(world)
    data = service.data(
        """query ($id: ID!) {
          clusters(label: "network", region: "330000") {
            withheldCount truncated edges { cursor node { id label score size withheldCount } }
          }
          cluster(id: $id) {
            size status asOf withheldCount reasons(lang: EN) notice(lang: EN)
            identifiers { type label }
            members(first: 2) {
              pageInfo { hasNextPage }
              edges { node { role strength merchant { name }
                ties { relation holdersInside identifier { label } records { id } } } }
            }
          }
          node(id: $id) { id ... on Cluster { label } }
          merchant(merchantId: "M0") { clusters { id } }
        }""",
        id=cluster,
    )
    (edge,) = data["clusters"]["edges"]
    assert edge["node"]["label"] == "network"
    assert (edge["node"]["size"], edge["node"]["withheldCount"]) == (4, 1)
    shown = data["cluster"]
    assert (shown["size"], shown["status"]) == (4, None)
    assert "4 of 4 members share paid to: ****2345" in shown["reasons"]
    assert "never proof" in shown["notice"]
    first = shown["members"]["edges"][0]["node"]
    assert first["merchant"] == {"name": "商户0"}
    assert (first["role"], first["strength"]) == (None, 0.97)
    assert [tie["holdersInside"] for tie in first["ties"]] == [4, 4]
    assert shown["members"]["pageInfo"] == {"hasNextPage": True}
    assert data["node"] == {"id": cluster, "label": "network"}
    assert data["merchant"]["clusters"] == [{"id": cluster}]


def test_findings_and_weekly_flags(service: Service, world: World) -> None:
    cluster = network(world)
    merchant = "Merchant:M0"
    world.finding(7, [merchant], [HERE, THERE], severity=5)
    world.finding(8, [merchant], [HERE], severity=5, status="closed")
    world.flag(1, [HERE], cluster_ids=[cluster], member_ids=[merchant])
    world.flag(2, [THERE])
    data = service.data(
        """query ($m: ID!) {
          findings(detector: "D4", severityAtLeast: 4, subject: $m) {
            withheldCount edges { node { id severity status explanation(lang: EN) values
              subjects { id } evidence { id } notice } }
          }
          closed: findings(withClosed: true, severityAtLeast: 5) { edges { node { status } } }
          weeklyFlags(since: "2025-10-01", kind: "newly_linked", region: "330000") {
            withheldCount edges { node { kind asOf memberIds clusters { size } members { label } } }
          }
        }""",
        m=merchant,
    )
    (edge,) = data["findings"]["edges"]
    assert (edge["node"]["severity"], data["findings"]["withheldCount"]) == (4, 1)
    assert edge["node"]["subjects"] == [{"id": merchant}]
    assert edge["node"]["values"] == {"phone": "138****5678"}
    assert edge["node"]["explanation"]
    assert [e["node"]["status"] for e in data["closed"]["edges"]] == ["closed"]
    (flag,) = data["weeklyFlags"]["edges"]
    assert flag["node"] == {
        "kind": "newly_linked",
        "asOf": "2025-10-06",
        "memberIds": [merchant],
        "clusters": [{"size": 4}],
        "members": [{"label": "商户0"}],
    }
    assert data["weeklyFlags"]["withheldCount"] == 0


def test_what_the_service_says_of_itself(service: Service, world: World) -> None:
    del world
    data = service.data(
        """{ viewer { name regions expiresAt } notice(lang: EN)
             ontology { entities { name title(lang: EN) properties { name isPersonal } }
                        relations { name isLink } } }"""
    )
    assert data["viewer"] == {
        "name": "here",
        "regions": ["000000", HERE],
        "expiresAt": "2026-01-16T04:00:00+00:00",
    }
    assert "never proof" in data["notice"]
    names = [entity["name"] for entity in data["ontology"]["entities"]]
    assert names == sorted(names)
    assert {"name": "USES_PHONE", "isLink": True} in data["ontology"]["relations"]


def test_others_get_other_answers(service: Service, world: World) -> None:
    network(world)
    query = '{ merchant(merchantId: "M0") { name regions clusters { size } } }'
    assert service.data(query)["merchant"] == {
        "name": "商户0",
        "regions": [HERE],
        "clusters": [{"size": 4}],
    }
    assert service.data(query, "there")["merchant"] == {
        "name": "别处的名字",
        "regions": [THERE],
        "clusters": [],
    }
    both = service.data(query, "both")["merchant"]
    assert both == {"name": "别处的名字", "regions": [THERE, HERE], "clusters": [{"size": 5}]}
    assert json.dumps(both)
