"""How many planted networks an engine recovers, and what it reports besides.

The world is `benchmarks.planted_world`; the measures are those of the community study, so that the
figures can be set beside its table.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.planted_world import LEVELS, PlantedWorld, world
from detect.network.clustering import Clustering
from detect.network.engines import find

SMALLEST, LARGEST = 5, 150  # clusters outside are not judged: too small to claim, too large to read
RECOVERED = 0.8
MATCHED = 0.5


@dataclass(frozen=True, slots=True)
class Score:
    """Figures of one run, or their means over seeds.

    `recovered`: share of planted networks whose best cluster has Jaccard >= 0.8. `mean_jaccard`:
    mean of the best Jaccard per planted network. `networks`, `franchises`, `false`: clusters of
    5..150 merchants that match (Jaccard >= 0.5) a network, a franchise group, neither. `junk`:
    those with more than half their merchants in neither. `found_share`: network members in any
    judged cluster. `outsiders`: judged merchants in no group at all, as a share of those plus
    network members found. `cpu_s`: processor seconds of the engine alone.
    """

    recovered: float
    mean_jaccard: float
    networks: float
    franchises: float
    false: float
    junk: float
    found_share: float
    outsiders: float
    cpu_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Figures:
    """The mean score over seeds, with the spread of `recovered`."""

    level: str
    merchants: int
    seeds: tuple[int, ...]
    engine: str
    mean: Score
    recovered_low: float
    recovered_high: float


def run(
    level: str,
    merchants: int,
    seeds: Sequence[int],
    engine: str = "corroboration",
    *,
    is_null: bool = False,
) -> Figures:
    """Make a world per seed, run the engine, and average. Raises KeyError for an unknown name."""
    scores = []
    for seed in seeds:
        made = world(LEVELS[level], merchants, seed, is_null=is_null)
        before_s = time.process_time()
        clustering = find(made.incidence, engine)
        scores.append(score(made, clustering, cpu_s=time.process_time() - before_s))
    rows = [asdict(one) for one in scores]
    mean = Score(**{name: float(np.mean([row[name] for row in rows])) for name in rows[0]})
    recovered = [one.recovered for one in scores]
    return Figures(level, merchants, tuple(seeds), engine, mean, min(recovered), max(recovered))


def score(made: PlantedWorld, clustering: Clustering, cpu_s: float = 0.0) -> Score:
    """Compare one clustering with the truth of the world it was found in."""
    sizes = clustering.sizes()
    is_judged = (sizes >= SMALLEST) & (sizes <= LARGEST)
    label = clustering.label
    judged = label >= 0
    judged[judged] = is_judged[label[judged]]
    network_overlap = _jaccard(made.network, label, clustering.count)
    franchise_overlap = _jaccard(made.franchise, label, clustering.count)
    is_network = network_overlap.of_cluster >= MATCHED
    is_franchise = (franchise_overlap.of_cluster >= MATCHED) & ~is_network
    innocent = (made.network < 0) & (made.franchise < 0)
    outside = np.bincount(label[innocent & (label >= 0)], minlength=clustering.count)
    found = int((judged & (made.network >= 0)).sum())
    outsiders = int((judged & innocent).sum())
    best = network_overlap.of_group
    return Score(
        recovered=float((best >= RECOVERED).mean()) if best.size else 0.0,
        mean_jaccard=float(best.mean()) if best.size else 0.0,
        networks=float((is_network & is_judged).sum()),
        franchises=float((is_franchise & is_judged).sum()),
        false=float((is_judged & ~is_network & ~is_franchise).sum()),
        junk=float((is_judged & (2 * outside > sizes)).sum()),
        found_share=found / max(1, int((made.network >= 0).sum())),
        outsiders=outsiders / max(1, outsiders + found),
        cpu_s=cpu_s,
    )


@dataclass(frozen=True, slots=True)
class _Overlap:
    """Best Jaccard of each true group and of each cluster."""

    of_group: NDArray[np.float64]
    of_cluster: NDArray[np.float64]


def _jaccard(truth: NDArray[np.int32], label: NDArray[np.int32], clusters: int) -> _Overlap:
    groups = int(truth.max(initial=-1)) + 1
    of_group, of_cluster = np.zeros(groups), np.zeros(clusters)
    both = (truth >= 0) & (label >= 0)
    if not both.any():
        return _Overlap(of_group, of_cluster)
    key = truth[both].astype(np.int64) * clusters + label[both]
    pair, shared = np.unique(key, return_counts=True)
    group, cluster = pair // clusters, pair % clusters
    group_size = np.bincount(truth[truth >= 0], minlength=groups)
    cluster_size = np.bincount(label[label >= 0], minlength=clusters)
    value = shared / (group_size[group] + cluster_size[cluster] - shared)
    np.maximum.at(of_group, group, value)
    np.maximum.at(of_cluster, cluster, value)
    return _Overlap(of_group, of_cluster)
