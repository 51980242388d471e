"""How reliable a kind of identifier is, learned from the clusters themselves (loop study, step 5).

No labels are needed: in a cluster that loops hold together, count how often another holder of a
member's identifier is a member too. The figure is biased upward, since the clusters were found by
sharing; it ranks evidence and is not a probability of guilt.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from detect.network.deep.field import Field, FloatArray, Shares
from detect.network.incidence import IntArray

LEAST_MEMBERS, LEAST_EXCESS = 5, 2
WIDEST_COVER = 0.6  # a cluster that one identifier covers further is held by it, not by loops
PRIOR_HOLDERS = 2.0
LOWEST, HIGHEST = 1e-4, 0.9


def first_belief(field: Field) -> FloatArray:
    """Where learning starts: the more hold it, the less it says. One value per identifier."""
    return np.asarray(np.minimum(0.4, 0.8 / np.sqrt(field.holders - 1.0)), np.float64)


def excess_loops(field: Field, label: IntArray) -> FloatArray:
    """Independent loops per cluster: shared holdings less what a tree would need."""
    return _excess(field.shares(label))


def _excess(shares: Shares) -> FloatArray:
    inner = np.bincount(shares.cluster, shares.held - 1.0, shares.size.size)
    return np.asarray(inner - shares.size + 1.0, np.float64)


def learned_belief(field: Field, label: IntArray) -> FloatArray:
    """Share of other holders that are in the same cluster, by kind and number of holders."""
    shares = field.shares(label)
    size, cluster = shares.size, shares.cluster
    widest = np.zeros(size.size)
    np.maximum.at(widest, cluster, shares.held)
    is_trusted = (
        (size >= LEAST_MEMBERS)
        & (_excess(shares) >= LEAST_EXCESS)
        & (widest <= WIDEST_COVER * size)
    )
    keep = is_trusted[cluster]
    identifier, held = shares.identifier[keep], shares.held[keep]
    width = int(field.holders.max(initial=1)) + 1
    rows = int(field.kind.max(initial=0)) + 1
    cell = field.kind[identifier].astype(np.int64) * width + field.holders[identifier]
    shape = (rows, width)
    others = held * (field.holders[identifier] - 1)
    inside = _smoothed(np.bincount(cell, held * (held - 1), rows * width).reshape(shape))
    total = _smoothed(np.bincount(cell, others, rows * width).reshape(shape))
    prior = first_belief(field)
    own_in, own_all = inside[field.kind, field.holders], total[field.kind, field.holders]
    learned = (own_in + PRIOR_HOLDERS * prior) / (own_all + PRIOR_HOLDERS)
    return np.asarray(np.clip(learned, LOWEST, HIGHEST), np.float64)


def _smoothed(table: NDArray[Any]) -> FloatArray:
    """Borrow half of each neighbouring number of holders."""
    padded = np.pad(table, ((0, 0), (1, 1)))
    return np.asarray(table + 0.5 * padded[:, :-2] + 0.5 * padded[:, 2:], np.float64)
