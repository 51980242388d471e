"""The best of two engines: deep first, corroboration for what deep leaves.

Deep finds more where evidence is sparse but reports nothing below five merchants and two loops;
corroboration believes a trio. Clusters of corroboration that touch no cluster of deep are kept.
"""

from __future__ import annotations

import numpy as np

from detect.network import corroboration, deep
from detect.network.clustering import Clustering, from_labels
from detect.network.incidence import Incidence


def cluster(incidence: Incidence) -> Clustering:
    """Cluster by both engines; corroboration is generous, as what is left over is sparse."""
    first = deep.cluster(incidence)
    second = corroboration.cluster(incidence, corroboration.GENEROUS)
    is_touched = np.zeros(second.count, bool)
    is_touched[second.label[(first.label >= 0) & (second.label >= 0)]] = True
    is_kept = (
        (second.label >= 0) & ~is_touched[np.maximum(second.label, 0)]
        if second.count
        else (second.label >= 0)
    )
    label = np.where(is_kept, second.label + first.count, first.label)
    return from_labels(
        incidence, label, corroboration.DEFAULT.min_members, corroboration.DEFAULT.cap
    )
