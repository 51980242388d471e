from __future__ import annotations

import numpy as np
import pytest

from benchmarks.planted import run, score
from benchmarks.planted_world import KINDS, LAB, LEVELS, world
from detect.network.clustering import Clustering, from_labels
from detect.network.incidence import build


def test_a_world_is_made_of_its_seed() -> None:
    one, same, other = (world(LEVELS["hard"], 1_000, seed) for seed in (3, 3, 4))
    np.testing.assert_array_equal(one.incidence.identifier, same.incidence.identifier)
    np.testing.assert_array_equal(one.network, same.network)
    assert not np.array_equal(one.network, other.network)


def test_columns_are_those_build_would_make() -> None:
    made = world(LEVELS["brutal"], 300, 1).incidence
    columns = {
        kind: (
            [made.merchants[at] for at in made.merchant[made.kind == number]],
            [made.identifiers[at] for at in made.identifier[made.kind == number]],
            made.first_seen_day[made.kind == number].tolist(),
        )
        for number, kind in enumerate(KINDS)
    }
    built = build(columns)
    assert (built.merchants, built.identifiers) == (made.merchants, made.identifiers)
    assert built.kinds == made.kinds
    np.testing.assert_array_equal(built.merchant, made.merchant)
    np.testing.assert_array_equal(built.identifier, made.identifier)
    np.testing.assert_array_equal(built.kind, made.kind)


@pytest.mark.parametrize("level", sorted(LEVELS))
def test_every_member_hides_behind_a_full_background(level: str) -> None:
    made = world(LEVELS[level], 2_000, 2)
    assert ((made.network < 0) | (made.franchise < 0)).all()
    sizes = np.bincount(made.network[made.network >= 0])
    assert sizes.size == 4
    assert ((sizes >= 5) & (sizes <= 60)).all()
    kinds_held = np.zeros((2_000, len(KINDS)), bool)
    kinds_held[made.incidence.merchant, made.incidence.kind] = True
    kinds_held = np.delete(kinds_held, LAB, axis=1)  # only some merchants show a laboratory
    assert kinds_held.all()


def test_a_null_world_has_no_network() -> None:
    assert (world(LEVELS["easy"], 1_000, 1, is_null=True).network == -1).all()


def test_the_truth_scores_full_marks_and_nothing_scores_none() -> None:
    made = world(LEVELS["medium"], 5_000, 1)
    perfect = score(made, from_labels(made.incidence, made.network, 1, 20))
    assert (perfect.recovered, perfect.mean_jaccard, perfect.networks) == (1.0, 1.0, 10)
    assert (perfect.false, perfect.junk, perfect.outsiders, perfect.found_share) == (0, 0, 0, 1.0)
    nothing = np.full(5_000, -1, np.int32)
    empty = score(made, Clustering(nothing, nothing))
    assert (empty.recovered, empty.found_share, empty.networks) == (0, 0, 0)


def test_strangers_thrown_together_are_false_and_junk() -> None:
    made = world(LEVELS["medium"], 5_000, 1)
    strangers = np.flatnonzero((made.network < 0) & (made.franchise < 0))[:50]
    label = np.full(5_000, -1)
    label[strangers] = np.arange(50) // 10
    poor = score(made, from_labels(made.incidence, label, 1, 20))
    assert (poor.false, poor.junk, poor.outsiders, poor.recovered) == (5, 5, 1.0, 0)


def test_run_averages_over_seeds() -> None:
    figures = run("medium", 3_000, (1, 2))
    assert figures.recovered_low <= figures.mean.recovered <= figures.recovered_high
    assert figures.mean.recovered >= 0.8
    assert run("medium", 3_000, (1,), is_null=True).mean.false == 0


def test_an_unknown_level_is_refused() -> None:
    with pytest.raises(KeyError):
        run("gentle", 1_000, (1,))
