from __future__ import annotations

import numpy as np
import pytest

from benchmarks.planted import score
from benchmarks.planted_world import LEVELS, world
from detect.network import corroboration, deep
from detect.network.clustering import Clustering, from_labels
from detect.network.combined import CombinedSettings, bridged, cluster, joined, without_touches
from detect.network.incidence import Incidence
from tests.unit.detect.network.shapes import (
    ADDRESS,
    DEVICE,
    PAYEE,
    PHONE,
    Link,
    hold,
    incidence,
)

DENSE = [
    *hold("abcde", "phone-1"),
    *hold("abcde", "device-1", DEVICE),
    *hold("abcde", "address-1", ADDRESS),
]


def clustering(made: Incidence, *clusters: str) -> Clustering:
    label = np.full(len(made.merchants), -1)
    for at, members in enumerate(clusters):
        label[[made.merchants.index(name) for name in members]] = at
    return from_labels(made, label, 1, 20)


def names(made: Incidence, label: np.ndarray[tuple[int], np.dtype[np.int32]]) -> set[str]:
    return {
        "".join(made.merchants[at] for at in np.flatnonzero(label == number))
        for number in range(int(label.max(initial=-1)) + 1)
    }


def everybody(letters: str) -> Incidence:
    return incidence(*hold(letters, "phone-1"))


def test_what_one_engine_cuts_in_two_the_surer_one_joins_and_completes() -> None:
    made = everybody("abcdefgh")
    one = joined(clustering(made, "abc", "def"), clustering(made, "abcdefg"))
    assert names(made, one) == {"abcdefg"}


def test_a_fragment_of_the_surer_engine_takes_nothing_away() -> None:
    made = everybody("abcdefgh")
    one = joined(clustering(made, "abcdef"), clustering(made, "abg"))
    assert names(made, one) == {"abcdef"}


def test_a_group_only_the_surer_engine_sees_is_kept() -> None:
    made = everybody("abcdefgh")
    assert names(made, joined(clustering(made, "abc"), clustering(made, "efg"))) == {"abc", "efg"}
    assert names(made, joined(clustering(made), clustering(made, "efg"))) == {"efg"}
    assert names(made, joined(clustering(made, "abc"), clustering(made))) == {"abc"}


TWO_GROUPS = [
    *hold("abcd", "phone-1"),
    *hold("abcd", "device-1", DEVICE),
    *hold("vwxyz", "phone-2"),
    *hold("vwxyz", "device-2", DEVICE),
    *hold("vwxyz", "address-2", ADDRESS),
]


def bridged_names(*links: Link, clusters: tuple[str, ...] = ("abcd", "vwxyz")) -> set[str]:
    made = incidence(*TWO_GROUPS, *links)
    return names(made, bridged(made, clustering(made, *clusters).label))


def test_groups_with_a_member_in_common_are_one() -> None:
    bridge = [*hold("a", "phone-2"), *hold("a", "device-2", DEVICE)]
    assert bridged_names(*bridge) == {"abcdvwxyz"}
    assert bridged_names(*bridge[:1]) == {"abcd", "vwxyz"}, "one identifier may be lent"
    spread = [*hold("a", "phone-2"), *hold("b", "device-2", DEVICE)]
    assert bridged_names(*spread) == {"abcd", "vwxyz"}, "nobody is in both"


def test_a_stranger_and_an_identifier_that_nobody_owns_join_no_groups() -> None:
    stranger = [
        link
        for name in ("phone-1", "device-1", "phone-2", "device-2")
        for link in hold("s", name, DEVICE if name.startswith("d") else PHONE)
    ]
    assert bridged_names(*stranger) == {"abcd", "vwxyz"}
    shared = [*hold("abcdvwxyz", "office", ADDRESS), *hold("a", "phone-2")]
    assert bridged_names(*shared) == {"abcd", "vwxyz"}


