"""A store filled with a made-up world, for benchmarks that measure what comes after loading."""

from __future__ import annotations

from pathlib import Path

from graph.store.bulk_import import bulk_load
from ingest.bulk_sink import BulkSink
from ingest.pipeline import load
from synth.settings import WorldSettings
from synth.world import generate


def made_store(settings: WorldSettings, folder: Path) -> Path:
    """The store, below `folder`, which must be empty; all weeks of the world are loaded into it."""
    world, store = folder / "world", folder / "store"
    generate(settings, world)
    with bulk_load(store) as bulk:
        load(sorted((world / "tables").glob("week_*")), BulkSink(bulk))
    return store
