"""The network engines one can choose from, behind one call.

`corroboration` is the default: exactly independent of numbering, each tie explains itself. `deep`
finds what is too sparse for it, at twelve times the cost; `best` joins the two. `louvain` is the
reference everybody knows, kept selectable as a yardstick.

Planted networks recovered (Jaccard >= 0.8) at 100,000 merchants, mean of seeds 51..53, in per cent,
by `benchmarks.planted.run`:

    engine          easy  medium  hard  brutal   processor seconds
    corroboration    100    97.7    29      10      0.2
    best              99.8  99.5    93      75      3 to 4

In null worlds neither reported a cluster of five or more that is not a franchise group.
"""

from __future__ import annotations

from typing import Protocol

from detect.network import combined, corroboration, deep, louvain
from detect.network.clustering import Clustering
from detect.network.incidence import Incidence

DEFAULT_ENGINE = "corroboration"


class Engine(Protocol):
    """Find clusters in an incidence: deterministic, and the same for any order of its links."""

    def __call__(self, incidence: Incidence, /) -> Clustering:
        """Cluster the merchants; `label` and `owned_by` fit the incidence given."""


ENGINES: dict[str, Engine] = {
    "corroboration": corroboration.cluster,
    "louvain": louvain.cluster,
    "deep": deep.cluster,
    "best": combined.cluster,
}


def find(
    incidence: Incidence, engine: str = DEFAULT_ENGINE, hubs: frozenset[str] = frozenset()
) -> Clustering:
    """Run one engine on the links that the hub register leaves.

    `hubs` are identifier ids held harmless (courier station, registration address of many firms).
    The result is in the indexes of `incidence`, hubs included, so it fits the input given.
    Raises KeyError for an unknown engine; `ENGINES` lists them.
    """
    return ENGINES[engine](incidence.without_hubs(hubs))
