"""Lists, filters, orders, aggregates, typed relations and things by key, over HTTP, on a real server."""

from __future__ import annotations

from typing import Any

import pytest

from graph.store.async_session import AsyncStore
from tests.integration.api.service import Service
from tests.integration.queries.world import HERE, LATER, NATION, THERE, World

CODE = "91350100M000100Y43"


def small_world(world: World) -> None:
    """Three merchants here (one of which the other region speaks of too), one elsewhere; five stores."""
    a = world.thing("Merchant", ("M1",), name="甲电子", role="seller", registered_on="2020-01-01")
    b = world.thing("Merchant", ("M2",), name="乙电子", role="dealer", registered_on="2021-01-01")
    c = world.thing("Merchant", (CODE,), name="丙", uscc=CODE, role="seller")
    world.thing("Merchant", ("M2",), name="别名", role="seller", region=THERE, at=LATER)
    hidden = world.thing("Merchant", ("M9",), name="别处电子", role="seller", region=THERE)
    shops = [
        world.thing("Store", ("taobao" if n % 2 else "jd", f"s{n}"), name=f"店{n}", region=NATION)
        for n in range(5)
    ]
    for merchant, shop in [(a, 0), (a, 1), (b, 2), (c, 3)]:
        world.link("OPERATES", merchant, shops[shop])
    world.link("OPERATES", hidden, shops[4], region=THERE)
    world.link("OPERATES", c, shops[4])
    world.link("OPERATES", c, shops[4], valid_to="2025-09-30", at=LATER)
    world.settle()


def names(connection: Any) -> list[str]:
    return [node["name"] for node in connection["nodes"]]


def test_lists_with_filters_and_counts(service: Service, world: World) -> None:
    small_world(world)
    data = service.data(
        """{
          all: merchants(first: 10) { nodes { name } totalCount totalIsExact withheldCount truncated
            asOf pageInfo { hasNextPage } }
          sellers: merchants(first: 10, where: {role: {eq: "seller"}}) { nodes { name } totalCount }
          electronic: merchants(first: 10, where: {or: [{name: {contains: "电子"}},
            {registeredOn: {isNull: true}}], not: {registeredOn: {lt: "2021-01-01"}}}) { nodes { name } }
          onTaobao: merchants(first: 10, where: {operates: {some: {platform: {eq: "taobao"}}}}) {
            nodes { name } }
          onlyJd: merchants(first: 10, where: {operates: {none: {platform: {eq: "taobao"}}}}) {
            nodes { name } }
          withOne: merchants(first: 10, where: {operates: {single: {}}}) { nodes { name } }
        }"""
    ) | service.data(
        """{
          ofSeller: stores(first: 10, where: {operatedBy: {some: {role: {eq: "seller"}}}}) {
            nodes { name } totalCount }
          nobodys: stores(first: 10, where: {operatedBy: {none: {}}}) { nodes { name } }
          early: merchants(first: 10, asOf: "2025-08-31") { nodes { name } asOf }
          byCode: merchants(first: 10, where: {uscc: {eq: "9135 0100 M000 100Y43"}}) { nodes { name } }
        }"""
    )
    assert sorted(names(data["all"])) == ["丙", "乙电子", "甲电子"]
    assert data["all"] | {"nodes": []} == {
        "nodes": [],
        "totalCount": 3,
        "totalIsExact": True,
        "withheldCount": 1,
        "truncated": False,
        "asOf": "2026-01-15",
        "pageInfo": {"hasNextPage": False},
    }
    assert (sorted(names(data["sellers"])), data["sellers"]["totalCount"]) == (["丙", "甲电子"], 2)
    assert sorted(names(data["electronic"])) == ["丙", "乙电子"]
    assert sorted(names(data["onTaobao"])) == ["丙", "甲电子"]
    assert sorted(names(data["onlyJd"])) == ["乙电子"]
    assert sorted(names(data["withOne"])) == ["丙", "乙电子"]
    assert (sorted(names(data["ofSeller"])), data["ofSeller"]["totalCount"]) == (
        ["店0", "店1", "店3"],
        3,
    )
    assert names(data["nobodys"]) == ["店4"]
    assert (data["early"]["nodes"], data["early"]["asOf"]) == ([], "2025-08-31")
    assert names(data["byCode"]) == ["丙"]


