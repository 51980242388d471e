"""What things share, what happened to them and what changed, on a real server."""

from __future__ import annotations

import json

import pytest

from graph.errors import ValueRefused
from graph.store.connection import Connection
from graph.store.session import Store
from queries import timeline as timelines
from queries.difference import Difference, cluster_difference, difference, window_of
from queries.dossier import Dossier, dossier
from queries.neighbours import CURSOR as SHARED_CURSOR
from queries.neighbours import Sharing, common_neighbours
from queries.pages import PageRequest
from queries.reading import Reading
from queries.timeline import Timeline, TimelineRange, timeline
from tests.integration.queries.asking import TODAY, ask
from tests.integration.queries.world import HERE, LATER, NATION, THERE, World


@pytest.fixture
def world(clean_store: Store) -> World:
    return World(clean_store)


def shared(
    server: Connection, ids: list[str], *regions: str, at_least: int = 2
) -> list[tuple[str, int, list[str]]]:
    asked = Sharing.of(ids, at_least, TODAY)
    page = ask(server, lambda r: common_neighbours(r, asked, PageRequest()), *regions)
    return [(s.node.id, s.holders, [h.through or h.thing for h in s.held]) for s in page.items]


def test_what_is_shared_comes_rarest_first(server: Connection, world: World) -> None:
    a, b, c = (world.thing("Merchant", (name,), name=name) for name in "ABC")
    rare = world.thing("Phone", ("+8613800138000",))
    common = world.thing("Address", ("A0000000000000001",))
    hidden = world.thing("Device", ("DEV00000001",), region=THERE)
    for merchant in (a, b):
        world.link("USES_PHONE", merchant, rare, role="contact")
        world.link("USES_DEVICE", merchant, hidden, region=THERE)
    for merchant in (a, b, c):
        world.link("SHIPS_FROM", merchant, common)
    # Only others saw this one end.
    world.link("SHIPS_FROM", a, common, region=THERE, at=LATER, valid_to="2025-10-01")
    world.settle()
    assert shared(server, [a, b]) == [(rare, 2, [a, b]), (common, 3, [a, b])]
    assert shared(server, [a, b, c], at_least=3) == [(common, 3, [a, b, c])]
    assert shared(server, [a, b], HERE, THERE) == [(hidden, 2, [a, b]), (rare, 2, [a, b])]
    with pytest.raises(ValueRefused):
        Sharing.of([a, a], 2, TODAY)

    async def pages(reading: Reading) -> list[str]:
        asked, after, seen = Sharing.of([a, b], 2, TODAY), None, []
        for _ in range(3):
            page = await common_neighbours(reading, asked, PageRequest.of(1, after, SHARED_CURSOR))
            seen += [item.node.id for item in page.items]
            after = page.cursors[-1] if page.cursors else after
        return seen

    assert ask(server, pages) == [rare, common]


def test_stores_share_what_their_operators_hold(server: Connection, world: World) -> None:
    a, b = (world.thing("Merchant", (name,), name=name) for name in "AB")
    phone = world.thing("Phone", ("+8613800138000",))
    shops = []
    for merchant in (a, b):
        shop = world.thing("Store", ("taobao", merchant[-1]), name="店")
        world.link("OPERATES", merchant, shop)
        world.link("USES_PHONE", merchant, phone, role="contact")
        shops.append(shop)
    world.settle()
    assert shared(server, shops) == [(phone, 2, [a, b])]
    assert shared(server, [a, shops[1]]) == [(phone, 2, [a, b])]


