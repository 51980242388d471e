"""What the weekly run tells to whom: parts of flags, digests, replays, lineage; all at once, or not."""

from __future__ import annotations

import json
import socket
from dataclasses import asdict
from datetime import date
from typing import Any

import pytest

from detect.weekly.lease import AnalysisIsRunning, analysis_lease
from detect.weekly.replay import replay
from detect.weekly.run import run_weekly
from graph.store.lock import Owner
from graph.store.session import Store
from graph.store.statement import Statement
from tests.integration.detect.weeks import (
    WEEK_1,
    WEEK_2,
    WEEK_3,
    WEEK_4,
    Rings,
    at,
    everything,
)
from tests.integration.queries.world import HERE, THERE

_DIGESTS = Statement(
    "test_digests",
    "MATCH (d:WeeklyDigest) WHERE d.as_of = $as_of "
    "RETURN d.region AS region, d.edition AS edition, d.body AS body ORDER BY region, edition",
)
_BECAME = Statement(
    "test_became",
    "MATCH (a:Cluster)-[r:BECAME]->(b:Cluster) "
    "RETURN r.as_of AS day, r.kind AS kind, a.id AS a, b.id AS b, r.announced AS told "
    "ORDER BY day, kind",
)
_FINDINGS = Statement(
    "test_findings",
    "MATCH (f:Finding) RETURN f.id AS id, f.first_found AS first, f.as_of AS seen, "
    "f.status AS status, COUNT { (f)-[:ABOUT]->() } AS about ORDER BY id",
)
_INDEXES = Statement("test_indexes", "SHOW INDEXES YIELD name RETURN collect(name) AS name")
_STAGED = Statement("test_staged", "MATCH (f:StagedFinding) RETURN count(f) AS staged")
_FOREIGN_LEASE = Statement(
    "test_foreign_lease",
    "MERGE (l:SuyuanMeta {id: 'SuyuanMeta:analysis_lease'}) "
    "SET l.token = 'other', l.owner = $owner, l.until_ms = timestamp() + $last_ms",
)


def bodies(store: Store, day: date) -> dict[tuple[str, int], dict[str, Any]]:
    return {
        (row["region"], row["edition"]): json.loads(row["body"])
        for row in store.read(_DIGESTS, as_of=day.isoformat())
    }


@pytest.mark.parametrize("is_replayed", [False, True])
def test_records_are_looked_up_by_their_key(clean_store: Store, is_replayed: bool) -> None:
    """A first load leaves it out, and without it a look at what a record says is a look at all of them."""
    rings = Rings.of(clean_store)
    run_weekly(clean_store, WEEK_1)
    clean_store.run_schema(Statement("test_drop", "DROP CONSTRAINT record_id IF EXISTS"))
    rings.join(WEEK_2)
    (replay if is_replayed else run_weekly)(clean_store, WEEK_2)
    assert "record_id" in clean_store.columns(_INDEXES)["name"]


def test_each_region_gets_a_digest_of_its_part(clean_store: Store) -> None:
    rings = Rings.of(clean_store)
    run_weekly(clean_store, WEEK_1)
    assert {body["withheld"] for body in bodies(clean_store, WEEK_1).values()} == {0}
    rings.join(WEEK_2)
    told = run_weekly(clean_store, WEEK_2)
    assert {flag["kind"] for flag in told.flags} == {"merged", "newly_linked"}
    assert set(told.regions) == {HERE, THERE, "000000"}
    here = bodies(clean_store, WEEK_2)[HERE, 1]
    assert [entry["kind"] for entry in here["entries"]] == ["wider", "wider"]
    assert here["withheld"] == 0
    for entry in here["entries"]:
        said = json.dumps(entry, ensure_ascii=False)
        assert not any(json.dumps(name) in said for name in rings.other), "the others stay hidden"
        assert entry["withheld"] == len(rings.other)
        assert {link["merchant"] for link in entry["values"]["links"]} <= set(rings.one)
        assert all(link["records"] for link in entry["values"]["links"])
    names = {each["name"] for entry in here["entries"] for each in entry["merchants"]}
    assert names == {"商户d", "商户e"}
    there = bodies(clean_store, WEEK_2)[THERE, 1]
    assert (there["entries"], there["withheld"]) == ([], 2), "no link of theirs is new"


