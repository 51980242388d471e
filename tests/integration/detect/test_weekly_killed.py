"""A weekly run that is killed, wherever it is: readers keep the old picture, the next run makes the new."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from detect.weekly.run import run_weekly
from graph.store.connection import Connection
from graph.store.session import Store
from tests.conftest import cleared
from tests.integration.detect.weeks import WEEK_1, WEEK_2, Rings, everything

ROOT = Path(__file__).parents[3]

#: Kills itself at a step of the run, in the middle of staging, or with everything written and not yet
#: committed.
_CHILD = """
import json, os, signal, sys
from datetime import date
from detect.weekly import publishing
from detect.weekly.run import run_weekly
from graph.store.connection import Connection, StoreOptions
from graph.store.session import Store

place = json.loads(os.environ["TEST_PLACE"])
stage, day = sys.argv[1], date.fromisoformat(sys.argv[2])
die = lambda: os.kill(os.getpid(), signal.SIGKILL)
if stage == "staged":
    stage_all = publishing.stage_findings
    publishing.stage_findings = lambda *given: (stage_all(*given), die())
if stage == "written":
    remember = publishing._remember
    publishing._remember = lambda *given: (remember(*given), die())
with Store.open(Connection(place["uri"], tuple(place["auth"]), "neo4j"), StoreOptions()) as store:
    run_weekly(store, day, progress=lambda step: die() if step == stage else None)
"""


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that two stores make the same pseudonyms."""
    monkeypatch.setenv("SUYUAN_TOKEN_KEY", "of-these-tests")


def kill_at(stage: str, server: Connection) -> None:
    place = {"uri": server.uri, "auth": server.auth}
    child = subprocess.run(
        [sys.executable, "-c", _CHILD, stage, WEEK_2.isoformat()],
        env={**os.environ, "TEST_PLACE": json.dumps(place), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
        timeout=300,
    )
    assert child.returncode == -signal.SIGKILL, (stage, child.stderr.decode())


def shown(store: Store) -> list[str]:
    """All that a reader can see: not what is staged."""
    hidden = ("StagedFinding", "Finding:", f"WeeklyRun:{WEEK_2.isoformat()}:")
    return [row for row in everything(store) if not any(word in row for word in hidden)]


def findings(store: Store) -> list[str]:
    return [row for row in everything(store) if "('labels', ['Finding'])" in row]


def second_week(store: Store) -> None:
    rings = Rings.of(store)
    run_weekly(store, WEEK_1)
    rings.join(WEEK_2)


def test_a_killed_run_shows_nothing_and_the_next_one_all(
    clean_store: Store, server: Connection
) -> None:
    second_week(clean_store)
    run_weekly(clean_store, WEEK_2)
    undisturbed = everything(clean_store)

    second_week(cleared(clean_store))
    before = shown(clean_store), findings(clean_store)
    for stage in ("describe", "staged", "written"):
        kill_at(stage, server)
        assert (shown(clean_store), findings(clean_store)) == before, stage
    run_weekly(clean_store, WEEK_2)
    assert everything(clean_store) == undisturbed
