"""The typed client against a service that runs."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path

import pytest

from graph.store.connection import Connection as Server
from suyuan_client import Client, Connection, ServiceError, ServiceRefused, connect, pages
from tests.integration.api.live import Live, Lives
from tests.integration.queries.world import HERE, World


@pytest.fixture
def lives(server: Server, tmp_path: Path) -> Lives:
    return Lives(server, tmp_path)


def test_questions_pages_changes_refusals_and_files(
    lives: Lives, world: World, tmp_path: Path
) -> None:
    for number in range(5):
        world.thing("Merchant", (f"M{number}",), name=f"商户{number}", role="seller")
    world.flag(1, [HERE])
    world.settle()

    def talk(client: Client, stranger: Client) -> None:
        found = client.merchants(10, where={"role": {"in": ["seller"]}, "not": {"id": {"in": []}}})
        assert {merchant.name for merchant in found.nodes} == {f"商户{n}" for n in range(5)}
        assert (found.truncated, found.nodes[0].closed_on) == (False, None)
        walked = [
            merchant.merchant_id
            for page in pages(lambda after: client.merchants(2, after=after))
            for merchant in page.nodes
        ]
        assert walked == [f"M{number}" for number in range(5)]
        assert client.merchant("M9") is None
        said = client.acknowledge_flag({"idempotencyKey": "key-00001", "id": "Flag:9"})
        assert [error.code for error in said.errors] == ["NOT_FOUND"]
        with pytest.raises(ServiceRefused) as refused:
            client.merchants(10, where={"or": [{}] * 40})
        assert refused.value.code == "LIMIT_EXCEEDED"
        with pytest.raises(ServiceRefused) as refused:
            stranger.viewer()
        assert (refused.value.code, refused.value.status) == ("UNAUTHENTICATED", 401)
        with pytest.raises(ServiceRefused):
            next(stranger.on_job_progress("ExportJob:0"))
        started = client.start_export(
            {
                "idempotencyKey": "key-00002",
                "kind": "THINGS",
                "types": ["Merchant"],
                "format": "CSV",
            }
        )
        assert started.job
        *_, last = client.on_job_progress(started.job.id)
        assert (last.state, last.nodes, last.error_code) == ("DONE", 5, None)
        target = tmp_path / "merchants.zip"
        client.connection.download(last.url or "", target)
        assert hashlib.sha256(target.read_bytes()).hexdigest() == last.sha256
        with pytest.raises(ServiceError):
            stranger.connection.download(last.url or "", tmp_path / "none.zip")

    async def use(live: Live) -> None:
        client, stranger = (
            connect(live.url, live.tokens["writer"], timeout_s=300),
            connect(live.url, "sy_no"),
        )
        await asyncio.to_thread(talk, client, stranger)

    lives.run(use)


def test_no_service_and_no_http() -> None:
    with pytest.raises(ServiceError):
        connect("http://127.0.0.1:9", "sy_no", timeout_s=5).viewer()
    with pytest.raises(ValueError, match="not an HTTP address"):
        Connection("file:///etc", "sy_no")
