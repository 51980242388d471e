"""What is remembered: JSON round trips, recognising unchanged data, independence of row order."""

from __future__ import annotations

import json
import random
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detect.network.clustering import Clustering
from detect.network.incidence import Incidence
from detect.weekly.changes import (
    ChangedLink,
    LinkChange,
    WeekChange,
    difference,
    net_changes,
    recall,
)
from detect.weekly.events import Event, EventKind
from detect.weekly.snapshot import SnapshotMismatchError, digest_of, take
from detect.weekly.tracker import advance, follow
from detect.weekly.tracks import (
    Anchor,
    FeedAlarm,
    Track,
    TrackerState,
    TrackStatus,
)
from tests.unit.detect.weekly.scenes import FIRST, Scene, Story, announced

names = st.text(min_size=1, max_size=4)
days = st.dates(date(2020, 1, 1), date(2030, 1, 1))
links = st.builds(ChangedLink, names, names, names, days, days, st.sampled_from(LinkChange))
weights = st.floats(0.25, 4, allow_nan=False)
tracks = st.builds(
    Track,
    id=st.integers(1, 99).map("C-{:06d}".format),
    status=st.sampled_from(TrackStatus),
    members=st.dictionaries(names, weights, max_size=4),
    identifiers=st.frozensets(names, max_size=4),
    core=st.integers(0, 99),
    anchor=st.builds(
        Anchor, st.integers(0, 99), st.frozensets(names, max_size=3), st.frozensets(names)
    ),
    born_on=days,
    seen_on=days,
    parents=st.lists(names, max_size=2).map(tuple),
    lost_at=st.none() | st.integers(0, 99),
    merged_into=st.none() | names,
    is_merge_announced=st.booleans(),
    is_shown=st.booleans(),
)
states = st.builds(
    TrackerState,
    digest=st.none() | names,
    as_of=st.none() | days,
    clock=st.integers(0, 99),
    next_number=st.integers(1, 99),
    tracks=st.lists(tracks, max_size=3).map(lambda found: {track.id: track for track in found}),
    history=st.lists(
        st.builds(WeekChange, st.integers(0, 9), days, st.lists(links, max_size=3).map(tuple)),
        max_size=2,
    ).map(tuple),
    alarms=st.lists(
        st.builds(FeedAlarm, names, st.integers(0), st.integers(0), st.integers(0)), max_size=2
    ).map(tuple),
    hold_until=st.integers(-1, 9),
    alerted=st.dictionaries(st.tuples(names, names), days, max_size=2),
)
events = st.builds(
    Event,
    st.sampled_from(EventKind),
    days,
    st.lists(names, max_size=3).map(tuple),
    st.lists(names, max_size=3).map(tuple),
    st.lists(names, max_size=3).map(tuple),
    st.lists(links, max_size=3).map(tuple),
    st.none() | st.sampled_from(EventKind),
    st.none() | days,
    st.booleans(),
    st.booleans(),
)


@given(states)
def test_state_survives_json(state: TrackerState) -> None:
    assert TrackerState.from_dict(json.loads(json.dumps(state.to_dict()))) == state


@given(events)
def test_event_survives_json(event: Event) -> None:
    assert Event.from_dict(json.loads(json.dumps(event.to_dict()))) == event


def test_state_of_another_version_is_refused() -> None:
    data: dict[str, Any] = TrackerState().to_dict() | {"version": 0}
    with pytest.raises(ValueError, match="version 0"):
        TrackerState.from_dict(data)


# Edits of a small world: (merchant, ring, how many of its identifiers, add or cut).
edits = st.lists(
    st.lists(
        st.tuples(st.integers(0, 29), st.integers(0, 2), st.integers(1, 4), st.booleans()),
        max_size=12,
    ),
    min_size=1,
    max_size=5,
)


def edited(scene: Scene, week: list[tuple[int, int, int, bool]]) -> None:
    for merchant, ring, count, is_added in week:
        change = scene.hold if is_added else scene.drop
        owned = [f"{kind}-{'abc'[ring]}" for kind in ("address", "bank", "device", "phone")]
        change([f"{'abc'[merchant // 10]}{merchant % 10:02d}"], owned[:count])


def started() -> Scene:
    scene = Scene()
    for name in "abc":
        scene.ring(name, 8)
    return scene


@given(edits)
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
def test_any_history_keeps_the_books_straight(
    weeks: list[list[tuple[int, int, int, bool]]],
) -> None:
    scene, story = started(), Story()
    story.tell(scene.snapshot())
    known = set(story.state.tracks)
    for week in weeks:
        edited(scene, week)
        snapshot = scene.snapshot()
        told = story.tell(snapshot)
        active = [
            track for track in story.state.tracks.values() if track.status is TrackStatus.ACTIVE
        ]
        held = [merchant for track in active for merchant in track.members]
        assert len(held) == len(set(held)), "a merchant is in two active tracks"
        for event in told:
            assert set(event.tracks) <= known | set(story.state.tracks)
            assert event.causes or not event.is_announced or event.kind is EventKind.DISSOLVED
        known |= set(story.state.tracks)
        # The same week again: nothing happens and nothing moves.
        assert advance(story.state, snapshot, snapshot) == (story.state, [])
        assert TrackerState.from_dict(json.loads(json.dumps(story.state.to_dict()))) == story.state


