"""One week's picture: who holds what, which clusters that makes, and which merchants are closed."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b
from typing import ClassVar

import numpy as np
import orjson
from numpy.typing import NDArray

from detect.network.clustering import Clustering
from detect.network.incidence import Incidence, IntArray
from graph.errors import SuyuanError
from graph.model.identity import Fold


class SnapshotMismatchError(SuyuanError):
    """The previous snapshot is not the one that the remembered state was made from."""

    code: ClassVar[str] = "detect.snapshot_mismatch"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The data as seen on `as_of`. Make it with `take`, which computes the digest."""

    as_of: date
    incidence: Incidence
    clustering: Clustering
    digest: str
    closed_merchants: frozenset[str]
    fold: Fold = field(default_factory=Fold)


def take(
    as_of: date,
    incidence: Incidence,
    clustering: Clustering,
    closed_merchants: Iterable[str] = (),
    fold: Fold | None = None,
) -> Snapshot:
    """A snapshot with its digest. `clustering` must be of this very incidence.

    `fold` says which merchants are one holder in it. It is no part of the digest: a judgement on two
    that changes nobody's holdings changes no picture.
    """
    closed = frozenset(closed_merchants)
    digest = digest_of(incidence, closed)
    return Snapshot(as_of, incidence, clustering, digest, closed, fold or Fold())


def digest_of(incidence: Incidence, closed_merchants: frozenset[str]) -> str:
    """32 hex digits that are equal exactly when the same merchants hold the same identifiers.

    Names are hashed, not positions, and only names and kinds that have a link. First-seen
    days are left out: correcting a date changes nobody's holdings. Kinds count by name only, so
    retuned weights do not look like new data. Closed merchants count: a closure explains a loss.
    """
    used, _ = _used(incidence.kind, len(incidence.kinds))
    kind_order = sorted(used, key=lambda at: incidence.kinds[at].name)
    kind_rank = np.zeros(len(incidence.kinds), np.int64)
    kind_rank[kind_order] = np.arange(len(kind_order))
    merchants, merchant = _used(incidence.merchant, len(incidence.merchants))
    identifiers, identifier = _used(incidence.identifier, len(incidence.identifiers))
    kind = kind_rank[incidence.kind]
    key = (merchant * len(identifiers) + identifier) * len(kind_order) + kind
    if not (key[1:] > key[:-1]).all():
        key = np.sort(key)
    state = blake2b(digest_size=16)
    for names in (
        [incidence.merchants[at] for at in merchants],
        [incidence.identifiers[at] for at in identifiers],
        [incidence.kinds[at].name for at in kind_order],
        sorted(closed_merchants),
    ):
        # JSON quotes every name, so no two lists of names read the same.
        state.update(orjson.dumps(names))
    state.update(key.astype("<i8").tobytes())
    return state.hexdigest()


def _used(column: IntArray, count: int) -> tuple[list[int], NDArray[np.int64]]:
    """The numbers that occur, ascending, and the column renumbered among them."""
    is_used = np.bincount(column, minlength=count) > 0
    rank = np.cumsum(is_used) - 1
    return np.flatnonzero(is_used).tolist(), rank[column].astype(np.int64)


def held_by(snapshot: Snapshot, merchants: Iterable[str]) -> dict[str, frozenset[str]]:
    """Identifiers that each of the merchants holds; none of those that are not in the snapshot."""
    incidence = snapshot.incidence
    held = {}
    for name in merchants:
        at = bisect_left(incidence.merchants, name)
        is_there = at < len(incidence.merchants) and incidence.merchants[at] == name
        start, stop = np.searchsorted(incidence.merchant, (at, at + is_there)).tolist()
        held[name] = frozenset(
            incidence.identifiers[i] for i in incidence.identifier[start:stop].tolist()
        )
    return held
