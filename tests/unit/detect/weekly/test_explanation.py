"""What joined two clusters, proved by undoing it."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from detect.network.corroboration import cluster
from detect.weekly.changes import LinkChange
from detect.weekly.explanation import (
    EXPLAINED,
    NOT_EXPLAINED,
    Explanation,
    ExplanationLimits,
    explain,
    quick_explain,
)
from detect.weekly.tracks import Track
from tests.unit.detect.weekly.scenes import Scene, Story, present


def rings() -> tuple[Scene, Story, tuple[Track, Track], dict[str, list[str]]]:
    scene, story = Scene(), Story()
    owned = {name: scene.ring(name, 8)[1] for name in "abc"}
    story.tell(scene.snapshot())
    return scene, story, sides_of(story), owned


def sides_of(story: Story) -> tuple[Track, Track]:
    return (
        story.state.tracks[story.id_of("a00")],
        story.state.tracks[story.id_of("b00")],
    )


def explained(
    story: Story, sides: tuple[Track, Track], limits: ExplanationLimits | None = None
) -> Explanation:
    return explain(sides, present(story), story.state.history, cluster, limits)


def test_bridging_links_are_named_and_proved() -> None:
    scene, story, sides, owned = rings()
    scene.hold(["a00"], owned["b"][:3])
    scene.hold(["a01", "c03"], ["phone-unrelated"])
    scene.drop(["b05"], owned["b"][3:])
    story.tell(scene.snapshot())
    found = explained(story, sides)
    assert found.label == EXPLAINED
    assert found.bridging.verified
    assert {(link.merchant, link.identifier) for link in found.bridging.links} == {
        ("a00", identifier) for identifier in owned["b"][:3]
    }
    # Two of three suffice to join, so undoing two sets them apart.
    assert found.cut.verified
    assert len(found.cut.links) == 2
    assert set(found.cut.links) < set(found.bridging.links)


def test_a_join_by_removal_is_explained_by_what_was_removed() -> None:
    scene, story = Scene(), Story()
    both = ["phone-both", "bank-both", "device-both"]
    for name in "ab":
        members, _ = scene.ring(name, 7)
        scene.hold(members, both)
    crowd = {identifier: [f"{identifier}-{at}" for at in range(10)] for identifier in both}
    for identifier, holders in crowd.items():
        scene.hold(holders, [identifier])
    story.tell(scene.snapshot())
    sides = sides_of(story)
    for holders in crowd.values():
        scene.drop(holders[:5])
    story.tell(scene.snapshot())
    found = explained(story, sides)
    assert found.bridging.links == ()
    assert not found.bridging.verified
    assert found.label == EXPLAINED
    assert {link.change for link in found.cut.links} == {LinkChange.REMOVED}


def test_a_gradual_join_reaches_back() -> None:
    scene, story, sides, owned = rings()
    scene.hold(["a00"], owned["b"][:1])
    story.tell(scene.snapshot())
    scene.hold(["a00"], owned["b"][1:3])
    scene.hold(["a01"], owned["b"][:1])
    story.tell(scene.snapshot())
    scene.hold(["a01"], owned["b"][1:2])
    story.tell(scene.snapshot())
    found = explained(story, sides)
    assert found.weeks > 1
    assert found.label == EXPLAINED
    assert {link.merchant for link in found.bridging.links} == {"a00", "a01"}


def test_clusters_that_are_not_together_are_not_explained() -> None:
    scene, story, sides, _ = rings()
    scene.noise()
    story.tell(scene.snapshot())
    assert explained(story, sides).label == NOT_EXPLAINED


def test_a_spent_budget_claims_nothing_for_the_cut() -> None:
    scene, story, sides, owned = rings()
    scene.hold(["a00", "a01", "a02"], owned["b"])
    story.tell(scene.snapshot())
    found = explained(story, sides, ExplanationLimits(max_calls=3))
    assert found.bridging.verified
    assert not found.cut.verified
    assert found.calls == 3


@given(st.lists(st.frozensets(st.integers(0, 9), min_size=1, max_size=4), min_size=1, max_size=4))
def test_quick_explain_finds_an_irreducible_set(enough: list[frozenset[int]]) -> None:
    def is_enough(chosen: Sequence[int]) -> bool:
        return any(need <= set(chosen) for need in enough)

    found = quick_explain(list(range(10)), is_enough)
    assert is_enough(found)
    for change in found:
        assert not is_enough([other for other in found if other != change])


def test_quick_explain_keeps_the_earlier_by_preference() -> None:
    found = quick_explain([3, 1, 2], lambda chosen: bool({3, 1, 2} & set(chosen)))
    assert found == [3]
