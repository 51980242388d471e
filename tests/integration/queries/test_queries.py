"""Each question, on a real server."""

from __future__ import annotations

import pytest

from graph.errors import LimitExceeded, StatementFailed, ValueRefused
from graph.store.connection import Connection
from graph.store.session import Store
from graph.store.statement import Statement
from queries import certificates, clusters, findings, flags, lookup, provenance, search
from queries.expand import CURSOR, Expansion, expand
from queries.pages import PageRequest
from queries.paths import Allowed, shortest_paths
from queries.reading import Reading
from queries.search_terms import terms
from queries.views import relation_id
from tests.integration.queries.asking import TODAY, ask
from tests.integration.queries.world import HERE, LATER, NATION, THERE, World


@pytest.fixture
def world(clean_store: Store) -> World:
    return World(clean_store)


def everything(**changes: object) -> Expansion:
    page = PageRequest.of(int(str(changes.get("first", 20))), None, ())
    as_of = str(changes.get("as_of", TODAY))
    return Expansion.of(None, str(changes.get("direction", "ANY")), as_of, page)


def test_a_statement_that_ignores_who_reads_is_refused(server: Connection) -> None:
    careless = Statement("careless", "MATCH (n:Merchant) RETURN n.id AS id")
    with pytest.raises(StatementFailed, match="careless"):
        ask(server, lambda reading: reading.rows(careless))


def test_no_statement_is_run_when_the_time_is_up(server: Connection) -> None:
    with pytest.raises(LimitExceeded):
        ask(server, lambda reading: lookup.nodes(reading, ["Merchant:M1"]), deadline_s=-1)


def test_nodes_of_several_types_take_one_statement(server: Connection, world: World) -> None:
    merchant = world.thing("Merchant", ("M1",), name="甲")
    lab = world.thing("TestLab", ("L1",), name="乙", region=NATION)
    world.thing("Merchant", ("M2",), name="丙", region=THERE)
    world.settle()

    async def question(reading: Reading) -> tuple[set[str], int]:
        found = await lookup.nodes(reading, [merchant, lab, "Merchant:M2", "Merchant:nobody", "x"])
        return set(found), reading.statements

    assert ask(server, question) == ({merchant, lab}, 1)


def test_what_others_say_of_a_node_is_not_shown(server: Connection, world: World) -> None:
    world.thing("Merchant", ("M1",), name="旧名", role="seller")
    merchant = world.thing(
        "Merchant", ("M1",), name="新名", closed_on="2025-10-01", region=THERE, at=LATER
    )
    world.settle()
    here = ask(server, lambda r: lookup.nodes(r, [merchant]))[merchant]
    assert here.properties == {"merchant_id": "M1", "name": "旧名", "role": "seller"}
    assert (here.regions, len(here.records), here.first_seen) == ((HERE,), 1, "2025-09-01")
    there = ask(server, lambda r: lookup.nodes(r, [merchant]), THERE)[merchant]
    assert (there.properties["name"], there.first_seen) == ("新名", "2025-10-06")
    assert "role" not in there.properties
    both = ask(server, lambda r: lookup.nodes(r, [merchant]), HERE, THERE)[merchant]
    assert (both.properties["name"], both.properties["role"]) == ("新名", "seller")


def test_expansion_counts_what_it_withholds(server: Connection, world: World) -> None:
    merchant = world.thing("Merchant", ("M1",), name="甲")
    phone = world.thing("Phone", ("+8613800138000",))
    hidden = world.thing("Phone", ("+8613900139000",), region=THERE)
    world.link("USES_PHONE", merchant, phone, role="contact")
    world.link("USES_PHONE", merchant, phone, role="sender", region=THERE)
    world.link("USES_PHONE", merchant, hidden, role="contact", region=THERE)
    world.settle()
    page = ask(server, lambda r: expand(r, [merchant], everything()))[merchant]
    assert [(s.relation.type, s.other.id) for s in page.items] == [("USES_PHONE", phone)]
    assert (page.withheld, page.truncated, page.has_next) == (2, False, False)
    both = ask(server, lambda r: expand(r, [merchant], everything()), HERE, THERE)[merchant]
    assert (len(both.items), both.withheld) == (3, 0)
    assert ask(server, lambda r: expand(r, [hidden], everything())) == {}


