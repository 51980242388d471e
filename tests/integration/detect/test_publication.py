"""What a run writes: of the clusters only what changed, and its memory in parts nobody sees too early."""

from __future__ import annotations

import pytest

from detect.weekly import remembered as kept
from detect.weekly.remembered import PART_BYTES, remembered, stage_memory
from detect.weekly.run import detect_now, run_weekly
from graph.store.session import Store
from graph.store.statement import Statement
from tests.integration.detect.weeks import WEEK_1, WEEK_2, WEEK_3, Rings
from tests.integration.queries.world import HERE

_MEMBERS = Statement(
    "test_members",
    "MATCH (m:Merchant)-[k:MEMBER_OF]->(c:Cluster) "
    "RETURN m.id AS merchant, c.id AS cluster, elementId(k) AS element",
)
_OWNED = Statement(
    "test_owned",
    "MATCH (i)-[k:OWNED_BY]->(c:Cluster) "
    "RETURN i.id AS identifier, c.id AS cluster, k.holders_inside AS inside, k.holders AS holders",
)
_PARTS = Statement(
    "test_parts", "MATCH (p:WeeklyPart) RETURN p.memory AS memory, count(*) AS parts"
)
_STATUS = Statement("test_status", "MATCH (c:Cluster) RETURN c.id AS id, c.status AS status")
_OLD_RUN = Statement(
    "test_old_run",
    "MATCH (run:WeeklyRun {id: $id}) SET run.snapshot = $snapshot REMOVE run.memory",
)


def members(store: Store) -> dict[tuple[str, str], str]:
    return {(row["merchant"], row["cluster"]): row["element"] for row in store.read(_MEMBERS)}


def test_memberships_that_say_the_same_are_left_alone(clean_store: Store) -> None:
    rings = Rings.of(clean_store)
    run_weekly(clean_store, WEEK_1)
    before = members(clean_store)
    rings.share(rings.other, ["77777"], "440000", WEEK_2)
    rings.world.settle()
    run_weekly(clean_store, WEEK_2)
    after = members(clean_store)
    assert after.keys() == before.keys()
    same = {pair for pair in after if after[pair] == before[pair]}
    assert {merchant for merchant, _ in same} == set(rings.one)


def test_who_leaves_a_cluster_is_taken_out_and_who_joins_is_put_in(clean_store: Store) -> None:
    rings = Rings.of(clean_store)
    run_weekly(clean_store, WEEK_1)
    assert len({cluster for _, cluster in members(clean_store)}) == 2
    rings.join(WEEK_2)
    run_weekly(clean_store, WEEK_2)
    (joined,) = {cluster for _, cluster in members(clean_store)}
    assert {merchant for merchant, _ in members(clean_store)} == {*rings.one, *rings.other}
    owned = {(row["identifier"], row["cluster"]): row for row in clean_store.read(_OWNED)}
    assert {cluster for _, cluster in owned} == {joined}
    assert sorted(row["inside"] for row in owned.values()) == [5, 5, 5, 6, 7, 7]
    rings.part(WEEK_3)
    run_weekly(clean_store, WEEK_3)
    assert len({cluster for _, cluster in members(clean_store)}) == 2
    assert all(row["inside"] == 5 for row in clean_store.read(_OWNED))
    assert len(clean_store.read(_OWNED)) == 6


def test_a_memory_of_many_parts_comes_back_whole(
    clean_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    Rings.of(clean_store)
    monkeypatch.setattr(kept, "PART_BYTES", 100)
    run_weekly(clean_store, WEEK_1)
    (row,) = clean_store.read(_PARTS)
    assert row["parts"] > 2 * kept._PARTS_AT_ONCE, "read in several turns"
    told = remembered(clean_store, WEEK_2)
    assert told.snapshot is not None
    assert told.snapshot.as_of == WEEK_1
    assert told.snapshot.digest == told.state.digest
    assert told.studied
    assert {study.rule for study in told.studied.values()} == {"corroboration"}


def test_parts_of_a_run_that_was_cut_off_go_and_others_stay(clean_store: Store) -> None:
    rings = Rings.of(clean_store)
    run_weekly(clean_store, WEEK_1)
    told = remembered(clean_store, WEEK_2)
    assert told.snapshot is not None
    stage_memory(clean_store, "WeeklyRun:2025-10-07", told.snapshot, {})
    assert len(clean_store.read(_PARTS)) == 2
    assert remembered(clean_store, WEEK_2).state == told.state, "nobody reads what is not published"
    rings.noise("n", WEEK_2)
    run_weekly(clean_store, WEEK_2)
    assert {row["memory"].rpartition(":")[0] for row in clean_store.read(_PARTS)} == {
        f"WeeklyRun:{week.isoformat()}" for week in (WEEK_1, WEEK_2)
    }


def test_runs_that_kept_their_picture_themselves_are_still_read(clean_store: Store) -> None:
    Rings.of(clean_store)
    run_weekly(clean_store, WEEK_1)
    now = remembered(clean_store, WEEK_2)
    (row,) = clean_store.read(_PARTS)
    content = kept._joined(clean_store, row["memory"])
    assert len(content) < PART_BYTES
    clean_store.write(_OLD_RUN, id=f"WeeklyRun:{WEEK_1.isoformat()}", snapshot=content)
    old = remembered(clean_store, WEEK_2)
    assert old.snapshot is not None
    assert now.snapshot is not None
    assert old.snapshot.digest == now.snapshot.digest


def test_detecting_without_memory_leaves_none(clean_store: Store) -> None:
    Rings.of(clean_store)
    detect_now(clean_store, WEEK_1)
    assert members(clean_store)
    assert clean_store.read(_PARTS) == []


def test_what_is_left_of_a_cluster_is_dormant_and_what_is_not_is_gone(clean_store: Store) -> None:
    rings = Rings.of(clean_store)
    run_weekly(clean_store, WEEK_1)
    a, _, c, d, e = rings.one
    for phone, leaving in {
        "11111": [c, d, e],  # the first two still share it
        "22222": [a, d, e],  # the second and the third
        "33333": rings.one,
        "44444": rings.other,
        "55555": rings.other,
        "66666": rings.other,
    }.items():
        rings.share(leaving, [phone], HERE, WEEK_2, valid_to=WEEK_2.isoformat())
    rings.world.settle()
    run_weekly(clean_store, WEEK_2)
    assert members(clean_store) == {}
    told = {row["id"]: row["status"] for row in clean_store.read(_STATUS)}
    assert told == {"Cluster:C-000001": "dormant", "Cluster:C-000002": "gone"}
