"""Two small worlds, made once: a short one and one through the whole calendar."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from synth.settings import WorldSettings
from synth.truth import Truth, load
from synth.world import Summary, generate


@dataclass(frozen=True)
class MadeWorld:
    """A generated world on disk."""

    folder: Path
    summary: Summary
    truth: Truth

    def rows(self, table: str) -> Iterator[dict[str, str]]:
        """Rows of one table, week by week."""
        for path in sorted(self.folder.glob(f"tables/week_*/{table}.csv")):
            with path.open(encoding="utf-8", newline="") as handle:
                yield from csv.DictReader(handle)


def make(folder: Path, settings: WorldSettings) -> MadeWorld:
    summary = generate(settings, folder)
    return MadeWorld(folder, summary, load(folder / "truth" / "truth.json"))


@pytest.fixture(scope="session")
def short_world(tmp_path_factory: pytest.TempPathFactory) -> MadeWorld:
    """400 merchants, six weeks."""
    return make(tmp_path_factory.mktemp("short"), WorldSettings(400, 6, 7, "medium"))


@pytest.fixture(scope="session")
def long_world(tmp_path_factory: pytest.TempPathFactory) -> MadeWorld:
    """800 merchants through all 26 weeks, with the outage."""
    return make(tmp_path_factory.mktemp("long"), WorldSettings(800, 26, 3, "medium"))
