"""The network engines one can choose from, behind one call.

`best` is the default: what `deep` finds, joined where `corroboration` is surer, less who merely touches a
dense group (ADR 15). `corroboration` is exactly independent of numbering, costs a tenth and can be
kept up to date link by link; `deep` finds what is too sparse for it, and believes every single
identifier, where `best` first looks whether identifiers are lent to strangers. `louvain` is the
reference everybody knows, kept selectable as a yardstick. `spark` is corroboration on a cluster of
machines.

What each recovers, and whom it names besides, is in docs/figures.md, "Networks, from arrays".
"""

from __future__ import annotations

from typing import Protocol

from detect.network import combined, corroboration, deep, louvain
from detect.network.clustering import Clustering
from detect.network.incidence import Incidence

DEFAULT_ENGINE = "best"


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

ON_SPARK = "spark"
"""Corroboration on Spark: the very same clusters. Apart from `ENGINES`, as it needs a package more."""

CHOICES = (*sorted(ENGINES), ON_SPARK)
"""What the commands that read a store may be told to use."""


def near(engine: str) -> str:
    """The engine on one machine that gives the same clusters: for questions about a small region."""
    return "corroboration" if engine == ON_SPARK else engine


def find(
    incidence: Incidence, engine: str = DEFAULT_ENGINE, hubs: frozenset[str] = frozenset()
) -> Clustering:
    """Run one engine on the links that the hub register leaves.

    `hubs` are identifier ids held harmless (courier station, registration address of many firms).
    The result is in the indexes of `incidence`, hubs included, so it fits the input given.
    Raises KeyError for an unknown engine (`CHOICES` lists them), SparkMissing where Spark is asked
    for and not installed.
    """
    if engine == ON_SPARK:
        from detect.network.spark import engine as spark  # needs PySpark, which few have

        return spark.cluster(incidence.without_hubs(hubs))
    return ENGINES[engine](incidence.without_hubs(hubs))
