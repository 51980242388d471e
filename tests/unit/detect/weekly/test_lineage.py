"""What became of a cluster is on record, told or not, and can be followed."""

from __future__ import annotations

from detect.weekly.lineage import StepKind, lineage
from queries.lineage import ClusterStep, fate, taken_steps
from tests.unit.detect.weekly.scenes import Scene, Story


def steps_of(story: Story, world: Scene) -> list[tuple[StepKind, str, str, bool]]:
    """Follow one week; the steps it adds."""
    before = story.state
    events = story.tell(world.snapshot())
    return [
        (step.kind, step.start, step.end, step.is_announced)
        for step in lineage(before, story.state, events)
    ]


def test_a_merge_and_a_parting_lead_there_and_back() -> None:
    world, story = Scene(), Story()
    one, _ = world.ring("one", 6)
    other, held = world.ring("two", 6)
    assert steps_of(story, world) == [], "a first week has no past"
    a, b = story.id_of(one[0]), story.id_of(other[0])
    world.hold(one, held)
    ((kind, start, end, is_told),) = steps_of(story, world)
    assert (kind, {start, end}, is_told) == (
        StepKind.MERGED,
        {f"Cluster:{a}", f"Cluster:{b}"},
        True,
    )
    world.drop(one, held)
    ((kind, host, gone, _),) = steps_of(story, world)
    assert (kind, host, gone) == (StepKind.SPLIT, end, start)
    world.noise()
    assert steps_of(story, world) == []


def test_a_ring_that_dissolves_and_comes_back_is_the_same() -> None:
    world, story = Scene(), Story()
    members, held = world.ring("one", 6)
    steps_of(story, world)
    name = f"Cluster:{story.id_of(members[0])}"
    world.drop(members)
    assert steps_of(story, world) == [(StepKind.DISSOLVED, name, name, True)]
    world.hold(members, held)
    assert steps_of(story, world) == [(StepKind.REBORN, name, name, True)]


def step(day: int, kind: str, start: str, end: str) -> ClusterStep:
    return ClusterStep(f"2025-10-{day:02d}", kind, start, end, True)


def test_a_case_follows_merges_splits_and_rebirths_in_the_order_of_time() -> None:
    steps = [
        step(1, "split", "B", "X"),  # before A went into B: no business of A's
        step(8, "merged", "A", "B"),
        step(15, "split", "B", "C"),
        step(22, "dissolved", "C", "C"),
        step(23, "merged", "B", "D"),
        step(29, "split", "D", "A"),
    ]
    taken = taken_steps("A", steps)
    assert [each.start + each.end for each in taken] == ["AB", "BC", "CC", "BD", "DA"]
    assert fate("A", taken) == (("A", "D"), ("C",))
    again = (*taken, step(30, "reborn", "C", "C"))
    assert fate("A", taken_steps("A", again)) == (("A", "C", "D"), ())
    assert fate("A", taken_steps("A", [])) == (("A",), ())
