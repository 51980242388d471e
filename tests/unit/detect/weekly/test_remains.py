"""What is left of clusters: shrunk below sight, filled in late, drifting, gone within another one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from detect.weekly.events import EventKind
from detect.weekly.tracks import Track, TrackerState, TrackStatus
from tests.unit.detect.weekly.scenes import FIRST, Scene, Story, announced, together

DAY = timedelta(days=1)


def track_of(story: Story, track_id: str) -> Track:
    return story.state.tracks[track_id]


def sparse_ring(scene: Scene) -> list[str]:
    """Twelve merchants: eight hold three identifiers, the other four one of them, and one of their own."""
    _, identifiers = scene.ring("a", 8)
    rest = [f"a{at:02d}" for at in range(8, 12)]
    scene.hold(rest, [*identifiers[:1], "device-rest"])
    return rest


def test_a_cluster_that_falls_below_sight_has_shrunk_and_grows_again_as_itself() -> None:
    scene, story = Scene(), Story()
    rest = sparse_ring(scene)
    everybody = [*(f"a{at:02d}" for at in range(8)), *rest]
    story.tell(scene.snapshot(groups=together(everybody)))
    track = story.id_of("a00")
    scene.close(everybody[:7])
    (event,) = story.tell(scene.snapshot(groups={}))
    assert (event.kind, event.tracks, event.lost) == (
        EventKind.SHRANK,
        (track,),
        tuple(everybody[:7]),
    )
    assert track_of(story, track).status is TrackStatus.DORMANT
    assert set(track_of(story, track).members) == set(everybody[7:])
    for _ in range(5):
        scene.noise()
        assert story.tell(scene.snapshot(groups={})) == [], "it is still there"
    new = [f"b{at:02d}" for at in range(6)]
    scene.hold([*new, *rest], ["device-rest", "phone-new", "bank-new"])
    events = story.tell(scene.snapshot(groups=together([*everybody[7:], *new])))
    assert announced(events) == [EventKind.GREW]
    assert events[0].tracks == (track,)
    assert set(events[0].gained) == set(new)
    scene.close([*everybody, *new])
    assert announced(story.tell(scene.snapshot(groups={}))) == [EventKind.DISSOLVED]


def test_a_cluster_of_which_too_few_are_left_is_dissolved() -> None:
    scene, story = Scene(), Story()
    rest = sparse_ring(scene)
    everybody = [*(f"a{at:02d}" for at in range(8)), *rest]
    story.tell(scene.snapshot(groups=together(everybody)))
    scene.close(everybody[:10])
    assert announced(story.tell(scene.snapshot(groups={}))) == [EventKind.DISSOLVED]


def test_members_that_share_nothing_any_more_are_no_remnant() -> None:
    scene, story = Scene(), Story()
    members, identifiers = scene.ring("a", 10)
    story.tell(scene.snapshot())
    scene.drop(members, identifiers)
    for at, name in enumerate(members):
        scene.hold([name], [f"phone-own-{at}"])
    assert announced(story.tell(scene.snapshot(groups={}))) == [EventKind.DISSOLVED]


def test_a_loss_that_no_record_explains_is_not_told() -> None:
    scene, story = Scene(), Story()
    sparse_ring(scene)
    story.tell(scene.snapshot(groups=together([f"a{at:02d}" for at in range(12)])))
    track = story.id_of("a00")
    for _ in range(5):
        scene.noise()
        assert story.tell(scene.snapshot(groups={})) == []
    assert track_of(story, track).status is TrackStatus.DORMANT


def test_what_drifts_up_and_then_loses_many_has_shrunk() -> None:
    scene, story = Scene(), Story()
    _, identifiers = scene.ring("a", 13)
    story.tell(scene.snapshot())
    track = story.id_of("a00")
    for at in range(13, 16):
        scene.hold([f"a{at:02d}"], identifiers)
        assert announced(story.tell(scene.snapshot())) == []
    assert track_of(story, track).high is not None
    scene.close([f"a{at:02d}" for at in range(4)])
    (event,) = story.tell(scene.snapshot())
    assert (event.kind, len(event.lost)) == (EventKind.SHRANK, 4), (
        "12 of 13 at first, of 16 last week"
    )
    assert (track_of(story, track).high, track_of(story, track).low) == (None, None)


def test_what_shrinks_slowly_and_then_gains_has_grown() -> None:
    scene, story = Scene(), Story()
    _, identifiers = scene.ring("a", 13)
    story.tell(scene.snapshot())
    for at in range(3):
        scene.close([f"a{at:02d}"])
        assert announced(story.tell(scene.snapshot())) == []
    scene.hold([f"b{at:02d}" for at in range(3)], identifiers)
    (event,) = story.tell(scene.snapshot())
    assert (event.kind, event.gained) == (EventKind.GREW, ("b00", "b01", "b02"))


def grown_late(days_late: int, weeks_later: int, joining: int = 3) -> list[EventKind]:
    """What is told when some merchants, dated so many days after the birth, join so many weeks later."""
    scene, story = Scene(), Story()
    story.tell(scene.snapshot())
    scene.noise()
    _, identifiers = scene.ring("a", 8)
    assert announced(story.tell(scene.snapshot())) == [EventKind.BORN]
    born_on = story.state.as_of
    assert born_on is not None
    for _ in range(weeks_later - 1):
        scene.noise()
        story.tell(scene.snapshot())
    new = [f"b{at:02d}" for at in range(joining)]
    scene.hold(new, identifiers, since=born_on + days_late * DAY)
    return announced(story.tell(scene.snapshot()))


def test_late_records_of_before_the_announcement_fill_it_in() -> None:
    assert grown_late(-1, 2) == []
    assert grown_late(+1, 2) == [EventKind.GREW], "dated after it: growth"
    assert grown_late(-1, 6) == [EventKind.GREW], "too late to be the same report"
    assert grown_late(-1, 2, joining=4) == [EventKind.GREW], "half as many again are worth telling"


def test_late_merchants_do_not_count_again_when_others_join() -> None:
    scene, story = Scene(), Story()
    story.tell(scene.snapshot())
    scene.noise()
    _, identifiers = scene.ring("a", 12)
    story.tell(scene.snapshot())
    track = story.id_of("a00")
    scene.hold(["b00", "b01"], identifiers, since=FIRST)
    assert announced(story.tell(scene.snapshot())) == []
    assert {"b00", "b01"} <= track_of(story, track).anchor.members
    scene.hold(["c00", "c01"], identifiers)
    assert announced(story.tell(scene.snapshot())) == [], "two of fourteen"


@pytest.mark.parametrize("size", [6, 14])
def test_a_cluster_that_dissolves_is_not_silently_absorbed(size: int) -> None:
    """Half of its former members happen to join another one in the same week, larger or smaller."""
    scene, story = Scene(), Story()
    members, owned = scene.ring("a", size)
    others, _ = scene.ring("b", 12)
    story.tell(scene.snapshot())
    gone, stays = story.id_of("a00"), story.id_of("b00")
    scene.drop(members, owned)
    moved = members[: size // 2]
    scene.hold(moved, ["phone-own"])
    events = story.tell(scene.snapshot(groups=together([*others, *moved])))
    assert [event.tracks for event in events if event.kind is EventKind.DISSOLVED] == [(gone,)]
    assert EventKind.MERGED not in {event.would_be for event in events}
    assert story.id_of("b00") == stays


def merged_then_gone(scene: Scene, story: Story) -> tuple[str, str, list[str]]:
    """Two rings that merge and dissolve together; the tracks, and the identifiers of the first."""
    _, one = scene.ring("a", 12)
    _, other = scene.ring("b", 8)
    story.tell(scene.snapshot())
    sides = (story.id_of("a00"), story.id_of("b00"))
    scene.hold(["b00", "b01"], one[:2])
    assert announced(story.tell(scene.snapshot())) == [EventKind.MERGED]
    scene.close([*(f"a{at:02d}" for at in range(12)), *(f"b{at:02d}" for at in range(8))])
    assert announced(story.tell(scene.snapshot())) == [EventKind.DISSOLVED]
    return (*sides, other)


def test_a_part_of_a_dissolved_merger_that_comes_back_is_reborn() -> None:
    scene, story = Scene(), Story()
    _, part, identifiers = merged_then_gone(scene, story)
    for _ in range(3):
        scene.noise()
        story.tell(scene.snapshot())
    scene.hold([f"c{at:02d}" for at in range(8)], identifiers)
    (event,) = story.tell(scene.snapshot())
    assert event.kind is EventKind.REBORN
    assert event.tracks == (part,)
    assert story.state.tracks[part].merged_into is None


def test_what_was_joined_silently_parts_aloud_when_records_say_why() -> None:
    scene, story = Scene(), Story()
    a_ring, _ = scene.ring("a", 12)
    b_ring, _ = scene.ring("b", 8)
    story.tell(scene.snapshot())
    sides = (story.id_of("a00"), story.id_of("b00"))
    scene.noise()
    events = story.tell(scene.snapshot(groups=together([*a_ring, *b_ring])))
    assert announced(events) == [], "no record ties them"
    scene.noise()
    assert announced(story.tell(scene.snapshot())) == [], "and none parts them"
    scene.noise()
    story.tell(scene.snapshot(groups=together([*a_ring, *b_ring])))
    new = ["phone-b-new", "bank-b-new", "device-b-new"]
    scene.drop(b_ring)
    scene.hold(b_ring, new)
    events = story.tell(scene.snapshot())
    assert announced(events) == [EventKind.SPLIT]
    assert set(events[0].tracks) == set(sides)


def test_a_piece_that_is_shown_a_week_after_it_left_is_a_split() -> None:
    scene, story = Scene(), Story()
    members, identifiers = scene.ring("a", 14)
    story.tell(scene.snapshot())
    parent = story.id_of("a13")
    left = members[:4]
    scene.drop(left, identifiers)
    scene.hold(left, ["phone-new", "bank-new", "device-new"])
    assert announced(story.tell(scene.snapshot())) == [EventKind.SHRANK], "four are not shown"
    scene.hold(["n00", "n01"], ["phone-new", "bank-new", "device-new"])
    events = story.tell(scene.snapshot())
    assert announced(events) == [EventKind.SPLIT]
    assert events[0].tracks == (parent, story.id_of("a00"))


def test_extremes_and_the_day_of_telling_are_remembered() -> None:
    scene, story = Scene(), Story()
    _, identifiers = scene.ring("a", 19)
    story.tell(scene.snapshot())
    scene.hold(["a19"], identifiers)
    story.tell(scene.snapshot())
    assert TrackerState.from_dict(story.state.to_dict()) == story.state
    old = story.state.to_dict()
    for track in old["tracks"]:
        for name in ("told_on", "low", "high"):
            del track[name]
    (track,) = TrackerState.from_dict(old).tracks.values()
    assert (track.told_on, track.low, track.high) == (None, None, None)


def test_who_changed_sides_a_week_before_still_explains_the_merger() -> None:
    scene, story = Scene(), Story()
    a_ring, _ = scene.ring("a", 12)
    b_ring, other = scene.ring("b", 8)
    story.tell(scene.snapshot())
    sides = {story.id_of("a00"), story.id_of("b00")}
    scene.hold(["a11"], other[:2])
    moved = together(a_ring[:-1], [*b_ring, "a11"])
    assert announced(story.tell(scene.snapshot(groups=moved))) == []
    scene.noise()
    events = story.tell(scene.snapshot())
    assert announced(events) == [EventKind.MERGED]
    assert set(events[0].tracks) == sides
    assert {link.merchant for link in events[0].causes} == {"a11"}


@pytest.mark.parametrize(("size", "survivor"), [(9, "a"), (8, "a"), (7, "b")])
def test_of_two_that_merge_the_larger_keeps_its_name(size: int, survivor: str) -> None:
    """By merchants, however much is known of the other; of equals the one with the older number."""
    scene, story = Scene(), Story()
    a_ring, poor = scene.ring("a", size)
    b_ring, _ = scene.ring("b", 8)
    scene.hold(b_ring, [f"phone-more-{at}" for at in range(9)])
    story.tell(scene.snapshot(groups=together(a_ring, b_ring)))
    names = {ring: story.id_of(f"{ring}00") for ring in "ab"}
    scene.hold(["b00"], poor[:2])
    events = story.tell(scene.snapshot(groups=together([*a_ring, *b_ring])))
    assert announced(events) == [EventKind.MERGED]
    assert events[0].tracks[0] == names[survivor]
    assert set(events[0].tracks) == set(names.values())