def merchant_with_a_life(world: World) -> str:
    merchant = world.thing("Merchant", ("M",), name="甲", registered_on="2020-05-01")
    phone = world.thing("Phone", ("+8613800138000",))
    world.link("USES_PHONE", merchant, phone, role="contact", valid_from="2021-01-01")
    world.link("USES_PHONE", merchant, phone, role="contact", at=LATER, valid_to="2025-10-01")
    certificate = world.thing("Certificate", ("C1",), issued_on="2023-01-01", region=NATION)
    world.link("HELD_BY", certificate, merchant, region=NATION)
    for starts_on, status in (("2023-01-01", "valid"), ("2025-09-20", "revoked")):
        state = world.thing("CertificateStatus", ("C1", starts_on), status=status, region=NATION)
        world.link("HAS_STATUS", certificate, state, region=NATION)
    lab = world.thing("TestLab", ("L1",), name="乙检测", region=NATION)
    report = world.thing("TestReport", ("L1", "R1"), issued_on="2024-03-01", is_pass=True)
    world.link("COMMISSIONED_BY", report, merchant)
    world.link("REPORT_FROM", report, lab)
    secret = world.thing("Penalty", ("P1",), decided_on="2025-01-01", region=THERE)
    world.link("PENALISES", secret, merchant, region=THERE)
    world.finding(1, [merchant], [HERE])
    world.finding(2, [report], [HERE], detector="D11")
    world.finding(3, [merchant], [THERE])
    world.flag(1, [HERE], member_ids=[merchant])
    world.flag(2, [THERE], member_ids=[merchant])
    world.settle()
    return merchant


def events(server: Connection, node: str, wanted: TimelineRange) -> list[tuple[str, str, str]]:
    async def question(reading: Reading) -> Timeline | None:
        return await timeline(reading, node, wanted, PageRequest(200))

    page = ask(server, question)
    assert page is not None
    return [(event.day, event.kind, event.name) for event in page.items]


def test_a_timeline_tells_what_is_visible_in_order(server: Connection, world: World) -> None:
    merchant = merchant_with_a_life(world)
    facts = TimelineRange.of(
        ["date", "relation_started", "relation_ended"], None, None, is_newest_first=False
    )
    assert events(server, merchant, facts) == [
        ("2020-05-01", "date", "Merchant.registered_on"),
        ("2021-01-01", "relation_started", "USES_PHONE"),
        ("2023-01-01", "date", "Certificate.issued_on"),
        ("2023-01-01", "date", "CertificateStatus.starts_on"),
        ("2024-03-01", "date", "TestReport.issued_on"),
        ("2025-09-20", "date", "CertificateStatus.starts_on"),
        ("2025-10-01", "relation_ended", "USES_PHONE"),
    ]
    said = TimelineRange.of(["finding", "flag"], "2025-10-01", TODAY, is_newest_first=True)
    assert events(server, merchant, said) == [
        ("2025-10-06", "flag", "newly_linked"),
        ("2025-10-06", "finding", "D4"),
    ]
    learned = TimelineRange.of(["relation_end_learned"], None, None, is_newest_first=True)
    assert events(server, merchant, learned) == [
        ("2025-10-06", "relation_end_learned", "USES_PHONE")
    ]
    assert ask(server, lambda r: timeline(r, "Penalty:P1", facts, PageRequest())) is None


@pytest.mark.parametrize("is_newest_first", [True, False])
def test_pages_of_a_timeline_neither_repeat_nor_skip(
    server: Connection, world: World, is_newest_first: bool
) -> None:
    merchant = merchant_with_a_life(world)
    wanted = TimelineRange.of(None, None, None, is_newest_first=is_newest_first)

    async def question(reading: Reading) -> list[tuple[str, str]]:
        seen, after = [], None
        while True:
            request = PageRequest.of(3, after, timelines.CURSOR)
            page = await timeline(reading, merchant, wanted, request)
            assert page is not None
            seen += [event.key for event in page.items]
            if not page.has_next:
                return seen
            after = page.cursors[-1]

    seen = ask(server, question)
    assert seen == sorted(set(seen), reverse=is_newest_first)
    assert len(seen) > 10


def test_complaints_are_counted_by_what_is_visible(server: Connection, world: World) -> None:
    merchant = world.thing("Merchant", ("M",), name="甲")
    for n, region in enumerate([HERE, HERE, THERE]):
        complaint = world.thing("Complaint", (f"CP{n}",), received_on="2025-03-05", region=region)
        world.link("COMPLAINS_ABOUT", complaint, merchant, region=region)
    world.thing("Complaint", ("CP0",), received_on="2025-04-05", region=THERE, at=LATER)
    world.settle()
    wanted = TimelineRange.of(["complaints"], None, None, is_newest_first=False)

    def months(*regions: str) -> list[tuple[str, int]]:
        page = ask(server, lambda r: timeline(r, merchant, wanted, PageRequest()), *regions)
        assert page is not None
        return [(event.name, event.count) for event in page.items]

    assert months() == [("2025-03", 2)]
    assert months(HERE, THERE) == [("2025-03", 2), ("2025-04", 1)]