def test_orders_page_by_page(service: Service, world: World) -> None:
    small_world(world)
    world.thing("Merchant", ("M3",), name="联系13812345678", role="seller")
    world.settle()
    query = """query ($after: String, $by: [MerchantOrder!]) {
      merchants(first: 1, after: $after, orderBy: $by) { nodes { id } pageInfo { hasNextPage endCursor } }
    }"""
    orders = {
        "REGISTERED_ON": ["Merchant:M2", "Merchant:M1", f"Merchant:{CODE}", "Merchant:M3"],
        "NAME": ["Merchant:M3", "Merchant:M1", "Merchant:M2", f"Merchant:{CODE}"],
    }
    for field, wanted in orders.items():
        by = [{"field": field, "direction": "DESC"}]
        seen, after = [], None
        while True:
            page = service.data(query, by=by, after=after)["merchants"]
            seen += [node["id"] for node in page["nodes"]]
            after = page["pageInfo"]["endCursor"]
            if not page["pageInfo"]["hasNextPage"]:
                break
        assert seen == wanted
        assert service.code(query, by=[{"field": "ID"}], after=after) == "BAD_USER_INPUT"


def test_related_things_of_many_in_two_statements(
    service: Service, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_world(world)
    run: list[str] = []
    original = AsyncStore.read

    async def counted(self: AsyncStore, statement: Any, **given: Any) -> Any:
        run.append(statement.name)
        return await original(self, statement, **given)

    monkeypatch.setattr(AsyncStore, "read", counted)
    data = service.data(
        """{ merchants(first: 10, where: {id: {in: ["Merchant:M1", "Merchant:91350100M000100Y43"]}}) {
          nodes { name operates(first: 5) { withheldCount truncated edges { cursor node { name }
            relation { validTo } } pageInfo { hasNextPage } } } } }"""
    )
    shops = {
        n["name"]: [e["node"]["name"] for e in n["operates"]["edges"]]
        for n in data["merchants"]["nodes"]
    }
    assert shops == {"丙": ["店3"], "甲电子": ["店0", "店1"]}
    assert run == ["listing_Merchant", "related_Merchant"]
    more = service.data(
        """{ store(platform: "jd", nativeId: "s4") { operatedBy(asOf: "2025-09-15") { nodes { name }
             withheldCount } now: operatedBy { nodes { name } } }
             merchant(merchantId: "M1") { operates(first: 1) { edges { cursor } pageInfo { hasNextPage } }
               taobao: operates(where: {platform: {eq: "taobao"}}) { nodes { name } } } }"""
    )
    assert more["store"] == {
        "operatedBy": {"nodes": [{"name": "丙"}], "withheldCount": 1},
        "now": {"nodes": []},
    }
    assert more["merchant"]["taobao"] == {"nodes": [{"name": "店1"}]}
    assert more["merchant"]["operates"]["pageInfo"] == {"hasNextPage": True}
    after = more["merchant"]["operates"]["edges"][0]["cursor"]
    rest = service.data(
        """query ($after: String) { merchant(merchantId: "M1") {
             operates(first: 1, after: $after) { nodes { name } pageInfo { hasNextPage } } } }""",
        after=after,
    )
    assert rest["merchant"]["operates"] == {
        "nodes": [{"name": "店1"}],
        "pageInfo": {"hasNextPage": False},
    }


def test_aggregates_are_of_what_is_visible(service: Service, world: World) -> None:
    small_world(world)
    query = """{ merchantsAggregate(groupBy: [ROLE], where: {name: {isNull: false}}) { count groupCount
      withheldCount truncated asOf measures { registeredOn { count min max } }
      groups { count keys { field value } measures { registeredOn { max } } } } }"""
    here = service.data(query)["merchantsAggregate"]
    assert (here["count"], here["groupCount"], here["withheldCount"]) == (3, 2, 1)
    assert here["measures"]["registeredOn"] == {
        "count": 2,
        "min": "2020-01-01",
        "max": "2021-01-01",
    }
    assert [(g["keys"], g["count"]) for g in here["groups"]] == [
        ([{"field": "role", "value": "seller"}], 2),
        ([{"field": "role", "value": "dealer"}], 1),
    ]
    both = service.data(query, "both")["merchantsAggregate"]
    assert [(g["keys"][0]["value"], g["count"]) for g in both["groups"]] == [("seller", 4)]
    by_region = service.data(
        """{ merchantsAggregate(groupBy: [REGIONS, FIRST_SEEN_MONTH]) { count
             groups { count keys { value } } } }""",
        "both",
    )["merchantsAggregate"]
    assert by_region["count"] == 4
    assert [([k["value"] for k in g["keys"]], g["count"]) for g in by_region["groups"]] == [
        ([HERE, "2025-09"], 3),
        ([THERE, "2025-09"], 2),
    ]


def test_things_by_keys_in_any_spelling(service: Service, world: World) -> None:
    world.thing("Merchant", (CODE,), name="丙", uscc=CODE)
    world.thing("Phone", ("+8613812345678",), link_class="mobile")
    world.thing("CertificateStatus", ("2023010916123456", "2025-01-01"), status="valid")
    world.settle()
    data = service.data(
        """{ merchant(merchantId: "9135 0100 m000 100y43") { name }
             phone(number: "138-1234-5678") { number linkClass }
             none: phone(number: "not a number") { number }
             certificateStatus(certificateNo: "2023010916123456", startsOn: "2025年1月1日") { status }
             found: phones(first: 5, where: {number: {eq: "13812345678"}}) { nodes { number } } }"""
    )
    assert data == {
        "merchant": {"name": "丙"},
        "phone": {"number": "138****5678", "linkClass": "mobile"},
        "none": None,
        "certificateStatus": {"status": "valid"},
        "found": {"nodes": [{"number": "138****5678"}]},
    }


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{ merchants(first: 10001) { asOf } }", "BAD_USER_INPUT"),
        ("{ merchants(first: -1) { asOf } }", "BAD_USER_INPUT"),
        ("{ merchants { asOf } }", "GRAPHQL_VALIDATION_FAILED"),
        ('{ merchants(first: 1, after: "x") { asOf } }', "BAD_USER_INPUT"),
        ("{ merchants(first: 1, where: {name: {eq: null}}) { asOf } }", "BAD_USER_INPUT"),
        ("{ merchants(first: 1, where: {role: null}) { asOf } }", "BAD_USER_INPUT"),
        ('{ merchants(first: 1, where: {uscc: {eq: "1"}}) { asOf } }', "BAD_USER_INPUT"),
        ('{ phones(first: 1, where: {number: {contains: "1"}}) { asOf } }', "GRAPHQL_VALIDATION_FAILED"),
        ("{ phones(first: 1, orderBy: [{field: NUMBER}]) { asOf } }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ phonesAggregate(groupBy: [NUMBER]) { count } }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ merchantsAggregate(groupBy: [ROLE, ROLE]) { count } }", "BAD_USER_INPUT"),
        (
            "{ merchants(first: 1, where: {or: [%s]}) { asOf } }" % ('{role: {eq: "a"}} ' * 30),
            "LIMIT_EXCEEDED",
        ),
        (
            "{ merchants(first: 1, where: %s) { asOf } }"
            % ("{parentOf: {some: " * 5 + "{}" + "}}" * 5),
            "LIMIT_EXCEEDED",
        ),
        ("{ merchants(first: 10000) { nodes { operates { nodes { id } } } } }", "LIMIT_EXCEEDED"),
    ],
)  # fmt: skip
def test_what_may_not_be_asked(service: Service, world: World, query: str, code: str) -> None:
    del world
    assert service.code(query) == code


