"""The reference engine: python-louvain on the merchant projection.

Kept as the yardstick every reader knows. On planted networks it recovers next to none of them, for
a reason in its objective: modularity merges what is small (Fortunato and Barthélemy 2007, "Resolution limit
in community detection", PNAS 104:36). The default engine is corroboration.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from detect.network.clustering import Clustering, from_labels, holdings
from detect.network.incidence import Incidence


@dataclass(frozen=True, slots=True)
class LouvainSettings:
    """`cap`: most holders of an identifier that still ties them. `seed`: makes a run repeatable.

    `resolution` is python-louvain's: larger gives larger communities (1.0 is plain modularity).
    """

    cap: int = 50
    resolution: float = 1.0
    seed: int = 1
    min_members: int = 3


DEFAULT = LouvainSettings()


def cluster(incidence: Incidence, settings: LouvainSettings = DEFAULT) -> Clustering:
    """Cluster by modularity over pairs that share an identifier; edge weight = how many they share.

    Only for small worlds: pure Python, about 30 s for 100,000 merchants and unfinished at a million.
    """
    import community
    import networkx as nx

    held = holdings(incidence)
    keep = ((held.holders >= 2) & (held.holders <= settings.cap))[held.identifier]
    merchants = len(incidence.merchants)
    holds = sparse.csr_array(
        (
            np.ones(int(keep.sum()), np.int32),
            (held.merchant[keep], held.identifier[keep]),
        ),
        shape=(merchants, len(incidence.identifiers)),
    )
    shared = sparse.triu(holds @ holds.T, k=1).tocoo()
    left, right = shared.coords
    order = np.lexsort((right, left))
    graph = nx.Graph()
    graph.add_weighted_edges_from(
        zip(left[order].tolist(), right[order].tolist(), shared.data[order].tolist(), strict=True)
    )
    label = np.full(merchants, -1, np.int64)
    if graph.number_of_edges():
        partition = community.best_partition(
            graph, resolution=settings.resolution, random_state=settings.seed
        )
        label[list(partition)] = list(partition.values())
    return from_labels(incidence, label, settings.min_members, settings.cap)