@given(edits, st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.too_slow])
def test_row_order_and_cluster_numbers_do_not_matter(
    weeks: list[list[tuple[int, int, int, bool]]], shuffle: random.Random
) -> None:
    scene, story, other = started(), Story(), Story()
    for week in [[], *weeks]:
        edited(scene, week)
        order = list(range(len(scene.links)))
        shuffle.shuffle(order)
        incidence = scene.incidence(order)
        snapshot = scene.snapshot()
        relabelled = renumbered(snapshot.clustering, shuffle)
        twin = take(snapshot.as_of, incidence, relabelled, snapshot.closed_merchants)
        assert twin.digest == snapshot.digest
        assert other.tell(twin) == story.tell(snapshot)
        assert other.state == story.state
        assert json.dumps(other.state.to_dict()) == json.dumps(story.state.to_dict())


def renumbered(clustering: Clustering, shuffle: random.Random) -> Clustering:
    numbers = list(range(clustering.count))
    shuffle.shuffle(numbers)
    label, owned_by = clustering.label.copy(), clustering.owned_by.copy()
    for old, new in enumerate(numbers):
        label[clustering.label == old] = new
        owned_by[clustering.owned_by == old] = new
    return Clustering(label, owned_by)


def test_digest_follows_holdings_and_closures_only() -> None:
    scene = started()
    first = digest_of(scene.incidence(), frozenset())
    redated = {key: day + timedelta(days=9) for key, day in scene.links.items()}
    assert digest_of(Scene(redated).incidence(), frozenset()) == first
    assert digest_of(scene.incidence(), frozenset({"a00"})) != first
    scene.drop(["a00"], ["phone-a"])
    assert digest_of(scene.incidence(), frozenset()) != first


def test_digest_sees_an_unsorted_incidence_as_the_same() -> None:
    incidence = started().incidence()
    flipped = Incidence(
        incidence.merchants,
        incidence.identifiers,
        incidence.kinds,
        incidence.merchant[::-1],
        incidence.identifier[::-1],
        incidence.kind[::-1],
        incidence.first_seen_day[::-1],
    )
    assert digest_of(flipped, frozenset()) == digest_of(incidence, frozenset())


def test_a_foreign_previous_snapshot_is_refused() -> None:
    scene = started()
    first = scene.snapshot()
    state, _ = advance(TrackerState(), None, first)
    scene.noise()
    second = scene.snapshot()
    with pytest.raises(SnapshotMismatchError):
        advance(state, None, second)
    scene.noise()
    with pytest.raises(SnapshotMismatchError):
        advance(state, second, scene.snapshot())


def test_difference_names_added_and_removed_links() -> None:
    scene = started()
    first = scene.snapshot()
    scene.drop(["a00"], ["phone-a"])
    scene.hold(["new"], ["bank-b"])
    second = scene.snapshot()
    found = {(link.merchant, link.identifier, link.change) for link in difference(first, second)}
    assert found == {
        ("a00", "phone-a", LinkChange.REMOVED),
        ("new", "bank-b", LinkChange.ADDED),
    }
    assert difference(first, second, max_holders=7) == ()


def test_net_changes_cancel_what_came_and_went() -> None:
    scene, history = started(), []
    last = scene.snapshot()
    for clock in (1, 2):
        change = scene.hold if clock == 1 else scene.drop
        change(["a00"], ["bank-b"])
        scene.hold(["a01"], [f"bank-x{clock}"])
        current = scene.snapshot()
        history.append(WeekChange(clock, current.as_of, difference(last, current)))
        last = current
    assert [link.identifier for link in net_changes(history)] == ["bank-x1", "bank-x2"]


def test_what_came_back_is_neither_new_nor_lost() -> None:
    scene, history = started(), []
    last = scene.snapshot()
    for clock, change in ((1, scene.drop), (2, scene.hold)):
        change(["a00"], ["phone-a"])
        scene.hold(["a01"], [f"bank-x{clock}"])
        current = scene.snapshot()
        history.append(WeekChange(clock, current.as_of, difference(last, current)))
        last = current
    recent = recall(history, frozenset())
    assert recent.removed == {}
    assert set(recent.added) == {"a01"}
    assert recent.new_on("a01", frozenset({"bank-x1", "bank-x2"}), weeks=1) == [
        link for link in history[1].links if link.identifier == "bank-x2"
    ]


def test_lost_and_found_within_memory_is_silent() -> None:
    scene, story = started(), Story()
    story.tell(scene.snapshot())
    track = story.id_of("a00")
    story.tell(scene.snapshot(groups={}))  # unchanged data: even this says nothing
    scene.noise()
    story.tell(scene.snapshot(groups={}))
    assert story.state.tracks[track].status is TrackStatus.DORMANT
    scene.noise()
    assert announced(story.tell(scene.snapshot())) == []
    assert story.id_of("a00") == track


def test_first_week_counts_as_seen() -> None:
    scene = started()
    outcome = follow(TrackerState(), None, scene.snapshot())
    assert [event.kind for event in outcome.events] == [EventKind.BORN] * 3
    assert all(event.is_baseline and not event.is_announced for event in outcome.events)
    assert outcome.state.as_of == FIRST
    assert outcome.alerts == ()
