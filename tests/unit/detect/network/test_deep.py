from __future__ import annotations

import itertools
from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.planted import score
from benchmarks.planted_world import LEVELS, world
from detect.network import corroboration, deep
from detect.network.clustering import numbered
from detect.network.deep import cuts, loops
from detect.network.deep.cuts import split
from detect.network.deep.field import Field, field_of
from detect.network.deep.length import merge_gain
from detect.network.deep.loops import CHANCE_SIZE, links_of, loops_of
from detect.network.deep.refine import connected, grow, prune
from detect.network.deep.reliability import excess_loops, first_belief, learned_belief
from detect.network.engines import find
from detect.network.runs import grouped, joined, pairs_within, runs, sorted_order
from tests.unit.detect.network.shapes import (
    DEVICE,
    PHONE,
    Link,
    groups,
    hold,
    incidence,
    link_lists,
)


def labels(
    field_names: tuple[str, ...], *clusters: str
) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    raw = np.full(len(field_names), -1)
    for at, members in enumerate(clusters):
        raw[[field_names.index(name) for name in members]] = at
    return numbered(raw)


def crowd(count: int) -> list[Link]:
    """Merchants that share nothing: they only make coincidence rarer."""
    return [Link(f"zz-{at:05d}", f"own-{at}") for at in range(count)]


def brute_force(field: Field) -> dict[tuple[int, int, int], float]:
    """The loop evidence of every ordered link, straight from its definition."""
    holders: dict[int, set[int]] = defaultdict(set)
    for merchant, identifier in zip(
        field.merchant.tolist(), field.identifier.tolist(), strict=True
    ):
        holders[identifier].add(merchant)
    q = dict(enumerate(first_belief(field).tolist()))
    between: dict[tuple[int, int], set[int]] = defaultdict(set)
    for identifier, who in holders.items():
        for one, other in itertools.permutations(who, 2):
            between[one, other].add(identifier)
    everyone = range(field.merchants)
    found: dict[tuple[int, int, int], float] = {}
    for (i, k), shared in list(between.items()):
        for a in shared:
            total = sum(q[b] for b in shared - {a})
            for m in set(everyone) - {i, k}:
                for b, c in itertools.product(between[i, m], between[m, k]):
                    if len({a, b, c}) == 3:
                        total += q[b] * q[c]
            for m, other in itertools.permutations(set(everyone) - {i, k}, 2):
                for b, c, d in itertools.product(
                    between[k, m], between[m, other], between[other, i]
                ):
                    if len({a, b, c, d}) == 4:
                        total += q[b] * q[c] * q[d]
            found[i, k, a] = total
    return found


@settings(max_examples=40)
@given(link_lists(merchants=7, identifiers=9))
def test_loops_are_counted_as_defined(links: list[Link]) -> None:
    field = field_of(incidence(*links), cap=20)
    table = links_of(field)
    belief = first_belief(field)
    found = loops_of(field, table).probability(field, belief, enough=1 - 1e-12)
    expected = brute_force(field)
    assert len(expected) == 2 * found.size
    for at, probability in enumerate(found.tolist()):
        i, k, a = (int(column[at]) for column in (table.left, table.right, table.identifier))
        q = belief[a]
        odds = q / (1 - q) * expected[i, k, a] * field.merchants / CHANCE_SIZE
        assert probability == pytest.approx(odds / (1 + odds), rel=1e-9, abs=1e-12)


def test_loops_do_not_depend_on_how_the_work_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    made = world(LEVELS["brutal"], 2_000, seed=3)
    field = field_of(made.incidence, cap=20)
    belief, table = first_belief(field), links_of(field)
    whole = loops_of(field, table)
    assert len(whole.paths) == 1
    monkeypatch.setattr(loops, "PATHS_PER_BLOCK", 50)
    parts = loops_of(field, table)
    assert len(parts.paths) > 10
    np.testing.assert_allclose(
        parts.probability(field, belief, 0.9), whole.probability(field, belief, 0.9), atol=1e-9
    )


