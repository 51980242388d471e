from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.planted_world import LEVELS, world
from detect.network.changes import LinkChange
from detect.network.corroboration import DEFAULT, GENEROUS, CorroborationSettings, cluster
from detect.network.incidence import Incidence, LinkKind, build
from detect.network.update import Followed, follow, stages_agree, update
from tests.unit.detect.network.shapes import (
    ADDRESS,
    DEVICE,
    KINDS,
    LICENCE_PHONE,
    PAYEE,
    Link,
    groups,
    hold,
    link_lists,
)

#: Caps so low that small worlds cross them in both directions.
TIGHT = replace(DEFAULT, cap=3, strong_cap=2)
LOOSE = replace(GENEROUS, cap=4, strong_cap=5, min_shared=1.0)
RULES = (DEFAULT, GENEROUS, TIGHT, LOOSE)


def known(links: Sequence[Link]) -> Incidence:
    """An incidence that knows every kind, also those without a link."""
    columns: dict[LinkKind, tuple[list[str], list[str], list[int]]] = {
        kind: ([], [], []) for kind in KINDS
    }
    for link in links:
        merchants, identifiers, days = columns[link.kind]
        merchants.append(link.merchant)
        identifiers.append(link.identifier)
        days.append(link.day)
    return build(columns)


def changed(links: Sequence[Link]) -> list[LinkChange]:
    return [LinkChange(link.merchant, link.identifier, link.kind.name, link.day) for link in links]


def same_as_full_run(found: Followed) -> None:
    full = cluster(found.incidence, found.settings)
    np.testing.assert_array_equal(found.clustering.label, full.label)
    np.testing.assert_array_equal(found.clustering.owned_by, full.owned_by)
    assert stages_agree(found, follow(found.incidence, found.settings))


def linked(given: Incidence) -> set[tuple[str, str, str, int]]:
    columns = (given.merchant, given.identifier, given.kind, given.first_seen_day)
    return {
        (given.merchants[m], given.identifiers[i], given.kinds[k].name, day)
        for m, i, k, day in zip(*(column.tolist() for column in columns), strict=True)
    }


@settings(max_examples=80)
@given(link_lists(), link_lists(), st.data(), st.sampled_from(RULES))
def test_an_update_is_a_full_run(
    links: list[Link], gained: list[Link], data: st.DataObject, rules: CorroborationSettings
) -> None:
    found = follow(known(links), rules)
    same_as_full_run(found)
    for part in (gained[::2], gained[1::2]):
        lost = data.draw(st.lists(st.sampled_from(links), max_size=20)) if links else []
        found = update(found, changed(part), changed(lost))
        same_as_full_run(found)


@given(link_lists(), link_lists(), link_lists())
def test_links_after_changes_are_those_built_anew(
    links: list[Link], gained: list[Link], lost: list[Link]
) -> None:
    lost = [*lost, *links[::3]]
    gone = {(link.merchant, link.identifier, link.kind) for link in lost}
    stay = [link for link in links if (link.merchant, link.identifier, link.kind) not in gone]
    found = update(follow(known(links)), changed(gained), changed(lost)).incidence
    anew = known([*stay, *gained])
    assert linked(found) == linked(anew)
    assert set(anew.merchants) <= set(found.merchants)
    order = np.lexsort((found.kind, found.identifier, found.merchant))
    np.testing.assert_array_equal(order, np.arange(found.merchant.size))
    assert list(found.merchants) == sorted(found.merchants)
    assert list(found.identifiers) == sorted(found.identifiers)


@given(link_lists(), link_lists())
def test_what_comes_and_goes_leaves_everything_as_it_was(
    links: list[Link], more: list[Link]
) -> None:
    before = known(links)
    there = {(link.merchant, link.identifier, link.kind) for link in links}
    new = [link for link in more if (link.merchant, link.identifier, link.kind) not in there]
    found = update(update(follow(before), changed(new)), (), changed(new))
    assert linked(found.incidence) == linked(before)
    assert groups(found.clustering, found.incidence) == groups(cluster(before), before)


def test_an_identifier_that_becomes_a_hub_takes_its_cluster_apart_and_back() -> None:
    links = [*hold("abc", "phone-1"), *hold("abc", "device-1", DEVICE)]
    found = follow(known(links), TIGHT)
    assert found.clustering.count == 1
    crowd = changed(hold("x", "phone-1"))
    crossed = update(found, crowd)
    assert crossed.clustering.count == 0
    same_as_full_run(crossed)
    back = update(crossed, (), crowd)
    assert groups(back.clustering, back.incidence) == {frozenset("abc")}


def test_a_strong_identifier_that_becomes_common_no_longer_ties_those_nobody_named() -> None:
    found = follow(known(hold("abcde", "payee-1", PAYEE)))
    assert found.clustering.count == 1
    assert update(found, changed(hold("f", "payee-1"))).clustering.count == 0


