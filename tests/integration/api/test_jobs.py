"""Exports as jobs: made for their owner alone, with what he may see, whatever happens to the service."""

from __future__ import annotations

import asyncio
import csv
import hashlib
import io
import json
import stat
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import networkx as nx
import pytest

from api.jobs.settings import JobSettings
from api.jobs.store import JobStore
from graph.store.connection import Connection
from graph.store.session import Store
from graph.store.statement import Statement
from tests.integration.api.live import NOW, Live, Lives
from tests.integration.queries.world import HERE, THERE, World

START = """mutation ($input: StartExportInput!) { startExport(input: $input) {
  job { id state format kind } errors { code reason message path } } }"""
JOB = """query ($id: ID!) { exportJob(id: $id) { id state progress nodes relations truncated
  withheldCount fileName sizeBytes sha256 url errorCode notice(lang: EN) } }"""
CANCEL = """mutation ($input: CancelJobInput!) { cancelJob(input: $input) {
  job { id state } errors { code } } }"""

_ORPHAN = Statement(
    "test_orphan",
    "MATCH (j:ExportJob) SET j.state = 'running', j.worker = 'gone', j.lease_until = timestamp() - 1,"
    " j.attempts = $attempts",
)
_STATES = Statement("test_states", "MATCH (j:ExportJob) RETURN j.state AS state ORDER BY state")


@pytest.fixture
def lives(server: Connection, tmp_path: Path) -> Lives:
    return Lives(server, tmp_path)


@pytest.fixture
def scene(world: World) -> World:
    """Two merchants on a phone here, one there on the same phone, and one that only others see."""
    phone = world.thing("Phone", ("+8613812345678",))
    for name, region in [("M1", HERE), ("M2", HERE), ("M3", THERE)]:
        merchant = world.thing("Merchant", (name,), name=f"=商户{name}", region=region)
        world.link("USES_PHONE", merchant, phone, role="contact", region=region)
    cluster = world.cluster("Cluster:C-1", [HERE])
    for name in ("M1", "M2"):
        world.member(cluster, f"Merchant:{name}", [(phone, "USES_PHONE", [HERE])])
    return world.settle()


def asked(key: str = "key-00001", **said: Any) -> dict[str, Any]:
    return {"idempotencyKey": key, "format": "CSV", "kind": "THINGS", "types": ["Merchant"], **said}


async def started(live: Live, reader: str = "writer", **said: Any) -> str:
    payload = (await live.data(START, reader, input=asked(**said)))["startExport"]
    assert payload["errors"] == []
    return str(payload["job"]["id"])


async def ended(live: Live, job: str, reader: str = "writer") -> Any:
    async with asyncio.timeout(120):
        while True:
            found = (await live.data(JOB, reader, id=job))["exportJob"]
            if found["state"] not in {"QUEUED", "RUNNING"}:
                return found
            await asyncio.sleep(0.05)


async def fetched(live: Live, job: dict[str, Any], reader: str = "writer") -> bytes:
    response = await live.client.get(job["url"], headers=live.headers(reader))
    assert response.status_code == 200, response.text
    assert response.headers["content-disposition"].startswith("attachment")
    assert response.headers["cache-control"] == "no-store"
    return response.content


def tables(raw: bytes) -> dict[str, list[dict[str, str]]]:
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        return {
            name: list(csv.DictReader(io.StringIO(archive.read(name).decode("utf-8-sig"))))
            for name in archive.namelist()
        }


def test_a_job_ends_in_a_private_file_of_what_its_owner_sees(lives: Lives, scene: World) -> None:
    async def use(live: Live) -> None:
        job = await ended(live, await started(live))
        assert (job["state"], job["progress"], job["errorCode"]) == ("DONE", 1.0, None)
        assert (job["nodes"], job["withheldCount"], job["truncated"]) == (2, 1, False)
        assert "leads, never proof" in job["notice"]
        raw = await fetched(live, job)
        assert hashlib.sha256(raw).hexdigest() == job["sha256"]
        assert len(raw) == job["sizeBytes"]
        found = tables(raw)
        assert [row["name"] for row in found["merchant.csv"]] == ["'=商户M1", "'=商户M2"]
        about = {row["name"]: row["value"] for row in found["about.csv"]}
        assert (about["as_of"], about["withheld"], about["made_for"]) == (
            "2026-01-15",
            "1",
            "writer",
        )
        assert "M3" not in str(found)

    lives.run(use)
    folder = lives.folder / "exports"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert [path.name for path in files] == ["suyuan-things-2026-01-15.csv.zip"]
    assert stat.S_IMODE(files[0].stat().st_mode) == 0o600


