from __future__ import annotations

from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path

import pytest

from graph.errors import ValueRefused
from graph.model.values import ccc
from synth.calendar import WeekKind, calendar
from synth.settings import LEVELS
from synth.truth import load
from tests.unit.synth.conftest import MadeWorld

NAMED_TRAPS = {
    "cluster_registration_100",
    "courier_outlet_300",
    "courier_outlet_unregistered",
    "cloud_warehouse",
    "big_lab_30_percent",
    "authorised_brand_200",
    "franchise_chain",
    "parent_and_branches",
    "homonymous_reps",
    "distributor_scans",
    "amended_report",
    "suspended_after_production",
    "market_building",
    "privacy_phone",
    "service_phone",
    "mcn_100_brands",
    "empty_addresses",
    "recalled_other_batch",
    "store_moved_by_owner",
}


def merchant_ids(world: MadeWorld) -> set[str]:
    return {row["merchant_id"] for row in world.rows("merchant")}


def test_the_answer_reads_back_as_written(short_world: MadeWorld, tmp_path: Path) -> None:
    short_world.truth.save(tmp_path / "truth.json")
    assert load(tmp_path / "truth.json") == short_world.truth


def test_everybody_in_the_answer_exists(long_world: MadeWorld) -> None:
    truth, known = long_world.truth, merchant_ids(long_world)
    assert {m.merchant_id for network in truth.networks for m in network.members} <= known
    assert {m for group in truth.lawful_groups for m in group.merchant_ids} <= known
    assert {m for farm in truth.shell_farms for m in farm.merchant_ids} <= known
    subjects = {s for v in (*truth.violations, *truth.tolerated) for s in v.subjects}
    subjects |= {s for trap in truth.traps for s in trap.subjects}
    assert {s.removeprefix("Merchant:") for s in subjects if s.startswith("Merchant:")} <= known


def test_every_subject_that_is_a_document_exists(long_world: MadeWorld) -> None:
    known = {f"Listing:{r['platform']}/{r['native_id']}" for r in long_world.rows("listing")}
    known |= {f"TestReport:{r['lab_id']}/{r['report_no']}" for r in long_world.rows("test_report")}
    known |= {f"TestLab:{r['lab_id']}" for r in long_world.rows("test_lab")}
    known |= {f"Certificate:{r['certificate_no']}" for r in long_world.rows("certificate")}
    known |= {f"Code:{r['code']}" for r in long_world.rows("code")}
    known |= {f"Mcn:{r['mcn_id']}" for r in long_world.rows("mcn")}
    known |= {f"Store:{r['platform']}/{r['native_id']}" for r in long_world.rows("store")}
    known |= {f"Product:{r['product_id']}" for r in long_world.rows("product")}
    truth = long_world.truth
    subjects = {s for v in truth.violations for s in v.subjects}
    subjects |= {s for trap in truth.traps for s in trap.subjects}
    assert {s for s in subjects if not s.startswith("Merchant:")} <= known


def test_nobody_is_in_two_networks_at_once_or_in_a_lawful_group(long_world: MadeWorld) -> None:
    truth = long_world.truth
    for week in range(truth.last_week + 1):
        counted = Counter(m for network in truth.networks for m in network.members_at(week))
        assert max(counted.values()) == 1
    lawful = {m for group in truth.lawful_groups for m in group.merchant_ids}
    assert not lawful & {m.merchant_id for network in truth.networks for m in network.members}


def test_each_member_of_the_base_holds_two_identifiers_another_member_holds(
    short_world: MadeWorld,
) -> None:
    held: dict[str, set[str]] = defaultdict(set)
    holders: dict[str, set[str]] = defaultdict(set)
    columns = {
        "ships_from": "address_id",
        "returns_to": "address_id",
        "uses_phone": "phone_number",
        "paid_to": "payee_account_payee_token",
        "sends_with": "courier_account_account_token",
        "uses_device": "device_token",
        "represented_by": "person_token",
    }
    for table, column in columns.items():
        for row in short_world.rows(table):
            if row["retrieved_at"].startswith("2025-09-01"):
                held[row["merchant_id"]].add(row[column])
                holders[row[column]].add(row["merchant_id"])
    for network in short_world.truth.networks:
        members = network.members_at(0)
        for member in members:
            shared = [key for key in held[member] if len(holders[key] & members) >= 2]
            assert len(shared) >= 2


def test_networks_cross_provinces_and_use_several_platforms(short_world: MadeWorld) -> None:
    province = {r["merchant_id"]: r["division"][:2] for r in short_world.rows("merchant")}
    platforms: dict[str, set[str]] = defaultdict(set)
    for row in short_world.rows("operates"):
        platforms[row["merchant_id"]].add(row["store_platform"])
    for network in short_world.truth.networks:
        if members := network.members_at(0):
            assert len({province[m] for m in members}) >= 2
            assert len(set().union(*(platforms[m] for m in members))) >= 3


def test_a_part_of_each_network_violates(short_world: MadeWorld) -> None:
    violators = {
        s.removeprefix("Merchant:")
        for v in short_world.truth.violations
        if v.detector in {"D9", "D10", "D11", "D12", "D20", "D21", "D22"}
        for s in v.subjects
    }
    for network in short_world.truth.networks:
        members = network.members_at(0) & network.members_at(short_world.truth.last_week)
        if len(members) >= 5:
            assert 0.1 <= len(members & violators) / len(members) <= 0.8