def test_a_filter_of_any_depth_is_answered_with_an_error(service: Service, world: World) -> None:
    del world
    query = "query ($w: MerchantWhere) { merchants(first: 1, where: $w) { asOf } }"
    nested: dict[str, Any] = {}
    for _ in range(120):
        nested = {"not": nested}
    assert service.code(query, w=nested) == "LIMIT_EXCEEDED"
    for _ in range(150):
        nested = {"and": [nested]}
    assert service.code(query, w=nested) in {"BAD_USER_INPUT", "BAD_REQUEST"}


@pytest.mark.parametrize(
    "where",
    [
        "{or: []}",
        "{not: {}}",
        "{id: {}, or: []}",
        '{and: [{firstSeen: {gte: "2020-01-01"}}, {not: {and: [{}]}}]}',
        "{operates: {some: {or: []}}}",
        "{operates: {single: {not: {}}}}",
        "{not: {operates: {none: {or: []}}}}",
        "{operates: {all: {or: []}}, not: {operates: {none: {}}}}",
    ],
)
def test_what_holds_of_nothing_is_answered_with_nothing(
    service: Service, world: World, where: str
) -> None:
    """The planner sees that as well, and then refuses the index that a list by id is read from."""
    small_world(world)
    query = f"{{ merchants(first: 5, where: {where}) {{ nodes {{ name }} totalCount truncated }} }}"
    assert service.data(query)["merchants"] == {"nodes": [], "totalCount": 0, "truncated": False}


@pytest.mark.parametrize(
    "where",
    [
        "{sendsWith: {some: {}}, authorisedBy: {none: {}, single: {}}}",
        "{sendsWith: {some: {}}, authorisedBy: {all: {not: {parentOf: {some: {}}}}, none: {}}}",
    ],
)
def test_what_is_always_so_does_not_disturb_the_planner(
    service: Service, world: World, where: str
) -> None:
    """`… OR (true AND …)` with subqueries on both sides was an error of its own (found by fuzzing)."""
    small_world(world)
    query = f"{{ merchants(first: 5, where: {where}) {{ nodes {{ name }} totalCount }} }}"
    assert service.data(query)["merchants"] == {"nodes": [], "totalCount": 0}
