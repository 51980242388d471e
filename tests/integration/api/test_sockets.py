"""graphql-transport-ws against a real server with a real client: every message and every close code."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Subprotocol

from api.streams import StreamSettings
from graph.store.connection import Connection
from tests.integration.api.live import Live, Lives, Talk, told
from tests.integration.api.test_jobs import asked, ended, started
from tests.integration.queries.world import HERE, THERE, World

FLAGS = "subscription { weeklyFlags { id regions } }"
PROGRESS = "subscription ($id: ID!) { jobProgress(id: $id) { state } }"


@pytest.fixture
def lives(server: Connection, tmp_path: Path) -> Lives:
    return Lives(server, tmp_path)


async def subscribe(talk: Talk, query: str, identifier: str = "1", **variables: Any) -> None:
    payload = {"query": query, "variables": variables}
    await talk.say(id=identifier, type="subscribe", payload=payload)


def test_greeting_pinging_and_what_closes_a_socket(lives: Lives, world: World) -> None:
    async def use(live: Live) -> None:
        async with live.socket(None) as talk:
            assert await talk.closed() == 4408
        async with live.socket(None) as talk:
            await subscribe(talk, "{ __typename }")
            assert await talk.closed() == 4401
        for payload in [None, {}, {"authorization": "Bearer sy_no"}, {"authorization": 5}]:
            async with live.socket(None) as talk:
                await talk.say(type="connection_init", payload=payload)
                assert await talk.closed() == 4403, payload
        async with live.socket() as talk:
            await talk.say(type="connection_init")
            assert await talk.closed() == 4429
        async with live.socket() as talk:
            await talk.say(type="ping", payload={"n": 1})
            assert await talk.hear() == {"type": "pong", "payload": {"n": 1}}
            await talk.say(type="pong")
            await talk.say(type="complete", id="unknown")
            await talk.say(type="ping")
            assert await talk.hear() == {"type": "pong"}
        for said in ["{", "[]", '{"type": "shout"}', '{"type": "subscribe", "id": "1"}']:
            async with live.socket() as talk:
                await talk.connection.send(said)
                assert await talk.closed() == 4400, said
        async with live.socket() as talk:
            await talk.connection.send(b"bytes")
            assert await talk.closed() == 4400
        async with live.socket() as talk:
            await talk.connection.send("x" * 300_000)
            assert await talk.closed() == 1009

    lives.run(use)


def test_other_protocols_and_other_origins_are_refused(lives: Lives, world: World) -> None:
    lives.streams = StreamSettings(origins=("https://desk.example",))

    async def use(live: Live) -> None:
        url = live.url.replace("http", "ws") + "/graphql"
        async with connect(url, subprotocols=[Subprotocol("graphql-ws")]) as other:
            await other.wait_closed()
            assert other.close_code == 4406
        for origin in ("https://evil.example", "null", live.url.replace("127.0.0.1", "localhost")):
            with pytest.raises(InvalidStatus) as refused:
                async with live.socket(origin=origin):
                    pass
            assert refused.value.response.status_code == 403
        for origin in (live.url, "https://desk.example"):
            async with live.socket(origin=origin) as talk:
                await subscribe(talk, "{ __typename }")
                assert (await talk.hear())["type"] == "next"

    lives.run(use)


def test_operations_of_every_kind_and_their_errors(lives: Lives, world: World) -> None:
    world.thing("Merchant", ("M1",), name="商户")
    world.settle()

    async def use(live: Live) -> None:
        async with live.socket() as talk:
            await subscribe(talk, '{ merchant(merchantId: "M1") { name } }')
            body = {"data": {"merchant": {"name": "商户"}}}
            assert await talk.hear() == {"type": "next", "id": "1", "payload": body}
            assert await talk.hear() == {"type": "complete", "id": "1"}
            for query, code in [
                ("{", "GRAPHQL_PARSE_FAILED"),
                ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
                ("subscription { weeklyFlags(regions: 5) { id } }", "GRAPHQL_VALIDATION_FAILED"),
                ("subscription { weeklyFlags { id } jobProgress(id: 1) { id } }", None),
                ("", "BAD_REQUEST"),
                ("query a { __typename } query b { __typename }", "BAD_REQUEST"),
                ("subscription { weeklyFlags(regions: []) { id } }", "BAD_USER_INPUT"),
                ('subscription { jobProgress(id: "1") { id } }', "NOT_FOUND"),
            ]:
                await subscribe(talk, query)
                heard = await talk.hear()
                assert (heard["type"], heard["id"]) == ("error", "1"), query
                assert code in {None, heard["payload"][0]["extensions"]["code"]}, heard
            mutation = "mutation ($input: StartExportInput!) { startExport(input: $input) "
            mutation += "{ job { state } errors { code } } }"
            await subscribe(talk, mutation, input=asked())
            heard = await talk.hear()
            assert heard["payload"]["data"]["startExport"]["errors"] == []
            assert (await talk.hear())["type"] == "complete"

    lives.run(use)


def test_an_id_is_in_use_until_its_operation_ends(lives: Lives, world: World) -> None:
    lives.streams = StreamSettings(poll_s=0.1, access_s=0.1, per_connection=2)

    async def use(live: Live) -> None:
        async with live.socket() as talk:
            await subscribe(talk, FLAGS, "a")
            await talk.say(type="complete", id="a")
            await subscribe(talk, FLAGS, "a")
            await subscribe(talk, FLAGS, "b")
            await subscribe(talk, FLAGS, "c")
            heard = await talk.hear()
            assert (heard["type"], heard["id"]) == ("error", "c")
            assert heard["payload"][0]["extensions"]["code"] == "LIMIT_EXCEEDED"
            await subscribe(talk, FLAGS, "a")
            assert await talk.closed() == 4409

    lives.run(use)


def test_new_flags_are_told_to_those_who_may_see_them(lives: Lives, world: World) -> None:
    world.flag(1, [HERE])
    world.settle()

    async def use(live: Live) -> None:
        async with live.socket() as here, live.socket("there") as there:
            await subscribe(here, FLAGS)
            await subscribe(here, 'subscription { weeklyFlags(regions: ["110000"]) { id } }', "2")
            await subscribe(there, FLAGS)
            await told(world, HERE, here.hear)
            await told(world, THERE, there.hear)
            world.flag(2, [HERE, THERE], as_of="2025-10-13")
            world.flag(3, [HERE], as_of="2025-10-13", announced=False)
            world.flag(4, [THERE], as_of="2025-10-13")
            world.flag(5, [HERE], as_of="2025-10-13")
            heard = await here.news()
            assert heard["payload"]["data"]["weeklyFlags"] == {"id": "Flag:5", "regions": [HERE]}
            heard = await there.news()
            assert heard["payload"]["data"]["weeklyFlags"]["id"] == "Flag:4"
            world.flag(6, [HERE], as_of="2025-10-13")  # late, of the same publication
            assert (await here.news())["payload"]["data"]["weeklyFlags"]["id"] == "Flag:6"
            await here.say(type="ping")
            assert await here.hear() == {"type": "pong"}  # nothing else was told

    lives.run(use)


def test_progress_of_a_job_up_to_its_end(lives: Lives, world: World) -> None:
    world.thing("Merchant", ("M1",), name="商户")
    world.settle()

    async def use(live: Live) -> None:
        async with live.socket() as talk, live.socket("other") as other:
            job = await started(live)
            await subscribe(talk, PROGRESS, id=job)
            states = []
            while (heard := await talk.hear())["type"] == "next":
                states.append(heard["payload"]["data"]["jobProgress"]["state"])
            assert heard == {"type": "complete", "id": "1"}
            assert states[-1] == "DONE"
            await ended(live, job)
            await subscribe(other, PROGRESS, id=job)
            assert (await other.hear())["payload"][0]["extensions"]["code"] == "NOT_FOUND"

    lives.run(use)


def test_a_token_that_ends_takes_its_socket_along(lives: Lives, world: World) -> None:
    async def use(live: Live) -> None:
        async with live.socket() as talk, live.socket("other") as other:
            await subscribe(talk, FLAGS)
            lives.file.revoke("writer")
            assert await talk.closed() == 4403
            await other.say(type="ping")
            assert await other.hear() == {"type": "pong"}

    lives.run(use)


def test_a_service_that_ends_says_so_and_lets_go(lives: Lives, world: World) -> None:
    async def use(live: Live) -> None:
        async with live.socket() as talk:
            await subscribe(talk, FLAGS)
            live.server.should_exit = True
            assert await talk.closed() == 1001

    lives.run(use)


def test_one_reader_cannot_hold_every_connection(lives: Lives, world: World) -> None:
    lives.streams = StreamSettings(per_reader=2)

    async def use(live: Live) -> None:
        async with live.socket(), live.socket():
            async with live.socket(None) as third:
                await third.say(
                    type="connection_init",
                    payload={"authorization": f"Bearer {live.tokens['writer']}"},
                )
                assert await third.closed() == 1013
            async with live.socket("other"):
                pass
        async with asyncio.timeout(60):
            while live.server._desk.connections.total():
                await asyncio.sleep(0.02)
        async with live.socket():
            pass

    lives.run(use)
