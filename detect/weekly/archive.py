"""Keeps a week's picture exactly as it was seen, so that next week is compared with it.

The store could be asked again as of last week's date, but records that arrive late with an earlier
date would then look as if they had been known all along, and what they join would never be flagged.
"""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import astuple
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detect.network.clustering import Clustering
from detect.network.fragility import Fragility, Studied
from detect.network.incidence import Incidence, LinkKind
from detect.weekly.snapshot import Snapshot
from graph.model.identity import Fold, Joining

_QUICKLY = 1
"""Of zlib's levels."""


def pack(snapshot: Snapshot, studied: Studied) -> bytes:
    """The snapshot, and what its clusters hang on, compressed (NumPy arrays and JSON, no pickles)."""
    incidence = snapshot.incidence
    head = {
        "as_of": snapshot.as_of.isoformat(),
        "digest": snapshot.digest,
        "closed": sorted(snapshot.closed_merchants),
        "merchants": incidence.merchants,
        "identifiers": incidence.identifiers,
        "fold": {
            "representative": dict(snapshot.fold.representative),
            "joinings": [list(astuple(joining)) for joining in snapshot.fold.joinings],
        },
        "kinds": [[k.name, k.weight, k.source_type, k.is_strong] for k in incidence.kinds],
        "studied": {name: found.to_dict() for name, found in sorted(studied.items())},
    }
    columns: dict[str, NDArray[Any]] = {
        "head": np.frombuffer(json.dumps(head, ensure_ascii=False).encode(), np.uint8),
        "merchant": incidence.merchant,
        "identifier": incidence.identifier,
        "kind": incidence.kind,
        "first_seen_day": incidence.first_seen_day,
        "label": snapshot.clustering.label,
        "owned_by": snapshot.clustering.owned_by,
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=_QUICKLY) as archive:
        for name, column in columns.items():
            # Without a day of its own the same week makes the same bytes.
            entry = zipfile.ZipInfo(f"{name}.npy")
            entry.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(entry, "w", force_zip64=True) as file:
                np.lib.format.write_array(file, column, allow_pickle=False)
    return buffer.getvalue()


def unpack(content: bytes) -> tuple[Snapshot, Studied]:
    """The inverse of `pack`."""
    with np.load(io.BytesIO(content), allow_pickle=False) as archive:
        head = json.loads(archive["head"].tobytes().decode())
        incidence = Incidence(
            tuple(head["merchants"]),
            tuple(head["identifiers"]),
            tuple(LinkKind(*kind) for kind in head["kinds"]),
            archive["merchant"],
            archive["identifier"],
            archive["kind"],
            archive["first_seen_day"],
        )
        snapshot = Snapshot(
            date.fromisoformat(head["as_of"]),
            incidence,
            Clustering(archive["label"], archive["owned_by"]),
            head["digest"],
            frozenset(head["closed"]),
            _fold(head.get("fold")),
        )
    studied = head.get("studied", {})  # older weeks studied every cluster anew
    return snapshot, {name: Fragility.from_dict(said, name) for name, said in studied.items()}


def _fold(stored: dict[str, Any] | None) -> Fold:
    """Weeks kept before merchants were folded have none."""
    if stored is None:
        return Fold()
    joinings = [
        Joining(said, a, b, by, at, why, tuple(regions))
        for said, a, b, by, at, why, regions in stored["joinings"]
    ]
    return Fold(stored["representative"], tuple(joinings))