def test_a_bridge_joins_two_clusters_and_its_loss_parts_them() -> None:
    one = [*hold("abc", "phone-1"), *hold("abc", "device-1", DEVICE)]
    other = [*hold("xyz", "phone-2"), *hold("xyz", "device-2", DEVICE)]
    bridge = [*hold("ax", "address-1", ADDRESS), *hold("by", "address-2", ADDRESS)]
    apart = follow(known([*one, *other]))
    together = update(apart, changed(bridge))
    assert groups(together.clustering, together.incidence) == {frozenset("abcxyz")}
    parted = update(together, (), changed(bridge[:1]))
    assert groups(parted.clustering, parted.incidence) == {frozenset("abc"), frozenset("xyz")}


def test_a_cluster_that_no_change_names_is_joined_and_left_by_one_that_changed() -> None:
    one = [*hold("abc", "phone-1"), *hold("abc", "device-1", DEVICE)]
    other = [*hold("xyz", "phone-2"), *hold("xyz", "device-2", DEVICE)]
    # Strangers hold the bridges too, so that these stay rare and their holders are not touched.
    theirs = [*hold("xo", "address-1", ADDRESS), *hold("yp", "address-2", ADDRESS)]
    ours = [*hold("a", "address-1", ADDRESS), *hold("b", "address-2", ADDRESS)]
    apart = follow(known([*one, *other, *theirs]))
    together = update(apart, changed(ours))
    assert groups(together.clustering, together.incidence) == {frozenset("abcxyz")}
    parted = update(together, (), changed(ours[:1]))
    assert groups(parted.clustering, parted.incidence) == {frozenset("abc"), frozenset("xyz")}


def test_a_merchant_nobody_knew_takes_its_place_in_the_order_of_names() -> None:
    found = follow(known([*hold("bcd", "phone-1"), *hold("bcd", "device-1", DEVICE)]))
    new = [*hold("ae", "phone-1"), *hold("ae", "device-0", DEVICE), *hold("ae", "device-1", DEVICE)]
    wider = update(found, changed(new))
    assert groups(wider.clustering, wider.incidence) == {frozenset("abcde")}
    same_as_full_run(wider)


def test_a_link_gained_again_keeps_its_earliest_day() -> None:
    found = follow(known([Link("a", "phone-1", day=20_500)]))
    again = [LinkChange("a", "phone-1", "phone", day) for day in (20_600, 20_450)]
    assert linked(update(found, again).incidence) == {("a", "phone-1", "phone", 20_450)}


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(KeyError):
        update(follow(known([])), [LinkChange("a", "phone-1", "unheard")])


def test_a_rule_that_looks_beyond_a_region_means_a_full_run() -> None:
    by_source = replace(DEFAULT, same_source_worth=0.0)
    found = follow(known([*hold("abc", "phone-1"), *hold("abc", "device-1", DEVICE)]), by_source)
    assert found.clustering.count == 0
    # The register's word makes the phone another source type; nobody but "a" is named by the change.
    told = update(found, changed(hold("a", "address-1", ADDRESS)))
    same_as_full_run(told)
    same_as_full_run(update(told, changed(hold("ab", "phone-1", LICENCE_PHONE))))


@pytest.mark.parametrize("level", ["medium", "brutal"])
def test_a_thousand_changes_in_a_planted_world(level: str) -> None:
    made = world(LEVELS[level], 6_000, seed=7).incidence
    found = follow(made, GENEROUS)
    random = np.random.default_rng(1)
    inside = np.flatnonzero(found.clustering.label[made.merchant] >= 0)
    for among in (np.arange(made.merchant.size), inside):
        lost = [_change(made, at) for at in random.choice(among, 500, replace=False).tolist()]
        taken = random.choice(among, 500, replace=False).tolist()
        gained = [
            replace(_change(made, at), merchant=made.merchants[random.integers(6_000)])
            for at in taken
        ]
        found = update(found, gained, lost)
        same_as_full_run(found)


def _change(given: Incidence, at: int) -> LinkChange:
    return LinkChange(
        given.merchants[given.merchant[at]],
        given.identifiers[given.identifier[at]],
        given.kinds[given.kind[at]].name,
        int(given.first_seen_day[at]),
    )


@pytest.mark.parametrize(("level", "rules"), [("medium", GENEROUS), ("hard", DEFAULT)])
def test_many_changes_at_once_give_what_a_full_run_gives(
    level: str, rules: CorroborationSettings
) -> None:
    last = follow(world(LEVELS[level], 2_000, 0).incidence, rules)
    random = np.random.default_rng(0)

    def picked(count: int) -> list[LinkChange]:
        links = last.incidence
        return [
            LinkChange(
                links.merchants[links.merchant[at]],
                links.identifiers[links.identifier[at]],
                links.kinds[links.kind[at]].name,
            )
            for at in random.integers(0, links.merchant.size, count).tolist()
        ]

    for turn in range(4):
        lost = picked(30)
        gained = [
            replace(change, merchant=last.incidence.merchants[int(random.integers(2_000))])
            for change in picked(30)
        ]
        gained.append(replace(gained[0], merchant=f"a-new-one-{turn}"))
        last = update(last, gained, lost)
        same_as_full_run(last)
        np.testing.assert_array_equal(last.owned, follow(last.incidence, rules).owned)
