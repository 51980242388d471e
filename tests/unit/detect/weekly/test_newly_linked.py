"""Newly-linked alerts: two identifiers, one of them new, once per pair."""

from __future__ import annotations

import pytest

from detect.weekly.events import EventKind
from tests.unit.detect.weekly.scenes import Scene, Story, announced


def two_rings() -> tuple[Scene, Story, dict[str, list[str]]]:
    scene, story = Scene(), Story()
    owned = {name: scene.ring(name, 8)[1] for name in "ab"}
    story.tell(scene.snapshot())
    return scene, story, owned


APART = {f"{name}{at:02d}": "ab".index(name) for name in "ab" for at in range(8)}


def test_two_identifiers_of_the_other_cluster_alert_at_once() -> None:
    scene, story, owned = two_rings()
    scene.hold(["a00"], owned["b"][:1])
    story.tell(scene.snapshot(groups=APART))
    assert story.alerts == []  # one identifier is a coincidence
    scene.hold(["a00"], owned["b"][1:2])
    story.tell(scene.snapshot(groups=APART))
    (alert,) = story.alerts
    assert (alert.a, alert.b, alert.merged) == (story.id_of("a00"), story.id_of("b00"), False)
    assert [link.identifier for link in alert.links] == owned["b"][1:2]


def test_a_pair_rests_eight_weeks() -> None:
    scene, story, owned = two_rings()
    scene.hold(["a00"], owned["b"][:2])
    story.tell(scene.snapshot(groups=APART))
    assert len(story.alerts) == 1
    told = []
    for at in range(1, 9):
        scene.hold([f"a{at % 8:02d}" if at < 8 else "b00"], owned["b" if at < 8 else "a"][:2])
        story.tell(scene.snapshot(groups=APART))
        told.append(len(story.alerts))
    assert told == [0] * 7 + [1]


def test_a_merge_alerts_as_merged() -> None:
    scene, story, owned = two_rings()
    ids = (story.id_of("a00"), story.id_of("b00"))
    scene.hold(["a00"], owned["b"][:2])
    events = story.tell(scene.snapshot())
    assert announced(events) == [EventKind.MERGED]
    (alert,) = story.alerts
    assert (alert.a, alert.b, alert.merged) == (*ids, True)
    assert {link.identifier for link in alert.links} == set(owned["b"][:2])


@pytest.mark.parametrize("is_known_before", [True, False])
def test_an_outsider_holding_two_of_each_bridges(is_known_before: bool) -> None:
    scene, story, owned = two_rings()
    if is_known_before:
        scene.hold(["outsider"], owned["a"][:2])
        story.tell(scene.snapshot(groups=APART))
        assert story.alerts == []
    scene.hold(["outsider"], [*owned["a"][:2], *owned["b"][:2]])
    story.tell(scene.snapshot(groups=APART))
    (alert,) = story.alerts
    assert (alert.a, alert.b) == (story.id_of("a00"), story.id_of("b00"))
    assert {link.merchant for link in alert.links} == {"outsider"}


def test_old_bridges_and_still_weeks_are_silent() -> None:
    scene, story = Scene(), Story()
    owned = {name: scene.ring(name, 8)[1] for name in "ab"}
    scene.hold(["a00"], owned["b"][:2])
    story.tell(scene.snapshot(groups=APART))
    scene.noise()
    story.tell(scene.snapshot(groups=APART))
    assert story.alerts == []
    scene.hold(["a01"], owned["b"][:2])
    story.tell(scene.snapshot(groups=APART))
    assert len(story.alerts) == 1
    story.tell(scene.snapshot(groups=APART))
    assert story.alerts == []


def test_links_that_only_came_back_are_not_new() -> None:
    scene, story = Scene(), Story()
    owned = {name: scene.ring(name, 8)[1] for name in "ab"}
    scene.hold(["a00"], owned["b"][:2])
    story.tell(scene.snapshot(groups=APART))
    scene.drop(["a00"], owned["b"][:2])
    story.tell(scene.snapshot(groups=APART))
    scene.hold(["a00"], owned["b"][:2])
    story.tell(scene.snapshot(groups=APART))
    assert story.alerts == []
