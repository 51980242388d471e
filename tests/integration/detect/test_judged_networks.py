"""Merchants judged to be one: one holder to the network engines, still named one by one, and reversible."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest

from detect.network.published import JUDGED
from detect.weekly.run import detect_now, run_weekly
from graph.store.session import Store
from graph.store.statement import Statement
from ingest.resolve import review
from ingest.resolve.review import Speaker
from tests.integration.queries.world import HERE, NATION, THERE, World

BEFORE, JUDGED_ON, AFTER = date(2025, 10, 1), date(2025, 10, 6), date(2025, 10, 8)
NOON = datetime(2025, 10, 6, 4, tzinfo=UTC)
EVENING = datetime(2025, 10, 6, 20, tzinfo=UTC)  # in China it is the next morning
WITHDRAWN = datetime(2025, 10, 13, 4, tzinfo=UTC)
LAST = date(2025, 10, 15)
KING = Speaker("王", HERE)

_MEMBERS = Statement(
    "test_members",
    "MATCH (m:Merchant)-[k:MEMBER_OF]->(c:Cluster) "
    "RETURN c.id AS cluster, m.id AS merchant, k.ties AS ties ORDER BY cluster, merchant",
)


@pytest.fixture
def world(clean_store: Store) -> World:
    review.prepare(clean_store)
    return World(clean_store)


def merchants(world: World, names: str, region: str = HERE) -> list[str]:
    return [world.thing("Merchant", (name,), name=name, region=region) for name in names]


def share(world: World, holders: Sequence[str], numbers: Sequence[str]) -> None:
    """Every holder uses every telephone."""
    for number in numbers:
        phone = world.thing("Phone", (f"+86138000{number}",), is_linkable=True, region=NATION)
        for holder in holders:
            world.link("USES_PHONE", holder, phone, role="contact")


def clusters(store: Store) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """Cluster → member → ties, as published."""
    found: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for row in store.read(_MEMBERS):
        found.setdefault(row["cluster"], {})[row["merchant"]] = json.loads(row["ties"])
    return found


def groups(store: Store) -> list[list[str]]:
    return sorted(sorted(members) for members in clusters(store).values())


def judge(world: World, a: str, b: str, now: datetime = NOON) -> str:
    return review.judge(world.store, (a, b), "same", by=KING, why="同一营业执照", now=now).id


def test_two_names_of_one_company_do_not_corroborate(world: World) -> None:
    a, b, c = merchants(world, "abc")
    share(world, [a, b], ["11111", "22222"])
    share(world, [b, c], ["33333", "44444"])
    world.settle()
    store = world.store
    detect_now(store, AFTER)
    assert groups(store) == [[a, b, c]]
    judged = judge(world, a, b)
    detect_now(store, AFTER)
    assert groups(store) == [], "one company and one other are no network"
    detect_now(store, BEFORE)
    assert groups(store) == [[a, b, c]], "on that day nobody had judged"
    review.withdraw(store, judged, by=KING, why="误判", now=WITHDRAWN)
    detect_now(store, LAST)
    assert groups(store) == [[a, b, c]]
    detect_now(store, AFTER)
    assert groups(store) == [], "it was in force then, whatever came later"


def test_a_judgement_of_the_evening_counts_from_the_next_day_in_china(world: World) -> None:
    a, b, c = merchants(world, "abc")
    share(world, [a, b, c], ["11111", "22222"])
    world.settle()
    judge(world, a, b, EVENING)
    detect_now(world.store, JUDGED_ON)
    assert groups(world.store) == [[a, b, c]]
    detect_now(world.store, date(2025, 10, 7))
    assert groups(world.store) == []


def halves(world: World) -> tuple[list[str], list[str]]:
    one, other = merchants(world, "abcde"), merchants(world, "vwxyz")
    share(world, one, ["11111", "22222", "33333"])
    share(world, other, ["44444", "55555", "66666"])
    world.settle()
    return one, other


def test_one_merchant_in_two_half_networks_joins_them_and_says_why(world: World) -> None:
    one, other = halves(world)
    detect_now(world.store, AFTER)
    assert groups(world.store) == [one, other]
    judged = judge(world, one[4], other[0])
    detect_now(world.store, AFTER)
    assert groups(world.store) == [[*one, *other]]
    (members,) = clusters(world.store).values()
    for name, own in ((one[4], one), (other[0], other)):
        held = {tie["identifier_id"] for tie in members[name] if tie["relation"] != JUDGED}
        neighbour = next(each for each in own if each != name)
        assert held == {tie["identifier_id"] for tie in members[neighbour]}, "its own links only"
        (why,) = [tie for tie in members[name] if tie["relation"] == JUDGED]
        assert why["judgement"] == {
            "id": judged, "a": one[4], "b": other[0],
            "by": "王", "at": "2025-10-06T04:00:00.000000+00:00", "why": "同一营业执照",
        }  # fmt: skip
        assert (why["first_seen"], why["regions"]) == (JUDGED_ON.isoformat(), [HERE])
    # Nine subjects stand behind ten names: holders are counted in subjects.
    assert {tie["holders"] for tie in members[one[0]]} == {5}


def test_who_does_not_see_both_names_is_not_told_that_they_are_one(world: World) -> None:
    one, other = merchants(world, "abc"), merchants(world, "xyz", THERE)
    share(world, one, ["11111", "22222"])
    share(world, other, ["44444", "55555"])
    world.settle()
    judge(world, one[0], other[0])
    detect_now(world.store, AFTER)
    (members,) = clusters(world.store).values()
    (why,) = [tie for tie in members[one[0]] if tie["relation"] == JUDGED]
    assert why["regions"] == []


def test_the_weekly_run_names_the_judgement_made_and_withdrawn(world: World) -> None:
    one, other = halves(world)
    store = world.store
    run_weekly(store, BEFORE)
    judged = judge(world, one[4], other[0])
    told = run_weekly(store, AFTER).flags
    assert {flag["kind"] for flag in told} == {"merged", "newly_linked"}
    for flag in told:
        assert {link["judgement"] for link in flag["values"]["links"]} == {judged}
        assert all(link["records"] for link in flag["values"]["links"]), "records of the other name"
        (said,) = flag["values"]["judgements"]
        assert (said["id"], said["by"], said["why"]) == (judged, "王", "同一营业执照")
        assert "withdrawn_by" not in said
    (alert,) = [flag for flag in told if flag["kind"] == "newly_linked"]
    assert alert["values"]["explanation"]["label"] == "explained"
    review.withdraw(store, judged, by=Speaker("李"), why="误判", now=WITHDRAWN)
    (parted,) = run_weekly(store, LAST).flags
    assert parted["kind"] == "split"
    (said,) = parted["values"]["judgements"]
    assert (said["id"], said["withdrawn_by"], said["withdrawn_why"]) == (judged, "李", "误判")
    assert groups(store) == [one, other]


def test_a_network_that_a_withdrawal_brings_to_light_is_announced(world: World) -> None:
    five = merchants(world, "abcde")
    share(world, five, ["11111", "22222", "33333"])
    bystander = merchants(world, "q")
    world.settle()
    judged = judge(world, five[0], five[1], datetime(2025, 9, 20, 4, tzinfo=UTC))
    assert run_weekly(world.store, BEFORE).flags == []
    share(world, bystander, ["99999"])
    world.settle()
    review.withdraw(world.store, judged, by=KING, why="误判", now=NOON)
    (flag,) = run_weekly(world.store, AFTER).flags
    assert flag["kind"] == "born"
    assert [said["id"] for said in flag["values"]["judgements"]] == [judged]
