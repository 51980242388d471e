"""Hubs registered and ended through the service: what follows them at once, and what the next run reads."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from graph.store.connection import Connection
from graph.store.naming import Namer
from graph.store.projection import read_hubs
from graph.store.session import Store
from graph.store.statement import Statement
from tests.integration.api.live import NOW, Live, Lives
from tests.integration.queries.world import HERE, THERE, World

REGISTER = """mutation ($input: RegisterHubInput!) { registerHub(input: $input) {
  hub { id identifierType reason expiresOn regions sources { source region payload } }
  errors { code reason path } } }"""
EXPIRE = """mutation ($input: ExpireHubInput!) { expireHub(input: $input) {
  hub { id expiresOn sources { region } } errors { code reason path } } }"""
WALK = """query ($place: ID!) {
  expand(id: "Merchant:M1", withoutHubs: true) { edges { node { id } } }
  shortestPath(from: "Merchant:M1", to: "Merchant:M2") { paths { length } hubs { id } }
  node(id: $place) { id } }"""
_LINES = Statement("test_lines", "MATCH (l:AuditLine) RETURN properties(l) AS line ORDER BY l.at")
_PLACE = "Address:A0123456789abcdef"


@pytest.fixture
def lives(server: Connection, tmp_path: Path) -> Lives:
    return Lives(server, tmp_path)


@pytest.fixture
def phone(world: World) -> str:
    """Two merchants at one place and on one phone; the other region knows of one more phone."""
    place = world.thing("Address", ("A0123456789abcdef",), text="某市某路1号")
    number = world.thing("Phone", ("+8613800138000",))
    for name in ("M1", "M2"):
        merchant = world.thing("Merchant", (name,), name=name)
        world.link("SHIPS_FROM", merchant, place)
    world.link("USES_PHONE", "Merchant:M1", number, role="contact")
    world.thing("Device", ("D1",), region=THERE)
    world.settle()
    return number


def asked(**said: Any) -> dict[str, Any]:
    return {
        "idempotencyKey": "key-00001",
        "id": _PLACE,
        "reason": "COURIER_OUTLET",
        "expiresOn": "2027-01-15",
        "why": "现场核实为快递网点",
        **said,
    }


async def change(live: Live, document: str, reader: str = "writer", **said: Any) -> Any:
    data = await live.data(document, reader, input=said)
    (payload,) = data.values()
    return payload


def test_a_hub_holds_from_its_registration_to_its_end(
    lives: Lives, phone: str, store: Store
) -> None:
    namer = Namer.of(store)

    async def use(live: Live) -> None:
        before = await live.data(WALK, place=_PLACE)
        assert len(before["shortestPath"]["paths"]) == 1
        made = await change(live, REGISTER, **asked(case="案-7"))
        assert made["errors"] == []
        hub = made["hub"]
        assert (hub["id"], hub["reason"], hub["expiresOn"], hub["regions"]) == (
            "HubRegistration:Address/A0123456789abcdef",
            "courier_outlet",
            "2027-01-15",
            [HERE],
        )
        assert [said["source"] for said in hub["sources"]] == ["hub.register"]
        assert await change(live, REGISTER, **asked(case="案-7")) == made
        held = await live.data(WALK, place=_PLACE)
        assert held["shortestPath"] == {"paths": [], "hubs": [{"id": _PLACE}]}
        assert _PLACE not in {edge["node"]["id"] for edge in held["expand"]["edges"]}
        assert read_hubs(store, namer, "2026-01-15") == {_PLACE}
        assert read_hubs(store, namer, "2026-01-14") == frozenset()
        assert read_hubs(store, namer, "2027-01-15") == frozenset()
        live.clock.now = NOW + timedelta(days=7)
        ended = await change(
            live, EXPIRE, idempotencyKey="key-00002", id=hub["id"], why="网点已撤销"
        )
        assert (ended["errors"], ended["hub"]["expiresOn"]) == ([], "2026-01-22")
        assert len(ended["hub"]["sources"]) == 2
        assert await live.data(WALK, place=_PLACE) == before
        assert read_hubs(store, namer, "2026-01-21") == {_PLACE}
        assert read_hubs(store, namer, "2026-01-22") == frozenset()
        again = await change(live, EXPIRE, idempotencyKey="key-00003", id=hub["id"], why="再次")
        assert [error["code"] for error in again["errors"]] == ["NOT_FOUND"]
        # It may be registered anew: the later record wins.
        live.clock.now += timedelta(minutes=1)
        anew = await change(live, REGISTER, **asked(idempotencyKey="key-00004"))
        assert (anew["hub"]["expiresOn"], len(anew["hub"]["sources"])) == ("2027-01-15", 3)

    lives.run(use)
    lines = [row["line"] for row in store.read(_LINES)]
    assert [(line["who"], line["action"], line.get("case")) for line in lines] == [
        ("writer", "registerHub", "案-7"),
        ("writer", "expireHub", None),
        ("writer", "registerHub", None),
    ]
    assert "现场核实为快递网点" in lines[0]["arguments"]


def test_a_phone_is_registered_without_its_number(lives: Lives, phone: str, store: Store) -> None:
    async def use(live: Live) -> None:
        made = await live.post(REGISTER, input=asked(id=phone))
        assert "13800138000" not in f"{made}"
        assert (
            made["data"]["registerHub"]["hub"]["id"] == f"HubRegistration:{phone.replace(':', '/')}"
        )
        held = await live.data(WALK, place=phone)
        assert phone not in {edge["node"]["id"] for edge in held["expand"]["edges"]}

    lives.run(use)
    assert read_hubs(store, Namer.of(store), "2026-01-15") == {phone}


def test_what_is_refused_changes_nothing(lives: Lives, phone: str, store: Store) -> None:
    async def use(live: Live) -> None:
        for said, code, path in [
            ({"id": "Address:A0000000000000000"}, "NOT_FOUND", ["input"]),
            ({"id": "Device:D1"}, "NOT_FOUND", ["input"]),
            ({"id": "Merchant:M1"}, "BAD_USER_INPUT", ["input", "id"]),
            ({"expiresOn": "2026-01-15"}, "BAD_USER_INPUT", ["input", "expiresOn"]),
            ({"expiresOn": "2036-01-15"}, "BAD_USER_INPUT", ["input", "expiresOn"]),
            ({"why": " "}, "BAD_USER_INPUT", ["input", "why"]),
            ({"region": THERE}, "BAD_USER_INPUT", ["input", "region"]),
        ]:
            payload = await change(live, REGISTER, **asked(**said))
            assert payload["hub"] is None
            assert [error["code"] for error in payload["errors"]] == [code], said
            assert payload["errors"][0]["path"] == path
        refused = await change(live, REGISTER, "reader", **asked())
        assert [error["code"] for error in refused["errors"]] == ["FORBIDDEN"]
        made = await change(live, REGISTER, **asked())
        for name in (made["hub"]["id"], "HubRegistration:Address/none", _PLACE):
            said = {"idempotencyKey": "key-00009", "id": name, "why": "不归我管"}
            elsewhere = await change(live, EXPIRE, "there", **said)
            assert [error["code"] for error in elsewhere["errors"]] == ["NOT_FOUND"]

    lives.run(use)
    assert read_hubs(store, Namer.of(store), "2026-01-15") == {_PLACE}
