"""The fifteen ways in which following clusters from week to week is known to go wrong."""

from __future__ import annotations

from datetime import timedelta

from detect.weekly import causes
from detect.weekly.changes import recall
from detect.weekly.events import EventKind
from detect.weekly.matching import fronts
from detect.weekly.settings import DEFAULT_SETTINGS
from detect.weekly.tracks import TrackStatus
from tests.unit.detect.weekly.scenes import FIRST, OLD, Scene, Story, announced, present


def test_01_clock_trap_no_clock_moves_in_an_unchanged_week() -> None:
    scene, story = Scene(), Story()
    _, identifiers = scene.ring("a", 10)
    story.tell(scene.snapshot())
    track = story.id_of("a00")
    # Strangers push every identifier over the cap: the cluster vanishes and no record was lost.
    scene.hold([f"stranger{at:02d}" for at in range(15)], identifiers)
    story.tell(scene.snapshot(groups={}))
    assert story.state.tracks[track].status is TrackStatus.DORMANT
    waiting = story.state
    for _ in range(10):
        assert story.tell(scene.snapshot(groups={})) == []
        assert story.state == waiting
    told = []
    for _ in range(3):
        scene.noise()
        told.append(announced(story.tell(scene.snapshot(groups={}))))
    assert told == [[], [], [EventKind.DISSOLVED]]


def test_02_size_cap_flags_and_never_hides() -> None:
    scene, story = Scene(), Story()
    chains = {name: _chain(scene, name, 176) for name in "abc"}
    story.tell(scene.snapshot())
    assert len({story.id_of(chain[0]) for chain in chains.values()}) == 3
    scene.hold([chains["a"][0]], ["phone-b000", "bank-b000"])
    scene.hold([chains["c"][0]], ["phone-b005", "bank-b005"])
    events = story.tell(scene.snapshot())
    assert announced(events) == [EventKind.MERGED]
    assert events[0].is_oversize
    assert len(story.state.tracks[story.id_of(chains["b"][0])].members) == 528
    scene.noise()
    assert story.tell(scene.snapshot()) == []


def _chain(scene: Scene, name: str, size: int) -> list[str]:
    """Merchants in blocks of 8, each block sharing two identifiers with the block before."""
    members = [f"{name}{at:03d}" for at in range(size)]
    for at, member in enumerate(members):
        block = at // 8
        for number in (block, block + 1):
            scene.hold([member], [f"phone-{name}{number:03d}", f"bank-{name}{number:03d}"])
    return members


def test_03_outage_and_restore_announce_nothing() -> None:
    scene, story = Scene(), Story()
    for at in range(30):
        scene.ring(f"r{at:02d}-", 10)
    story.tell(scene.snapshot())
    complete = dict(scene.links)
    failed = {f"r{ring:02d}-{at:02d}" for ring in range(6) for at in range(10)}
    scene.links = {
        key: day
        for key, day in complete.items()
        if key[0] not in failed or key[2] not in ("phone", "device", "bank")
    }
    assert announced(story.tell(scene.snapshot())) == []
    assert [alarm.kind for alarm in story.state.alarms] == ["bank", "device", "phone"]
    scene.links = complete
    assert announced(story.tell(scene.snapshot())) == []
    assert story.state.alarms == ()
    scene.noise()
    assert announced(story.tell(scene.snapshot())) == []
    assert {track.status for track in story.state.tracks.values()} == {TrackStatus.ACTIVE}


def test_03_outage_that_stays_is_believed_in_the_end() -> None:
    scene, story = Scene(), Story()
    for at in range(30):
        scene.ring(f"r{at:02d}-", 10)
    story.tell(scene.snapshot())
    scene.drop([f"r{ring:02d}-{at:02d}" for ring in range(6) for at in range(10)])
    told = []
    for _ in range(14):
        scene.noise()
        told.append(announced(story.tell(scene.snapshot())))
    assert told[:8] == [[]] * 8
    assert sorted(kind for week in told for kind in week) == [EventKind.DISSOLVED] * 6