def test_a_job_is_over_only_after_what_became_of_it_is_there(
    lives: Lives, scene: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neo4j shows a commit property by property: said at once, a job could be done and have no file."""
    said_of: list[set[str]] = []
    change = JobStore.change

    async def heard(jobs: JobStore, identifier: str, worker: str, **said: Any) -> bool:
        said_of.append(set(said))
        return await change(jobs, identifier, worker, **said)

    monkeypatch.setattr(JobStore, "change", heard)

    async def use(live: Live) -> None:
        assert (await ended(live, await started(live)))["state"] == "DONE"

    lives.run(use)
    assert said_of[-1] == {"state"}
    assert {"file_name", "sha256", "size_bytes", "finished_at"} <= said_of[-2]


def test_only_its_owner_sees_a_job_or_fetches_its_file(lives: Lives, scene: World) -> None:
    async def use(live: Live) -> None:
        job = await ended(live, await started(live))
        url = job["url"]
        assert (await live.data(JOB, "other", id=job["id"]))["exportJob"] is None
        cancelled = await live.data(
            CANCEL, "other", input={"idempotencyKey": "k" * 8, "id": job["id"]}
        )
        assert cancelled["cancelJob"] == {"job": None, "errors": [{"code": "NOT_FOUND"}]}
        for path in (
            url,
            url + "x",
            "/exports/" + "0" * 32 + "/a.csv",
            "/exports/..%2f..%2f/tokens.json",
        ):
            response = await live.client.get(path, headers=live.headers("other"))
            assert response.status_code == 404, path
        assert (await live.client.get(url)).status_code == 401
        live.clock.now = NOW + timedelta(days=8)
        assert (await live.client.get(url, headers=live.headers())).status_code == 404

    lives.run(use)


@pytest.mark.parametrize("form", ["XLSX", "GEXF", "GRAPHML", "FTM", "STIX"])
def test_a_neighbourhood_in_every_format(lives: Lives, scene: World, form: str) -> None:
    async def use(live: Live) -> tuple[dict[str, Any], bytes]:
        job = await ended(
            live,
            await started(
                live, format=form, kind="NEIGHBOURHOOD", types=None, ids=["Merchant:M1"], depth=2
            ),
        )
        assert job["state"] == "DONE", job
        return job, await fetched(live, job)

    job, raw = lives.run(use)
    assert (job["nodes"], job["relations"]) == (3, 2)
    assert job["withheldCount"] == 1  # the phone's relation to M3
    for hidden in ("Merchant:M3", "商户M3"):
        assert hidden.encode() not in raw
    if form == "GEXF":
        assert nx.read_gexf(io.BytesIO(raw)).number_of_edges() == 2
    if form == "GRAPHML":
        assert nx.read_graphml(io.BytesIO(raw)).number_of_edges() == 2
    if form == "STIX":
        kinds = [thing["type"] for thing in json.loads(raw)["objects"]]
        assert kinds.count("relationship") == 2


def test_clusters_and_searches_can_be_exported(lives: Lives, scene: World) -> None:
    async def use(live: Live) -> None:
        cluster = await ended(
            live, await started(live, kind="CLUSTER", types=None, ids=["Cluster:C-1"])
        )
        found = tables(await fetched(live, cluster))
        assert {row["start"] for row in found["uses_phone.csv"]} == {"Merchant:M1", "Merchant:M2"}
        assert [row["number"] for row in found["phone.csv"]] == ["138****5678"]
        search = await ended(
            live, await started(live, key="key-00002", kind="SEARCH", types=None, query="商户M1")
        )
        assert search["state"] == "DONE", search
        assert "Merchant:M1" in str(tables(await fetched(live, search)))
        gone = await ended(
            live,
            await started(live, key="key-00003", kind="CLUSTER", types=None, ids=["Cluster:C-9"]),
        )
        assert (gone["state"], gone["errorCode"], gone["url"]) == ("FAILED", "NOT_FOUND", None)

    lives.run(use)


def test_a_job_that_was_interrupted_is_taken_up_again_and_not_for_ever(
    lives: Lives, scene: World, store: Store
) -> None:
    lives.jobs = JobSettings(workers=0, poll_s=0.1)
    job = lives.run(started)
    store.write(_ORPHAN, attempts=1)
    lives.jobs = JobSettings(poll_s=0.1, beat_s=0.1)

    async def use(live: Live) -> Any:
        return await ended(live, job)

    assert lives.run(use)["state"] == "DONE"
    store.write(_ORPHAN, attempts=3)
    found = lives.run(use)
    assert (found["state"], found["errorCode"]) == ("FAILED", "INTERRUPTED")


def test_a_cancelled_job_is_never_done_and_access_that_ended_ends_a_job(
    lives: Lives, scene: World, store: Store
) -> None:
    lives.jobs = JobSettings(workers=0)

    async def queue(live: Live) -> list[str]:
        jobs = [await started(live), await started(live, "other", key="key-00002")]
        payload = await live.data(CANCEL, input={"idempotencyKey": "cancel-01", "id": jobs[0]})
        assert payload["cancelJob"]["job"]["state"] == "CANCELLED"
        return jobs

    lives.run(queue)
    lives.file.revoke("other")
    lives.jobs = JobSettings(poll_s=0.1, beat_s=0.1)

    async def wait(live: Live) -> None:
        async with asyncio.timeout(120):
            while [row["state"] for row in store.read(_STATES)] != ["cancelled", "failed"]:
                await asyncio.sleep(0.05)

    lives.run(wait)
    assert not [path for path in (lives.folder / "exports").rglob("*") if path.is_file()]


def test_an_owner_may_not_queue_without_end(lives: Lives, scene: World) -> None:
    lives.jobs = JobSettings(workers=0, open_per_owner=2)

    async def use(live: Live) -> None:
        for n in range(2):
            await started(live, key=f"key-1000{n}")
        payload = (await live.data(START, input=asked("key-20000")))["startExport"]
        assert payload["job"] is None
        assert [error["code"] for error in payload["errors"]] == ["LIMIT_EXCEEDED"]
        await started(live, "other", key="key-30000")
        jobs = (
            "query ($after: String) { exportJobs(first: 1, after: $after) { edges { node { id } } "
        )
        jobs += "pageInfo { hasNextPage endCursor } } }"
        first = (await live.data(jobs))["exportJobs"]
        second = (await live.data(jobs, after=first["pageInfo"]["endCursor"]))["exportJobs"]
        ids = {page["edges"][0]["node"]["id"] for page in (first, second)}
        assert len(ids) == 2
        assert (first["pageInfo"]["hasNextPage"], second["pageInfo"]["hasNextPage"]) == (
            True,
            False,
        )

    lives.run(use)


WHERE = {"merchant": {"usesPhoneEdges": {"some": {"role": {"eq": "sender"}}}}}


def test_things_can_be_narrowed_as_in_their_list(lives: Lives, scene: World) -> None:
    phone = scene.thing("Phone", ("+8613812345678",))
    # What others load must not change the file: M1 is a sender only in their eyes.
    scene.link("USES_PHONE", "Merchant:M1", phone, role="sender", region=THERE)
    scene.link("USES_PHONE", "Merchant:M2", phone, role="sender")
    scene.settle()

    async def use(live: Live) -> None:
        job = await ended(live, await started(live, types=None, where=WHERE))
        assert (job["state"], job["nodes"], job["withheldCount"]) == ("DONE", 1, 1), job
        found = tables(await fetched(live, job))
        assert [row["id"] for row in found["merchant.csv"]] == ["Merchant:M2"]
        about = {row["name"]: row["value"] for row in found["about.csv"]}
        assert "USES_PHONE" in about["asked"]
        number = {"phone": {"number": {"eq": "13812345678"}}}
        job = await ended(live, await started(live, key="key-00002", types=None, where=number))
        raw = await fetched(live, job)
        assert job["nodes"] == 1
        assert "138****5678" in str(tables(raw))
        assert "13812345678" not in str(tables(raw))
        for n, (given, said) in enumerate(REFUSED):
            payload = (await live.data(START, input=asked(f"key-1000{n}", **given)))["startExport"]
            assert payload["job"] is None
            (error,) = payload["errors"]
            assert (error["code"], error["reason"], error["path"]) == (*said, ["input", "where"])
        # One more filter with the same key is another request.
        payload = (await live.data(START, input=asked()))["startExport"]
        assert [error["code"] for error in payload["errors"]] == ["CONFLICT"]

    lives.run(use)


REFUSED: list[tuple[dict[str, Any], tuple[str, str]]] = [
    (
        {"where": {"merchant": {"or": [{"name": {"eq": f"n{n}"}} for n in range(31)]}}},
        ("LIMIT_EXCEEDED", "query.limit_exceeded"),
    ),
    ({"where": {"merchant": {"uscc": {"eq": "12"}}}}, ("BAD_USER_INPUT", "uscc.length")),
    ({"where": {"merchant": {"name": None}}}, ("BAD_USER_INPUT", "filter.null")),
    ({"where": {"store": {}}}, ("BAD_USER_INPUT", "export.where")),
    (
        {"kind": "SEARCH", "query": "商户", "where": {"merchant": {}}},
        ("BAD_USER_INPUT", "export.where"),
    ),
]