def test_of_many_paths_between_two_only_the_strongest_are_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Eight ways from x to y; the first of them over identifiers that more merchants hold.
    ways = [
        link
        for at in range(8)
        for link in (*hold(f"x{at}", f"a{at}"), *hold(f"{at}y" + "klmnop" * (at == 0), f"b{at}"))
    ]
    field = field_of(incidence(*ways, *crowd(50)), cap=20)
    table = links_of(field)
    belief = first_belief(field)
    full = loops_of(field, table).probability(field, belief, 0.99)
    monkeypatch.setattr(loops, "LONGEST_RUN", 2)
    few = loops_of(field, table).probability(field, belief, 0.99)
    on_loop = full > 0
    assert on_loop.sum() == 16
    assert (few[on_loop] < full[on_loop]).all()
    # From x and y a strong way meets two others, both strong; from its middle it meets all seven.
    weak = field.holders[table.identifier] > 2
    q, w = 0.4, 0.8 / np.sqrt(7)
    evidence = (6 * q**3 + q**2 * w + 2 * q**3) / 2
    odds = q / (1 - q) * field.merchants / CHANCE_SIZE * evidence
    assert few[on_loop & ~weak].max() == pytest.approx(odds / (1 + odds))


def test_cuts_do_not_depend_on_how_clusters_are_stacked(monkeypatch: pytest.MonkeyPatch) -> None:
    made = world(LEVELS["medium"], 5_000, seed=3)
    field = field_of(made.incidence, cap=20)
    belief = np.full(field.identifiers, 0.5)
    pairs = np.where(made.network >= 0, made.network // 2, -1)  # two networks called one
    settled: set[bytes] = set()
    together, count = split(field, numbered(pairs), belief, settled)
    assert count >= 2
    monkeypatch.setattr(cuts, "CELLS_PER_STACK", 1)
    alone: set[bytes] = set()
    one_by_one, count_alone = split(field, numbered(pairs), belief, alone)
    np.testing.assert_array_equal(one_by_one, together)
    assert (count_alone, alone) == (count, settled)


@given(st.lists(st.integers(0, 9), max_size=30), st.sampled_from([10, 2**62]))
def test_sorting_by_packed_positions_is_stable(values: list[int], bound: int) -> None:
    key = np.array(values, np.int64)
    order, ordered = sorted_order(key, bound)  # the larger bound leaves no room for positions
    np.testing.assert_array_equal(order, np.argsort(key, kind="stable"))
    np.testing.assert_array_equal(ordered, np.sort(key))
    found = grouped(key, bound)
    for mine, known in zip(
        found, np.unique(key, return_inverse=True, return_counts=True), strict=True
    ):
        np.testing.assert_array_equal(mine, known)


@given(st.lists(st.sampled_from([-5, -1, 0, 1, 2, 7, 10**6]), max_size=20), st.integers(1, 3))
def test_clusters_are_numbered_by_their_first_member(raw: list[int], least: int) -> None:
    found = numbered(np.array(raw, np.int64), least)
    big = [name for name in dict.fromkeys(raw) if name >= 0 and raw.count(name) >= least]
    assert found.tolist() == [big.index(name) if name in big else -1 for name in raw]


@given(st.lists(st.integers(0, 6), max_size=12))
def test_pairs_and_joins_enumerate_everything_once(sizes: list[int]) -> None:
    counts = np.array(sizes, np.int64)
    first, second = pairs_within(counts)
    starts = np.cumsum(counts) - counts
    expected = [
        pair
        for start, size in zip(starts.tolist(), sizes, strict=True)
        for pair in itertools.combinations(range(start, start + size), 2)
    ]
    assert sorted(zip(first.tolist(), second.tolist(), strict=True)) == sorted(expected)
    left, right = joined(counts, starts)
    assert right.tolist() == list(range(int(counts.sum())))
    assert left.tolist() == np.repeat(np.arange(counts.size), counts).tolist()


@given(st.lists(st.integers(0, 4), max_size=20))
def test_runs_cover_a_sorted_column(values: list[int]) -> None:
    start, length = runs(np.sort(np.array(values, np.int64)))
    assert length.tolist() == [values.count(value) for value in sorted(set(values))]
    assert start.tolist() == (np.cumsum(length) - length).tolist()


def gain(inner: float, between: float, size: float) -> float:
    ones = np.ones(1)
    return float(
        merge_gain((inner * ones, inner * ones), between * ones, (size * ones, size * ones))[0]
    )


def test_two_halves_of_one_density_are_better_told_as_one() -> None:
    assert gain(20, 40, 10) > 0  # as dense between as inside: 20 in 50 pairs, 40 in 100
    assert gain(20, 1, 10) < 0
    assert gain(20, 0, 10) < gain(20, 1, 10) < gain(20, 5, 10)


def test_a_cluster_of_two_knots_and_a_bridge_is_cut_there() -> None:
    knot = [
        (pair, f"{side}{at}")
        for side, members in (("L", "abcdef"), ("R", "uvwxyz"))
        for at, pair in enumerate(itertools.combinations(members, 3))
    ]
    links = [Link(m, identifier) for members, identifier in knot for m in members]
    made = incidence(*links, *hold("au", "bridge"))
    field = field_of(made, 20)
    belief = np.full(field.identifiers, 0.5)
    whole = labels(made.merchants, "abcdefuvwxyz")
    cut, cuts = split(field, whole, belief, set())
    assert cuts == 1
    np.testing.assert_array_equal(cut, labels(made.merchants, "abcdef", "uvwxyz"))
    settled: set[bytes] = set()
    assert split(field, cut, belief, settled)[1] == 0
    # Nothing that is not believed may hold a cluster together or cut it.
    assert split(field, whole, np.full(field.identifiers, 0.05), set())[1] == 0


def test_kinds_that_stay_inside_are_believed_more() -> None:
    members = "abcdef"
    rings = [
        hold("".join(pair), f"phone-{at}")
        for at, pair in enumerate(itertools.combinations(members, 2))
    ]
    leaky = [Link(who, f"device-{m}", DEVICE) for m in members for who in (m, f"stranger-{m}")]
    made = incidence(*itertools.chain(*rings), *leaky)
    field = field_of(made, 20)
    label = labels(made.merchants, members)
    assert excess_loops(field, label).tolist() == [15 - 6 + 1]
    belief = learned_belief(field, label)
    by_kind = {made.kinds[kind]: belief[field.kind == kind] for kind in np.unique(field.kind)}
    assert by_kind[PHONE].min() > 0.8
    assert by_kind[DEVICE].max() < 0.2


def test_nothing_is_learned_where_nothing_was_found() -> None:
    field = field_of(incidence(*hold("abc", "phone-1"), *hold("ab", "phone-2")), 20)
    nobody = np.full(field.merchants, -1, np.int32)
    np.testing.assert_allclose(learned_belief(field, nobody), first_belief(field))


def test_growth_takes_closed_ears_and_leaves_dangling_merchants() -> None:
    core = [*hold("abcd", "p1"), *hold("abcd", "p2"), *hold("abcd", "p3")]
    ear = [*hold("ax", "e1"), *hold("bx", "e2")]
    pair = [*hold("cy", "f1"), *hold("yz", "f2"), *hold("zd", "f3")]
    dangling = hold("aw", "g1")
    made = incidence(*core, *ear, *pair, *dangling, *crowd(2_000))
    field = field_of(made, 20)
    label, added = grow(
        field, links_of(field), labels(made.merchants, "abcd"), np.full(field.identifiers, 0.85)
    )
    assert added == 3
    np.testing.assert_array_equal(label, labels(made.merchants, "abcdxyz"))


def test_members_held_by_one_other_and_loose_parts_fall_out() -> None:
    made = incidence(*hold("abc", "p1"), *hold("abc", "p2"), *hold("cd", "p3"), *hold("xy", "p4"))
    field = field_of(made, 20)
    pruned, count = prune(field, labels(made.merchants, "abcd"))
    assert count == 1
    np.testing.assert_array_equal(pruned, labels(made.merchants, "abc"))
    apart = connected(field, labels(made.merchants, "abcdxy"))
    np.testing.assert_array_equal(apart, labels(made.merchants, "abcd", "xy"))


def test_sparse_networks_that_corroboration_misses_are_found() -> None:
    made = world(LEVELS["hard"], 5_000, seed=3)
    sparse = score(made, deep.cluster(made.incidence))
    plain = score(made, corroboration.cluster(made.incidence))
    assert sparse.recovered >= plain.recovered + 0.2
    assert sparse.outsiders <= 0.05


def test_a_world_without_networks_has_only_its_franchises() -> None:
    made = world(LEVELS["hard"], 5_000, seed=3, is_null=True)
    found = deep.cluster(made.incidence)
    assert found.count > 0
    for members in found.all_members():
        assert (made.franchise[members] >= 0).mean() >= 0.5


def test_the_best_engine_keeps_what_only_corroboration_sees() -> None:
    trio = [*hold("abc", "p1"), *hold("abc", "p2")]
    dense = [link for at in range(5) for link in hold("mnopqr", f"q{at}")]
    made = incidence(*trio, *dense, *crowd(300))
    assert groups(find(made, "deep"), made) == {frozenset("mnopqr")}
    assert groups(find(made, "best"), made) == {frozenset("abc"), frozenset("mnopqr")}