def test_an_end_that_only_others_saw_does_not_end_it_here(server: Connection, world: World) -> None:
    merchant = world.thing("Merchant", ("M1",), name="甲")
    phone = world.thing("Phone", ("+8613800138000",))
    world.link("USES_PHONE", merchant, phone, role="contact")
    world.link(
        "USES_PHONE",
        merchant,
        phone,
        role="contact",
        region=THERE,
        at=LATER,
        valid_to="2025-10-01",
    )
    world.settle()
    here = ask(server, lambda r: expand(r, [merchant], everything()))[merchant]
    assert [step.relation.end_seen for step in here.items] == [None]
    both = ask(server, lambda r: expand(r, [merchant], everything()), HERE, THERE)[merchant]
    assert both.items == ()
    before = everything(as_of="2025-09-15")
    assert (
        len(ask(server, lambda r: expand(r, [merchant], before), HERE, THERE)[merchant].items) == 1
    )


def test_pages_of_an_expansion_neither_repeat_nor_skip(server: Connection, world: World) -> None:
    platform = world.thing("Platform", ("taobao",), name="淘宝", region=NATION)
    for n in range(7):
        shop = world.thing("Store", ("taobao", f"{n}"), name="店")
        region = THERE if n % 3 == 0 else HERE
        world.link("ON_PLATFORM", shop, platform, region=HERE)
        if region == THERE:
            world.link("ON_PLATFORM", shop, platform, region=THERE, at=LATER)
    world.settle()
    seen: list[str] = []
    after = None
    for _ in range(4):
        asked = Expansion.of(None, "IN", TODAY, PageRequest.of(2, after, CURSOR))
        page = ask(server, lambda r, asked=asked: expand(r, [platform], asked))[platform]  # type: ignore[misc]
        seen += [step.other.id for step in page.items]
        after = page.cursors[-1] if page.cursors else after
    assert seen == [f"Store:taobao/{n}" for n in range(7)]
    assert not page.has_next


def test_the_direction_is_seen_from_the_node(server: Connection, world: World) -> None:
    parent = world.thing("Merchant", ("P",), name="总")
    child = world.thing("Merchant", ("C",), name="分")
    world.link("PARENT_OF", parent, child, basis="branch")
    world.settle()
    for node, direction, count in [
        (parent, "OUT", 1),
        (parent, "IN", 0),
        (child, "IN", 1),
        (child, "OUT", 0),
    ]:
        asked = everything(direction=direction)
        page = ask(server, lambda r, n=node, a=asked: expand(r, [n], a))[node]  # type: ignore[misc]
        assert len(page.items) == count
        assert all((s.relation.start, s.relation.end) == (parent, child) for s in page.items)


def test_ways_avoid_what_may_not_be_seen_and_say_so(server: Connection, world: World) -> None:
    a, b, c = (world.thing("Merchant", (name,), name=name) for name in "ABC")
    secret = world.thing("Device", ("DEV00000001",), region=THERE)
    for merchant in (a, b):
        world.link("USES_DEVICE", merchant, secret, region=THERE)
    one = world.thing("Phone", ("+8613800138000",))
    two = world.thing("Phone", ("+8613900139000",))
    for merchant, phone in [(a, one), (c, one), (c, two), (b, two)]:
        world.link("USES_PHONE", merchant, phone, role="contact")
    world.settle()
    here = ask(server, lambda r: shortest_paths(r, a, b, 6, None))
    assert [[n.id for n in way.nodes] for way in here.ways] == [[a, one, c, two, b]]
    assert here.withheld == 1
    both = ask(server, lambda r: shortest_paths(r, a, b, 6, None), HERE, THERE)
    assert [[n.id for n in way.nodes] for way in both.ways] == [[a, secret, b]]
    assert both.withheld == 0
    short = ask(server, lambda r: shortest_paths(r, a, b, 3, None))
    assert (short.ways, short.withheld) == ((), 1)
    same = ask(server, lambda r: shortest_paths(r, a, a, 6, None))
    assert [len(way.relations) for way in same.ways] == [0]
    assert ask(server, lambda r: shortest_paths(r, a, secret, 6, None)).ways == ()