def test_a_later_edition_tells_only_what_is_new_and_changes_nothing(clean_store: Store) -> None:
    rings = Rings.of(clean_store)
    run_weekly(clean_store, WEEK_1)
    rings.share(rings.merchants("fghij", HERE, WEEK_2), ["77777", "88888", "99990"], HERE, WEEK_2)
    rings.world.settle()
    first = run_weekly(clean_store, WEEK_2)
    assert [flag["kind"] for flag in first.flags] == ["born"]
    published = bodies(clean_store, WEEK_2)
    again = run_weekly(clean_store, WEEK_2)
    assert again.is_repeat
    assert again.flags == first.flags
    assert bodies(clean_store, WEEK_2) == published
    rings.join(WEEK_2)
    run_weekly(clean_store, WEEK_2)
    now = bodies(clean_store, WEEK_2)
    assert {key: now[key] for key in published} == published, "a digest is never made again"
    assert {key for key in now if key not in published} == {(HERE, 2)}
    assert {entry["flag"] for entry in now[HERE, 2]["entries"]}.isdisjoint(
        flag["id"] for flag in first.flags
    )


def test_a_replay_tells_what_was_told_and_writes_nothing(clean_store: Store) -> None:
    rings = Rings.of(clean_store)
    run_weekly(clean_store, WEEK_1)
    rings.join(WEEK_2)
    told = run_weekly(clean_store, WEEK_2)
    assert told.flags
    rings.world.thing(  # the other region comes to know a merchant, and the register a closure
        "Merchant", ("d",), name="商户丁", region=THERE, at=at(WEEK_3)
    )
    rings.world.thing("Merchant", ("e",), closed_on="2025-10-02", region=HERE, at=at(WEEK_3))
    rings.share(rings.one[4:], ["44444"], THERE, WEEK_3)
    rings.part(WEEK_3)
    parted = run_weekly(clean_store, WEEK_3)
    assert parted.flags
    rings.noise("q", WEEK_4)
    before = everything(clean_store)
    for week in (told, parted):
        again = replay(clean_store, week.as_of)
        assert json.dumps(again.flags) == json.dumps(week.flags), "byte for byte"
    assert everything(clean_store) == before
    assert replay(clean_store, WEEK_1).flags == [], "a first run tells nothing"


def test_what_left_is_seen_by_those_whose_records_said_it(clean_store: Store) -> None:
    rings = Rings.of(clean_store)
    run_weekly(clean_store, WEEK_1)
    rings.share(rings.one, ["11111", "22222", "33333"], HERE, WEEK_2, valid_to=WEEK_2.isoformat())
    rings.world.settle()
    flags = run_weekly(clean_store, WEEK_2).flags
    assert [flag["kind"] for flag in flags] == ["dissolved"]
    (entry,) = bodies(clean_store, WEEK_2)[HERE, 1]["entries"]
    assert entry["kind"] == "dissolved"
    assert len(entry["merchants"]) == 5
    assert {link["change"] for link in entry["values"]["links"]} == {"removed"}
    assert bodies(clean_store, WEEK_2)[THERE, 1]["withheld"] == 1


def test_lineage_is_kept_for_what_was_told_and_what_was_not(clean_store: Store) -> None:
    rings = Rings.of(clean_store)
    run_weekly(clean_store, WEEK_1)
    rings.join(WEEK_2)
    run_weekly(clean_store, WEEK_2)
    rings.part(WEEK_3)
    run_weekly(clean_store, WEEK_3)
    steps = clean_store.read(_BECAME)
    assert [(step["day"], step["kind"], step["told"]) for step in steps] == [
        (WEEK_2.isoformat(), "merged", True),
        (WEEK_3.isoformat(), "split", True),
    ]
    merged, split = steps
    assert (merged["a"], merged["b"]) == (split["b"], split["a"])


