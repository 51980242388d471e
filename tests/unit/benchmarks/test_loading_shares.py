"""Processor time is counted for the step that used it."""

from __future__ import annotations

import threading
import time

from benchmarks.loading_shares import STEPS, sampled
from ingest.clean import CellCleaner


def clean_for(cpu_s: float) -> None:
    until = time.process_time() + cpu_s
    while time.process_time() < until:
        cleaner = CellCleaner("token")
        for at in range(2_000):
            assert cleaner[f"m{at}"] == f"m{at}"


def test_time_is_counted_for_the_step_that_used_it() -> None:
    with sampled() as seconds:
        clean_for(0.3)
    assert set(seconds) <= set(STEPS)
    assert max(seconds, key=lambda step: seconds[step]) == "clean"


def test_outside_the_main_thread_nothing_is_counted() -> None:
    found: list[dict[str, float]] = []

    def look() -> None:
        with sampled() as seconds:
            clean_for(0.05)
        found.append(dict(seconds))

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert found == [{}]