def test_a_way_through_a_platform_must_be_asked_for(server: Connection, world: World) -> None:
    platform = world.thing("Platform", ("jd",), name="京东", region=NATION)
    x, y = (world.thing("Store", ("jd", name), name=name) for name in "xy")
    for shop in (x, y):
        world.link("ON_PLATFORM", shop, platform)
    world.settle()
    assert ask(server, lambda r: shortest_paths(r, x, y, 6, None)).ways == ()
    asked = ask(server, lambda r: shortest_paths(r, x, y, 6, Allowed.of(["ON_PLATFORM"])))
    assert [len(way.relations) for way in asked.ways] == [2]


def found(server: Connection, query: str, *regions: str) -> list[tuple[str, str]]:
    page = ask(server, lambda r: search.search(r, query, None, PageRequest()), *regions)
    return [(hit.node.id, hit.match.reason) for hit in page.items]


def test_search_ranks_and_says_why(server: Connection, world: World) -> None:
    world.thing("Merchant", ("M1",), name="杭州市宏达电子有限公司")
    world.thing("Merchant", ("M2",), name="宏达电子")
    world.thing("Merchant", ("M3",), name="宏达电子商行")
    world.thing("Merchant", ("M4",), name="完全无关的单位")
    world.thing("Merchant", ("M5",), name="宏达电子秘密", region=THERE)
    world.settle()
    assert found(server, "宏达电子") == [
        ("Merchant:M2", "name"),
        ("Merchant:M1", "short"),
        ("Merchant:M3", "prefix"),
    ]
    assert found(server, "达电子商行宏大")[0] == ("Merchant:M3", "pieces")
    page = ask(server, lambda r: search.search(r, "宏达电子", None, PageRequest()))
    assert page.withheld == 1


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("华为技术", "short"),
        ("华为技术有限责任公司", "short"),
        ("華為技術有限公司", "short"),
        ("深圳市華為技術有限公司", "name"),
        ("huawei", "sound"),
        ("Hua Wei Ji Shu", "sound"),
        ("hwjs", "initials"),
        ("szshw", "initials"),
        ("ｈｕａｗｅｉ", "sound"),
        ("华", "part"),
        ("wh", None),
    ],
)
def test_a_company_is_found_as_people_type_it(
    server: Connection, world: World, query: str, reason: str | None
) -> None:
    merchant = world.thing("Merchant", ("M1",), name="深圳市华为技术有限公司")
    world.thing("Merchant", ("M2",), name="深圳市完全无关有限公司")
    world.settle()
    assert found(server, query)[:1] == ([(merchant, reason)] if reason else [])


