"""Changes: once for each idempotency key, with the effect and the audit line or with neither."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from graph.store.connection import Connection
from graph.store.session import Store
from graph.store.statement import Statement
from tests.integration.api.live import Live, Lives
from tests.integration.queries.world import HERE, THERE, World

JUDGE = """mutation ($input: JudgeIdentityInput!) { judgeIdentity(input: $input) {
  judgementId errors { code reason path message } } }"""
WITHDRAW = """mutation ($input: WithdrawJudgementInput!) { withdrawJudgement(input: $input) {
  judgementId errors { code } } }"""
ACKNOWLEDGE = """mutation ($input: AcknowledgeFlagInput!) { acknowledgeFlag(input: $input) {
  flagId acknowledgedAt errors { code } } }"""

_JUDGED = Statement(
    "test_judged",
    "MATCH (a)-[j:JUDGED]->(b) RETURN a.id AS a, b.id AS b, properties(j) AS said ORDER BY j.at",
)
_LINES = Statement("test_lines", "MATCH (l:AuditLine) RETURN properties(l) AS line ORDER BY l.at")
_RECEIPTS = Statement("test_receipts", "MATCH (r:WriteReceipt) RETURN count(r) AS receipts")
_NOTES = Statement("test_notes", "MATCH (n:FlagAcknowledgement) RETURN properties(n) AS note")


@pytest.fixture
def lives(server: Connection, tmp_path: Path) -> Lives:
    return Lives(server, tmp_path)


@pytest.fixture
def scene(world: World) -> World:
    for name, region in [("M1", HERE), ("M2", HERE), ("M3", THERE)]:
        world.thing("Merchant", (name,), name=f"商户{name}", region=region)
    world.flag(1, [HERE])
    world.flag(2, [HERE, THERE])
    world.flag(3, [HERE, THERE], seen_by=[HERE])
    world.flag(4, [HERE, THERE], seen_by=[THERE])
    return world.settle()


def judged(key: str = "key-00001", **said: Any) -> dict[str, Any]:
    return {
        "idempotencyKey": key,
        "left": "Merchant:M1",
        "right": "Merchant:M2",
        "judgement": "SAME",
        "reason": "同一法定代表人",
        **said,
    }


async def judge(live: Live, reader: str = "writer", **said: Any) -> Any:
    return (await live.data(JUDGE, reader, input=judged(**said)))["judgeIdentity"]


def codes(payload: Any) -> list[str]:
    return [error["code"] for error in payload["errors"]]


def test_the_same_key_and_arguments_act_once_even_at_the_same_time(
    lives: Lives, scene: World, store: Store
) -> None:
    async def use(live: Live) -> None:
        payloads = await asyncio.gather(*(judge(live, case="案-7") for _ in range(6)))
        assert len({payload["judgementId"] for payload in payloads}) == 1
        assert all(payload["errors"] == [] for payload in payloads)
        conflict = await judge(live, reason="另一理由")
        assert codes(conflict) == ["CONFLICT"]
        assert conflict["judgementId"] is None
        assert conflict["errors"][0]["path"] == ["input", "idempotencyKey"]
        # Keys are of one reader: another's is not met, nor told of.
        assert codes(await judge(live, "other", reason="另一理由")) == []

    lives.run(use)
    said = [row["said"] for row in store.read(_JUDGED)]
    assert [(s["by"], s["verdict"], s["region"]) for s in said] == [
        ("writer", "same", HERE),
        ("other", "same", HERE),
    ]
    lines = [row["line"] for row in store.read(_LINES)]
    assert [(line["who"], line["action"], line.get("case")) for line in lines] == [
        ("writer", "judgeIdentity", "案-7"),
        ("other", "judgeIdentity", None),
    ]


def test_an_answer_outlives_the_service_that_gave_it(
    lives: Lives, scene: World, store: Store
) -> None:
    first, second = lives.run(judge), lives.run(judge)
    assert first == second
    assert len(store.read(_JUDGED)) == 1


def test_what_is_refused_leaves_nothing_behind_and_frees_its_key(
    lives: Lives, scene: World, store: Store
) -> None:
    async def use(live: Live) -> None:
        for said, code, path in [
            ({"right": "Merchant:M3"}, "NOT_FOUND", ["input"]),
            ({"right": "Merchant:M9"}, "NOT_FOUND", ["input"]),
            ({"right": "Merchant:M1"}, "BAD_USER_INPUT", ["input", "right"]),
            ({"reason": "  "}, "BAD_USER_INPUT", ["input", "reason"]),
            ({"region": THERE}, "BAD_USER_INPUT", ["input", "region"]),
            ({"key": "short"}, "BAD_USER_INPUT", ["input", "idempotencyKey"]),
        ]:
            payload = await judge(live, **said)
            assert codes(payload) == [code], said
            assert payload["errors"][0]["path"] == path
        unseen, absent = [await judge(live, right=f"Merchant:M{n}") for n in (3, 9)]
        assert unseen == absent  # what others have is as if it were not there
        assert codes(await judge(live, "reader")) == ["FORBIDDEN"]

    lives.run(use)
    assert store.read(_JUDGED) == []
    assert store.read(_LINES) == []
    assert store.read(_RECEIPTS) == [{"receipts": 0}]
    assert lives.run(judge)["errors"] == []


def test_a_judgement_is_withdrawn_by_those_who_see_both_ends(
    lives: Lives, scene: World, store: Store
) -> None:
    async def use(live: Live) -> None:
        made = (await judge(live))["judgementId"]

        async def withdraw(reader: str, key: str) -> Any:
            said = {"idempotencyKey": key, "id": made, "reason": "弄错了"}
            return (await live.data(WITHDRAW, reader, input=said))["withdrawJudgement"]

        assert codes(await withdraw("there", "key-10000")) == ["NOT_FOUND"]
        assert (await withdraw("writer", "key-10000"))["judgementId"] == made
        assert (await withdraw("writer", "key-10000"))["judgementId"] == made
        assert codes(await withdraw("writer", "key-20000")) == ["NOT_FOUND"]

    lives.run(use)
    ((said,)) = [row["said"] for row in store.read(_JUDGED)]
    assert (said["withdrawn_by"], said["withdrawn_why"]) == ("writer", "弄错了")


def test_a_flag_is_acknowledged_by_whoever_is_shown_it(
    lives: Lives, scene: World, store: Store
) -> None:
    async def use(live: Live) -> None:
        async def acknowledge(number: int, key: str) -> Any:
            said = {"idempotencyKey": key, "id": f"Flag:{number}", "note": "已核"}
            return (await live.data(ACKNOWLEDGE, input=said))["acknowledgeFlag"]

        first = await acknowledge(1, "key-10000")
        assert (first["flagId"], first["errors"]) == ("Flag:1", [])
        again = await acknowledge(1, "key-20000")
        assert again["acknowledgedAt"] == first["acknowledgedAt"]
        assert codes(await acknowledge(2, "key-30000")) == ["NOT_FOUND"]
        assert codes(await acknowledge(4, "key-40000")) == ["NOT_FOUND"]
        assert codes(await acknowledge(3, "key-50000")) == [], "a part of it is theirs"

    lives.run(use)
    (note, _) = sorted((row["note"] for row in store.read(_NOTES)), key=lambda each: each["flag"])
    assert (note["by"], note["flag"], note["note"]) == ("writer", "Flag:1", "已核")


def test_a_mutation_never_runs_by_get(lives: Lives, scene: World, store: Store) -> None:
    async def use(live: Live) -> None:
        query = 'mutation { acknowledgeFlag(input: {idempotencyKey: "key-00001", id: "Flag:1"}) '
        query += "{ flagId } }"
        for path, accept in [
            ("/graphql", "application/json"),
            ("/graphql/stream", "text/event-stream"),
        ]:
            response = await live.client.get(
                path, params={"query": query}, headers={**live.headers(), "accept": accept}
            )
            assert '"data"' not in response.text
            assert "errors" in response.text

    lives.run(use)
    assert store.read(_NOTES) == []
