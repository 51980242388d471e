"""`suyuan explain` on a real server: a corrected record is superseded, and stays readable."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner, Result

from graph.store.connection import Connection
from graph.store.session import Store
from suyuan.commands.explain import command
from suyuan.options import EXIT_USAGE
from tests.integration.queries.world import HERE, LATER, START, THERE, World

Run = Callable[..., Result]


@pytest.fixture
def run(server: Connection, monkeypatch: pytest.MonkeyPatch) -> Run:
    assert server.auth is not None
    monkeypatch.setenv("NEO4J_PASSWORD", server.auth[1])
    monkeypatch.setenv("NEO4J_DATABASE", server.database or "neo4j")

    def invoke(*arguments: str) -> Result:
        return CliRunner().invoke(command, [*arguments, "--store", server.uri])

    return invoke


@pytest.fixture
def world(clean_store: Store) -> World:
    return World(clean_store)


def test_a_corrected_record_is_superseded_and_stays_readable(run: Run, world: World) -> None:
    merchant = world.thing("Merchant", ("M1",), name="旧名", role="seller")
    world.thing("Merchant", ("M1",), name="新名", region=THERE, at=LATER)
    phone = world.thing("Phone", ("+8613812345678",))
    world.link("USES_PHONE", merchant, phone, role="contact", valid_from="2025-02-01")
    finding = world.settle().finding(1, [merchant], [HERE])
    world.finding(2, [merchant], [HERE], status="not_seen_again")
    world.member(world.cluster("Cluster:C-1", [HERE]), merchant, [])

    said = _told(run(merchant, "--json"))
    name = _property(said, "name")
    assert (name["value"], [old["value"] for old in name["superseded"]]) == ("新名", ["旧名"])
    first, last = (said["records"][r] for r in (name["superseded"][0]["record"], name["record"]))
    assert (first["retrieved_at"], first["region"]) == (START, HERE)
    assert (last["retrieved_at"], last["region"]) == (LATER, THERE)
    assert first["source"]
    assert first["locator"]
    assert _property(said, "merchant_id")["confirmed_by"] == [name["superseded"][0]["record"]]
    assert (said["findings"], said["clusters"]) == ([finding], ["Cluster:C-1"])
    assert said["relations_total"] == 1
    (link,) = said["relations"]
    assert (link["type"], link["start"], link["end"]) == ("USES_PHONE", merchant, phone)
    assert _property(link, "valid_from")["value"] == "2025-02-01"

    story = run(merchant, "--lang", "en")
    assert "superseded: 旧名, said " in story.output
    assert "known since 2025-09-01" in story.output


def test_a_personal_value_is_masked_and_its_key_still_finds_it(run: Run, world: World) -> None:
    phone = world.thing("Phone", ("+8613812345678",))
    for name in ("13812345678", "Phone:13812345678", phone):
        result = run(name, "--json")
        assert _property(_told(result), "number")["value"] == "138****5678"
        assert "12345678" not in result.stdout


def test_only_so_many_relations_of_a_hub_are_shown(run: Run, world: World) -> None:
    hub = world.thing("Platform", ("taobao",))
    for number in range(3):
        store = world.thing("Store", ("taobao", str(number)))
        world.link("ON_PLATFORM", store, hub)
    said = _told(run("taobao", "--first", "2", "--json"))
    assert (said["id"], len(said["relations"]), said["relations_total"]) == (hub, 2, 3)
    assert _told(run("taobao/1", "--json"))["id"] == "Store:taobao/1"


@pytest.mark.parametrize("name", ["nobody", "Merchant:nobody", "Nothing:1", ""])
def test_an_unknown_name_is_wrong_usage(run: Run, world: World, name: str) -> None:
    result = run(name, "--lang", "en")
    assert result.exit_code == EXIT_USAGE
    assert f"nothing with the id or key {name}" in result.stderr


def test_a_key_of_two_types_is_asked_back(run: Run, world: World) -> None:
    world.thing("Merchant", ("X1",))
    world.thing("Device", ("X1",))
    result = run("X1", "--lang", "en")
    assert result.exit_code == EXIT_USAGE
    assert "Device:X1, Merchant:X1" in result.stderr
    assert run("Merchant:X1").exit_code == 0


def _told(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def _property(said: dict[str, Any], name: str) -> dict[str, Any]:
    (found,) = [each for each in said["properties"] if each["name"] == name]
    return found  # type: ignore[no-any-return]