def changed(server: Connection, node: str, *regions: str) -> Difference:
    window = window_of("2025-09-30", "2025-10-31")
    found = ask(server, lambda r: difference(r, node, window, PageRequest()), *regions)
    assert found is not None
    return found


def test_a_difference_names_what_changed_and_who_says_so(server: Connection, world: World) -> None:
    merchant = world.thing("Merchant", ("M",), name="旧名")
    kept, gone, new = (world.thing("Phone", (f"+861380013800{n}",)) for n in range(3))
    for phone in (kept, gone):
        world.link("USES_PHONE", merchant, phone, role="contact")
    world.thing("Merchant", ("M",), name="新名", at=LATER)
    world.link("USES_PHONE", merchant, gone, role="contact", at=LATER, valid_to="2025-10-01")
    world.link("USES_PHONE", merchant, new, role="contact", at=LATER)
    # What only others say changes nothing here.
    world.thing("Merchant", ("M",), role="seller", at=LATER, region=THERE)
    world.link(
        "USES_PHONE", merchant, kept, role="contact", at=LATER, region=THERE, valid_to="2025-10-02"
    )
    world.settle()
    here = changed(server, merchant)
    assert here.was_known
    assert [(v.name, v.before, v.after, len(v.records)) for v in here.values] == [
        ("name", "旧名", "新名", 1)
    ]
    became = {change.step.other.id: change.kind for change in here.relations.items}
    assert became == {gone: "ended", new: "added"}
    assert all(change.records for change in here.relations.items)
    both = changed(server, merchant, HERE, THERE)
    assert {v.name for v in both.values} == {"name", "role"}
    assert {c.step.other.id: c.kind for c in both.relations.items}[kept] == "ended"
    assert not changed(server, new).was_known or changed(server, new).relations.items
    with pytest.raises(ValueRefused):
        window_of("2025-10-01", "2025-10-01")


def test_a_dossier_has_every_section_in_six_statements(server: Connection, world: World) -> None:
    merchant = merchant_with_a_life(world)
    parent, grandparent, stranger = (
        world.thing("Merchant", (name,), name=name) for name in ("P", "G", "S")
    )
    world.link("PARENT_OF", parent, merchant, basis="subsidiary")
    world.link("PARENT_OF", grandparent, parent, basis="subsidiary")
    world.link("PARENT_OF", grandparent, stranger, basis="subsidiary")
    world.thing("Merchant", ("M",), name="新甲", at=LATER)
    for n, region in enumerate([HERE, THERE]):
        shop = world.thing("Store", ("taobao", f"{n}"), name="店", region=region)
        world.link("OPERATES", merchant, shop, region=region)
    world.settle()

    async def question(reading: Reading) -> tuple[Dossier | None, int]:
        return await dossier(reading, merchant, TODAY), reading.statements

    found, statements = ask(server, question)
    assert found is not None
    assert statements <= 6
    (names,) = (each for each in found.identifying if each.name == "name")
    assert names.holds is not None
    assert (names.holds.value, [s.value for s in names.superseded]) == ("新甲", ["甲"])
    assert [(c.other.id, c.depth, c.is_above) for c in found.control] == [
        (parent, 1, True),
        (grandparent, 2, True),
    ]
    sections = found.sections
    assert sections["stores"].count == 1
    assert sections["phones"].count == 0
    assert sections["penalties"].rows == ()
    (certificate,) = sections["certificates"].rows
    assert certificate.state is not None
    assert certificate.state.properties["status"] == "revoked"
    (report,) = sections["reports"].rows
    assert report.lab is not None
    assert (report.lab.properties["name"], report.flags) == ("乙检测", ("D11",))
    assert [finding.detector for finding in found.findings] == ["D4"]
    assert (found.withheld, found.truncated) == (2, False)
    assert ask(server, lambda r: dossier(r, "Store:taobao/0", TODAY)) is None


