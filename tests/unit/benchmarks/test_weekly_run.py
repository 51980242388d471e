"""What the figures of a whole weekly run are made of."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from benchmarks.weekly_run import Measured, RunFailed, figures, measure

DAY = date(2025, 9, 8)


def one(merchants: int, wall_s: float, cpu_s: float, peak_mib: float = 100.0) -> Measured:
    return Measured(DAY, merchants, 9 * merchants, 10, wall_s, cpu_s, peak_mib, peak_mib / 2)


def test_the_slower_week_of_the_largest_store_counts() -> None:
    small, large = (one(100, 9, 2), one(100, 8, 1)), (one(1_000, 20, 30), one(1_000, 40, 10, 300))
    found = {each.name: each for each in figures([small, large])}
    assert found["weekly.total_s"].value == 40
    assert found["weekly.total_s"].met
    assert found["weekly.peak_rss_mib"].value == 300
    assert "150 here" in found["weekly.peak_rss_mib"].note
    # 2 to 30 CPU s for ten times the merchants: more than in proportion.
    assert found["weekly.growth_exponent"].value == pytest.approx(1.176, abs=1e-3)
    assert not found["weekly.growth_exponent"].met
    assert (found["weekly.100.first_s"].value, found["weekly.1000.next_s"].value) == (9, 40)


def test_one_store_tells_nothing_of_growth() -> None:
    names = {each.name for each in figures([(one(100, 1, 1), one(100, 1, 1))])}
    assert "weekly.growth_exponent" not in names


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("import sys; sys.exit('no such store')", "no such store"),
        ("print('{\"is_repeat\": true}')", "had been run before"),
    ],
)
def test_a_run_that_was_none_is_not_measured(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, said: str, why: str
) -> None:
    popen = subprocess.Popen

    def instead(_: list[str], **settings: object) -> subprocess.Popen[bytes]:
        return popen([sys.executable, "-c", said], **settings)  # type: ignore[call-overload, no-any-return]

    monkeypatch.setattr(subprocess, "Popen", instead)
    with pytest.raises(RunFailed, match=why):
        measure(tmp_path, DAY)