def test_03_a_merge_during_an_outage_is_told_after_it() -> None:
    scene, story = Scene(), Story()
    owned = [scene.ring(f"r{at:02d}-", 10)[1] for at in range(30)]
    story.tell(scene.snapshot())
    sides = (story.id_of("r28-00"), story.id_of("r29-00"))
    complete = dict(scene.links)
    scene.drop([f"r{ring:02d}-{at:02d}" for ring in range(6) for at in range(10)])
    scene.hold(["r28-00"], owned[29][:2])
    assert announced(story.tell(scene.snapshot())) == []
    assert [(alert.a, alert.b, alert.merged) for alert in story.alerts] == [(*sides, False)]
    scene.links = complete | scene.links
    assert announced(story.tell(scene.snapshot())) == []
    scene.noise()
    events = story.tell(scene.snapshot())
    assert announced(events) == [EventKind.MERGED]
    assert events[0].tracks == sides


def test_04_renamed_stores_keep_their_track() -> None:
    scene, story = Scene(), Story()
    members, identifiers = scene.ring("a", 10)
    story.tell(scene.snapshot())
    track = story.id_of("a00")
    scene.close(members)
    scene.hold([f"b{at:02d}" for at in range(10)], identifiers)
    assert announced(story.tell(scene.snapshot())) == []
    assert story.id_of("b00") == track


def test_04_renamed_stores_are_reborn_after_a_dissolution() -> None:
    scene, story = Scene(), Story()
    members, identifiers = scene.ring("a", 10)
    story.tell(scene.snapshot())
    track = story.id_of("a00")
    scene.close(members)
    assert announced(story.tell(scene.snapshot())) == [EventKind.DISSOLVED]
    for _ in range(4):
        scene.noise()
        assert story.tell(scene.snapshot()) == []
    scene.hold([f"b{at:02d}" for at in range(8)], identifiers)
    events = story.tell(scene.snapshot())
    assert announced(events) == [EventKind.REBORN]
    assert events[0].tracks == (track,)
    assert story.id_of("b00") == track


def test_05_slow_drip_is_announced_against_the_anchor() -> None:
    scene, story = Scene(), Story()
    _, identifiers = scene.ring("a", 12)
    story.tell(scene.snapshot())
    told = []
    for at in range(12, 16):
        scene.hold([f"a{at}"], identifiers)
        told.append(announced(story.tell(scene.snapshot())))
    assert told == [[], [], [EventKind.GREW], []]


def test_06_unequal_merge_keeps_the_smaller_side() -> None:
    scene, story = Scene(), Story()
    _, large = scene.ring("a", 18)
    scene.ring("b", 5)
    story.tell(scene.snapshot())
    sides = (story.id_of("a00"), story.id_of("b00"))
    scene.hold(["b00"], large[:2])
    events = story.tell(scene.snapshot())
    assert announced(events) == [EventKind.MERGED]
    assert events[0].tracks == sides
    assert {(link.merchant, link.identifier) for link in events[0].causes} == {
        ("b00", large[0]),
        ("b00", large[1]),
    }
    for _ in range(4):
        scene.noise()
        assert announced(story.tell(scene.snapshot())) == []


def test_07_fast_growth_is_growth() -> None:
    scene, story = Scene(), Story()
    _, identifiers = scene.ring("a", 7)
    story.tell(scene.snapshot())
    track = story.id_of("a00")
    scene.hold([f"a{at:02d}" for at in range(7, 16)], identifiers)
    events = story.tell(scene.snapshot())
    assert announced(events) == [EventKind.GREW]
    assert events[0].tracks == (track,)
    assert events[0].gained == tuple(f"a{at:02d}" for at in range(7, 16))


def test_08_split_cause_is_looked_for_on_both_sides() -> None:
    scene, story = Scene(), Story()
    members, identifiers = scene.ring("a", 12)
    story.tell(scene.snapshot())
    parent = story.state.tracks[story.id_of("a00")]
    scene.drop(members[:6], identifiers)
    scene.hold(members[:6], [f"{kind}-new" for kind in ("phone", "bank", "device")])
    events = story.tell(scene.snapshot())
    assert announced(events) == [EventKind.SPLIT]
    assert {story.id_of("a00"), story.id_of("a11")} == set(events[0].tracks)
    # Whichever half is taken for the child, the same records explain the split.
    changes = recall(story.state.history, frozenset())
    for half in fronts(present(story), DEFAULT_SETTINGS):
        verdict = causes.split(parent, half, changes, DEFAULT_SETTINGS.cause)
        assert verdict.is_explained
        assert {link.merchant for link in verdict.links} == set(members[:6])