def test_findings_keep_their_first_day_and_nothing_stays_staged(clean_store: Store) -> None:
    rings = Rings.of(clean_store)
    run_weekly(clean_store, WEEK_1)
    first = clean_store.read(_FINDINGS)
    assert first
    assert {(row["first"], row["seen"], row["status"]) for row in first} == {
        (WEEK_1.isoformat(), WEEK_1.isoformat(), "open")
    }
    rings.share(rings.merchants("p", HERE, WEEK_2), ["11111"], HERE, WEEK_2)
    rings.share(rings.other, ["44444"], THERE, WEEK_2, valid_to=WEEK_2.isoformat())
    rings.world.settle()
    run_weekly(clean_store, WEEK_2)
    found = clean_store.read(_FINDINGS)
    kept = {row["id"] for row in first}
    days = {(row["id"] in kept, row["first"], row["status"]) for row in found}
    assert (True, WEEK_1.isoformat(), "open") in days, "confirmed, with the day it was first made"
    assert (True, WEEK_1.isoformat(), "not_seen_again") in days
    assert (False, WEEK_2.isoformat(), "open") in days
    assert {row["seen"] for row in found if row["status"] == "open"} == {WEEK_2.isoformat()}
    assert clean_store.read(_STAGED) == [{"staged": 0}]
    assert all(row["about"] for row in found)


@pytest.mark.parametrize("kind", ["alive", "elsewhere"])
def test_a_run_never_overlaps_another(clean_store: Store, kind: str) -> None:
    Rings.of(clean_store)
    owner = {"pid": 1, "created_at": 0.0, "host": "another machine"}
    if kind == "alive":
        owner = asdict(Owner.of_this_process())
    clean_store.write(_FOREIGN_LEASE, owner=json.dumps(owner), last_ms=600_000)
    before = everything(clean_store)
    with pytest.raises(AnalysisIsRunning):
        run_weekly(clean_store, WEEK_1)
    assert everything(clean_store) == before
    clean_store.write(_FOREIGN_LEASE, owner=json.dumps(owner), last_ms=-1)
    run_weekly(clean_store, WEEK_1)


def test_a_lease_that_was_lost_publishes_nothing(clean_store: Store) -> None:
    Rings.of(clean_store)
    before = everything(clean_store)

    def lose(step: str) -> None:
        if step == "publish":
            owner = json.dumps({"pid": 1, "created_at": 0.0, "host": "another machine"})
            clean_store.write(_FOREIGN_LEASE, owner=owner, last_ms=600_000)

    with pytest.raises(AnalysisIsRunning):
        run_weekly(clean_store, WEEK_1, progress=lose)
    assert not_staged(clean_store) == before


@pytest.mark.parametrize("label", ["StagedFinding", "WeeklyPart"])
def test_a_run_whose_staged_things_are_gone_publishes_nothing(
    clean_store: Store, label: str
) -> None:
    """One that lost the lease for a while may have swept them away."""
    Rings.of(clean_store)
    before = everything(clean_store)
    sweep = Statement("test_sweep", f"MATCH (n:{label}) WITH n LIMIT 1 DETACH DELETE n")

    def swept(step: str) -> None:
        if step == "publish":
            clean_store.write(sweep)

    with pytest.raises(AnalysisIsRunning):
        run_weekly(clean_store, WEEK_1, progress=swept)
    assert not_staged(clean_store) == before


def not_staged(store: Store) -> list[str]:
    return [row for row in everything(store) if "Finding" not in row and "WeeklyPart" not in row]


def test_the_lease_of_a_process_that_died_is_taken_over(clean_store: Store) -> None:
    Rings.of(clean_store)
    owner = json.dumps({"pid": 2**22 + 1, "created_at": 0.0, "host": socket.gethostname()})
    clean_store.write(_FOREIGN_LEASE, owner=owner, last_ms=600_000)
    with analysis_lease(clean_store):
        pass