def test_bridges_make_chains() -> None:
    third = [*hold("pqr", "phone-3"), *hold("pqr", "device-3", DEVICE)]
    chain = [
        *hold("a", "phone-2"),
        *hold("a", "device-2", DEVICE),
        *hold("z", "phone-3"),
        *hold("z", "device-3", DEVICE),
    ]
    found = bridged_names(*third, *chain, clusters=("abcd", "vwxyz", "pqr"))
    assert found == {"abcdpqrvwxyz"}


def test_who_touches_a_dense_group_by_one_identifier_is_a_stranger() -> None:
    made = incidence(*DENSE, *hold("s", "phone-1"))
    assert names(made, without_touches(made, clustering(made, "abcdes").label)) == {"abcde"}


def test_where_evidence_is_thin_one_identifier_is_enough() -> None:
    made = incidence(
        *hold("abc", "phone-1"), *hold("bcd", "device-1", DEVICE), *hold("cda", "address-1", ADDRESS),
        *hold("ds", "phone-2"),
    )  # fmt: skip
    label = clustering(made, "abcds").label
    assert names(made, without_touches(made, label)) == {"abcds"}
    assert names(made, without_touches(made, label, CombinedSettings(dense_from=2.0))) == {"abcd"}


def test_a_payee_account_of_few_counts_as_two_identifiers() -> None:
    made = incidence(*DENSE, *hold("as", "account-1", PAYEE))
    label = clustering(made, "abcdes").label
    assert names(made, without_touches(made, label)) == {"abcdes"}
    many = incidence(*DENSE, *hold("asuvwxyz", "account-1", PAYEE))
    assert names(many, without_touches(many, clustering(many, "abcdes").label)) == {"abcde"}


def test_the_loss_of_one_stranger_may_expose_another() -> None:
    made = incidence(*DENSE, *hold("rs", "phone-2"), *hold("r", "phone-1"))
    # r shares two as long as s is inside; s shares one.
    assert names(made, without_touches(made, clustering(made, "abcders").label)) == {"abcde"}


def side_by_side(groups: int, touched: int) -> Incidence:
    """Firm groups of six that share four identifiers, some touched by a stranger, and a thinner one."""
    links = hold("abcdes", "thin-1") + hold("abcde", "thin-2") + hold("abcde", "thin-3")
    for group in range(groups):
        firm = "".join(chr(0x4E00 + 8 * group + at) for at in range(6))
        for at in range(4):
            links += hold(firm, f"{group}-{at}")
        if group < touched:
            links += hold(chr(0x4E00 + 8 * group + 6), f"{group}-0")
    return incidence(*links)


@pytest.mark.parametrize(
    ("groups", "touched", "believes"),
    [(100, 0, True), (100, 4, True), (100, 5, False), (50, 0, False)],
)
def test_whether_anything_is_lent_is_seen_in_dense_groups(
    groups: int, touched: int, *, believes: bool
) -> None:
    made = side_by_side(groups, touched)  # six firm members a group: .015 of 600 are nine
    label = corroboration.cluster(made, corroboration.GENEROUS).label
    kept = names(made, without_touches(made, label))
    assert ("abcdes" in kept) == believes
    assert ("abcde" in kept) != believes
    # Who touches a dense group goes in any case.
    assert sorted({len(name) for name in kept} - {5, 6}) == []


@pytest.mark.parametrize("level", ["hard", "medium_pickup"])
def test_it_recovers_more_than_corroboration_and_names_hardly_a_stranger(level: str) -> None:
    made = world(LEVELS[level], 10_000, 7)
    best = score(made, cluster(made.incidence))
    sure = score(made, corroboration.cluster(made.incidence))
    assert best.recovered >= sure.recovered
    assert best.found_share > sure.found_share
    assert best.outsiders <= 0.02
    assert best.outsiders <= score(made, deep.cluster(made.incidence)).outsiders


def test_nothing_is_seen_in_a_world_without_networks() -> None:
    for seed in (1, 2):
        made = world(LEVELS["medium"], 10_000, seed, is_null=True)
        found = score(made, cluster(made.incidence))
        assert (found.false, found.junk) == (0, 0)