def test_every_trap_is_there_and_has_subjects(short_world: MadeWorld) -> None:
    traps = {trap.trap: trap for trap in short_world.truth.traps}
    assert set(traps) == NAMED_TRAPS
    assert all(trap.subjects and trap.must_be_silent for trap in traps.values())


def test_hub_traps_have_more_holders_than_any_linking_identifier(short_world: MadeWorld) -> None:
    sizes = {trap.trap: len(trap.subjects) for trap in short_world.truth.traps}
    for name in ("courier_outlet_300", "cloud_warehouse", "privacy_phone", "mcn_100_brands"):
        assert sizes[name] > 20


def test_some_hubs_are_registered_and_some_are_not(short_world: MadeWorld) -> None:
    listed = {row["identifier_key"] for row in short_world.rows("hub_registration")}
    holders = Counter(
        f"{r['courier_account_carrier']}/{r['courier_account_account_token']}"
        for r in short_world.rows("sends_with")
    )
    big = {key for key, count in holders.items() if count > 20}
    assert big & listed
    assert big - listed


def test_fake_labs_are_captured_and_always_pass(short_world: MadeWorld) -> None:
    truth = short_world.truth
    assert len(truth.fake_labs) >= 2
    captured = {s for v in truth.violations if v.detector == "D18" for s in v.subjects}
    reports = [r for r in short_world.rows("test_report") if r["lab_id"] in truth.fake_labs]
    assert captured & {f"TestLab:{lab}" for lab in truth.fake_labs}
    assert len(reports) >= 20
    assert all(row["is_pass"] == "true" for row in reports)


def test_malformed_numbers_are_refused_by_their_kind(short_world: MadeWorld) -> None:
    listings = {v.subjects[0] for v in short_world.truth.violations if v.detector == "D22"}
    assert listings
    for row in short_world.rows("listing"):
        if f"Listing:{row['platform']}/{row['native_id']}" in listings and row["title"]:
            with pytest.raises(ValueRefused):
                ccc.clean(row["shown_certificate_no"])


def test_shell_farms_have_the_shape_of_the_rule(short_world: MadeWorld) -> None:
    registered = {r["merchant_id"]: r["registered_on"] for r in short_world.rows("merchant")}
    reps = {
        r["merchant_id"]: r["person_token"]
        for r in short_world.rows("represented_by")
        if r["role"] == "legal_rep"
    }
    for farm in short_world.truth.shell_farms:
        assert len(farm.merchant_ids) >= 20
        assert len({reps[m] for m in farm.merchant_ids}) / len(farm.merchant_ids) <= 0.2
        days = sorted(registered[m] for m in farm.merchant_ids)
        assert days[0] >= "2025-05-04"  # 120 days before the base


def test_the_last_week_has_a_merger_with_its_bridging_rows(short_world: MadeWorld) -> None:
    truth = short_world.truth
    mergers = [e for e in truth.events if e.kind == "merged" and e.week == truth.last_week]
    assert mergers
    for event in mergers:
        assert 1 <= len(event.bridging) <= 4
        assert {row["merchant_id"] for row in event.rows} == set(event.bridging)
        assert len(event.rows) >= 2 * len(event.bridging)
        assert set(event.bridging) <= {m for side in event.sides for m in side}


def test_every_row_of_an_event_is_in_its_table(long_world: MadeWorld) -> None:
    told: dict[str, set[tuple[str, str]]] = defaultdict(set)
    column = {"ships_from": "address_id", "uses_phone": "phone_number"}
    for table, name in column.items():
        told[table] = {(r["merchant_id"], r[name]) for r in long_world.rows(table)}
    checked = 0
    for event in long_world.truth.events:
        for row in event.rows:
            if row["table"] in column:
                key = (row["merchant_id"], row["identifier"].partition(":")[2])
                assert key in told[row["table"]]
                checked += 1
    assert checked > 0


def test_a_long_world_has_all_kinds_of_weeks_and_late_records(long_world: MadeWorld) -> None:
    assert set(calendar(26)) == set(WeekKind)
    truth = long_world.truth
    assert {"merged", "grew"} <= {event.kind for event in truth.events}
    assert any(event.known_week > event.week for event in truth.events)
    assert all(event.week <= event.known_week <= truth.last_week for event in truth.events)


def test_an_outage_takes_and_the_restore_gives_back(long_world: MadeWorld) -> None:
    week_21 = long_world.folder / "tables" / "week_21"
    week_22 = long_world.folder / "tables" / "week_22"
    assert {path.stem for path in week_21.iterdir()} == {"uses_phone", "uses_device"}
    assert (week_22 / "uses_phone.csv").is_file()


@pytest.mark.parametrize("weeks", range(1, 60))
def test_the_last_week_always_has_events_and_every_outage_is_repaired(weeks: int) -> None:
    kinds = calendar(weeks)
    assert len(kinds) == weeks
    assert kinds[-1] is WeekKind.EVENTS
    for before, after in pairwise(kinds):
        assert (before is WeekKind.OUTAGE) == (after is WeekKind.RESTORE)


def test_levels_get_harder_in_order() -> None:
    levels = [LEVELS[name] for name in ("easy", "medium", "hard", "brutal")]
    for easier, harder in pairwise(levels):
        assert easier.attach > harder.attach
        assert easier.leak < harder.leak
        assert easier.cross <= harder.cross
        assert easier.coincidence < harder.coincidence
