"""The weekly benchmark itself: repeatable, silent in still weeks, and seeing what was planted."""

from __future__ import annotations

from benchmarks.planted_weeks import run
from benchmarks.planted_weeks_life import Life
from benchmarks.planted_weeks_world import STILL_WEEKS, World
from benchmarks.planted_world import LEVELS


def test_a_still_week_changes_nothing_and_others_do() -> None:
    world = World(LEVELS["medium"], 2000, 3)
    life = Life(world)
    for week in range(1, 9):
        life.step(week)
    for week in range(1, 9):
        before, now = world.incidence(week - 1), world.incidence(week)
        is_same = (
            before.merchants == now.merchants
            and before.merchant.tolist() == now.merchant.tolist()
            and before.identifier.tolist() == now.identifier.tolist()
        )
        assert is_same == (week in STILL_WEEKS)


def test_figures_repeat_and_hold_the_floor() -> None:
    first = run("easy", 2500, [5], weeks=8)
    again = run("easy", 2500, [5], weeks=8)
    timed = [name for name in first if "cpu_s" in name]
    for name in timed:
        del first[name], again[name]
    assert first == again
    assert first["events_in_still_weeks"] == 0
    assert first["recall_visible"] >= 0.75
    assert first["precision"] >= 0.8