def test_who_joined_a_cluster(server: Connection, world: World) -> None:
    phone = world.thing("Phone", ("+8613800138000",))
    members = [world.thing("Merchant", (f"M{n}",), name="户") for n in range(3)]
    for n, merchant in enumerate(members):
        at = LATER if n == 2 else "2025-09-01T08:00:00+08:00"
        world.link("USES_PHONE", merchant, phone, role="contact", at=at)
    world.crowd(50)
    world.settle()
    cluster = world.cluster("Cluster:C-1", [HERE])
    for merchant in members:
        world.member_by_relation(cluster, merchant, phone)
    world.flag(1, [HERE], cluster_ids=[cluster], as_of="2025-10-06")
    world.flag(2, [HERE], cluster_ids=[cluster], as_of="2025-12-06")
    window = window_of("2025-09-30", "2025-10-31")
    found = ask(server, lambda r: cluster_difference(r, cluster, window))
    assert found is not None
    assert [each.member.merchant for each in found.joined] == [members[2]]
    assert found.stayed == tuple(members[:2])
    assert [flag.id for flag in found.flags.items] == ["Flag:1"]


def test_who_left_a_cluster_and_why(server: Connection, world: World) -> None:
    early = "2025-09-01T08:00:00+08:00"
    phones = [world.thing("Phone", (f"+861380013800{n}",)) for n in range(2)]
    members = [world.thing("Merchant", (f"M{n}",), name="户") for n in range(2)]
    gone = world.thing("Merchant", ("G",), name="去", closed_on="2025-10-03")
    slight = world.thing("Merchant", ("S",), name="轻")
    flagged = world.thing("Merchant", ("F",), name="报")
    hidden = world.thing("Merchant", ("H",), name="隐", region=THERE)
    kept = world.thing("Merchant", ("K",), name="在")
    for merchant in (*members, gone, kept, slight, hidden):
        region = THERE if merchant == hidden else HERE
        for phone in phones[: 1 if merchant == slight else 2]:
            world.link("USES_PHONE", merchant, phone, role="contact", at=early, region=region)
    for merchant in (gone, slight, hidden):
        region = THERE if merchant == hidden else HERE
        ended = {"role": "contact", "valid_to": "2025-10-01", "region": region}
        world.link("USES_PHONE", merchant, phones[0], at=LATER, **ended)
    # Only others saw this end.
    ended = {"role": "contact", "valid_to": "2025-10-01", "region": THERE}
    world.link("USES_PHONE", kept, phones[0], at=LATER, **ended)
    world.crowd(50)
    world.settle()
    cluster = world.cluster("Cluster:C-1", [HERE])
    for merchant in members:
        world.member(cluster, merchant, [(phone, "USES_PHONE", [HERE]) for phone in phones])
    lost = json.dumps({"lost": [flagged, "Merchant:unknown"], "links": []})
    world.flag(1, [HERE], kind="shrank", cluster_ids=[cluster], values=lost)
    world.flag(
        2, [THERE], kind="shrank", cluster_ids=[cluster], values=json.dumps({"lost": [slight]})
    )
    window = window_of("2025-09-30", "2025-10-31")

    async def left(reading: Reading) -> list[tuple[str, tuple[str, ...], tuple[str, ...], int]]:
        found = await cluster_difference(reading, cluster, window)
        assert found is not None
        assert not any(bound.is_reached for bound in found.bounds)
        return [(one.merchant.id, one.flags, one.reasons, len(one.ended)) for one in found.left]

    mine = [(flagged, ("Flag:1",), (), 0), (gone, (), ("ties_ended", "closed"), 1)]
    assert ask(server, left) == mine
    both = ask(server, left, HERE, THERE)
    assert [one[0] for one in both] == [flagged, gone, hidden, kept, slight]
    window = window_of("2025-10-10", "2025-10-31")
    assert ask(server, left) == []
