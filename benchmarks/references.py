"""What others would use: modularity and CPM clustering of one projection.

All four get the same graph: merchants that share an identifier of 2..50 holders, weighted by the sum of
1/(holders - 1) over what they share. The community study measured this cap and weight as the kindest to
them: plain counts give the same nothing for modularity and less for CPM.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import graspologic_native
import numpy as np
from scipy import sparse

from detect.network.clustering import Clustering, from_labels, holdings
from detect.network.incidence import Incidence
from detect.network.runs import distinct, packed, pairs_within, unpacked_high, unpacked_low

CAP = 50
MIN_MEMBERS = 3
SEED = 1
CPM_RESOLUTION = 0.05  # the best of the study's for this weight


def projection(incidence: Incidence) -> sparse.coo_array:
    """Merchant x merchant, left < right, each pair once."""
    held = holdings(incidence)
    keep = np.flatnonzero((held.holders >= 2) & (held.holders <= CAP))
    is_kept = np.zeros(held.holders.size, bool)
    is_kept[keep] = True
    rows = is_kept[held.identifier]
    held_by = np.sort(packed(held.identifier[rows], held.merchant[rows]))
    merchant = unpacked_low(held_by)
    first, second = pairs_within(held.holders[keep])
    weight = 1.0 / (held.holders[unpacked_high(held_by)[first]] - 1.0)
    pair = packed(merchant[first], merchant[second])
    edge = distinct(pair)
    total = np.bincount(np.searchsorted(edge, pair), weight, edge.size)
    shape = (len(incidence.merchants), len(incidence.merchants))
    ends = (unpacked_high(edge).astype(np.int32), unpacked_low(edge).astype(np.int32))
    return sparse.coo_array((total, ends), shape=shape)


def python_louvain(incidence: Incidence) -> Clustering:
    """The `community` package, which everybody knows."""
    import community

    found = community.best_partition(_networkx_graph(incidence), random_state=SEED)
    return _clustering(incidence, found)


def networkx_louvain(incidence: Incidence) -> Clustering:
    """`networkx.community.louvain_communities`."""
    import networkx as nx

    found = nx.community.louvain_communities(_networkx_graph(incidence), seed=SEED)
    return _clustering(
        incidence, {at: number for number, members in enumerate(found) for at in members}
    )


def leiden_modularity(incidence: Incidence) -> Clustering:
    """Leiden (graspologic-native) for modularity at resolution 1."""
    return _leiden(incidence, 1.0, use_modularity=True)


def leiden_cpm(incidence: Incidence) -> Clustering:
    """Leiden (graspologic-native) for the constant Potts model."""
    return _leiden(incidence, CPM_RESOLUTION, use_modularity=False)


#: Reference methods by name; the first two are pure Python.
REFERENCES: dict[str, Callable[[Incidence], Clustering]] = {
    "python_louvain": python_louvain,
    "networkx_louvain": networkx_louvain,
    "leiden_modularity": leiden_modularity,
    "leiden_cpm": leiden_cpm,
}
SLOW_REFERENCES = ("python_louvain", "networkx_louvain")


def _networkx_graph(incidence: Incidence) -> Any:
    import networkx as nx

    edges = projection(incidence)
    graph = nx.Graph()
    columns = (edges.coords[0], edges.coords[1], edges.data)
    graph.add_weighted_edges_from(zip(*(column.tolist() for column in columns), strict=True))
    return graph


def _leiden(incidence: Incidence, resolution: float, *, use_modularity: bool) -> Clustering:
    edges = projection(incidence)
    if not edges.nnz:
        return _clustering(incidence, {})
    graph = sparse.csr_array(edges + edges.T)
    _, found = graspologic_native.leiden_csr(
        graph.indptr.astype(np.int64),
        graph.indices.astype(np.int32),
        graph.data,
        graph.shape[0],
        resolution=resolution,
        iterations=2,
        use_modularity=use_modularity,
        seed=SEED,
    )
    return _clustering(incidence, found)


def _clustering(incidence: Incidence, found: dict[int, int]) -> Clustering:
    label = np.full(len(incidence.merchants), -1, np.int64)
    if found:
        label[list(found)] = list(found.values())
    return from_labels(incidence, label, MIN_MEMBERS, CAP)