def test_what_another_region_changes_or_adds_proposes_nothing_else(
    server: Connection, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More things match alike than are proposed: which are, must not depend on what is hidden."""
    monkeypatch.setattr(search, "CANDIDATES", 20)
    for number in range(search.CANDIDATES * 3):
        world.thing("Merchant", (f"M{number}",), name=f"宏达电子{number}号")
    world.settle()

    def page() -> tuple[list[str], bool]:
        asked = PageRequest(search.CANDIDATES)
        answer = ask(server, lambda r: search.search(r, "宏达电子", None, asked))
        return [hit.node.id for hit in answer.items], answer.truncated

    before, is_cut = page()
    assert is_cut
    assert before
    for number in range(0, search.CANDIDATES * 3, 7):
        # One is renamed there, one is said to be the same, one is new.
        world.thing("Merchant", (f"M{number}",), name="宏达电子", region=THERE, at=LATER)
        same = f"宏达电子{number + 1}号"
        world.thing("Merchant", (f"M{number + 1}",), name=same, region=THERE, at=LATER)
        world.thing("Merchant", (f"N{number}",), name="宏达电子", region=THERE)
    world.settle()
    assert page() == (before, True)


def test_types_are_chosen_before_the_best_are(
    server: Connection, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "CANDIDATES", 5)
    for number in range(search.CANDIDATES + 5):
        world.thing("Merchant", (f"M{number}",), name="宏达")
    shop = world.thing("Store", ("jd", "1"), name="杭州宏达小店")
    world.thing("Store", ("jd", "2"), name="宏达小店", region=THERE)
    world.settle()
    page = ask(server, lambda r: search.search(r, "宏达", ["Store"], PageRequest()))
    assert [hit.node.id for hit in page.items] == [shop]
    assert (page.truncated, page.withheld) == (False, 1)


def test_an_identifier_that_only_visible_records_still_say_is_found(
    server: Connection, world: World
) -> None:
    mine, theirs = "91350100M000100Y43", "91330100MA27XF6B5C"
    merchant = world.thing("Merchant", ("M1",), name="甲乙丙", uscc=mine)
    world.thing("Merchant", ("M1",), name="甲乙丙", uscc=theirs, region=THERE, at=LATER)
    world.settle()
    assert found(server, mine.lower()) == [(merchant, "exact")]
    assert found(server, theirs) == []
    assert found(server, theirs, THERE)[0][0] == merchant


@pytest.mark.parametrize(
    "spelling", ["138-0013-8000", "138 0013-8000", "+86 138 0013 8000", "１３８００１３８０００"]
)
def test_a_phone_is_found_in_any_spelling(server: Connection, world: World, spelling: str) -> None:
    phone = world.thing("Phone", ("+8613800138000",))
    world.settle()
    assert found(server, spelling) == [(phone, "exact")]


def test_a_credit_code_is_found_whoever_wrote_it_how(server: Connection, world: World) -> None:
    code = "91350100M000100Y43"
    merchant = world.thing("Merchant", (code,), name="甲", uscc=code)
    world.settle()
    for spelling in (code, code.lower(), f" {code} "):
        assert found(server, spelling)[0] == (merchant, "exact")


@pytest.mark.parametrize(
    "query", ['"', "a AND (", "name:*", "*:*", "\\", "[a TO b]", "~/.*/ && !", "甲 OR *"]
)
def test_lucene_syntax_is_only_text(server: Connection, world: World, query: str) -> None:
    world.thing("Merchant", ("M1",), name="全部都藏起来", region=HERE)
    world.settle()
    if terms(query).grams:
        assert found(server, query) == []
    else:
        with pytest.raises(ValueRefused, match=r"search\.query"):
            found(server, query)


def test_what_only_others_call_it_does_not_find_it(server: Connection, world: World) -> None:
    world.thing("Merchant", ("M1",), name="公开名称")
    world.thing("Merchant", ("M1",), name="秘密名称", region=THERE, at=LATER)
    world.settle()
    assert found(server, "秘密名称") == [] or found(server, "秘密名称")[0][1] == "pieces"
    assert found(server, "秘密名称", THERE) == [("Merchant:M1", "name")]


def test_findings_need_all_their_regions(server: Connection, world: World) -> None:
    merchant = world.thing("Merchant", ("M1",), name="甲")
    world.finding(1, [merchant], [HERE])
    world.finding(2, [merchant], [HERE, THERE], severity=5)
    world.finding(3, [merchant], [], severity=5)
    world.finding(4, [merchant], [HERE, NATION], severity=5)
    page = ask(server, lambda r: findings.findings(r, findings.FindingFilter(), PageRequest()))
    assert [f.id[-1] for f in page.items] == ["4", "1"]
    assert page.withheld == 2
    worst = findings.FindingFilter(severity=5, subject=merchant)
    page = ask(server, lambda r: findings.findings(r, worst, PageRequest()), HERE, THERE)
    assert [f.id[-1] for f in page.items] == ["2", "4"]
    first = ask(server, lambda r: findings.findings(r, worst, PageRequest(1)), HERE, THERE)
    after = PageRequest.of(5, first.cursors[0], findings.CURSOR)
    rest = ask(server, lambda r: findings.findings(r, worst, after), HERE, THERE)
    assert [f.id[-1] for f in rest.items] == ["4"]


def test_flags_come_newest_first_and_need_all_their_regions(
    server: Connection, world: World
) -> None:
    world.flag(1, [HERE], as_of="2025-09-29")
    world.flag(2, [HERE])
    world.flag(3, [HERE, THERE])
    world.flag(4, [HERE], announced=False)
    wanted = flags.FlagFilter()
    page = ask(server, lambda r: flags.weekly_flags(r, wanted, PageRequest(1)))
    assert ([f.id for f in page.items], page.withheld, page.has_next) == (["Flag:2"], 1, True)
    after = PageRequest.of(5, page.cursors[0], flags.CURSOR)
    rest = ask(server, lambda r: flags.weekly_flags(r, wanted, after))
    assert [f.id for f in rest.items] == ["Flag:1"]
    since = flags.FlagFilter(since="2025-10-01", region=THERE)
    both = ask(server, lambda r: flags.weekly_flags(r, since, PageRequest()), HERE, THERE)
    assert [f.id for f in both.items] == ["Flag:3"]


def ring(world: World) -> str:
    """Four merchants: A and B share two things here, C hangs on by something there, D is there."""
    a, b, c = (world.thing("Merchant", (name,), name=name) for name in "ABC")
    d = world.thing("Merchant", ("D",), name="D", region=THERE)
    phone = world.thing("Phone", ("+8613800138000",))
    payee = world.thing("PayeeAccount", ("PAY0000000001",))
    secret = world.thing("Device", ("DEV00000001",), region=THERE)
    cluster = world.cluster("C-000001", [HERE, THERE])
    for merchant in (a, b):
        world.member(
            cluster,
            merchant,
            [
                (phone, "USES_PHONE", [HERE]),
                (payee, "PAID_TO", [HERE]),
                (secret, "USES_DEVICE", [THERE]),
            ],
        )
    world.member(cluster, c, [(phone, "USES_PHONE", [THERE]), (secret, "USES_DEVICE", [THERE])])
    world.member(cluster, d, [(secret, "USES_DEVICE", [THERE])])
    return cluster


def test_a_cluster_is_worked_out_from_what_is_visible(server: Connection, world: World) -> None:
    cluster = ring(world)
    world.settle()
    view = ask(server, lambda r: clusters.by_ids(r, [cluster]))[cluster]
    assert [m.merchant for m in view.members] == ["Merchant:A", "Merchant:B"]
    assert (view.withheld, view.is_whole, view.status, view.born_on) == (2, False, None, None)
    assert [m.role for m in view.members] == [None, None]
    # payee 0.9 (payment) and phone 0.7 (platform): 1 - 0.1 * 0.3
    assert [m.strength for m in view.members] == [0.97, 0.97]
    assert all(t.holders_inside == 2 for m in view.members for t in m.ties)
    assert view.label == "unlabelled"
    both = ask(server, lambda r: clusters.by_ids(r, [cluster]), HERE, THERE)[cluster]
    assert (len(both.members), both.withheld, both.status) == (4, 0, "active")
    assert ask(server, lambda r: clusters.by_ids(r, [cluster]), "440000") == {}


def test_the_label_needs_visible_violations(server: Connection, world: World) -> None:
    cluster = ring(world)
    world.crowd(500)
    world.settle()
    world.finding(1, ["Merchant:A"], [HERE])
    world.finding(2, ["Merchant:B"], [THERE])
    world.finding(3, ["Merchant:B"], [HERE], severity=2)
    world.finding(4, ["Merchant:B"], [HERE], status="closed")
    here = ask(server, lambda r: clusters.by_ids(r, [cluster]))[cluster]
    assert (here.label, here.violations) == ("unlabelled", (("D4", 1),))
    wanted = clusters.ClusterFilter(label="network")
    page = ask(server, lambda r: clusters.clusters(r, wanted, PageRequest()), HERE, THERE)
    assert [(view.id, view.violations) for view in page.items] == [(cluster, (("D4", 2),))]
    page = ask(server, lambda r: clusters.clusters(r, wanted, PageRequest()))
    assert page.items == ()
    with pytest.raises(ValueRefused, match=r"cluster\.label"):
        ask(server, lambda r: clusters.clusters(r, clusters.ClusterFilter("ring"), PageRequest()))


def test_members_of_a_large_cluster_take_three_statements(server: Connection, world: World) -> None:
    phone = world.thing("Phone", ("+8613800138000",))
    cluster = world.cluster("C-000009", [HERE])
    for n in range(30):
        merchant = world.thing("Merchant", (f"M{n:03d}",), name=f"商户{n}")
        world.member(cluster, merchant, [(phone, "USES_PHONE", [HERE])])
    world.settle()

    async def question(reading: Reading) -> tuple[int, int]:
        found = await clusters.by_ids(reading, [cluster])
        return len(found[cluster].members), reading.statements

    assert ask(server, question) == (30, 3)


def test_explanations_hold_only_visible_records(server: Connection, world: World) -> None:
    merchant = world.thing("Merchant", ("M1",), name="甲")
    world.thing("Merchant", ("M1",), name="乙", region=THERE, at=LATER)
    phone = world.thing("Phone", ("+8613800138000",))
    world.link("USES_PHONE", merchant, phone, role="contact")
    world.link("USES_PHONE", merchant, phone, role="contact", region=THERE, at=LATER)
    world.settle()
    for identifier in (merchant, relation_id("USES_PHONE", merchant, phone, ["contact"])):
        here = ask(server, lambda r, i=identifier: provenance.explain(r, i))  # type: ignore[misc]
        assert here is not None
        assert [record.region for record in here] == [HERE]
        both = ask(server, lambda r, i=identifier: provenance.explain(r, i), HERE, THERE)  # type: ignore[misc]
        assert both is not None
        assert [record.region for record in both] == [HERE, THERE]
    absent = relation_id("USES_PHONE", merchant, phone, ["return"])
    assert ask(server, lambda r: provenance.explain(r, absent)) is None
    assert ask(server, lambda r: provenance.explain(r, "Merchant:nobody")) is None
    with pytest.raises(ValueRefused):
        ask(server, lambda r: provenance.explain(r, "Relation:!!"))


def test_the_state_of_a_certificate_on_a_date(server: Connection, world: World) -> None:
    number = "2023010916123456"
    certificate = world.thing("Certificate", (number,), scheme="ccc", region=NATION)
    for start, end, status in [
        ("2023-01-01", "2025-03-01", "valid"),
        ("2025-03-01", "2025-06-01", "suspended"),
        ("2025-06-01", None, "valid"),
    ]:
        said = {"status": status, **({"ends_on": end} if end else {})}
        state = world.thing("CertificateStatus", (number, start), region=NATION, **said)
        world.link("HAS_STATUS", certificate, state, region=NATION)
    world.settle()
    states = ask(server, lambda r: certificates.states(r, [certificate]))[certificate]
    for day, expected in [
        ("2022-12-31", None),
        ("2025-02-28", "valid"),
        ("2025-03-01", "suspended"),
        ("2026-01-01", "valid"),
    ]:
        held = certificates.state_on(states, day)
        assert (held and held.properties["status"]) == expected


def test_a_search_counts_what_is_withheld_only_where_that_is_asked(
    server: Connection, clean_store: Store
) -> None:
    world = World(clean_store)
    world.thing("Merchant", ("M1",), name="青禾贸易")
    world.thing("Merchant", ("M2",), name="青禾百货", region=THERE)
    world.settle()

    async def asked(reading: Reading) -> list[tuple[int, int | None]]:
        pages = [
            await search.search(reading, "青禾", None, PageRequest(), is_counted=is_counted)
            for is_counted in (True, False)
        ]
        return [(len(page.items), page.withheld) for page in pages]

    assert ask(server, asked) == [(1, 1), (1, None)]
