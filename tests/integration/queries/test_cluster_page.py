"""A cluster's page: every claim with records that its reader may see; the command and the service agree."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from click.testing import CliRunner, Result

from detect.weekly.run import detect_now
from graph.store.connection import Connection
from graph.store.session import Store
from queries.cluster_page import ClusterPage, cluster_page
from queries.cluster_sentences import SECTIONS, page_text, sentences
from suyuan.commands.explain import command
from suyuan.options import EXIT_USAGE
from tests.integration.queries.asking import ask
from tests.integration.queries.world import HERE, NATION, THERE, World

AS_OF = date(2025, 10, 8)
CLUSTER = "Cluster:C-000001"
Run = Callable[..., Result]


@pytest.fixture
def world(clean_store: Store) -> World:
    return World(clean_store)


@pytest.fixture
def run(server: Connection, monkeypatch: pytest.MonkeyPatch) -> Run:
    assert server.auth is not None
    monkeypatch.setenv("NEO4J_PASSWORD", server.auth[1])
    monkeypatch.setenv("NEO4J_DATABASE", server.database or "neo4j")

    def invoke(*arguments: str) -> Result:
        return CliRunner().invoke(command, [*arguments, "--store", server.uri])

    return invoke


def network(world: World, last_region: str = HERE) -> list[str]:
    """Four merchants that share two telephones; the fourth holds only one of them and an account.

    Telephones here are national, so that only the last member is hidden from anybody.
    """
    names = ("甲厂", "乙店", "丙发货", "丁收款")
    regions = (HERE, HERE, HERE, last_region)
    merchants = [
        world.thing("Merchant", (f"M{at}",), name=name, region=region)
        for at, (name, region) in enumerate(zip(names, regions, strict=True))
    ]
    maker, seller, packer, paid = merchants
    for number, holders in (("11111", merchants), ("22222", merchants[:3])):
        phone = world.thing("Phone", (f"+86138000{number}",), is_linkable=True, region=NATION)
        for holder in holders:
            region = last_region if holder == paid else HERE
            world.link("USES_PHONE", holder, phone, role="contact", region=region)
    account = world.thing("PayeeAccount", ("PAY0000000001",), region=NATION)
    for holder in (seller, paid):
        region = last_region if holder == paid else HERE
        world.link("PAID_TO", holder, account, region=region)
    product = world.thing("Product", ("P1",), name="充电宝")
    world.link("MADE_BY", product, maker)
    store = world.thing("Store", ("taobao", "1"), name="店")
    world.link("OPERATES", seller, store)
    sent = world.thing("WaybillAggregate", ("WB1",), parcels=40)
    world.link("DISPATCHES", packer, sent)
    world.crowd(500)
    world.settle()
    return merchants


def published(world: World, last_region: str = HERE) -> list[str]:
    merchants = network(world, last_region)
    detect_now(world.store, AS_OF)
    for at, merchant in enumerate(merchants[:2]):
        world.finding(
            90 + at, [merchant], [HERE], detector="D21", legal_basis=["某条"],
            input_records=records_of(world, merchant),
        )  # fmt: skip
    return merchants


def records_of(world: World, merchant: str) -> list[str]:
    from graph.store.statement import Statement

    statement = Statement("test_records", "MATCH (m {id: $id}) RETURN m.records AS records")
    (row,) = world.store.read(statement, id=merchant)
    return list(row["records"])


def page(server: Connection, *regions: str) -> ClusterPage:
    found = ask(server, lambda reading: cluster_page(reading, CLUSTER), *regions)
    assert found is not None
    return found


def said(found: ClusterPage, section: str, lang: str = "en") -> list[str]:
    return [each.text for each in sentences(found, lang) if each.section == section]


def test_every_sentence_names_visible_records(server: Connection, world: World) -> None:
    published(world)
    found = page(server, HERE)
    assert found.view.is_whole
    told = sentences(found, "en")
    assert [s for s in SECTIONS if s in {each.section for each in told}] == [
        s for s in SECTIONS if s != "labs"
    ]
    for each in told:
        is_about_the_world = each.section not in {"regions", "lawful"} and not (
            each.text.startswith(("First visible", "Together"))
        )
        assert bool(each.records) or not is_about_the_world, each
        assert set(each.records) <= found.records.keys()
    for lang in ("zh", "en"):
        assert "13800011111" not in page_text(found, lang)


def test_roles_are_said_with_what_shows_them(server: Connection, world: World) -> None:
    maker, seller, packer, paid = published(world)
    found = page(server, HERE)
    roles = {m.merchant: [role.role for role in m.roles] for m in found.view.members}
    assert roles == {
        maker: ["source"], seller: ["store"], packer: ["packer"], paid: ["controller"],
    }  # fmt: skip
    assert "甲厂: source; on record as maker of 1 products." in said(found, "roles")


def test_the_parts_add_up_to_the_score(server: Connection, world: World) -> None:
    published(world)
    view = page(server, HERE).view
    assert view.violations == (("D21", 2),)
    assert sum(part.points for part in view.score_parts) == view.score
    assert {part.name for part in view.score_parts} == {"D21", "ties"}


def test_what_it_hangs_on_was_seen_by_running_again(server: Connection, world: World) -> None:
    *_, paid = published(world)
    hangs = page(server, HERE).view.fragility
    assert hangs is not None
    assert hangs.is_verified
    lost = {loss.identifier.partition(":")[0]: loss.dropped for loss in hangs.losses}
    assert lost["PayeeAccount"] == (paid,)
    assert hangs.is_irreducible
    assert any(name.startswith("PayeeAccount:") for name in hangs.smallest)


def test_who_sees_a_part_is_told_nothing_of_the_rest(server: Connection, world: World) -> None:
    *_, paid = published(world, THERE)
    found = page(server, HERE)
    told = " ".join(each.text for each in sentences(found, "zh"))
    assert not found.view.is_whole
    assert "丁收款" not in told
    assert paid not in told
    assert "PAY" not in told
    assert found.view.fragility is None
    assert all(not member.roles for member in found.view.members)
    assert {record.region for record in found.records.values()} <= {HERE, NATION}
    assert said(found, "roles") == ["You do not see the whole cluster, so roles are not told."]
    assert "1 members are withheld from you" in " ".join(said(found, "regions"))
    whole = page(server, HERE, THERE)
    assert "丁收款" in " ".join(said(whole, "who"))
    assert "Nothing of it is withheld" in " ".join(said(whole, "regions"))


def test_doubts_name_single_sources_and_outsiders(server: Connection, world: World) -> None:
    published(world)
    doubts = " ".join(said(page(server, HERE), "doubts"))
    assert "All 2 ties of 甲厂 come from one source type (platform)" in doubts
    assert "outside" not in doubts


def test_a_declared_group_is_said_to_be_lawful(server: Connection, world: World) -> None:
    merchants = network(world)
    for other in merchants[1:]:
        world.link("PARENT_OF", merchants[0], other, basis="franchise")
    world.settle()
    detect_now(world.store, AS_OF)
    found = page(server, HERE)
    assert found.view.label == "lawful_group"
    share, because = said(found, "lawful")[1:]
    assert "cover 100 % of the members" in share
    assert because.startswith("Declared relations explain")
    roles = {m.merchant: [role.role for role in m.roles] for m in found.view.members}
    assert roles[merchants[0]] == ["source", "controller"]
    cited = [each for each in sentences(found, "en") if "cover 100 %" in each.text]
    assert len(cited[0].records) == 3


def test_the_command_says_what_the_service_says(server: Connection, world: World, run: Run) -> None:
    published(world)
    for lang in ("zh", "en"):
        result = run(CLUSTER, "--lang", lang)
        assert result.exit_code == 0, result.output
        assert page_text(page(server, HERE), lang) in result.output
    body: dict[str, Any] = json.loads(run(CLUSTER, "--json").stdout)
    assert sum(part["points"] for part in body["score_parts"]) == body["score"]
    assert all(set(each) == {"section", "text", "records"} for each in body["sentences"])
    missing = run("Cluster:C-999999", "--lang", "en")
    assert missing.exit_code == EXIT_USAGE
    assert "nothing with the id or key Cluster:C-999999" in missing.stderr