def test_09_first_week_growth_is_not_swallowed_by_anchoring() -> None:
    scene, story = Scene(), Story()
    _, identifiers = scene.ring("a", 10)
    baseline = story.tell(scene.snapshot())
    assert [event.kind for event in baseline] == [EventKind.BORN]
    assert announced(baseline) == []
    scene.hold([f"a{at}" for at in range(10, 14)], identifiers)
    assert announced(story.tell(scene.snapshot())) == [EventKind.GREW]


def test_10_merge_that_no_record_caused_is_logged_only() -> None:
    scene, story = Scene(), Story()
    both = ["phone-both", "bank-both", "device-both"]
    for name in "ab":
        members, _ = scene.ring(name, 7)
        scene.hold(members, both)
    crowd = [f"crowd{at:02d}" for at in range(10)]
    for at, identifier in enumerate(both):
        scene.hold([f"{name}{at}" for name in crowd], [identifier])  # 24 holders: over the cap
    story.tell(scene.snapshot())
    assert story.id_of("a00") != story.id_of("b00")
    scene.drop([f"{name}{at}" for name in crowd for at in range(3)])
    events = story.tell(scene.snapshot())
    assert [(event.kind, event.would_be) for event in events] == [
        (EventKind.REGROUPED, EventKind.MERGED)
    ]
    assert story.id_of("a00") == story.id_of("b00")
    # Coming apart again is as silent as the joining was.
    for at, identifier in enumerate(both):
        scene.hold([f"{name}{at}" for name in crowd], [identifier])
    assert announced(story.tell(scene.snapshot())) == []
    assert story.id_of("a00") != story.id_of("b00")


def test_11_chain_of_clusters_joins_in_one_event() -> None:
    scene, story = Scene(), Story()
    rings = {name: scene.ring(name, 8) for name in "abcd"}
    story.tell(scene.snapshot())
    ids = [story.id_of(f"{name}00") for name in "abcd"]
    for name, other in zip("abc", "bcd", strict=True):
        scene.hold([f"{name}00"], rings[other][1][:2])
    events = story.tell(scene.snapshot())
    assert announced(events) == [EventKind.MERGED]
    assert sorted(events[0].tracks) == ids


def test_12_small_group_falling_apart_on_one_change_is_logged_only() -> None:
    scene, story = Scene(), Story()
    members, identifiers = scene.ring("a", 8)
    everyone = dict.fromkeys(members, 0)
    story.tell(scene.snapshot(groups=everyone))
    scene.drop(["a07"], identifiers[:1])
    events = story.tell(scene.snapshot(groups=dict.fromkeys(members[:5], 0)))
    assert [(event.kind, event.would_be) for event in events] == [
        (EventKind.REGROUPED, EventKind.SHRANK)
    ]


def test_13_born_means_first_visible() -> None:
    scene, story = Scene(), Story()
    scene.ring("a", 6)
    story.tell(scene.snapshot())
    members, identifiers = [f"b{at}" for at in range(8)], ["phone-b", "bank-b", "device-b"]
    scene.hold(members[:2], identifiers, since=OLD)
    story.tell(scene.snapshot())
    scene.hold(members[2:], identifiers)
    events = story.tell(scene.snapshot())
    assert announced(events) == [EventKind.BORN]
    assert events[0].oldest_record == OLD
    assert not events[0].is_baseline


def test_14_late_records_carry_both_dates() -> None:
    scene, story = Scene(), Story()
    _, identifiers = scene.ring("a", 8)
    story.tell(scene.snapshot())
    long_ago = FIRST - timedelta(days=40)
    scene.hold([f"a{at:02d}" for at in range(8, 12)], identifiers, since=long_ago)
    events = story.tell(scene.snapshot())
    assert announced(events) == [EventKind.GREW]
    assert events[0].earliest_cause == long_ago
    assert {link.noticed for link in events[0].causes} == {FIRST + timedelta(weeks=1)}


def test_15_another_partition_of_the_same_data_is_no_news() -> None:
    scene, story = Scene(), Story()
    for name in "abc":
        scene.ring(name, 9)
    story.tell(scene.snapshot())
    before = story.state
    reshuffled = {f"{name}{at:02d}": at % 2 for name in "abc" for at in range(9)}
    assert story.tell(scene.snapshot(groups=reshuffled)) == []
    assert story.state == before
    scene.noise()
    assert announced(story.tell(scene.snapshot(groups=reshuffled))) == []
