from __future__ import annotations

import numpy as np
import pytest

from benchmarks.networks import compare, measure_update
from benchmarks.references import REFERENCES, projection
from detect.network.incidence import LinkKind, build

PHONE = LinkKind("phone", 0.7, "platform")


def test_the_projection_weighs_what_is_shared_and_leaves_out_crowds() -> None:
    crowd = [f"m{at:02d}" for at in range(51)]
    pairs = [*((m, "everybody") for m in crowd), *((m, "two") for m in crowd[:2])]
    pairs += [(m, "three") for m in crowd[:3]]
    made = build({PHONE: ([m for m, _ in pairs], [i for _, i in pairs], [0] * len(pairs))})
    edges = projection(made)
    left, right = edges.coords
    found = dict(zip(zip(left.tolist(), right.tolist(), strict=True), edges.data, strict=True))
    assert found == {(0, 1): 1.5, (0, 2): 0.5, (1, 2): 0.5}


@pytest.mark.parametrize("method", sorted(REFERENCES))
def test_every_reference_parts_two_cliques(method: str) -> None:
    rows = [(m, f"{m[0]}-{at}") for m in ("a1", "a2", "a3", "b1", "b2", "b3") for at in range(3)]
    made = build({PHONE: ([m for m, _ in rows], [i for _, i in rows], [0] * len(rows))})
    label = REFERENCES[method](made).label
    assert len(set(label[:3].tolist())) == len(set(label[3:].tolist())) == 1
    assert label[0] != label[3]
    assert (label >= 0).all()


def test_methods_are_scored_on_one_world_in_processes_of_their_own() -> None:
    ours, theirs = compare("easy", 2_000, 1, ("corroboration", "leiden_modularity"))
    assert ours.score.recovered == 1.0 > theirs.score.recovered
    for run in (ours, theirs):
        assert run.peak_rss_mib >= run.base_rss_mib > 0
    with pytest.raises(KeyError):
        compare("easy", 2_000, 1, ("unheard",))


def test_a_null_world_has_nothing_to_recover() -> None:
    (run,) = compare("easy", 2_000, 1, ("corroboration",), is_null=True)
    assert (run.score.recovered, run.score.networks) == (0.0, 0.0)


def test_the_measured_update_is_checked_against_a_full_run() -> None:
    assert measure_update("easy", 2_000, 1, changes=50).is_same


def test_the_projection_of_nothing_is_empty() -> None:
    edges = projection(build({}))
    assert edges.nnz == 0
    assert np.array_equal(REFERENCES["leiden_cpm"](build({PHONE: (["a"], ["b"], [0])})).label, [-1])
