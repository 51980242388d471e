"""OpenRefine's protocol over HTTP, on a real server, and through the bridge."""

from __future__ import annotations

import asyncio
import json
import threading
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

import httpx
import pytest
import uvicorn

from api.app import create_app
from api.gate_settings import GateSettings, RateSettings
from api.limits import PRICES
from api.settings import ApiSettings
from graph.store.async_session import AsyncStore
from suyuan.commands.reconcile import bridge
from tests.integration.api.service import NOW, Service
from tests.integration.queries.world import THERE, World

CODE = "91350100M000100Y43"
NAME = "福州甲乙电子商务有限公司"


@pytest.fixture
def filled(world: World) -> World:
    merchant = world.thing("Merchant", (CODE,), name=NAME, uscc=CODE, division="350102")
    shop = world.thing("Store", ("taobao", "s1"), name="<b>甲的店</b>")
    phone = world.thing("Phone", ("+8613812345678",))
    world.link("OPERATES", merchant, shop)
    world.link("USES_PHONE", merchant, phone, role="contact")
    world.thing("Merchant", ("X/1",), name=NAME, division="440300", region=THERE)
    return world.settle()


def ask(service: Service, path: str, reader: str = "here", **form: Any) -> httpx.Response:
    headers = {"authorization": f"Bearer {service.tokens[reader]}", "accept-language": "en"}
    data = {name: json.dumps(value) for name, value in form.items()}
    method = "POST" if form else "GET"
    return service.call(lambda client: client.request(method, path, data=data, headers=headers))


def test_the_manifest_says_where_everything_is(service: Service, filled: World) -> None:
    told = ask(service, "/reconcile").json()
    assert "0.2" in told["versions"]
    for part in told["suggest"].values():
        assert part["service_url"] == "http://test/reconcile"
        assert ask(service, f"/reconcile{part['service_path']}?prefix=mer").status_code == 200


def test_rows_are_matched_by_identifier_and_by_name_with_something_else(
    service: Service, filled: World
) -> None:
    queries = {
        "by_code": {"query": "完全不同的名称", "properties": [{"pid": "uscc", "v": CODE}]},
        "by_code_typed": {"query": CODE.lower(), "type": "Merchant"},
        "by_name": {"query": NAME},
        "by_both": {"query": NAME, "properties": [{"pid": "division", "v": "350102"}]},
        "against": {"query": NAME, "properties": [{"pid": "division", "v": "440300"}]},
    }
    found = ask(service, "/reconcile", queries=queries).json()
    best = {key: answer["result"][0] if answer["result"] else None for key, answer in found.items()}
    assert best["by_code"] is not None
    assert (best["by_code"]["id"], best["by_code"]["match"]) == (f"Merchant:{CODE}", True)
    assert best["by_code_typed"] is not None
    assert best["by_code_typed"]["id"] == f"Merchant:{CODE}"
    assert best["by_code_typed"]["match"] is True
    assert [c["match"] for c in found["by_name"]["result"]] == [False], "the other is hidden"
    assert best["by_both"] is not None
    assert best["by_both"]["match"] is True
    assert best["against"] is not None
    assert best["against"]["match"] is False
    homonyms = ask(service, "/reconcile", "both", queries={"q": {"query": NAME}}).json()
    assert [c["match"] for c in homonyms["q"]["result"]] == [False, False]


def test_columns_are_added_with_personal_data_masked(service: Service, filled: World) -> None:
    asked = {
        "ids": [f"Merchant:{CODE}", "Merchant:X/1"],
        "properties": [{"id": "name"}, {"id": "OPERATES"}, {"id": "USES_PHONE"}],
    }
    told = ask(service, "/reconcile", extend=asked).json()
    mine = told["rows"][f"Merchant:{CODE}"]
    assert mine["name"] == [{"str": NAME}]
    assert mine["OPERATES"] == [{"id": "Store:taobao/s1", "name": "<b>甲的店</b>"}]
    assert [value["name"] for value in mine["USES_PHONE"]] == ["138****5678"]
    assert told["rows"]["Merchant:X/1"] == {"name": [], "OPERATES": [], "USES_PHONE": []}
    assert [column["name"] for column in told["meta"]][1] == "operates store"


def test_a_preview_is_escaped_and_hides_what_is_hidden(service: Service, filled: World) -> None:
    shown = ask(service, f"/reconcile/preview?id={quote('Store:taobao/s1')}")
    assert "&lt;b&gt;甲的店&lt;/b&gt;" in shown.text
    assert "<b>甲" not in shown.text
    hidden = ask(service, f"/reconcile/preview?id={quote('Merchant:X/1')}")
    absent = ask(service, f"/reconcile/preview?id={quote('Merchant:nobody')}")
    assert (hidden.status_code, hidden.content) == (absent.status_code, absent.content)
    assert hidden.status_code == 404


@pytest.mark.parametrize(
    "form",
    [
        {"queries": []},
        {"queries": {"q": {"query": 7}}},
        {"queries": {"q": {"query": "x", "limit": "many"}}},
        {"queries": {"q": {"query": "x", "limit": 10_000}}},
        {"queries": {"q": {"query": "x", "type": "NoSuch"}}},
        {"queries": {str(n): {"query": "x"} for n in range(60)}},
        {"extend": {"ids": "Merchant:1", "properties": []}},
        {"extend": {"ids": [], "properties": [{}]}},
    ],
)
def test_nonsense_is_refused_politely(service: Service, world: World, form: dict[str, Any]) -> None:
    response = ask(service, "/reconcile", **form)
    assert response.status_code == 400
    assert response.json()["status"] == "error"


def test_lookups_come_out_of_the_reader_s_budget(service: Service, world: World) -> None:
    service.gate = GateSettings(rate=RateSettings(capacity=2 * PRICES["search"], per_s=1))
    three = {str(n): {"query": "x"} for n in range(3)}
    response = ask(service, "/reconcile", queries=three)
    assert response.status_code == 429
    assert int(response.headers["Retry-After"]) > 0
    assert ask(service, "/reconcile", queries={"q": {"query": "x"}}).status_code == 200


def test_without_a_token_nothing_is_told(service: Service, world: World) -> None:
    response = service.call(lambda client: client.get("/reconcile"))
    assert response.status_code == 401


def test_the_bridge_adds_the_token_and_keeps_others_out(
    service: Service, filled: World, tmp_path: Path
) -> None:
    page = "http://127.0.0.1:3333"

    async def scenario() -> None:
        async with await AsyncStore.open(service.server, wait=False) as store:
            settings = ApiSettings(tmp_path / "tokens.json", now=lambda: NOW)
            config = uvicorn.Config(create_app(store, settings), port=0, log_level="error")
            server = uvicorn.Server(config)
            running = asyncio.create_task(server.serve())
            while not server.started:
                await asyncio.sleep(0.02)
            port = server.servers[0].sockets[0].getsockname()[1]
            with bridge(f"http://127.0.0.1:{port}", service.tokens["here"], 0, page) as between:
                threading.Thread(target=between.serve_forever, daemon=True).start()
                await asyncio.to_thread(_through, between.address, page)
                between.shutdown()
            server.should_exit = True
            await running

    asyncio.run(scenario())


def _open(asked: str | Request) -> Any:
    return urlopen(asked, timeout=30)  # noqa: S310 - a loopback address of our own


def _through(address: str, page: str) -> None:
    with _open(address) as response:
        told = json.load(response)
        assert response.headers["Access-Control-Allow-Origin"] == page
    assert told["suggest"]["entity"]["service_url"] == address
    form = urlencode({"queries": json.dumps({"q": {"query": CODE}})}).encode()
    with _open(Request(address, form)) as response:  # noqa: S310 - same
        (only,) = json.load(response)["q"]["result"]
    assert only["match"] is True
    with pytest.raises(HTTPError) as refused:
        _open(address.rpartition("/")[0] + "/guess")
    refused.value.close()
    assert refused.value.code == 404
